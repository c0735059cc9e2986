import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerOptions } from './index.js';
import { overview } from './overview.js';
import { sendPage } from './page.js';
import { openPlayground } from './playground.js';
import { refuse } from './respond.js';
import { START_POLICY, startPage } from './start-page.js';

/** What the gateway shows to people: the start page at `/` and the playground. */
export interface Site {
  answer(request: IncomingMessage, response: ServerResponse, pathname: string): Promise<void>;
}

export function openSite(options: ServerOptions): Site {
  const playground = openPlayground();
  return {
    answer: async (request, response, pathname) => {
      const isStart = pathname === '/';
      if (!isStart && pathname !== '/playground' && !pathname.startsWith('/playground/')) {
        return refuse(response, 404, 'NOT_FOUND', 'There is nothing here; the API is at /graphql.');
      }
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.setHeader('allow', 'GET, HEAD');
        return refuse(response, 405, 'BAD_REQUEST', `GET or HEAD is expected, not ${request.method}.`);
      }
      if (!isStart) return playground.answer(request, response, pathname);
      sendPage(request, response, startPage(await overview(options)), START_POLICY);
    },
  };
}

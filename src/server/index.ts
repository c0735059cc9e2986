import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import type { Caller } from '../auth/caller.js';
import type { Plane } from '../dataplane/service.js';
import { GatewayError } from '../errors.js';
import { graphql } from './graphql.js';
import type { DocumentLimits } from './limits.js';
import type { Log } from './log.js';
import { OperationLog } from './operation-log.js';
import { Planes } from './planes.js';
import { RunningOperations } from './running.js';
import { refuse, sendText } from './respond.js';
import { openSite, type Site } from './site.js';

/**
 * Idle connections are kept longer than balancers and clients keep them (mostly a minute): who closes one first may have
 * the other's next request on the way to it.
 */
const TIME_OUTS = { requestTimeout: 60_000, headersTimeout: 20_000, keepAliveTimeout: 75_000 };

export interface ServerOptions {
  /** Read at each request, so it may be a getter: a reloaded source brings another plane. */
  readonly plane: Plane;
  readonly host: string;
  readonly port: number;
  readonly origins: readonly string[];
  readonly limits: DocumentLimits & {
    readonly documentBytes: number;
    readonly bodyBytes: number;
    readonly requestMs: number;
    readonly introspectionCacheBytes: number;
  };
  /** An operation that takes longer is told as a slow one. */
  readonly slowMs?: number;
  /** How long a stopping gateway lets what is under way go on. */
  readonly drainMs?: number;
  /** The state of each source, for /readyz. */
  readonly readiness: () => Promise<Readonly<Record<string, string>>>;
  /** What control-plane resolvers find in their context beside these. */
  readonly controlContext?: (request: {
    readonly caller: Caller;
    readonly signal: AbortSignal;
    readonly requestId: string;
  }) => object;
  readonly log: Log;
}

export interface Listening {
  readonly url: string;
  /** Lets what is under way finish, for a while, then closes. */
  close(): Promise<void>;
}

const NO_QUERY = new URL('http://gateway/graphql');

export async function serve(options: ServerOptions): Promise<Listening> {
  const { limits, log, slowMs = 1_000, drainMs = 10_000 } = options;
  const operationLog = new OperationLog(log, slowMs);
  const planes = new Planes(() => options.plane, { limits, log, operationLog, running: new RunningOperations() });
  await planes.start();
  const site = openSite(options);
  let underWay = 0;
  let closing = false;
  const drained = Promise.withResolvers<void>();
  const onAnswered = (): void => {
    underWay -= 1;
    if (closing && underWay === 0) drained.resolve();
  };
  const server = createHttpServer(TIME_OUTS, (request, response) => {
    underWay += 1;
    response.once('close', onAnswered);
    if (closing) response.setHeader('connection', 'close');
    route(options, planes, site, request, response).catch((error: unknown) => {
      if (request.destroyed && !request.complete) return;
      log.error({ requestId: response.getHeader('x-request-id'), err: error }, 'request failed');
      if (!response.headersSent) refuse(response, 500, 'INTERNAL', 'The gateway failed; its log says why.');
      else response.destroy();
    });
  });
  await listen(server, options.port, options.host).catch(async (error: unknown) => {
    await planes.stop();
    throw error;
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}/graphql`,
    close: async () => {
      closing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const patience = new AbortController();
      if (underWay === 0) drained.resolve();
      const late = after(drainMs, undefined, { signal: patience.signal }).catch(() => undefined);
      await Promise.race([drained.promise, late]);
      patience.abort();
      server.closeAllConnections();
      await closed;
      await planes.stop();
    },
  };
}

async function route(
  options: ServerOptions,
  planes: Planes,
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Almost every request; taking an address apart costs as much as answering some of them.
  if (request.url === '/graphql') return graphql(options, planes, request, response, NO_QUERY);
  const url = URL.parse(request.url ?? '/', 'http://gateway');
  switch (url?.pathname) {
    case '/livez':
      return sendText(response, 200, 'text/plain', 'alive\n');
    case '/readyz': {
      const sources = await options.readiness();
      const ready = Object.values(sources).every((status) => status === 'UP');
      return sendText(response, ready ? 200 : 503, 'application/json', JSON.stringify({ ready, sources }));
    }
    case '/graphql':
      return graphql(options, planes, request, response, url);
    default:
      return site.answer(request, response, url?.pathname ?? '');
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const busy = error.code === 'EADDRINUSE';
      reject(
        busy ? new GatewayError('CONFLICT', `port ${port} of ${host} is in use; choose another with --port`) : error,
      );
    });
    server.listen(port, host, resolve);
  });
}

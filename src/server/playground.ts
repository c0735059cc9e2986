import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ICON, securityHeaders, sendPage, type ContentPolicy } from './page.js';
import { acceptedEncoding, refuse } from './respond.js';

/** What scripts/build-playground.mjs writes. */
interface Manifest {
  readonly script: string;
  readonly style: string;
  readonly licences: string;
  readonly files: readonly BuiltFile[];
}

interface BuiltFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  /** Bytes of its compressed forms; null where compressing gains nothing. */
  readonly br: number | null;
  readonly gz: number | null;
}

/** Beside the compiled program, or where the program runs from its sources. */
const FOLDERS = ['../../playground/', '../../dist/playground/'].map((path) => new URL(path, import.meta.url));

/**
 * Scripts, workers, fonts and requests are ours alone; nothing is made of text at run time.
 * `'unsafe-inline'` for styles is forced by Monaco: its themes and its token colours are texts of `<style>` elements that it
 * makes itself, it sets positions by `style` attributes in markup, and it takes no nonce. `data:` images are the small
 * pictures in its style sheet. It makes no `blob:` workers, since it is handed ours.
 */
const POLICY: ContentPolicy = {
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'font-src': "'self'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
  'worker-src': "'self'",
};

export interface Playground {
  /** Answers `/playground` and what is below it. */
  answer(request: IncomingMessage, response: ServerResponse, pathname: string): Promise<void>;
}

/** Reads what was built. Where nothing was, it says so when it is asked for. */
export function openPlayground(): Playground {
  const folder = FOLDERS.find((each) => existsSync(new URL('manifest.json', each)));
  if (folder === undefined) return { answer: (_, response) => Promise.resolve(notBuilt(response)) };
  const manifest = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')) as Manifest;
  // Only these names are served; none that a client sends becomes a path.
  const files = new Map(manifest.files.map((file) => [`/playground/${file.name}`, file]));
  const page = pageOf(manifest);
  return {
    answer: async (request, response, pathname) => {
      if (pathname === '/playground' || pathname === '/playground/') return sendPage(request, response, page, POLICY);
      const file = files.get(pathname);
      if (!file) return refuse(response, 404, 'NOT_FOUND', 'The playground has no such file; it is at /playground.');
      return sendFile(request, response, folder, file);
    },
  };
}

function notBuilt(response: ServerResponse): void {
  refuse(response, 404, 'NOT_FOUND', 'The playground was not built; `npm run build` makes it. The API is at /graphql.');
}

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  folder: URL,
  { name, type, br, gz }: BuiltFile,
): Promise<void> {
  const taken = acceptedEncoding(request.headers['accept-encoding'] ?? '');
  const encoding = taken === 'br' && br !== null ? 'br' : taken === 'gzip' && gz !== null ? 'gzip' : null;
  const ending = encoding === null ? '' : encoding === 'br' ? '.br' : '.gz';
  let body: Buffer;
  try {
    body = await readFile(new URL(`${name}${ending}`, folder));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return refuse(response, 404, 'NOT_FOUND', 'The playground was built anew meanwhile; start the gateway again.');
  }
  response.writeHead(200, {
    // A worker runs under the policy of its own file.
    ...securityHeaders(POLICY),
    'content-type': type,
    'content-length': body.length,
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'Accept-Encoding',
    ...(encoding === null ? {} : { 'content-encoding': encoding }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Names in it are the build's own. */
function pageOf({ script, style, licences }: Manifest): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trainyard playground</title>
${ICON}
<link rel="license" href="/playground/${licences}">
<link rel="stylesheet" href="/playground/${style}">
<script type="module" src="/playground/${script}"></script>
</head>
<body>
<div id="playground"><noscript>The playground needs JavaScript.</noscript></div>
</body>
</html>
`;
}

import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a page may load: `'none'` but for what is named. */
export type ContentPolicy = Readonly<Record<string, string>>;

const ICON_SHAPE =
  "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' fill='%231f4e8c'/%3E%3Cpath d='M11 5v22M21 5v22M8 10h16M8 16h16M8 22h16' stroke='%23fff' stroke-width='2.4' stroke-linecap='round'/%3E%3C/svg%3E";

/** In the page itself, so that no browser asks for another. */
export const ICON = `<link rel="icon" href="data:image/svg+xml,${ICON_SHAPE}">`;

/** Text as it may stand in HTML, in attributes too. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** The source of an inline style or script in a policy. */
export function hashSource(content: string): string {
  return `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
}

const EVERYWHERE: ContentPolicy = {
  'default-src': "'none'",
  'img-src': 'data:',
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

/** What every page of ours and every file of theirs is sent with. */
export function securityHeaders(policy: ContentPolicy): Readonly<Record<string, string>> {
  return {
    'content-security-policy': Object.entries({ ...EVERYWHERE, ...policy })
      .map(([what, from]) => `${what} ${from}`)
      .join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
}

/** A page, asked for again each time and sent only when it has changed. */
export function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  html: string,
  policy: ContentPolicy,
): void {
  const body = Buffer.from(html);
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const headers = { ...securityHeaders(policy), etag, 'cache-control': 'no-cache' };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers);
    response.end();
    return;
  }
  response.writeHead(200, { ...headers, 'content-type': 'text/html; charset=utf-8', 'content-length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Json } from '../dataplane/json-text.js';
import type { ErrorCode } from '../errors.js';

const COMPRESS_FROM = 2_048;
const [compressGzip, compressBrotli] = [promisify(gzip), promisify(brotliCompress)];

/** The answer, compressed where it is worth it and the client takes it. Short text goes out in one write with its head. */
export async function send(request: IncomingMessage, response: ServerResponse, text: Json): Promise<void> {
  const length = Buffer.byteLength(text);
  if (length < COMPRESS_FROM) {
    response.setHeader('content-length', length);
    response.end(text);
    return;
  }
  response.appendHeader('vary', 'Accept-Encoding');
  const encoding = acceptedEncoding(request.headers['accept-encoding'] ?? '');
  const body = encoding === null ? text : await compress(encoding, text);
  if (encoding !== null) response.setHeader('content-encoding', encoding);
  response.setHeader('content-length', encoding === null ? length : body.length);
  response.end(body);
}

function compress(encoding: 'br' | 'gzip', text: Json): Promise<Buffer> {
  return encoding === 'br'
    ? compressBrotli(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })
    : compressGzip(text, { level: 5 });
}

/** The one of ours that the client takes; `q=0` refuses. */
export function acceptedEncoding(header: string): 'br' | 'gzip' | null {
  const taken = new Map(
    header.split(',').map((part) => {
      const [name = '', ...parameters] = part.split(';').map((each) => each.trim().toLowerCase());
      return [name, !parameters.some((p) => /^q=0(?:\.0*)?$/.test(p))] as const;
    }),
  );
  const takes = (name: string): boolean => taken.get(name) ?? taken.get('*') ?? false;
  return takes('br') ? 'br' : takes('gzip') ? 'gzip' : null;
}

export function sendText(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/** A refusal before GraphQL came into it, in the form of its errors. */
export function refuse(response: ServerResponse, status: number, code: ErrorCode, message: string): void {
  const body = { errors: [{ message, extensions: { code, retryable: false } }] };
  sendText(response, status, 'application/json', JSON.stringify(body));
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Json } from '../dataplane/json-text.js';
import type { ErrorCode } from '../errors.js';
import { compress, Packed, type Encoding } from './packed.js';

const COMPRESS_FROM = 2_048;

/** The answer, compressed where it is worth it and the client takes it. Short text goes out in one write with its head. */
export async function send(request: IncomingMessage, response: ServerResponse, text: Json | Packed): Promise<void> {
  const isPacked = text instanceof Packed;
  const length = isPacked ? text.length : Buffer.byteLength(text);
  if (!isPacked && length < COMPRESS_FROM) {
    response.setHeader('content-length', length);
    response.end(text);
    return;
  }
  response.appendHeader('vary', 'Accept-Encoding');
  const encoding = acceptedEncoding(request.headers['accept-encoding'] ?? '');
  if (encoding === null) {
    response.setHeader('content-length', length);
    if (isPacked) await sendUnpacked(response, text);
    else response.end(text);
    return;
  }
  const body = isPacked ? text.encoded[encoding] : await compress(encoding, text);
  response.setHeader('content-encoding', encoding);
  response.setHeader('content-length', body.length);
  response.end(body);
}

/** In pieces, as fast as the client takes them. */
async function sendUnpacked(response: ServerResponse, { encoded }: Packed): Promise<void> {
  try {
    await pipeline(Readable.from([encoded.gzip]), createGunzip(), response);
  } catch (error) {
    // A client that went away needs no answer.
    if (!response.closed || response.writableFinished) throw error;
  }
}

/** The one of ours that the client takes; `q=0` refuses. */
export function acceptedEncoding(header: string): Encoding | null {
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
  const requestId = response.getHeader('x-request-id');
  const extensions = { code, retryable: false, ...(requestId === undefined ? {} : { requestId }) };
  sendText(response, status, 'application/json', JSON.stringify({ errors: [{ message, extensions }] }));
}

import { serve, type Listening, type ServerOptions } from '../../src/server/index.js';
import { Writable } from 'node:stream';
import { pino, type Level } from 'pino';
import type { OperationAnswer, OperationRequest, Plane } from '../../src/dataplane/service.js';
import { openLeague } from '../dataplane/league.js';

export const LIMITS = {
  depth: 6,
  aliases: 10,
  rootFields: 8,
  documentBytes: 20_000,
  bodyBytes: 100_000,
  requestMs: 5_000,
  introspectionCacheBytes: 1_000_000,
};

export interface Gateway extends Listening {
  readonly origin: string;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

/** A listening server over the league; `execute` stands in for the plane's own where a test wants another answer. */
export async function startGateway(
  options: Partial<ServerOptions> & {
    readonly execute?: (request: OperationRequest) => Promise<OperationAnswer>;
    readonly planeOf?: () => Plane;
    readonly level?: Level;
  } = {},
): Promise<Gateway> {
  const { execute, planeOf, level = 'info', ...given } = options;
  const { plane } = await openLeague();
  const stand = execute ? ({ schema: plane.schema, execute } as Plane) : plane;
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  const listening = await serve({
    get plane() {
      return planeOf?.() ?? stand;
    },
    host: '127.0.0.1',
    port: 0,
    origins: [],
    limits: LIMITS,
    readiness: () => Promise.resolve({ league: 'UP' }),
    log: pino({ level }, sink),
    ...given,
  });
  return { ...listening, origin: new URL(listening.url).origin, lines };
}

export function post(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body:
      typeof body === 'string' || body instanceof Uint8Array
        ? (body as NonNullable<RequestInit['body']>)
        : JSON.stringify(body),
  });
}

export async function errorOf(response: Response): Promise<{ status: number; code: unknown; message: string }> {
  const { errors } = (await response.json()) as { errors: { message: string; extensions: { code: unknown } }[] };
  return { status: response.status, code: errors[0]?.extensions.code, message: errors[0]?.message ?? '' };
}

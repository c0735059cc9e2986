import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadConfig, type Config } from '../../src/config/index.js';
import { openYard, type Yard } from '../../src/main.js';
import { WORKER } from '../compute/from-sources.js';
import { serve } from '../../src/server/index.js';

export interface GraphQLAnswer {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: { readonly code: string; readonly field?: string };
  }[];
  readonly extensions?: {
    readonly trainyard?: {
      readonly sources?: readonly { readonly name: string; readonly rows: number; readonly calls: number }[];
    };
  };
}

export interface Served {
  readonly url: string;
  readonly yard: Yard;
  /** What the gateway told of its own doings. */
  readonly events: readonly string[];
  ask(query: string, variables?: unknown, signal?: AbortSignal): Promise<GraphQLAnswer>;
  /** The answer to a body as it is. */
  send(body: string): Promise<GraphQLAnswer>;
  close(): Promise<void>;
}

/** A gateway over a database (without one: over the demo), listening as `trainyard serve` does. */
export async function served(
  databaseUrl: string | null,
  change: (config: Config) => Config = (c) => c,
): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-e2e-'));
  const env = databaseUrl === null ? {} : { DATABASE_URL: databaseUrl };
  const config = change(loadConfig({ dataDir: folder }, env));
  const events: string[] = [];
  const yard = await openYard(config, (message) => events.push(message), { worker: WORKER });
  const listening = await serve({
    get plane() {
      return yard.plane;
    },
    controlContext: yard.controlContext,
    host: '127.0.0.1',
    port: 0,
    origins: [],
    limits: { ...config.limits, requestMs: config.limits.request },
    readiness: () => Promise.resolve({}),
    log: pino({ level: 'silent' }),
  });
  const post = async (body: string, signal?: AbortSignal): Promise<GraphQLAnswer> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(listening.url, { method: 'POST', headers, body, ...(signal ? { signal } : {}) });
    // Each answer has an id of its own, which no test expects.
    const withoutId = (key: string, value: unknown): unknown => (key === 'requestId' ? undefined : value);
    return JSON.parse(await response.text(), withoutId) as GraphQLAnswer;
  };
  return {
    url: listening.url,
    yard,
    events,
    ask: (query, variables, signal) => post(JSON.stringify({ query, variables }), signal),
    send: post,
    close: async () => {
      await listening.close();
      await yard.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

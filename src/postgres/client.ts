import pg from 'pg';
import { changedTypes } from './describe.js';
import { PageQuery } from './page-query.js';
import type { Statement, TextResult } from './types.js';

export interface PostgresOptions {
  readonly url: string;
  /** For messages: the source, or `catalog`. */
  readonly name: string;
  readonly connections: { readonly page: number; readonly stream: number };
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
  /** How many operations may wait for a connection. */
  readonly queueLimit: number;
}

/** A `pg` client with what its types leave out: the numbers that a cancel request needs. */
export type Client = pg.Client & {
  readonly processID: number;
  readonly secretKey: number;
  readonly connection: { readonly stream: { cork(): void; uncork(): void; readonly bytesRead: number } };
};

/** Values come as the text that the server sent. */
export const RAW = { getTypeParser: () => (text: unknown) => text };

export const SETTINGS =
  '-c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=postgres -c bytea_output=hex -c extra_float_digits=1';

/** Each group of statements before a Sync is a transaction of its own, with one snapshot, that cannot write. */
export const PAGE_SETTINGS = `${SETTINGS} -c default_transaction_isolation=repeatable\\ read -c default_transaction_read_only=on`;

export type ClientOptions = Pick<PostgresOptions, 'url' | 'connectTimeoutMs' | 'readTimeoutMs'>;

export function newClient(options: ClientOptions, settings: string): Client {
  return new pg.Client({
    connectionString: options.url,
    connectionTimeoutMillis: options.connectTimeoutMs,
    statement_timeout: options.readTimeoutMs,
    application_name: 'trainyard',
    options: settings,
    keepAlive: true,
  }) as unknown as Client;
}

/** Names of the statements that a connection has prepared. */
const preparedBy = new WeakMap<Client, Set<string>>();

/** All statements in one write, one transaction and one snapshot: the connection's defaults make it repeatable and read-only. */
export function together(client: Client, statements: readonly Statement[]): Promise<readonly TextResult[]> {
  const prepared = preparedBy.get(client) ?? new Set();
  preparedBy.set(client, prepared);
  const query = new PageQuery(statements, prepared);
  client.query(query as never);
  return query.done;
}

export async function send(client: Client, statement: Statement): Promise<TextResult> {
  const result = await client.query<(string | null)[]>({
    text: statement.text,
    values: [...statement.values],
    rowMode: 'array',
    types: RAW,
    ...(statement.name === undefined ? {} : { name: statement.name }),
  });
  const changed = changedTypes(statement, result);
  if (changed) throw changed;
  return { rows: result.rows, bytes: 0 };
}

/** Whether the connection itself is gone, not just the query. */
export function isBroken(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return true;
  // 0A000: a prepared statement whose result has another type now; it would fail on this connection for ever.
  return code.startsWith('08') || code.startsWith('57P') || code === '0A000';
}

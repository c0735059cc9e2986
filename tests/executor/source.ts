import { MEMORY_COMPUTE } from '../../src/compute/answer.js';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { postgresStore } from '../../datasources/postgres/index.js';
import { ANONYMOUS } from '../../src/auth/caller.js';
import { openExecutor, type Executor } from '../../src/executor/stream.js';
import { tableQuery, type TableRequest } from '../../src/planner/table.js';
import { NO_POLICY, type Entities } from '../../src/planner/scope.js';
import { buildEntities } from '../../src/sources/model.js';
import type { Batch, Row } from '../../src/store/batch.js';
import type { Run, Store } from '../../src/store/store.js';

export interface Source {
  readonly store: Store;
  readonly entities: Entities;
  readonly executor: Executor;
  stream(request: Omit<TableRequest, 'source'>, signal?: AbortSignal, observe?: Run['observe']): AsyncIterable<Batch>;
}

export const never: AbortSignal = new AbortController().signal;

export async function sourceOf(name: string, store: Store): Promise<Source> {
  const model = buildEntities(name, await store.introspect(never));
  const entities: Entities = {
    resolve: (ref) => (ref.source === name ? (model.entities.get(ref.entity) ?? null) : null),
  };
  const executor = openExecutor({
    entities,
    policyOf: NO_POLICY,
    storeOf: () => store,
    rowBudget: 100_000,
    keyBudget: 50_000,
    compute: MEMORY_COMPUTE,
  });
  return {
    store,
    entities,
    executor,
    stream: (request, signal = never, observe) =>
      executor.stream(tableQuery({ source: name, ...request }, entities), ANONYMOUS, signal, observe),
  };
}

export async function postgresSource(url: string, readMs = 30_000): Promise<Source> {
  const timeouts = { connectMs: 5_000, readMs };
  return sourceOf('shop', await postgresStore('shop', { url, schemas: ['public'], pool: 2, timeouts, queueLimit: 50 }));
}

export async function rowsOf(batches: AsyncIterable<Batch>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) rows.push(...batch.rows);
  return rows;
}

/** A TCP way to a server that listens on a socket file, which counts what the server sends. */
export async function countingProxy(
  url: string,
): Promise<{ url: string; received: () => number; close: () => Promise<void> }> {
  const target = new URL(url);
  const path = `${target.searchParams.get('host')!}/.s.PGSQL.5432`;
  let received = 0;
  const server = createServer((client) => {
    const upstream = connect(path);
    client.pipe(upstream);
    upstream.on('data', (chunk) => (received += chunk.length));
    upstream.pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `postgres://${target.username}:${target.password}@127.0.0.1:${port}${target.pathname}`,
    received: () => received,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export async function until(holds: () => boolean | Promise<boolean>, seconds = 10): Promise<void> {
  const deadline = Date.now() + seconds * 1_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come true in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

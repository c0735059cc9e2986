import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Postgres } from '../../src/postgres/types.js';
import { served, type Served } from '../e2e/served.js';
import { until } from '../executor/source.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';

const never: AbortSignal = new AbortController().signal;
let server: TestServer;
let admin: Postgres;
let gateway: Served;
let url: string;

beforeAll(async () => {
  server = await openTestServer();
  url = await server.freshDatabase('shop');
  admin = openPools(url);
  await run(`create table item (id int primary key, name text); insert into item values (1, 'one');
    create function slow(id int) returns int language sql volatile as 'select id from pg_sleep(20)';
    create view slow as select id, slow(id) as value from generate_series(1, 5) id`);
  gateway = await served(url);
});

afterAll(async () => {
  await gateway.close();
  await admin.close();
  await server.close();
});

/** Whatever came before, nothing is left at work. */
afterEach(async () => {
  await until(async () => (await listed()).length === 1);
  expect((await gateway.ask('{ shop { item { id } } }')).data).toEqual({ shop: { item: [{ id: 1 }] } });
});

const run = (text: string): Promise<unknown> => admin.run({ text, values: [] }, { signal: never });

/** How many of the gateway's connections are at work on the slow view. */
async function slowQueries(): Promise<number> {
  const text = `select 1 from pg_stat_activity where datname = current_database() and application_name = 'trainyard'
    and state = 'active' and query like '%"slow"%' and pid <> pg_backend_pid()`;
  return (await admin.run({ text, values: [] }, { signal: never })).rows.length;
}

interface Listed {
  readonly id: string;
  readonly operationName: string | null;
  readonly isCancelled: boolean;
}

async function listed(): Promise<readonly Listed[]> {
  const { data } = await gateway.ask('query Watch { operations { id operationName isCancelled } }');
  return (data as { operations: readonly Listed[] }).operations;
}

const SLOW = 'query Slow($n: Int) { shop { slow(first: $n, where: { id: { lt: 31337 } }) { id value } } }';

function askSlowly(id?: string): Promise<{ status: number; data?: unknown; errors?: { extensions: object }[] }> {
  const headers = { 'content-type': 'application/json', ...(id === undefined ? {} : { 'x-request-id': id }) };
  const body = JSON.stringify({ query: SLOW, variables: { n: 4 } });
  return fetch(gateway.url, { method: 'POST', headers, body }).then(async (response) => ({
    status: response.status,
    ...((await response.json()) as object),
  }));
}

const CANCEL = `mutation ($id: ID!) { cancelOperation(input: { id: $id, idempotencyKey: "a" }) {
  operation { id operationName kind isCancelled } } }`;
const cancel = (id: string) => gateway.ask(CANCEL, { id });

test('a running operation is listed with what it is, and with no value of its caller', async () => {
  const asked = askSlowly('slow-1');
  await until(async () => (await slowQueries()) === 1);
  const { data } = await gateway.ask(
    'query Watch { operations { id operationName kind startedAt elapsedMs caller document isCancelled sources { name calls rows } } }',
  );
  const { operations } = data as { operations: { id: string; startedAt: string }[] };
  expect(operations).toEqual([
    {
      id: 'slow-1',
      operationName: 'Slow',
      kind: 'QUERY',
      startedAt: expect.any(String),
      elapsedMs: expect.any(Number),
      caller: 'anonymous',
      document: 'query Slow($n: Int) { shop { slow(first: $n, where: {id: {lt: ?}}) { id value } } }',
      isCancelled: false,
      sources: [{ name: 'shop', calls: 0, rows: 0 }],
    },
    expect.objectContaining({ operationName: 'Watch', sources: [] }),
  ]);
  expect(Math.abs(Date.now() - Date.parse(operations[0]!.startedAt))).toBeLessThan(60_000);
  await cancel('slow-1');
  await asked;
});

describe('cancelling', () => {
  test('ends the work in the store, and its caller is answered CANCELLED; others go on', async () => {
    const asked = askSlowly('slow-2');
    const other = askSlowly('slow-3');
    await until(async () => (await slowQueries()) === 2);
    const started = performance.now();
    expect(await cancel('slow-2')).toEqual({
      data: {
        cancelOperation: { operation: { id: 'slow-2', operationName: 'Slow', kind: 'QUERY', isCancelled: true } },
      },
    });
    expect(await asked).toEqual({
      status: 200,
      data: { shop: { slow: null } },
      errors: [
        {
          message: 'the operation was cancelled',
          path: ['shop', 'slow'],
          extensions: { code: 'CANCELLED', retryable: false, requestId: 'slow-2' },
        },
      ],
    });
    await until(async () => (await slowQueries()) === 1);
    expect(performance.now() - started).toBeLessThan(5_000);
    expect((await listed()).map(({ id, isCancelled }) => [id, isCancelled])).toContainEqual(['slow-3', false]);
    await cancel('slow-3');
    expect((await other).errors![0]!.extensions).toMatchObject({ code: 'CANCELLED' });
    await until(async () => (await slowQueries()) === 0);
  });

  test('forty of them, most of which still wait for a connection, leaves nothing behind', async () => {
    const ids = Array.from({ length: 40 }, (_, i) => `many-${i}`);
    const asked = ids.map((id) => askSlowly(id));
    await until(async () => (await listed()).length === 41 && (await slowQueries()) === 10);
    await Promise.all(ids.map(cancel));
    for (const { errors } of await Promise.all(asked)) {
      expect(errors!.map(({ extensions }) => extensions)).toMatchObject([{ code: 'CANCELLED' }]);
    }
    await until(async () => (await slowQueries()) === 0);
  });

  test('what is gone, or never was, is NOT_FOUND', async () => {
    const asked = askSlowly('gone');
    await until(async () => (await slowQueries()) === 1);
    await cancel('gone');
    await asked;
    for (const id of ['gone', 'never', '']) {
      const { data, errors } = await cancel(id);
      expect([data, errors]).toEqual([
        null,
        [
          {
            message: `there is no running operation ${JSON.stringify(id)}`,
            path: ['cancelOperation'],
            locations: expect.any(Array),
            extensions: { code: 'NOT_FOUND', retryable: false },
          },
        ],
      ]);
    }
  });

  test('an id that was sent twice ends both', async () => {
    const asked = [askSlowly('twice'), askSlowly('twice')];
    await until(async () => (await slowQueries()) === 2);
    await cancel('twice');
    for (const { errors } of await Promise.all(asked))
      expect(errors![0]!.extensions).toMatchObject({ code: 'CANCELLED' });
    await until(async () => (await slowQueries()) === 0);
  });

  test('is no way for a page to do by GET', async () => {
    const query = 'mutation { cancelOperation(input: { id: "x" }) { operation { id } } }';
    expect((await fetch(`${gateway.url}?query=${encodeURIComponent(query)}`)).status).toBe(405);
  });
});

test('a gateway whose caches may keep nothing answers all the same', async () => {
  const none = { planCacheBytes: 0, introspectionCacheBytes: 0 };
  const bare = await served(url, (config) => ({ ...config, limits: { ...config.limits, ...none } }));
  try {
    for (let i = 0; i < 2; i += 1) {
      expect((await bare.ask('{ shop { item { id } } __schema { queryType { name } } }')).data).toEqual({
        shop: { item: [{ id: 1 }] },
        __schema: { queryType: { name: 'Query' } },
      });
    }
  } finally {
    await bare.close();
  }
});

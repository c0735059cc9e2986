import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded, type Embedded } from '../../src/postgres/embedded.js';
import type { Postgres } from '../../src/postgres/types.js';
import { openPools } from '../postgres/server.js';
import { until } from '../executor/source.js';
import type { PostgresConfig } from '../../datasources/postgres/config.js';
import { served, type Served } from './served.js';

const never: AbortSignal = new AbortController().signal;
const POOL = 10;
let folder: string;
let embedded: Embedded;
let admin: Postgres;
let gateway: Served;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-failures-'));
  embedded = await openEmbedded({ dataDir: folder, keep: false });
  await embedded.ensureDatabase('shop');
  admin = openPools(embedded.url('shop'));
  await run(`create table item (id int primary key, name text); insert into item values (1, 'one');
    create table part (id int primary key, item_id int references item);
    create function slow(id int) returns int language sql volatile as 'select id from pg_sleep(20)';
    create view slow as select id, slow(id) as value from generate_series(1, 5) id;
    create table shifting (id int primary key, value int); insert into shifting values (1, 10)`);
  // Every failure is to be seen: nothing is tried again.
  gateway = await served(embedded.url('shop'), (config) => ({
    ...config,
    sources: { shop: { ...(config.sources['shop'] as PostgresConfig), retries: 0 } },
  }));
});

afterAll(async () => {
  await gateway.close();
  const left = await connections();
  await admin.close();
  await embedded.stop();
  await rm(folder, { recursive: true, force: true });
  expect(left).toEqual([]);
});

const run = (text: string): Promise<unknown> => admin.run({ text, values: [] }, { signal: never });

/** State and query of the gateway's own connections. */
async function connections(): Promise<(readonly (string | null)[])[]> {
  const text = `select state, query from pg_stat_activity where datname = current_database() and application_name = 'trainyard'
    and pid <> pg_backend_pid() and query not like '%pg_stat_activity%' and backend_type = 'client backend'`;
  return [...(await admin.run({ text, values: [] }, { signal: never })).rows];
}

/** Nothing is at work, no transaction is open, and there are no more connections than the pool may have. */
afterEach(async () => {
  await until(async () => (await connections()).every(([state]) => state === 'idle'));
  expect((await connections()).length).toBeLessThanOrEqual(POOL + 4);
  const { data, errors } = await gateway.ask('{ shop { item { id name } } }');
  expect([data, errors]).toEqual([{ shop: { item: [{ id: 1, name: 'one' }] } }, undefined]);
});

const slowly = async (): Promise<boolean> =>
  (await connections()).some(([state, query]) => state === 'active' && query!.includes('"slow"'));

describe('a client that disconnects', () => {
  test('has its query cancelled in the store', async () => {
    const client = new AbortController();
    const asked = gateway.ask('{ shop { slow { id value } } }', {}, client.signal);
    await until(slowly);
    client.abort();
    await expect(asked).rejects.toThrow();
    const started = performance.now();
    await until(async () => !(await slowly()));
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('forty of them at once, over a pool of ten, leak nothing and hurt nobody', async () => {
    const clients = Array.from({ length: 40 }, () => new AbortController());
    const asked = clients.map((client) => gateway.ask('{ shop { slow { id value } } }', {}, client.signal));
    const failed = Promise.allSettled(asked);
    await until(async () => (await connections()).filter(([, query]) => query!.includes('"slow"')).length >= POOL);
    for (const client of clients) client.abort();
    expect((await failed).map((r) => r.status)).toEqual(Array<string>(40).fill('rejected'));
    await until(async () => !(await slowly()));
  });
});

describe('a table that changes', () => {
  test('dropped while it is served: a typed error at its field, and the others are answered', async () => {
    await run('create table passing (id int primary key); insert into passing values (1)');
    await gateway.yard.control.reloadSource('shop');
    expect((await gateway.ask('{ shop { passing { id } } }')).data).toEqual({ shop: { passing: [{ id: 1 }] } });
    await run('drop table passing');
    for (let i = 0; i < 15; i += 1) {
      const { data, errors } = await gateway.ask('{ shop { passing { id } } __typename }');
      expect(data).toEqual({ shop: { passing: null }, __typename: 'Query' });
      expect(errors).toEqual([
        {
          message: 'shop: the store no longer has the shape that was read from it (42P01); reload the source',
          path: ['shop', 'passing'],
          extensions: {
            code: 'SCHEMA_CHANGED',
            retryable: true,
            source: 'shop',
            hint: 'mutation { reloadSource(input: { name: "shop" }) { source { name } } }',
          },
        },
      ]);
    }
    await gateway.yard.control.reloadSource('shop');
    const { errors } = await gateway.ask('{ shop { passing { id } } }');
    expect(errors![0]!.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  test('dropped while a query reads it: the reader ends, then the table goes', async () => {
    await run('create table leaving as select i as id from generate_series(1, 200000) i');
    await gateway.yard.control.reloadSource('shop');
    const count = '{ shop { leaving_aggregate { count sum { id } } } }';
    const readers = Array.from({ length: 20 }, () => gateway.ask(count));
    await run('drop table leaving');
    for (const { data, errors } of await Promise.all(readers)) {
      expect(errors?.[0]?.extensions.code ?? data).toEqual(
        errors ? 'SCHEMA_CHANGED' : { shop: { leaving_aggregate: { count: 200_000, sum: { id: '20000100000' } } } },
      );
    }
    await gateway.yard.control.reloadSource('shop');
  });

  test('a column of another type, and a column that is gone', async () => {
    const ask = '{ shop { shifting(where: { value: { gte: 10 } }) { id value } } }';
    for (let i = 0; i < 3; i += 1)
      expect((await gateway.ask(ask)).data).toEqual({ shop: { shifting: [{ id: 1, value: 10 }] } });
    await run(`alter table shifting alter value type text using 'ten'`);
    const seen = new Set<string>();
    for (let i = 0; i < POOL + 2; i += 1) seen.add((await gateway.ask(ask)).errors?.[0]?.extensions.code ?? 'none');
    expect([...seen]).toEqual(['SCHEMA_CHANGED']);
    await run('alter table shifting drop value');
    expect((await gateway.ask(ask)).errors![0]!.extensions.code).toBe('SCHEMA_CHANGED');
    await gateway.yard.control.reloadSource('shop');
    expect((await gateway.ask('{ shop { shifting { id } } }')).data).toEqual({ shop: { shifting: [{ id: 1 }] } });
  });
});

describe('the database', () => {
  test('loses every connection in mid-request: a typed error, and the next request is answered', async () => {
    const asked = Array.from({ length: 5 }, () => gateway.ask('{ shop { slow { id } other: item { id } } }'));
    await until(async () => (await connections()).filter(([, query]) => query!.includes('"slow"')).length === 5);
    await run(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'trainyard' and pid <> pg_backend_pid() and query like '%slow%'`,
    );
    for (const { data, errors } of await Promise.all(asked)) {
      expect(data).toEqual({ shop: { slow: null, other: null } });
      expect(errors!.map((e) => [e.path, e.extensions.code])).toEqual([
        [['shop', 'slow'], 'STORE_UNAVAILABLE'],
        [['shop', 'other'], 'STORE_UNAVAILABLE'],
      ]);
    }
  });

  test('is killed in mid-request and comes back', async () => {
    const pid = Number((await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);
    const asked = gateway.ask('{ shop { slow { id } } }');
    await until(slowly);
    process.kill(pid, 'SIGQUIT');
    const { data, errors } = await asked;
    expect([data, errors!.map((e) => e.extensions.code)]).toEqual([{ shop: { slow: null } }, ['STORE_UNAVAILABLE']]);
    expect(JSON.stringify(errors)).not.toMatch(/password|postgres:\/\/|select/);
    const down = await gateway.ask('{ shop { item { id } } __typename }');
    expect([down.data, down.errors!.map((e) => e.extensions.code)]).toEqual([
      { shop: { item: null }, __typename: 'Query' },
      ['STORE_UNAVAILABLE'],
    ]);
    const health = await gateway.ask('{ source(name: "shop") { health { status } } }');
    expect(health.data).toEqual({ source: { health: { status: 'DOWN' } } });
    await embedded.stop();
    embedded = await openEmbedded({ dataDir: folder, keep: false });
    await until(async () => (await gateway.ask('{ shop { item { id } } }')).errors === undefined, 20);
    expect((await gateway.ask('{ source(name: "shop") { health { status } } }')).data).toEqual({
      source: { health: { status: 'UP' } },
    });
  }, 60_000);
});

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { memoryStore } from '../../datasources/memory/index.js';
import type { Postgres } from '../../src/postgres/types.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';
import { LEAGUE } from '../dataplane/league.js';
import { countingProxy, never, postgresSource, rowsOf, sourceOf, until, type Source } from './source.js';

const MILLION = 1_000_000;
let server: TestServer;
let url: string;
let admin: Postgres;
let shop: Source;

beforeAll(async () => {
  server = await openTestServer();
  url = await server.freshDatabase();
  admin = openPools(url);
  const setUp = `create table city (id int primary key, name text not null);
    insert into city values (1, 'Ulm'), (2, 'Bonn');
    create table sale (id int primary key, city_id int references city, amount numeric(10, 2));
    insert into sale select i, case when i % 3 = 0 then null else i % 3 end, i / 4.0 from generate_series(1, 20000) i;
    create view endless as select i::int8 as id, repeat('x', 200) as filling, now() as at from generate_series(1, ${MILLION}) i;
    create view large as select i as id, repeat('y', 1000000) as filling from generate_series(1, 60) i;
    create view broken as select i as id, 1 / (i - 9000) as n from generate_series(1, 20000) i;
    analyze`;
  await admin.run({ text: setUp, values: [] }, { signal: never });
  shop = await postgresSource(url);
});

afterAll(async () => {
  await shop.store.close();
  await admin.close();
  await server.close();
});

/** What the gateway's other connections are doing. */
async function others(): Promise<{ state: string; wait: string | null; query: string }[]> {
  const text = `select state, wait_event, query from pg_stat_activity
    where application_name = 'trainyard' and pid <> pg_backend_pid() and datname = current_database() and query ~ 'endless|generate_series'`;
  const { rows } = await admin.run({ text, values: [] }, { signal: never });
  return rows.map(([state, wait, query]) => ({ state: state!, wait: wait!, query: query! }));
}

const working = async (): Promise<boolean> =>
  (await others()).some(({ state, query }) => state !== 'idle' && query.includes('endless'));

afterEach(() => until(async () => !(await working())));

async function connections(): Promise<number> {
  const text = 'select count(*) from pg_stat_activity where datname = current_database()';
  return Number((await admin.run({ text, values: [] }, { signal: never })).rows[0]![0]);
}

function consumer(mode: 'count' | 'hang', request: object): ChildProcess {
  const script = fileURLToPath(new URL('consumer.mjs', import.meta.url));
  // A small heap: else it grows with the rate of garbage, the more on a busy machine, and hides what is kept.
  const flags = [
    '--max-semi-space-size=4',
    '--max-old-space-size=64',
    '--experimental-transform-types',
    '--disable-warning=ExperimentalWarning',
  ];
  return spawn(process.execPath, [...flags, script, url, mode, JSON.stringify(request)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** A condition that holds for all rows: its value is a parameter, so the rows come over a cursor. */
const ALL = { id: { gte: 0 } };
const WAYS = [
  ['COPY', null],
  ['a cursor', ALL],
] as const;

describe.each(WAYS)('over %s', (_name, where) => {
  test('a million rows in flat memory', async () => {
    const child = consumer('count', { entity: 'endless', where });
    const [said] = (await once(child.stdout!, 'data')) as [Buffer];
    const told = JSON.parse(said.toString()) as Record<'rows' | 'largest' | 'start' | 'most', number> & { sum: string };
    const sum = (BigInt(MILLION) * BigInt(MILLION + 1)) / 2n;
    expect(told).toMatchObject({ rows: MILLION, sum: String(sum), largest: expect.any(Number) });
    expect(told.largest).toBeLessThanOrEqual(5_000);
    // In MiB. All rows together are some 250.
    expect(told.most - told.start).toBeLessThan(60);
  }, 120_000);

  test('large rows come in small batches', async () => {
    let largest = 0;
    let n = 0;
    for await (const { rows } of shop.stream({ entity: 'large', where })) {
      n += rows.length;
      // The first read of a cursor does not know yet how large rows are.
      if (n > rows.length) largest = Math.max(largest, rows.length);
    }
    expect(n).toBe(60);
    expect(largest).toBeLessThanOrEqual(5);
  });

  test('while the consumer pauses, the server sends nothing', async () => {
    const proxy = await countingProxy(url);
    const far = await postgresSource(proxy.url);
    let n = 0;
    let held = 0;
    for await (const { rows } of far.stream({ entity: 'endless', where })) {
      n += rows.length;
      if (n > 50_000 && held === 0) {
        // What is on the way arrives in buffers of sockets; then it is silent.
        await until(async () => {
          const before = proxy.received();
          await new Promise((resolve) => setTimeout(resolve, 150));
          return proxy.received() === before;
        });
        held = proxy.received();
        await new Promise((resolve) => setTimeout(resolve, 300));
        expect(proxy.received()).toBe(held);
        const [reader] = (await others()).filter(({ query }) => query.includes('endless'));
        expect(reader).toMatchObject(
          where === null ? { state: 'active', wait: 'ClientWrite' } : { state: expect.stringMatching(/active|idle/) },
        );
        expect(await working()).toBe(true);
      }
      if (n > 200_000) break;
    }
    expect(n).toBeGreaterThan(200_000);
    // Some 55,000 rows of 230 bytes were taken when it paused; the rest is what sockets and pipes hold.
    expect(held).toBeLessThan(40_000_000);
    expect(proxy.received()).toBeGreaterThan(held);
    await far.store.close();
    await proxy.close();
  }, 120_000);

  test('a consumer that stops early frees the connection and the server', async () => {
    for (let i = 0; i < 10; i += 1) {
      for await (const { rows } of shop.stream({ entity: 'endless', where })) {
        expect(rows.length).toBeGreaterThan(0);
        break;
      }
      await until(async () => !(await working()));
    }
  }, 60_000);

  test('a signal stops it, also while the consumer pauses', async () => {
    for (const pause of [0, 200]) {
      const controller = new AbortController();
      let n = 0;
      const reading = (async () => {
        for await (const { rows } of shop.stream({ entity: 'endless', where }, controller.signal)) {
          n += rows.length;
          if (n > 20_000) {
            controller.abort();
            await new Promise((resolve) => setTimeout(resolve, pause));
          }
        }
      })();
      await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
      expect(n).toBeLessThan(MILLION / 2);
      await until(async () => !(await working()));
    }
    const gone = AbortSignal.abort();
    await expect(rowsOf(shop.stream({ entity: 'endless', where }, gone))).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  test('a killed consumer leaves no backend behind', async () => {
    const before = await connections();
    const child = consumer('hang', { entity: 'endless', where });
    const [said] = (await once(child.stdout!, 'data')) as [Buffer];
    expect(said.toString()).toMatch(/^reading \d+/);
    await until(working);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await until(async () => (await connections()) === before);
  }, 30_000);

  test('no time-out of the store ends a stream that is read slowly', async () => {
    const hasty = await postgresSource(url, 300);
    let n = 0;
    for await (const { rows } of hasty.stream({ entity: 'endless', where })) {
      if (n === 0) await new Promise((resolve) => setTimeout(resolve, 700));
      n += rows.length;
      if (n > 200_000) break;
    }
    expect(n).toBeGreaterThan(200_000);
    await hasty.store.close();
  }, 60_000);

  test('a store that fails in the middle is an error after the rows before it', async () => {
    let n = 0;
    const reading = (async () => {
      for await (const { rows } of shop.stream({ entity: 'broken', where })) n += rows.length;
    })();
    await expect(reading).rejects.toMatchObject({
      code: 'STORE_ERROR',
      message: 'shop: the store failed the query (22012)',
    });
    expect(n).toBeLessThan(9_000);
    expect(await rowsOf(shop.stream({ entity: 'city', where }))).toHaveLength(2);
  });
});

describe('the question', () => {
  test('fields of to-one relations are columns, in the order asked', async () => {
    const request = { entity: 'sale', fields: ['city__name', 'amount', 'id'], orderBy: [{ id: 'ASC' }], first: 3 };
    expect(await rowsOf(shop.stream(request))).toEqual([
      ['Ulm', '0.25', 1n],
      ['Bonn', '0.5', 2n],
      [null, '0.75', 3n],
    ]);
  });

  test('no page limit applies, an order holds over all rows, an offset skips', async () => {
    const rows = await rowsOf(shop.stream({ entity: 'sale', fields: ['id'], orderBy: [{ id: 'DESC' }], offset: 10 }));
    expect(rows.map(([id]) => Number(id))).toEqual(Array.from({ length: 19_990 }, (_, i) => 19_990 - i));
    const some = await rowsOf(shop.stream({ entity: 'sale', where: { city: { name: { eq: 'Ulm' } } } }));
    expect(some).toHaveLength(6_667);
  });

  test('rows, bytes and calls are told', async () => {
    const told = { rows: 0, bytes: 0, calls: 0 };
    await rowsOf(
      shop.stream({ entity: 'sale' }, never, ({ rows, bytes, calls }) => {
        told.rows += rows;
        told.bytes += bytes;
        told.calls += calls;
      }),
    );
    expect(told).toEqual({ rows: 20_000, bytes: expect.any(Number), calls: 1 });
    expect(told.bytes).toBeGreaterThan(20_000 * 20);
  });

  test.each([
    [{ entity: 'nothing' }, 'NOT_FOUND', 'shop.nothing: there is no such entity'],
    [{ entity: 'sale', fields: ['id', 'city__nothing'] }, 'BAD_INPUT', 'fields[1]: expected a path of city'],
    [{ entity: 'sale', fields: ['id', 'id'] }, 'BAD_INPUT', 'fields[1]: expected each field once'],
    [{ entity: 'sale', where: { id: { eq: 'x' } } }, 'BAD_INPUT', 'shop.sale.where.id.eq: expected a 64-bit integer'],
    [{ entity: 'sale', first: 0 }, 'BAD_INPUT', 'shop.sale.first: expected a whole number from 1'],
    [{ entity: 'sale', orderBy: [{ id: 'UP' }] }, 'BAD_INPUT', 'shop.sale.orderBy'],
  ])('%j is refused before anything is read', (request, code, message) => {
    const refused = expect.objectContaining({ code, message: expect.stringContaining(message) });
    expect(() => shop.stream(request)).toThrow(refused);
  });
});

describe('the memory engine', () => {
  test('streams its rows in batches, and stops', async () => {
    const rows = Array.from({ length: 3_500 }, (_, i) => ({ id: BigInt(i) }));
    const [team] = LEAGUE.shape.entities;
    const shape = { entities: [{ ...team!, references: [] }], problems: [] };
    const many = await sourceOf('league', await memoryStore('league', { shape, rows: { [team!.id]: rows } }));
    const sizes: number[] = [];
    for await (const batch of many.stream({ entity: 'team', fields: ['id'] })) sizes.push(batch.rows.length);
    expect(sizes).toEqual([1_000, 1_000, 1_000, 500]);
    const controller = new AbortController();
    const reading = (async () => {
      for await (const batch of many.stream({ entity: 'team' }, controller.signal))
        if (batch.rows.length > 0) controller.abort();
    })();
    await expect(reading).rejects.toThrow();
  });

  test('what a store cannot do is done here, within the budget', async () => {
    const store = await memoryStore('league', LEAGUE);
    const weak = { ...store, capabilities: { ...store.capabilities, order: () => false } };
    const league = await sourceOf('league', weak);
    const names = await rowsOf(league.stream({ entity: 'team', fields: ['id'], orderBy: [{ id: 'DESC' }] }));
    expect(names.map(([id]) => id)).toEqual([4n, 3n, 2n, 1n, 0n]);
  });
});

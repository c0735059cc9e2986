import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { GatewayError } from '../../src/errors.js';
import type { Postgres, Statement, TextRow } from '../../src/postgres/types.js';
import { openPools, openTestServer, type TestServer } from './server.js';

const sql = (text: string, values: readonly (string | null)[] = [], name?: string): Statement => ({
  text,
  values,
  ...(name ? { name } : {}),
});
const never = new AbortController().signal;
const idle = { busy: 0, waiting: 0 };

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof GatewayError ? error.code : String(error)),
  );
}

async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !isSo(); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** A generator of numbers in [0, 1) that repeats itself. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}

describe('pools', () => {
  let server: TestServer;
  let url: string;
  let postgres: Postgres;
  beforeAll(async () => {
    server = await openTestServer();
    url = await server.freshDatabase();
    postgres = openPools(url);
    await postgres.script(
      'create table item (id integer primary key, label text); insert into item select i, i::text from generate_series(1, 1000) i',
      { signal: never },
    );
  });
  afterAll(async () => {
    expect(postgres.stats).toMatchObject(idle);
    await postgres.close();
    await server.close();
  });

  test('a page is one transaction: one snapshot, read only, text as the server writes it', async () => {
    const [first, , last] = await postgres.page(
      [
        sql('select pg_current_snapshot()::text, now()'),
        sql('select pg_sleep(0.01)'),
        sql('select pg_current_snapshot()::text, now(), true, 0.1::float8, $1::bytea', ['\\x01']),
      ],
      { signal: never },
    );
    expect(last!.rows[0]!.slice(0, 2)).toEqual(first!.rows[0]);
    expect(last!.rows[0]!.slice(2)).toEqual(['t', '0.1', '\\x01']);
    expect(first!.rows[0]![1]).toMatch(/\+00$/);
    expect(first!.bytes).toBeGreaterThan(0);
    expect(await codeOf(postgres.page([sql(`insert into item values (5000, 'x')`)], { signal: never }))).toBe(
      'STORE_ERROR',
    );
  });

  test('a failed statement names its SQLSTATE, not its text or values, and leaves the connection usable', async () => {
    const failed = postgres.page([sql('select 1'), sql('select 1 / $1::int, $2', ['0', 'secret'])], { signal: never });
    await expect(failed).rejects.toMatchObject({
      code: 'STORE_ERROR',
      message: 'test: the store failed the query (22012)',
      detail: { source: 'test' },
    });
    expect(await codeOf(postgres.page([sql('select * from nowhere')], { signal: never }))).toBe('SCHEMA_CHANGED');
    expect((await postgres.page([sql('select 7')], { signal: never }))[0]!.rows).toEqual([['7']]);
  });

  test('a prepared statement whose table changed fails once, then is prepared again', async () => {
    const one = openPools(url, { connections: { page: 1, stream: 1 } });
    const read = (): Promise<unknown> =>
      one.page([sql('select * from shifting', [], 'shifting')], { signal: never }).then((r) => r[0]!.rows);
    await one.script('create table shifting (a integer); insert into shifting values (1)', { signal: never });
    expect(await read()).toEqual([['1']]);
    await one.script('alter table shifting add b text', { signal: never });
    expect(await codeOf(read())).toBe('SCHEMA_CHANGED');
    expect(await read()).toEqual([['1', null]]);
    await one.close();
  });

  test('a cancel ends its own operation only: 600 at random among 1,200', async () => {
    const random = seeded(7);
    const outcomes: { i: number; cancelled: boolean; got: string | null | undefined }[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      for (let i = next++; i < 1_200; i = next++) {
        const stop = new AbortController();
        const cancelled = i % 2 === 0;
        const timer = cancelled ? setTimeout(() => stop.abort(), random() * 20) : undefined;
        const read = postgres.page(
          [sql('select pg_sleep($1)', [(random() * 0.02).toFixed(4)]), sql('select $1::int', [String(i)], 'echo')],
          { signal: stop.signal },
        );
        const got = await read.then(
          (r) => r[1]!.rows[0]![0],
          (error: GatewayError) => error.code,
        );
        clearTimeout(timer);
        outcomes.push({ i, cancelled, got });
      }
    };
    await Promise.all(Array.from({ length: 6 }, work));
    expect(outcomes).toHaveLength(1_200);
    const wrong = outcomes.filter(({ i, cancelled, got }) => got !== String(i) && !(cancelled && got === 'CANCELLED'));
    expect(wrong).toEqual([]);
    expect(outcomes.filter(({ got }) => got === 'CANCELLED').length).toBeGreaterThan(200);
    expect(postgres.stats).toMatchObject(idle);
  });

  test('a cancel reaches a query that runs, with the reason of the signal', async () => {
    const stop = new AbortController();
    const start = performance.now();
    setTimeout(() => stop.abort(new GatewayError('TIMEOUT', 'too slow')), 100);
    await expect(postgres.page([sql('select pg_sleep(20)')], { signal: stop.signal })).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: 'too slow',
    });
    const stopCopy = new AbortController();
    setTimeout(() => stopCopy.abort(), 100);
    const copy = (async () => {
      for await (const chunk of postgres.copyOut('copy (select pg_sleep(20)) to stdout', { signal: stopCopy.signal }))
        expect(chunk).toBeDefined();
    })();
    expect(await codeOf(copy)).toBe('CANCELLED');
    const stopCursor = new AbortController();
    setTimeout(() => stopCursor.abort(), 100);
    const cursor = (async () => {
      for await (const rows of postgres.cursor(sql('select pg_sleep(20)'), {
        signal: stopCursor.signal,
        batchRows: 10,
      }))
        expect(rows).toBeDefined();
    })();
    expect(await codeOf(cursor)).toBe('CANCELLED');
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  test('the queue is bounded, in order, and can be left', async () => {
    const one = openPools(url, { connections: { page: 1, stream: 1 }, queueLimit: 3 });
    const order: number[] = [];
    const leave = new AbortController();
    const asks = [0, 1, 2, 3, 4].map((i) =>
      codeOf(
        one.page([sql('select pg_sleep(0.1)')], { signal: i === 2 ? leave.signal : never }).then(() => order.push(i)),
      ),
    );
    leave.abort();
    expect(await Promise.all(asks)).toEqual(['no error', 'no error', 'CANCELLED', 'no error', 'OVERLOADED']);
    expect(order).toEqual([0, 1, 3]);
    await one.close();
  });

  test('nobody waits for ever when connections cannot be had', async () => {
    const none = openPools(url.replace(/[^/]*$/, encodeURIComponent('nowhere') + url.slice(url.indexOf('?'))), {
      connections: { page: 1, stream: 1 },
    });
    const codes = await Promise.all([1, 2, 3].map(() => codeOf(none.page([sql('select 1')], { signal: never }))));
    expect(codes).toEqual(['STORE_UNAVAILABLE', 'STORE_UNAVAILABLE', 'STORE_UNAVAILABLE']);
    await none.close();
  });

  test('a killed connection fails its operation and is replaced', async () => {
    const one = openPools(url, { connections: { page: 1, stream: 1 } });
    const pid = (await one.page([sql('select pg_backend_pid()')], { signal: never }))[0]!.rows[0]![0]!;
    const running = codeOf(one.page([sql('select pg_sleep(20)')], { signal: never }));
    const waiting = one.page([sql('select 2')], { signal: never });
    await postgres.run(sql('select pg_terminate_backend($1)', [pid]), { signal: never });
    expect(await running).toBe('STORE_UNAVAILABLE');
    expect((await waiting)[0]!.rows).toEqual([['2']]);
    const idlePid = (await one.page([sql('select pg_backend_pid()')], { signal: never }))[0]!.rows[0]![0]!;
    await postgres.run(sql('select pg_terminate_backend($1)', [idlePid]), { signal: never });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await one.page([sql('select 3')], { signal: never }))[0]!.rows).toEqual([['3']]);
    expect(one.stats).toEqual({ open: 1, busy: 0, waiting: 0 });
    await one.close();
  });

  test('cursors and copies give every row, and their connection back when left early', async () => {
    const batches: (readonly TextRow[])[] = [];
    for await (const rows of postgres.cursor(sql('select id from item where id > $1 order by id', ['10']), {
      signal: never,
      batchRows: 100,
    }))
      batches.push(rows);
    expect(batches.map((b) => b.length)).toEqual([...Array<number>(9).fill(100), 90]);
    expect(batches.flat().map(([id]) => Number(id))).toEqual(Array.from({ length: 990 }, (_, i) => i + 11));
    const chunks: Buffer[] = [];
    for await (const chunk of postgres.copyOut('copy item to stdout', { signal: never })) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString().trim().split('\n')).toHaveLength(1_000);
    for (let i = 0; i < 5; i += 1) {
      for await (const rows of postgres.cursor(sql('select * from item, item b'), { signal: never, batchRows: 5 })) {
        expect(rows).toHaveLength(5);
        break;
      }
      for await (const chunk of postgres.copyOut('copy (select * from item, item b) to stdout', { signal: never })) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
    }
    expect(postgres.stats).toMatchObject(idle);
  });

  test('copyIn counts its rows, and takes nothing when the source of rows fails', async () => {
    await postgres.script('create table taken (id integer)', { signal: never });
    async function* lines(failAt: number): AsyncIterable<string> {
      for (let i = 0; i < 100; i += 1) {
        if (i === failAt) throw new GatewayError('BAD_INPUT', 'a bad line');
        yield `${i}\n`;
      }
    }
    expect(await postgres.copyIn('copy taken from stdin', lines(-1), { signal: never })).toBe(100);
    expect(await codeOf(postgres.copyIn('copy taken from stdin', lines(50), { signal: never }))).toBe('BAD_INPUT');
    expect((await postgres.run(sql('select count(*) from taken'), { signal: never })).rows).toEqual([['100']]);
  });

  test('a session keeps its snapshot over several reads', async () => {
    const session = await postgres.session({ signal: never });
    const count = async (): Promise<unknown> =>
      (await session.read([sql('select count(*) from item')]))[0]!.rows[0]![0];
    expect(await count()).toBe('1000');
    await postgres.run(sql(`insert into item values (2000, 'new')`), { signal: never });
    expect(await count()).toBe('1000');
    await session.close();
    await postgres.run(sql('delete from item where id = 2000'), { signal: never });
  });

  test('a listener hears again after its connection was killed', async () => {
    const heard: string[] = [];
    let reconnected!: () => void;
    const back = new Promise<void>((resolve) => (reconnected = resolve));
    const stop = await postgres.listen('news', (payload) => heard.push(payload), reconnected);
    const notify = (text: string): Promise<unknown> =>
      postgres.run(sql(`select pg_notify('news', $1)`, [text]), { signal: never });
    await notify('one');
    await until(() => heard.length === 1);
    await postgres.run(sql(`select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%'`), {
      signal: never,
    });
    await back;
    await notify('two');
    await until(() => heard.length === 2);
    expect(heard).toEqual(['one', 'two']);
    await stop();
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadDemo } from '../../src/demo/load.js';
import { CONNECTIONS, EMBEDDED_MAX_CONNECTIONS } from '../../src/postgres/budget.js';
import type { Postgres, TextRow } from '../../src/postgres/types.js';
import { openPools, openTestServer, type TestServer } from './server.js';

const never = new AbortController().signal;

async function rowsOf(postgres: Postgres, text: string): Promise<readonly TextRow[]> {
  return (await postgres.run({ text, values: [] }, { signal: never })).rows;
}

describe('demo data', () => {
  let server: TestServer;
  let url: string;
  let postgres: Postgres;
  const progress: string[] = [];
  beforeAll(async () => {
    server = await openTestServer();
    url = await server.freshDatabase('aviation');
    postgres = openPools(url);
    await loadDemo(url, (message) => progress.push(message));
  });
  afterAll(async () => {
    await postgres.close();
    await server.close();
  });

  test('every row of the two files is there, as the files have it', async () => {
    expect(await rowsOf(postgres, 'select (select count(*) from airport), (select count(*) from flight)')).toEqual([
      ['3376', '20000'],
    ]);
    expect(
      await rowsOf(postgres, `select name, city, state, country, latitude, longitude from airport where iata = '00M'`),
    ).toEqual([['Thigpen', 'Bay Springs', 'MS', 'USA', '31.95376472', '-89.23450472']]);
    expect(
      await rowsOf(postgres, 'select date, delay, distance, origin, destination from flight where id = 1'),
    ).toEqual([['2001-01-01 00:47:00', '66', '1750', 'DTW', 'LAS']]);
  });

  test('keys, references, indexes and comments tell what the tables mean', async () => {
    const keys = await rowsOf(
      postgres,
      `select conrelid::regclass, pg_get_constraintdef(oid) from pg_constraint where contype in ('p', 'f') and connamespace = 'public'::regnamespace order by conrelid::regclass::text, 2`,
    );
    expect(keys).toEqual([
      ['airport', 'PRIMARY KEY (iata)'],
      ['flight', 'FOREIGN KEY (destination) REFERENCES airport(iata)'],
      ['flight', 'FOREIGN KEY (origin) REFERENCES airport(iata)'],
      ['flight', 'PRIMARY KEY (id)'],
    ]);
    const indexed = await rowsOf(
      postgres,
      `select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0] where i.indrelid = 'flight'::regclass order by 1`,
    );
    expect(indexed.flat()).toEqual(expect.arrayContaining(['date', 'destination', 'origin']));
    expect(
      await rowsOf(
        postgres,
        `select obj_description('flight'::regclass) is not null, obj_description('airport'::regclass) is not null, col_description('flight'::regclass, 4)`,
      ),
    ).toEqual([['t', 't', 'Miles.']]);
    expect(await rowsOf(postgres, `select reltuples from pg_class where oid = 'flight'::regclass`)).toEqual([
      ['20000'],
    ]);
  });

  test('a second load does nothing', async () => {
    await loadDemo(url, (message) => progress.push(message));
    expect(progress).toHaveLength(1);
    expect(await rowsOf(postgres, 'select count(*) from flight')).toEqual([['20000']]);
  });

  test('a load that was killed shows nothing, and the next one is whole', async () => {
    const other = await server.freshDatabase('killed');
    const watch = openPools(other);
    const kill = `select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = 'killed' and pid <> pg_backend_pid() and query like 'copy loading.flight%'`;
    const load = loadDemo(other, () => undefined).then(
      () => 'loaded',
      (error: { code: string }) => error.code,
    );
    let over = false;
    void load.then(() => (over = true));
    while (!over && (await rowsOf(watch, kill))[0]![0] === '0');
    expect(await load).toBe('STORE_UNAVAILABLE');
    expect(await rowsOf(watch, `select to_regclass('flight'), to_regclass('airport')`)).toEqual([[null, null]]);
    await loadDemo(other, () => undefined);
    expect(await rowsOf(watch, `select (select count(*) from flight), to_regnamespace('loading')`)).toEqual([
      ['20000', null],
    ]);
    await watch.close();
  });

  test('the embedded server allows what the budget adds up to', async () => {
    expect(await rowsOf(postgres, 'show max_connections')).toEqual([[String(EMBEDDED_MAX_CONNECTIONS)]]);
    expect(EMBEDDED_MAX_CONNECTIONS).toBeGreaterThan(4 * (CONNECTIONS.source.page + CONNECTIONS.source.stream));
  });
});

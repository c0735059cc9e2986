import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AIRPORT_CODES } from '../../src/demo/airport-codes.js';
import { csvRows } from '../../src/demo/data-file.js';
import { allIn } from '../../src/config/index.js';
import { loadDemo } from '../../src/demo/load.js';
import { CONNECTIONS, EMBEDDED_MAX_CONNECTIONS } from '../../src/postgres/budget.js';
import type { Postgres, TextRow } from '../../src/postgres/types.js';
import { openPools, openTestServer, type TestServer } from './server.js';

const never = new AbortController().signal;

async function rowsOf(postgres: Postgres, text: string): Promise<readonly TextRow[]> {
  return (await postgres.run({ text, values: [] }, { signal: never })).rows;
}

async function sumOf(file: string, column: string): Promise<number> {
  let sum = 0;
  for (const row of await csvRows(file)) sum += Number(row[column]);
  return sum;
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
    await loadDemo(allIn(url), (message) => progress.push(message));
  });
  afterAll(async () => {
    await postgres.close();
    await server.close();
  });

  test('every airport and flight is there, as the files have it', async () => {
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

  test('every strike is a document, its day a date, its airport one of the aviation airports', async () => {
    expect(
      await rowsOf(
        postgres,
        `select count(*), count(airport_code), count(distinct airport_code), min(flight_date), sum((document ->> 'cost_total')::int) from wildlife.strike`,
      ),
    ).toEqual([['10000', '9565', '49', '1990-01-08', String(await sumOf('birdstrikes.csv', 'Cost Total $'))]]);
    expect(
      await rowsOf(
        postgres,
        `select distinct document ->> 'airport_name' from wildlife.strike where airport_code is null or airport_code not in (select iata from airport)`,
      ),
    ).toEqual([['BARKSDALE AIR FORCE BASE ARPT']]);
    const [[first]] = (await rowsOf(postgres, 'select document from wildlife.strike where id = 1')) as [[string]];
    expect(JSON.parse(first)).toEqual({
      airport_name: 'BARKSDALE AIR FORCE BASE ARPT',
      state: 'Louisiana',
      phase: 'Climb',
      time_of_day: 'Day',
      speed: 300,
      damage: 'None',
      aircraft: { model: 'T-38A', operator: 'MILITARY' },
      wildlife: { species: 'Turkey vulture', size: 'Large' },
      cost: { repair: 0, other: 0, total: 0 },
      cost_total: 0,
    });
  });

  test('the look-up of airports has the names that occur and no others', async () => {
    const found = await rowsOf(postgres, `select distinct document ->> 'airport_name' from wildlife.strike`);
    expect(Object.keys(AIRPORT_CODES).sort()).toEqual(found.flat().sort());
  });

  test('routes lead between airports that the aviation airports have', async () => {
    expect(
      await rowsOf(
        postgres,
        'select (select count(*) from routes.airport), count(*), sum(count), (select count(*) from routes.airport join airport using (iata)) from routes.route',
      ),
    ).toEqual([['305', '5366', String(await sumOf('flights-airport.csv', 'count')), '305']]);
  });

  test('every film has a text of its fields, and words of it are found by an index', async () => {
    expect(
      await rowsOf(
        postgres,
        `select title, about, released, imdb_rating from films.film where id in (1, 3, (select id from films.film where title = '1941')) order by id`,
      ),
    ).toEqual([
      ['The Land Girls', 'Distributed by Gramercy. Rated R. Released in 1998.', '1998-06-12', '6.1'],
      ['I Married a Strange Person', 'Comedy. Distributed by Lionsgate. Released in 1998.', '1998-08-28', '6.8'],
      [
        '1941',
        'Comedy. Historical Fiction. Original Screenplay. Directed by Steven Spielberg. Distributed by Universal. Released in 1979.',
        '1979-12-14',
        '5.6',
      ],
    ]);
    expect(await rowsOf(postgres, 'select count(*), count(title) from films.film')).toEqual([['3201', '3200']]);
    const plan = await rowsOf(
      postgres,
      `explain select id from films.film where to_tsvector('"pg_catalog"."english"'::regconfig, about) @@ to_tsquery('spielberg')`,
    );
    expect(plan.flat().join('\n')).toContain('Bitmap Index Scan on film_to_tsvector_idx1');
  });

  test('a second load does nothing', async () => {
    expect(progress).toHaveLength(4);
    await loadDemo(allIn(url), (message) => progress.push(message));
    expect(progress).toHaveLength(4);
    expect(await rowsOf(postgres, 'select count(*) from flight')).toEqual([['20000']]);
  });

  test('a database that has the first part only gets the others', async () => {
    const other = await server.freshDatabase('older');
    const older = openPools(other);
    const told: string[] = [];
    try {
      await loadDemo(allIn(other), () => undefined);
      for (const schema of ['wildlife', 'routes', 'films'])
        await older.script(`drop schema ${schema} cascade`, { signal: never });
      await loadDemo(allIn(other), (message) => told.push(message));
      expect(told).toEqual([
        expect.stringContaining('10,000'),
        expect.stringContaining('5,366'),
        expect.stringContaining('3,201'),
      ]);
      expect(await rowsOf(older, 'select (select count(*) from flight), (select count(*) from films.film)')).toEqual([
        ['20000', '3201'],
      ]);
    } finally {
      await older.close();
    }
  });

  test.each([
    ['flight', [null, null, null, null]],
    ['strike', ['airport', null, null, null]],
    ['film', ['airport', 'wildlife.strike', 'routes.route', null]],
  ])(
    'a load that was killed in the middle of %s shows nothing of it, and the next one is whole',
    async (table, left) => {
      const name = `killed_${table}`;
      const other = await server.freshDatabase(name);
      const watch = openPools(other);
      const kill = `select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = '${name}' and pid <> pg_backend_pid() and query like 'copy trainyard_loading.${table}%' and state = 'active'`;
      const load = loadDemo(allIn(other), () => undefined).then(
        () => 'loaded',
        (error: { code: string }) => error.code,
      );
      let over = false;
      void load.then(() => (over = true));
      while (!over && (await rowsOf(watch, kill))[0]![0] === '0');
      expect(await load).toBe('STORE_UNAVAILABLE');
      expect(
        await rowsOf(
          watch,
          `select to_regclass('public.airport'), to_regclass('wildlife.strike'), to_regclass('routes.route'), to_regclass('films.film')`,
        ),
      ).toEqual([left]);
      await loadDemo(allIn(other), () => undefined);
      expect(
        await rowsOf(
          watch,
          `select (select count(*) from flight), (select count(*) from wildlife.strike), (select count(*) from routes.route), (select count(*) from films.film), to_regnamespace('trainyard_loading')`,
        ),
      ).toEqual([['20000', '10000', '5366', '3201', null]]);
      await watch.close();
    },
  );

  test('the embedded server allows what the budget adds up to', async () => {
    expect(await rowsOf(postgres, 'show max_connections')).toEqual([[String(EMBEDDED_MAX_CONNECTIONS)]]);
    expect(EMBEDDED_MAX_CONNECTIONS).toBeGreaterThan(4 * (CONNECTIONS.source.page + CONNECTIONS.source.stream));
  });
});

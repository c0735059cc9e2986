import { parse } from 'csv-parse';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CONNECTIONS } from '../postgres/budget.js';
import { openPostgres } from '../postgres/pools.js';

/** Made in a schema that no one reads, then renamed in one transaction: a kill in the middle leaves nothing to be seen. */
const TABLES = `
drop schema if exists loading cascade;
create schema loading;
create table loading.airport (
  iata text primary key, name text not null, city text, state text, country text not null,
  latitude double precision not null, longitude double precision not null);
create table loading.flight (
  id integer primary key, date timestamp not null, delay integer not null, distance integer not null,
  origin text not null references loading.airport, destination text not null references loading.airport)`;

const FINISH = `
create index on loading.flight (origin);
create index on loading.flight (destination);
create index on loading.flight (date);
create index on loading.flight (delay);
create index on loading.airport (state);
comment on table loading.airport is 'Airports of the United States and its territories (vega-datasets, airports.csv).';
comment on column loading.airport.iata is 'Code of the airport.';
comment on column loading.airport.latitude is 'Degrees north.';
comment on column loading.airport.longitude is 'Degrees east.';
comment on table loading.flight is 'A sample of 20,000 flights of January to March 2001 (vega-datasets, flights-20k.json).';
comment on column loading.flight.date is 'Scheduled departure, local time.';
comment on column loading.flight.delay is 'Minutes late on arrival; negative when early.';
comment on column loading.flight.distance is 'Miles.';
comment on column loading.flight.origin is 'Code of the airport of departure.';
comment on column loading.flight.destination is 'Code of the airport of arrival.';
alter table loading.flight set schema public;
alter table loading.airport set schema public;
drop schema loading;
analyze`;

/** Loads the demo's tables into an empty database, once. */
export async function loadDemo(url: string, onProgress: (message: string) => void): Promise<void> {
  const postgres = openPostgres({
    url,
    name: 'demo',
    connections: CONNECTIONS.demo,
    connectTimeoutMs: 5_000,
    readTimeoutMs: 60_000,
    queueLimit: 10,
  });
  const { signal } = new AbortController();
  const run = async (script: string): Promise<void> => {
    await postgres.script(script, { signal });
  };
  try {
    const present = await postgres.run(
      { text: `select to_regclass('public.flight') is not null`, values: [] },
      { signal },
    );
    if (present.rows[0]?.[0] === 't') return;
    onProgress('loading the demo: 3,376 airports and 20,000 flights');
    await run(TABLES);
    await postgres.copyIn('copy loading.airport from stdin', airports(), { signal });
    await postgres.copyIn('copy loading.flight from stdin', flights(), { signal });
    await run(FINISH);
  } finally {
    await postgres.close();
  }
}

function dataFile(name: string): string {
  // The package exports its build only; its data lie beside it.
  return join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data', name);
}

/** A line of COPY's text format. */
function line(values: readonly (string | number | null)[]): string {
  const cells = values.map((v) =>
    v === null || v === ''
      ? '\\N'
      : String(v).replace(/[\\\n\r\t]/g, (c) => ({ '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' })[c]!),
  );
  return `${cells.join('\t')}\n`;
}

async function* airports(): AsyncIterable<string> {
  const rows = createReadStream(dataFile('airports.csv')).pipe(parse({ columns: true }));
  for await (const row of rows as AsyncIterable<Record<string, string>>) {
    yield line(['iata', 'name', 'city', 'state', 'country', 'latitude', 'longitude'].map((c) => row[c] ?? null));
  }
}

interface FlightRow {
  readonly date: string;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

async function* flights(): AsyncIterable<string> {
  const rows = JSON.parse(await readFile(dataFile('flights-20k.json'), 'utf8')) as readonly FlightRow[];
  for (const [i, row] of rows.entries())
    yield line([i + 1, row.date.replaceAll('/', '-'), row.delay, row.distance, row.origin, row.destination]);
}

import { csvRows, jsonRows } from './data-file.js';
import type { Cell, Part } from './part.js';

export const AVIATION: Part = {
  name: 'aviation',
  told: '3,376 airports and 20,000 flights',
  tables: {
    present: 'public.flight',
    create: `
create table trainyard_loading.airport (
  iata text primary key, name text not null, city text, state text, country text not null,
  latitude double precision not null, longitude double precision not null);
create table trainyard_loading.flight (
  id integer primary key, date timestamp not null, delay integer not null, distance integer not null,
  origin text not null, destination text not null)`,
    rows: [
      { table: 'airport', read: airports },
      { table: 'flight', read: flights },
    ],
    finish: `
alter table trainyard_loading.flight add foreign key (origin) references trainyard_loading.airport, add foreign key (destination) references trainyard_loading.airport;
create index on trainyard_loading.flight (origin);
create index on trainyard_loading.flight (destination);
create index on trainyard_loading.flight (date);
create index on trainyard_loading.flight (delay);
create index on trainyard_loading.airport (state);
comment on table trainyard_loading.airport is 'Airports of the United States and its territories (vega-datasets, airports.csv).';
comment on column trainyard_loading.airport.iata is 'Code of the airport.';
comment on column trainyard_loading.airport.latitude is 'Degrees north.';
comment on column trainyard_loading.airport.longitude is 'Degrees east.';
comment on table trainyard_loading.flight is 'A sample of 20,000 flights of January to March 2001 (vega-datasets, flights-20k.json).';
comment on column trainyard_loading.flight.date is 'Scheduled departure, local time.';
comment on column trainyard_loading.flight.delay is 'Minutes late on arrival; negative when early.';
comment on column trainyard_loading.flight.distance is 'Miles.';
comment on column trainyard_loading.flight.origin is 'Code of the airport of departure.';
comment on column trainyard_loading.flight.destination is 'Code of the airport of arrival.';
alter table trainyard_loading.flight set schema public;
alter table trainyard_loading.airport set schema public;
drop schema trainyard_loading;
analyze public.airport, public.flight`,
  },
};

const AIRPORT = ['iata', 'name', 'city', 'state', 'country', 'latitude', 'longitude'] as const;

async function* airports(): AsyncIterable<readonly Cell[]> {
  for (const row of await csvRows('airports.csv')) yield AIRPORT.map((column) => row[column] ?? null);
}

interface FlightRow {
  readonly date: string;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

async function* flights(): AsyncIterable<readonly Cell[]> {
  for (const [i, row] of (await jsonRows<FlightRow>('flights-20k.json')).entries())
    yield [i + 1, row.date.replaceAll('/', '-'), row.delay, row.distance, row.origin, row.destination];
}

import { csvRows } from './data-file.js';
import type { Cell, Part } from './part.js';

export const ROUTES: Part = {
  present: 'routes.route',
  told: '305 airports and the 5,366 routes between them, as a graph',
  tables: `
create table loading.airport (iata text primary key, city text, state text);
create table loading.route (
  origin text not null, destination text not null, count integer not null, primary key (origin, destination))`,
  rows: [
    { table: 'airport', read: airports },
    { table: 'route', read: routes },
  ],
  finish: `
alter table loading.route add foreign key (origin) references loading.airport, add foreign key (destination) references loading.airport;
create index on loading.route (destination);
comment on table loading.airport is 'The airports that a route begins or ends at.';
comment on column loading.airport.iata is 'Code of the airport.';
comment on table loading.route is 'Which airports were connected in 2008 (vega-datasets, flights-airport.csv).';
comment on column loading.route.count is 'Flights of that year.';
alter schema loading rename to routes;
analyze routes.airport, routes.route`,
};

async function* airports(): AsyncIterable<readonly Cell[]> {
  const served = new Set<string>();
  for (const { origin, destination } of await csvRows('flights-airport.csv')) served.add(origin!).add(destination!);
  for (const { iata, city, state } of await csvRows('airports.csv'))
    if (served.has(iata!)) yield [iata!, city!, state!];
}

async function* routes(): AsyncIterable<readonly Cell[]> {
  for (const { origin, destination, count } of await csvRows('flights-airport.csv'))
    yield [origin!, destination!, count!];
}

import { csvRows } from './data-file.js';
import type { Cell, Part } from './part.js';

export const ROUTES: Part = {
  name: 'routes',
  told: '305 airports and the 5,366 routes between them, as a graph',
  tables: {
    present: 'routes.route',
    create: `
create table trainyard_loading.airport (iata text primary key, city text, state text);
create table trainyard_loading.route (
  origin text not null, destination text not null, count integer not null, primary key (origin, destination))`,
    rows: [
      { table: 'airport', read: airports },
      { table: 'route', read: routes },
    ],
    finish: `
alter table trainyard_loading.route add foreign key (origin) references trainyard_loading.airport, add foreign key (destination) references trainyard_loading.airport;
create index on trainyard_loading.route (destination);
comment on table trainyard_loading.airport is 'The airports that a route begins or ends at.';
comment on column trainyard_loading.airport.iata is 'Code of the airport.';
comment on table trainyard_loading.route is 'Which airports were connected in 2008 (vega-datasets, flights-airport.csv).';
comment on column trainyard_loading.route.count is 'Flights of that year.';
alter schema trainyard_loading rename to routes;
analyze routes.airport, routes.route`,
  },
  graph: {
    present: 'MATCH (a:Airport) RETURN a LIMIT 1',
    constraint: 'CREATE CONSTRAINT airport_iata IF NOT EXISTS FOR (a:Airport) REQUIRE a.iata IS UNIQUE',
    rows: [
      { create: 'UNWIND $rows AS row CREATE (:Airport {iata: row[0], city: row[1], state: row[2]})', read: airports },
      {
        create: `UNWIND $rows AS row
MATCH (origin:Airport {iata: row[0]}), (destination:Airport {iata: row[1]})
CREATE (origin)-[:ROUTE {count: row[2]}]->(destination)`,
        read: routes,
      },
    ],
  },
};

async function* airports(): AsyncIterable<readonly Cell[]> {
  const served = new Set<string>();
  for (const { origin, destination } of await csvRows('flights-airport.csv')) served.add(origin!).add(destination!);
  for (const { iata, city, state } of await csvRows('airports.csv'))
    if (served.has(iata!)) yield [iata!, city!, state!];
}

async function* routes(): AsyncIterable<readonly Cell[]> {
  for (const { origin, destination, count } of await csvRows('flights-airport.csv'))
    yield [origin!, destination!, Number(count)];
}

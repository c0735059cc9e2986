import { AIRPORT_CODES } from './airport-codes.js';
import { csvRows } from './data-file.js';
import type { Cell, Part } from './part.js';

/** What is asked by relations and by time stands beside the documents: json has no dates. */
export const WILDLIFE: Part = {
  present: 'wildlife.strike',
  told: '10,000 strikes of birds and aircraft, as documents',
  tables: `
create table loading.strike (
  id integer primary key, airport_code text, flight_date date not null, document jsonb not null)`,
  rows: [{ table: 'strike', read: strikes }],
  finish: `
create index on loading.strike (airport_code);
create index on loading.strike (flight_date);
comment on table loading.strike is 'Strikes of wildlife and aircraft, 1990 to 2002 (vega-datasets, birdstrikes.csv); costs in US dollars.';
comment on column loading.strike.airport_code is 'Code of the airport; null where airports.csv has none: Barksdale Air Force Base.';
comment on column loading.strike.flight_date is 'Day of the flight.';
alter schema loading rename to wildlife;
analyze wildlife.strike`,
};

async function* strikes(): AsyncIterable<readonly Cell[]> {
  let id = 0;
  for (const row of await csvRows('birdstrikes.csv')) {
    id += 1;
    yield [id, AIRPORT_CODES[row['Airport Name']!] ?? null, row['Flight Date']!, JSON.stringify(strike(row))];
  }
}

function strike(row: Readonly<Record<string, string>>): object {
  const [repair, other, total] = ['Cost Repair', 'Cost Other', 'Cost Total $'].map((column) => Number(row[column]));
  return {
    airport_name: row['Airport Name'],
    state: row['Origin State'],
    phase: row['Phase of flight'],
    time_of_day: row['Time of day'],
    speed: row['Speed IAS in knots'] === '' ? null : Number(row['Speed IAS in knots']),
    damage: row['Effect Amount of damage'],
    aircraft: { model: row['Aircraft Make Model'], operator: row['Aircraft Airline Operator'] },
    wildlife: { species: row['Wildlife Species'], size: row['Wildlife Size'] },
    cost: { repair, other, total },
    cost_total: total,
  };
}

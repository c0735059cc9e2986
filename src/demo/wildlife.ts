import { AIRPORT_CODES } from './airport-codes.js';
import { csvRows } from './data-file.js';
import type { Cell, Part } from './part.js';

type Row = Readonly<Record<string, string>>;

/** What is asked by relations and by time stands beside the documents: json has no dates. */
export const WILDLIFE: Part = {
  name: 'wildlife',
  told: '10,000 strikes of birds and aircraft, as documents',
  tables: {
    present: 'wildlife.strike',
    create: `
create table trainyard_loading.strike (
  id integer primary key, airport_code text, flight_date date not null, document jsonb not null)`,
    rows: [{ table: 'strike', read: strikes }],
    finish: `
create index on trainyard_loading.strike (airport_code);
create index on trainyard_loading.strike (flight_date);
comment on table trainyard_loading.strike is 'Strikes of wildlife and aircraft, 1990 to 2002 (vega-datasets, birdstrikes.csv); costs in US dollars.';
comment on column trainyard_loading.strike.airport_code is 'Code of the airport; null where airports.csv has none: Barksdale Air Force Base.';
comment on column trainyard_loading.strike.flight_date is 'Day of the flight.';
alter schema trainyard_loading rename to wildlife;
analyze wildlife.strike`,
  },
  documents: { collection: 'strike', indexed: ['airport_code', 'flight_date'], read: documents },
};

async function* strikes(): AsyncIterable<readonly Cell[]> {
  for (const [i, row] of (await csvRows('birdstrikes.csv')).entries())
    yield [i + 1, codeOf(row), row['Flight Date']!, JSON.stringify(strike(row))];
}

async function* documents(): AsyncIterable<Readonly<Record<string, unknown>>> {
  for (const [i, row] of (await csvRows('birdstrikes.csv')).entries())
    yield {
      ...{ _id: i + 1, id: i + 1, airport_code: codeOf(row), flight_date: new Date(row['Flight Date']!) },
      ...longs(strike(row)),
    };
}

/** As a database takes whole numbers of JSON: 64 bits. */
function longs(document: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(document).map(([name, value]: [string, unknown]) => {
      if (typeof value === 'number') return [name, BigInt(value)];
      return [name, typeof value === 'object' && value !== null ? longs(value) : value];
    }),
  );
}

function codeOf(row: Row): string | null {
  return AIRPORT_CODES[row['Airport Name']!] ?? null;
}

function strike(row: Row): object {
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

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { postgresStore } from '../../datasources/postgres/index.js';
import { allIn } from '../../src/config/index.js';
import { loadDemo } from '../../src/demo/load.js';
import { buildEntities } from '../../src/sources/model.js';
import type { DeclaredRelation } from '../../src/sources/relations.js';
import type { SourceShape } from '../../src/store/shape.js';
import type { Store } from '../../src/store/store.js';
import { relationsYaml, suggestRelations, type Suggestion, type Suggestions } from '../../src/suggest/index.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';
import { manyTables } from '../scale/tables.mjs';
import { LEGACY, LEGACY_RELATIONS } from './legacy.js';

const { signal } = new AbortController();
const OPTIONS = { rows: 1_000, lookMs: 5_000, allMs: 60_000 };
let server: TestServer;

beforeAll(async () => {
  server = await openTestServer();
});

afterAll(async () => {
  await server.close();
});

interface Suggested extends Suggestions {
  readonly shape: SourceShape;
  readonly ms: number;
  readonly reads: number;
}

async function suggested(url: string, options: Partial<typeof OPTIONS> = {}): Promise<Suggested> {
  const config = { url, schemas: ['public'], pool: 2, timeouts: { connectMs: 5_000, readMs: 30_000 }, queueLimit: 100 };
  const store = await postgresStore('legacy', config);
  try {
    const shape = await store.introspect(signal);
    const entities = [...buildEntities('legacy', shape).entities.values()];
    let reads = 0;
    const counted: Store = { ...store, read: (selects, run) => ((reads += 1), store.read(selects, run)) };
    const before = performance.now();
    const all = await suggestRelations(counted, entities, { ...OPTIONS, ...options });
    return { ...all, shape, reads, ms: Math.round(performance.now() - before) };
  } finally {
    await store.close();
  }
}

function arrow({ from, to, on }: Pick<Suggestion, 'from' | 'to' | 'on'>): string {
  const side = (which: 'from' | 'to'): string => on.map((pair) => pair[which].name).join(' + ');
  return `${from.entity}.${side('from')} → ${to.entity}.${side('to')}`;
}

/** How many of those found are right, and how many of the right ones are found. */
function measured(found: readonly string[], right: readonly string[]): { precision: number; recall: number } {
  const hits = found.filter((each) => right.includes(each)).length;
  return { precision: hits / found.length, recall: hits / right.length };
}

async function filled(sql: string): Promise<string> {
  const url = await server.freshDatabase();
  const admin = openPools(url);
  await admin.script(sql, { signal });
  await admin.close();
  return url;
}

describe('a legacy database without a foreign key', () => {
  let url: string;
  let all: Suggested;
  beforeAll(async () => {
    url = await filled(LEGACY);
    all = await suggested(url);
    const { precision, recall } = measured(all.found.map(arrow), LEGACY_RELATIONS);
    console.info(
      `precision ${precision.toFixed(2)}, recall ${recall.toFixed(2)}, ${all.reads} reads, ${all.looked.rows} rows, ${all.ms} ms`,
    );
  });

  test('what is proposed is right, in the right direction, and little is missed', () => {
    const found = all.found.map(arrow);
    expect(found.filter((each) => !LEGACY_RELATIONS.includes(each))).toEqual([]);
    expect(LEGACY_RELATIONS.filter((each) => !found.includes(each))).toEqual([]);
  });

  test('the share tells of orphans, and how much was looked at', () => {
    const payments = all.found.find((each) => each.from.entity === 'payments')!;
    expect(payments.matched / payments.values).toBeGreaterThan(0.9);
    expect(payments.matched / payments.values).toBeLessThan(1);
    expect(payments.rows).toBe(1_000);
    expect(all.looked.rows).toBeLessThanOrEqual(all.looked.fields * 1_000);
  });

  test('what a name tells of and no value shows is told', () => {
    expect(all.unseen).toEqual(
      expect.arrayContaining([
        { subject: 'legacy.empty_links.customer_no', reason: 'it holds no value' },
        { subject: 'legacy.empty_links.supplier_id', reason: 'it holds no value' },
      ]),
    );
  });

  test('the YAML is the list of the config, and its relations lead where they say', () => {
    const text = relationsYaml([all]);
    expect(text).toMatch(/^# legacy: [\d,]+ rows of \d+ fields/);
    expect(text).toMatch(
      /# \d+(\.\d)? % of [\d,]+ different values in 1,000 rows were found\n {2}- \{ from: legacy\.payments/,
    );
    const { relations } = parse(text) as {
      relations: { from: string; to: string; on: Record<string, string>; as: string; reverse: string }[];
    };
    expect(relations).toHaveLength(all.found.length);
    const declared = relations.map(({ from, to, on, ...rest }): DeclaredRelation => ({
      ...rest,
      from: from.replace('legacy.', ''),
      to: to.replace('legacy.', ''),
      on: Object.entries(on).map(([a, b]) => ({ from: a, to: b })),
    }));
    const { entities, problems } = buildEntities('legacy', all.shape, { relations: declared });
    expect(problems).toEqual([]);
    const names = (entity: string) =>
      [...entities.get(entity)!.relations.values()].map(({ name, many }) => (many ? `${name}*` : name));
    expect(names('orders')).toEqual(
      expect.arrayContaining(['cust', 'ship_to_customer', 'employee', 'order_lines*', 'invoices']),
    );
    expect(names('employees')).toEqual(
      expect.arrayContaining(['boss', 'department', 'employees_by_boss_id*', 'orders*', 'door_events*']),
    );
    expect(names('tbl_customer')).toEqual(expect.arrayContaining(['tbl_customer_detail', 'orders_by_cust_no*']));
  });

  test('few rows give the same, and what is declared is not proposed again', async () => {
    const few = await suggested(url, { rows: 60 });
    const { precision, recall } = measured(few.found.map(arrow), LEGACY_RELATIONS);
    expect(precision).toBeGreaterThan(0.9);
    expect(recall).toBeGreaterThan(0.9);
    expect(few.looked.rows).toBeLessThanOrEqual(few.looked.fields * 60);
  });

  test('it ends in time, and says what it did not come to', async () => {
    const none = await suggested(url, { allMs: 1 });
    expect(none.found.length).toBeLessThan(all.found.length);
    expect(none.unseen.length).toBeGreaterThan(10);
  });
});

test('tables full of equal ids, flags and texts: nothing is proposed', async () => {
  const tables = manyTables(60).map((text) => text.replaceAll(/ references \w+/g, ''));
  const { found, unseen, reads } = await suggested(await filled(tables.join(';')));
  expect(found.map(arrow)).toEqual([]);
  expect(unseen).toEqual([]);
  expect(reads).toBeLessThan(10);
});

test('the demo without its foreign keys: both are found by their values alone', async () => {
  const url = await server.freshDatabase('demo');
  await loadDemo(allIn(url), () => undefined);
  const admin = openPools(url);
  await admin.script(
    `do $$ declare k record; begin for k in select conrelid::regclass as t, conname from pg_constraint where contype = 'f'
      loop execute format('alter table %s drop constraint %I', k.t, k.conname); end loop; end $$`,
    { signal },
  );
  await admin.close();
  const { found, reads, ms } = await suggested(url);
  console.info(`demo: ${reads} reads, ${ms} ms`);
  expect(found.map(arrow).sort()).toEqual(['flight.destination → airport.iata', 'flight.origin → airport.iata']);
  expect(found.map(({ as, reverse }) => [as, reverse]).sort()).toEqual([
    ['destination_airport', 'flight_by_destination'],
    ['origin_airport', 'flight_by_origin'],
  ]);
});

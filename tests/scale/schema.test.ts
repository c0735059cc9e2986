import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildClientSchema, getIntrospectionQuery, validateSchema, type IntrospectionQuery } from 'graphql';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { postgresStore } from '../../datasources/postgres/index.js';
import { buildControlPlaneSchema } from '../../resolvers/schema.js';
import { buildPlaneSchema } from '../../src/dataplane/schema.js';
import { buildEntities } from '../../src/sources/model.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';
import { served, type GraphQLAnswer, type Served } from '../e2e/served.js';
import { manyTables, targetsOf } from './tables.mjs';

const TABLES = 500;
const COLUMNS = 12;
let server: TestServer;
let gateway: Served;

beforeAll(async () => {
  server = await openTestServer();
  const url = await server.freshDatabase('large');
  const admin = openPools(url);
  await admin.script(manyTables(TABLES).join(';'), { signal: new AbortController().signal });
  await admin.close();
  const store = await postgresStore('large', {
    url,
    schemas: ['public'],
    pool: 2,
    timeouts: { connectMs: 5_000, readMs: 30_000 },
    queueLimit: 100,
  });
  const shape = await took('its shape is read', () => store.introspect(new AbortController().signal));
  await store.close();
  const { entities } = await took('entities and relations are made', () => buildEntities('large', shape));
  const control = await buildControlPlaneSchema();
  const before = heapUsed();
  const schema = await took('the schema is built', () =>
    buildPlaneSchema(control, [{ name: 'large', description: null, entities }]),
  );
  figures.push(
    `${Object.keys(schema.getTypeMap()).length} types, ${((heapUsed() - before) / 1e6).toFixed(0)} MB of heap`,
  );
  gateway = await took('a gateway starts over it', () => served(url));
}, 120_000);

afterAll(async () => {
  await gateway.close();
  await server.close();
  console.info(figures.join('\n'));
});

/** What is printed: no time is asserted. */
const figures: string[] = [];

async function took<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  const before = performance.now();
  const result = await work();
  figures.push(`${what}: ${Math.round(performance.now() - before)} ms`);
  return result;
}

/** What is left after the garbage is collected. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

const nameOf = (i: number): string => `table_${String(i).padStart(4, '0')}`;

test('every table is there whole, with a relation both ways for each foreign key', async () => {
  const { data } = await gateway.ask(
    '{ source(name: "large") { problems { subject message } entities { name key fields { name } relations { name to many } } } }',
  );
  const { entities, problems } = (
    data as {
      source: {
        problems: unknown[];
        entities: {
          name: string;
          key: string[];
          fields: unknown[];
          relations: { name: string; to: string; many: boolean }[];
        }[];
      };
    }
  ).source;
  expect(problems).toEqual([]);
  expect(entities.map((e) => e.name).sort()).toEqual(Array.from({ length: TABLES }, (_, i) => nameOf(i)));
  for (const { name, key, fields, relations } of entities) {
    const i = Number(name.slice(-4));
    expect([name, key, fields.length]).toEqual([name, ['id'], COLUMNS]);
    const toOne = relations.filter((r) => !r.many).sort((a, b) => (a.name < b.name ? -1 : 1));
    expect([name, toOne.map((r) => [r.name, r.to])]).toEqual([
      name,
      targetsOf(i).map((j, k) => [`ref_${k}_${nameOf(j)}`, `large.${nameOf(j)}`]),
    ]);
  }
  const toMany = entities.flatMap((e) => e.relations.filter((r) => r.many));
  expect(toMany).toHaveLength(3 * TABLES);
});

test('any of them is asked through three levels of relations', async () => {
  for (const i of [3, 100, 250, 499]) {
    const [first] = targetsOf(i);
    const [second] = targetsOf(first!);
    const { data, errors } =
      await gateway.ask(`{ large { row: ${nameOf(i)}(where: { amount: { eq: "${i}.25" }, ref_0_${nameOf(first!)}: { name: { like: "row%" } } }) {
      id name up: ref_0_${nameOf(first!)} { name up: ref_0_${nameOf(second!)} { name amount } }
    } all: ${nameOf(i)}_aggregate { count sum { amount } } } }`);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      large: {
        row: [
          {
            id: 1,
            name: `row of ${nameOf(i)}`,
            up: {
              name: `row of ${nameOf(first!)}`,
              up: { name: `row of ${nameOf(second!)}`, amount: `${second}.25` },
            },
          },
        ],
        all: { count: 1, sum: { amount: `${i}.25` } },
      },
    });
  }
});

test('the schema is valid, and a client reads it whole over HTTP', async () => {
  expect(validateSchema(gateway.yard.plane.schema)).toEqual([]);
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ query: getIntrospectionQuery() });
  const text = (): Promise<string> => fetch(gateway.url, { method: 'POST', headers, body }).then((r) => r.text());
  const whole = await took('introspection over HTTP', text);
  expect(await took('the same again', text)).toBe(whole);
  const { data, errors } = JSON.parse(whole) as GraphQLAnswer;
  figures.push(`${(JSON.stringify(data).length / 1e6).toFixed(1)} million characters of introspection`);
  expect(errors).toBeUndefined();
  const schema = buildClientSchema(data as IntrospectionQuery);
  const own = Object.keys(gateway.yard.plane.schema.getTypeMap());
  expect(Object.keys(schema.getTypeMap()).sort()).toEqual(own.sort());
  // Some twenty types a table: its row, filters, orders, measures.
  expect(own.length).toBeGreaterThan(TABLES * 10);
  expect(own.length).toBeLessThan(TABLES * 40);
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isNonNullType, type GraphQLObjectType } from 'graphql';
import { readFileSync } from 'node:fs';
import { served, type Served } from '../e2e/served.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';

const PAGE = readFileSync(new URL('../../docs/databases.md', import.meta.url), 'utf8');

interface Documented {
  readonly type: string;
  readonly value: string;
  readonly graphql: string;
  readonly answer: unknown;
}

/** The rows of the table of types. */
const TYPES = [...PAGE.matchAll(/^\| `([^|]+)` +\| `([^|]+)` +\| `([^|]+)` +\| `([^|]+)` +\|$/gm)].map(
  ([, type, value, graphql, answer]): Documented => ({
    type: type!,
    value: value!,
    graphql: graphql!,
    answer: JSON.parse(answer!) as unknown,
  }),
);

let server: TestServer;
let gateway: Served;

beforeAll(async () => {
  server = await openTestServer();
  const url = await server.freshDatabase('documented');
  const admin = openPools(url);
  const setup = /```sql\n([^]*?)```/.exec(PAGE)![1]!;
  const columns = TYPES.map(({ type }, i) => `c${i} ${type}`).join(', ');
  await admin.script(
    `${setup}; create table documented (id int primary key, ${columns}); insert into documented values (1, ${TYPES.map((t) => t.value).join(', ')})`,
    { signal: new AbortController().signal },
  );
  await admin.close();
  gateway = await served(url);
});

afterAll(async () => {
  await gateway.close();
  await server.close();
});

test('the page tells of types', () => {
  expect(TYPES.length).toBeGreaterThan(45);
});

test.each(TYPES.map((each, i) => [each.type, each.value, i] as const))('%s %s', async (_type, _value, i) => {
  const { graphql, answer } = TYPES[i]!;
  const { type } = (gateway.yard.plane.schema.getType('Documented_Documented') as GraphQLObjectType).getFields()[
    `c${i}`
  ]!;
  expect(isNonNullType(type)).toBe(false);
  expect(String(type)).toBe(graphql);
  const { data, errors } = await gateway.ask(`{ documented { documented { c${i} } } }`);
  expect(errors).toBeUndefined();
  expect(data).toEqual({ documented: { documented: [{ [`c${i}`]: answer }] } });
});

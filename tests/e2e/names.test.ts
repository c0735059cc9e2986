import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Postgres } from '../../src/postgres/types.js';
import { legalName } from '../../src/sources/names.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';
import { served, type Served } from './served.js';

/** Identifiers of a store that are trouble in SQL, in GraphQL, or in JavaScript; one that was once typed in a hurry. */
const NAMES = [
  `a"quote`,
  `a'quote`,
  'a.dot',
  'public.a',
  'two words',
  '😀 emoji',
  'naïve',
  '日本',
  `x${'y'.repeat(62)}`,
  'é'.repeat(31),
  'select',
  'table',
  'from',
  'order',
  'group',
  'user',
  'CamelCase',
  'camelcase',
  '1st',
  '__typename',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '_and',
  'null',
  'true',
  'on',
  'query',
  'fragment',
  `'; drop table "select"; --`,
  '$1',
  '${x}',
  '`',
  'a\\b',
  'a\nb',
  'a-b',
  'a b',
  'a/b',
  'a%b',
  '-- x',
  '/* x */',
  '{x}',
];

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const never: AbortSignal = new AbortController().signal;
let server: TestServer;
let admin: Postgres;
let gateway: Served;

beforeAll(async () => {
  server = await openTestServer();
  const url = await server.freshDatabase('odd');
  admin = openPools(url);
  const run = (text: string): Promise<unknown> => admin.run({ text, values: [] }, { signal: never });
  for (const [i, name] of NAMES.entries()) {
    const columns = NAMES.map((column) => `${quote(column)} int default ${i}`);
    await run(`create table ${quote(name)} (key int primary key, ${columns.join(', ')});
      insert into ${quote(name)} (key) values (${i + 1})`);
  }
  await run(`create schema "od""d"; create type "od""d"."m'ood" as enum ('a"b', 'c''d', 'e f', '😀');
    create table enumerated (id int primary key, mood "od""d"."m'ood", moods "od""d"."m'ood"[]);
    insert into enumerated values (1, 'a"b', array['😀', null, 'e f']::"od""d"."m'ood"[]), (2, '😀', '{}')`);
  gateway = await served(url);
});

afterAll(async () => {
  await gateway.close();
  const text = `select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`;
  const left = await admin.run({ text, values: [] }, { signal: never });
  await admin.close();
  await server.close();
  expect(left.rows).toEqual([['0']]);
});

test('every table and column is in the schema, or its absence is told with the reason', async () => {
  const { data } = await gateway.ask(
    '{ source(name: "odd") { entities { name fields { name } } problems { subject message } } }',
  );
  const { entities, problems } = (
    data as {
      source: {
        entities: { name: string; fields: { name: string }[] }[];
        problems: { subject: string; message: string }[];
      };
    }
  ).source;
  const tables = new Set(entities.map((e) => e.name));
  const told = new Map(problems.map((p) => [p.subject, p.message]));
  for (const name of NAMES) {
    const place = `public.${name}`;
    const present = tables.has(legalName(name)) && !told.has(place);
    expect([name, present || told.get(place)]).toEqual([
      name,
      present ? true : expect.stringMatching(/^left out: its name ".*" is taken by |no name that GraphQL can hold/s),
    ]);
  }
  expect(tables.size).toBeGreaterThan(NAMES.length - 15);
  for (const { name, fields } of entities.filter((e) => e.name !== 'enumerated')) {
    expect([name, fields.length]).toEqual([name, expect.any(Number)]);
    expect(fields.length).toBeGreaterThan(NAMES.length - 15);
  }
});

test('all of them are read, filtered, ordered and summed by their names', async () => {
  const { entities } = (
    (await gateway.ask('{ source(name: "odd") { entities { name fields { name } } } }')).data as {
      source: { entities: { name: string; fields: { name: string }[] }[] };
    }
  ).source;
  let rows = 0;
  for (const { name, fields } of entities.filter((e) => e.name !== 'enumerated')) {
    const names = fields.map((f) => f.name);
    const where = `{ ${names.map((f) => `${f}: { gte: 0 }`).join(' ')} }`;
    const order = `[${names.map((f) => `{ ${f}: ASC }`).join(' ')}]`;
    const query = `{ odd {
      rows: ${name}(where: ${where}, orderBy: ${order}) { ${names.join(' ')} }
      all: ${name}_aggregate { count max { ${names.join(' ')} } }
    } }`;
    const answer = await gateway.ask(query);
    expect([name, answer.errors]).toEqual([name, undefined]);
    const { odd } = answer.data as { odd: { rows: Record<string, number>[]; all: { count: number; max: unknown } } };
    expect(odd.all).toEqual({ count: 1, max: odd.rows[0] });
    expect(Object.keys(odd.rows[0]!)).toEqual(names);
    const record = await gateway.ask(
      'query ($e: String!, $w: JSON, $o: JSON) { records(source: "odd", entity: $e, where: $w, orderBy: $o) { nodes } }',
      { e: name, w: Object.fromEntries(names.map((f) => [f, { gte: 0 }])), o: names.map((f) => ({ [f]: 'DESC' })) },
    );
    expect([name, record.data]).toEqual([name, { records: { nodes: odd.rows } }]);
    rows += odd.rows.length;
  }
  expect(rows).toBe(entities.length - 1);
});

describe('labels of an enum that GraphQL cannot hold', () => {
  test('have legal names, in answers, lists and filters', async () => {
    const type = await gateway.ask('{ __type(name: "Odd_Od_d_m_ood") { enumValues { name description } } }');
    const { enumValues } = (type.data as { __type: { enumValues: { name: string; description: string }[] } }).__type;
    expect(enumValues.map((v) => v.name)).toEqual(['a_b', 'c_d', 'e_f', '_']);
    const { data } = await gateway.ask(
      '{ odd { enumerated(where: { mood: { in: [a_b, _] } }, orderBy: [{ mood: DESC }]) { id mood moods } } }',
    );
    expect(data).toEqual({
      odd: {
        enumerated: [
          { id: 2, mood: '_', moods: [] },
          { id: 1, mood: 'a_b', moods: ['_', null, 'e_f'] },
        ],
      },
    });
  });
});

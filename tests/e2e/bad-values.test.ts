import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Postgres } from '../../src/postgres/types.js';
import { cases, Random, seed } from '../random.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';
import { served, type GraphQLAnswer, type Served } from './served.js';

/** Column → native type, the GraphQL type of its values, and JSON values that are none of it. */
const COLUMNS: Readonly<Record<string, readonly [native: string, type: string, wrong: readonly unknown[]]>> = {
  small: ['smallint', 'Int', ['x', '', 1.5, true, [1, 2], {}, 1e10, '1']],
  whole: ['integer', 'Int', ['x', 1.5, false, {}, 2 ** 31, -(2 ** 31) - 1]],
  big: ['bigint', 'BigInt', ['x', '', '1.5', 1.5, true, {}, '9223372036854775808', 1e300, '١', '1e3', '0x10']],
  real: ['real', 'Float', ['x', '', true, {}, 'NaN', '1']],
  double: ['double precision', 'Float', ['x', true, {}, 'Infinity']],
  amount: ['numeric(12, 2)', 'Decimal', ['x', '', '1,5', true, {}, '1e', '--1', '1e99999', '1e-99999']],
  flag: ['boolean', 'Boolean', ['true', 'x', 0, 1, {}]],
  words: ['text', 'String', [1, true, 1.5, {}, '\u0000', '\ud800', 'a\u0000b']],
  code: ['char(3)', 'String', [1, false, {}, '\u0000']],
  mood: ['mood', 'Scalars_Mood', ['angry', 'LOW', '', 1, true, {}, 'low; drop']],
  ref: ['uuid', 'UUID', ['x', '', 1, true, {}, '00000000-0000-0000-0000-00000000000g', '00000000']],
  blob: ['bytea', 'Bytes', ['!', 'a', 'ab==c', 1, true, {}, 'YQ']],
  day: [
    'date',
    'Date',
    ['x', '', '2001-02-30', '2001-13-01', '2001-2-1', 1, true, {}, 'today', 'infinity', '20010101'],
  ],
  clock: ['time', 'Time', ['x', '25:00', '12:60', '12:00:60', '12', 1, true, {}, 'now', '24:00:01']],
  local: ['timestamp', 'LocalDateTime', ['x', '2001-02-30T00:00', '2001-01-01', '2001-01-01T00:00Z', 1, true, {}]],
  instant: ['timestamptz', 'DateTime', ['x', '2001-01-01T00:00', '2001-02-30T00:00Z', 1, true, {}, 'now', 'infinity']],
  lasting: ['interval', 'Duration', ['x', '', 'P', 'PT', '1 day', 'P1', 1, true, {}]],
  net: ['inet', 'String', [1, true, {}, '\u0000']],
};

/** Any JSON that may come for any column. */
const ANYTHING: readonly unknown[] = [
  true,
  false,
  0,
  -1,
  1.5,
  1e300,
  -1e-300,
  2 ** 53 + 2,
  '',
  'x',
  '0',
  '-1',
  'NaN',
  'Infinity',
  'null',
  '\u0000',
  '\ud83d',
  '2001-01-01',
  '99999-01-01',
  '+999999-12-31',
  '-271821-04-19',
  '+275760-09-13T00:00:00Z',
  'P999999999Y',
  `PT${'9'.repeat(400)}H`,
  `PT${'9'.repeat(150)}S`,
  '-P1Y2M3DT4H5M6.7S',
  '00:00',
  `'; drop table scalar; --`,
  'a'.repeat(20_000),
  [],
  ['x'],
  [null],
  [[1]],
  {},
  { eq: 1 },
  null,
];

const SEED = seed();
let server: TestServer;
let admin: Postgres;
let gateway: Served;

beforeAll(async () => {
  server = await openTestServer();
  const url = await server.freshDatabase('scalars');
  admin = openPools(url);
  const columns = Object.entries(COLUMNS).map(([name, [native]]) => `${name} ${native}`);
  const text = `create type mood as enum ('low', 'so-so'); create table scalar (id int primary key, ${columns.join(', ')}, words_list text[], doc jsonb);
    insert into scalar (id, words, big) values (1, 'one', 1), (2, 'two', 2)`;
  await admin.run({ text, values: [] }, { signal: new AbortController().signal });
  gateway = await served(url);
});

afterAll(async () => {
  const sane = await gateway.ask('{ scalars { scalar(orderBy: [{ id: ASC }]) { id words } } }');
  await gateway.close();
  const text = `select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`;
  const left = await admin.run({ text, values: [] }, { signal: new AbortController().signal });
  await admin.close();
  await server.close();
  expect(sane).toMatchObject({ data: { scalars: { scalar: [{ words: 'one' }, { words: 'two' }] } } });
  expect(left.rows).toEqual([['0']]);
});

/** JSON as a literal of GraphQL: objects without quotes around keys. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([k, v]) => `${k}: ${literal(v)}`)
      .join(', ')}}`;
  }
  return JSON.stringify(value);
}

const WAYS: Readonly<Record<string, (column: string, operator: string, value: unknown) => Promise<GraphQLAnswer>>> = {
  document: (column, operator, value) =>
    gateway.ask(`{ scalars { scalar(where: { ${column}: { ${operator}: ${literal(value)} } }) { id } } }`),
  'a variable': (column, operator, value) =>
    gateway.ask(
      `query ($v: ${operator === 'in' ? `[${COLUMNS[column]![1]}!]` : COLUMNS[column]![1]}) { scalars { scalar(where: { ${column}: { ${operator}: $v } }) { id } } }`,
      { v: value },
    ),
  'a variable of the whole filter': (column, operator, value) =>
    gateway.ask('query ($w: Scalars_ScalarWhere) { scalars { scalar(where: $w) { id } } }', {
      w: { [column]: { [operator]: value } },
    }),
  'JSON of records': (column, operator, value) =>
    gateway.ask('query ($w: JSON) { records(source: "scalars", entity: "scalar", where: $w) { nodes } }', {
      w: { [column]: { [operator]: value } },
    }),
  'JSON in the document': (column, operator, value) =>
    gateway.ask(
      `{ records(source: "scalars", entity: "scalar", where: { ${column}: { ${operator}: ${literal(value)} } }) { nodes } }`,
    ),
};

describe.each(Object.keys(WAYS))('%s', (way) => {
  test('a value that is none of the type is refused, by a message that says what was expected', async () => {
    for (const [column, [, , wrong]] of Object.entries(COLUMNS)) {
      for (const value of wrong) {
        // Numbers and strings stand for each other where JSON has no type of its own: see the next test.
        if (way.startsWith('JSON') && isReadable(column, value)) continue;
        const { data, errors } = await WAYS[way]!(column, 'eq', value);
        expect({ column, value, data, codes: errors?.map((e) => e.extensions.code) }).toEqual({
          column,
          value,
          data: undefined,
          codes: [expect.stringMatching(/^(BAD_INPUT|GRAPHQL_VALIDATION_FAILED|GRAPHQL_PARSE_FAILED)$/)],
        });
        expect(errors![0]!.message.length).toBeLessThan(1_000);
      }
    }
  });

  test(`anything at all is answered or refused, and nothing fails (seed ${SEED})`, async () => {
    const random = new Random(SEED);
    let asked = 0;
    for (const column of [...Object.keys(COLUMNS), 'words_list', 'doc']) {
      for (const operator of ['eq', 'in', 'between', 'like', 'has', 'isNull']) {
        if (way === 'a variable' && (!(column in COLUMNS) || operator !== 'eq')) continue;
        for (const value of ANYTHING) {
          if (!random.chance(cases(2, 10) / 10)) continue;
          asked += 1;
          const { data, errors } = await WAYS[way]!(column, operator, value);
          const code = errors?.[0]?.extensions.code ?? 'none';
          expect({ column, operator, value, code, data: data === undefined }).toEqual({
            column,
            operator,
            value,
            code: expect.stringMatching(/^(none|BAD_INPUT|GRAPHQL_VALIDATION_FAILED|GRAPHQL_PARSE_FAILED)$/),
            data: code !== 'none',
          });
        }
      }
    }
    expect(asked).toBeGreaterThan(50);
  }, 120_000);
});

/** What JSON callers may write for GraphQL's own scalars too. */
function isReadable(column: string, value: unknown): boolean {
  return (
    (['small', 'whole'].includes(column) && (value === '1' || typeof value === 'number')) ||
    (['real', 'double'].includes(column) && (value === 'NaN' || value === 'Infinity'))
  );
}

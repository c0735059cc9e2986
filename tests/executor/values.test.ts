import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Readable } from 'node:stream';
import { jsonText } from '../../src/ir/print.js';
import { cases, Random, seed } from '../random.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';
import { never, postgresSource, rowsOf, type Source } from './source.js';

/** Native type → values of it as SQL; each also as an element of an array, with nulls. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  boolean: ['true', 'false'],
  smallint: ['0', '-1', '32767', '-32768'],
  integer: ['0', '-1', '2147483647', '-2147483648'],
  bigint: ['0', '-1', '9223372036854775807', '-9223372036854775808', '9007199254740993'],
  real: [
    '0',
    `'-0'`,
    '0.1',
    '-1.5',
    '16777216',
    '16777217',
    '1e-45',
    '1.17549435e-38',
    '3.4028235e38',
    '1234567',
    '999999.94',
    `'NaN'`,
    `'Infinity'`,
    `'-Infinity'`,
    '3085135900',
    'pi()',
  ],
  'double precision': ['0', `'-0'`, '0.1', '5e-324', '1.7976931348623157e308', `'NaN'`, `'-Infinity'`, 'pi()'],
  numeric: [
    '0',
    '0.000',
    '-0.5',
    '1',
    '10000',
    '100000000',
    '123456789.000100',
    '0.0000000001',
    '0.00010001',
    '9999.9999',
    '-12345678901234567890123456789.987654321',
    `'1e400'`,
    `'1e-400'`,
    `'NaN'`,
    `'Infinity'`,
    `'-Infinity'`,
  ],
  'numeric(12,4)': ['0', '1.5', '-99999999.9999', '0.0001', `'NaN'`],
  text: [`''`, `'a'`, `'NULL'`, `'null'`, `'"{},\\'`, `'né 😀'`, `E'tab\\tline\\n'`, `repeat('ü', 70000)`],
  'varchar(20)': [`''`, `'x  '`],
  'char(6)': [`''`, `'ab'`, `'a b'`],
  name: [`'n'`],
  citext: [`'MiXed'`],
  mood: [`'low'`, `'so-so, "x"'`],
  uuid: [`'00000000-0000-0000-0000-000000000000'`, `'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'`],
  bytea: [`''`, `'\\x00ff'`, `decode(repeat('00ff', 70000), 'hex')`],
  date: [`'1970-01-01'`, `'2000-02-29'`, `'4713-01-01 BC'`, `'0001-12-31 BC'`, `'5874897-12-31'`, `'1582-10-10'`],
  time: [`'00:00'`, `'24:00'`, `'23:59:59.999999'`, `'12:00:00.5'`],
  timestamp: [`'1970-01-01'`, `'2000-01-01 00:00:00.000001'`, `'4713-01-01 BC'`, `'294276-12-31 23:59:59.999999'`],
  timestamptz: [`'1969-12-31 23:59:59.5+02'`, `'2000-01-01Z'`, `'4713-02-01 BC'`, `'294276-12-31 23:59:59.999999Z'`],
  interval: [
    `'0'`,
    `'1 year 2 mons -3 days 04:05:06.7'`,
    `'-1 mon'`,
    `'-00:00:00.000001'`,
    `'-100000 hours'`,
    `'178000000 years'`,
    `'2562047788:00:54.775807'`,
  ],
  json: [`'{"a": [1, 2.50,  "x"], "a": null}'`, `'null'`, `' 1 '`],
  jsonb: [`'{"b": 1.500, "a": "\\u00e9"}'`, `'null'`, `'"x"'`],
  positive: ['1', '2147483647'],
  inet: [`'10.0.0.1'`, `'10.0.0.0/8'`, `'::1'`],
  point: [`'(1,2.5)'`],
  xml: [`'<a>b</a>'`],
  money: [`'12.34'`],
  timetz: [`'12:00+02'`],
  int4range: [`'[1,5)'`, `'empty'`],
  pair: ['row(1, null)', `row(null, 'a,"b')`, 'row(null, null)'],
  oidvector: [`'1 2 3'`],
  '"char"': [`'a'`],
  int2vector: [`'1 2'`, `''`],
  box: [`'(1,1),(0,0)'`],
  tsvector: [`'a:1 b:2'`],
};

const SEED = seed();
let server: TestServer;
let shop: Source;

beforeAll(async () => {
  server = await openTestServer();
  const url = await server.freshDatabase();
  const admin = openPools(url);
  const run = (text: string): Promise<unknown> => admin.run({ text, values: [] }, { signal: never });
  await run(`create extension citext; create type mood as enum ('low', 'so-so, "x"');
    create domain positive as integer check (value > 0); create type pair as (a int, b text)`);
  for (const [i, [type, values]] of Object.entries(VALUES).entries()) {
    const rows = values.map((value, id) => `(${id + 1}, (${value})::${type})`);
    await run(`create table t${i} (id int, value ${type}); insert into t${i} values ${rows.join(', ')}, (0, null)`);
    const list = `array[${values.map((v) => `(${v})::${type}`).join(', ')}, null]::${type}[]`;
    await run(`create table l${i} (id int, value ${type}[], grid ${type}[][]);
      insert into l${i} values (1, ${list}, array[${list}, ${list}]), (2, '{}', '{}'), (3, null, null), (4, array[null]::${type}[], null)`);
  }
  await run(`create table far (id int, at date); insert into far values (1, 'infinity'), (2, '-infinity');
    create table later (id int, at timestamptz); insert into later values (1, 'infinity');
    create table bent (id int, value int[]); insert into bent values (1, '{{1,2},{3,4}}'), (2, '[5:6]={7,8}');
    create table longest (id int, at interval); insert into longest values (1, 'infinity')`);
  const random = new Random(SEED);
  const bits = new Uint32Array(cases(5_000, 50_000)).map(() => random.int(2 ** 32));
  const floats = [...new Float32Array(bits.buffer)].map((single, id) => `${id}\t${single}\n`);
  await run('create table single (id int, value real)');
  await admin.copyIn('copy single from stdin', Readable.from(floats), { signal: never });
  await admin.close();
  shop = await postgresSource(url);
});

afterAll(async () => {
  await shop.store.close();
  await server.close();
});

/** Its rows by COPY, and by a cursor: the condition brings a parameter. */
async function bothWays(entity: string): Promise<readonly [unknown, unknown]> {
  const orderBy = [{ id: 'ASC' }];
  let calls = 0;
  const copied = await rowsOf(shop.stream({ entity, orderBy }, never, (call) => (calls += call.calls)));
  expect(calls).toBe(1);
  const read = await rowsOf(shop.stream({ entity, orderBy, where: { id: { gte: 0 } } }));
  expect(read.length).toBeGreaterThan(0);
  return [copied, read];
}

describe.each(Object.keys(VALUES).map((type, i) => [type, i] as const))('%s', (_type, i) => {
  test.each(['t', 'l'])('by COPY as by its text (%s)', async (table) => {
    const [copied, read] = await bothWays(`${table}${i}`);
    expect(copied).toEqual(read);
    const entity = shop.entities.resolve({ source: 'shop', entity: `${table}${i}` })!;
    const print = [...entity.fields.values()].map(({ type }) => jsonText(type));
    const texts = (copied as unknown[][]).map((row) => row.map((v, c) => (v === null ? null : print[c]!(v))));
    expect(texts.flat().filter((t) => t === 'undefined')).toEqual([]);
  });
});

test(`32-bit floats of random bits are read as their text (seed ${SEED})`, async () => {
  const [copied, read] = await bothWays('single');
  expect(copied).toEqual(read);
});

test.each(['far', 'later', 'longest'])('an infinite time is an INTEGRITY error on both ways (%s)', async (entity) => {
  for (const where of [null, { id: { gte: 0 } }]) {
    await expect(rowsOf(shop.stream({ entity, where }))).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: 'a date of the store cannot be held: infinity',
    });
  }
});

test('an array of other dimensions than declared is an INTEGRITY error; its bounds are nothing', async () => {
  for (const where of [null, { id: { gte: 0 } }]) {
    await expect(rowsOf(shop.stream({ entity: 'bent', where }))).rejects.toMatchObject({ code: 'INTEGRITY' });
  }
  expect(await rowsOf(shop.stream({ entity: 'bent', where: { id: { eq: 2 } } }))).toEqual([[2n, [7n, 8n]]]);
});

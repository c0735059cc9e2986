import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { served, type Served } from '../e2e/served.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';

/** One table of 1,500 columns, near the 1,600 that PostgreSQL has room for. */
const COLUMNS = 1_500;
const ROWS = 200;
const KINDS = [
  ['int', (i: number) => `(row * ${i + 1}) % 1000`],
  ['numeric(8, 2)', (i: number) => `(row + ${i}) / 4.0`],
  ['text', (i: number) => `chr(97 + (row + ${i}) % 26)`],
  ['float4', (i: number) => `(row + ${i}) / 8.0`],
  ['boolean', (i: number) => `(row + ${i}) % 2 = 0`],
] as const;
const kindOf = (i: number) => KINDS[i % KINDS.length]!;
const nameOf = (i: number): string => `c${String(i).padStart(4, '0')}`;
const ALL = Array.from({ length: COLUMNS }, (_, i) => i);
const NUMBERS = ALL.filter((i) => [0, 1, 3].includes(i % KINDS.length));
const { signal } = new AbortController();

let server: TestServer;
let gateway: Served;
let plain: readonly (readonly (string | null)[])[];

beforeAll(async () => {
  server = await openTestServer();
  const url = await server.freshDatabase('wide');
  const admin = openPools(url);
  const columns = ALL.map((i) => `${nameOf(i)} ${kindOf(i)[0]}`);
  const values = ALL.map((i) => kindOf(i)[1](i));
  await admin.script(
    `create table wide (id int primary key, ${columns.join(', ')});
    insert into wide select row, ${values.join(', ')} from generate_series(1, ${ROWS}) as row`,
    { signal },
  );
  const read = await admin.run({ text: `select * from wide order by id`, values: [] }, { signal });
  plain = read.rows;
  await admin.close();
  gateway = await served(url);
});

afterAll(async () => {
  await gateway.close();
  await server.close();
});

async function timed(what: string, query: string): Promise<Record<string, unknown>> {
  const before = performance.now();
  const answer = await gateway.ask(query);
  const ms = Math.round(performance.now() - before);
  console.info(`${what}: ${ms} ms, ${JSON.stringify(answer.data).length} characters`);
  expect(answer.errors).toBeUndefined();
  return (answer.data as { wide: Record<string, unknown> }).wide;
}

test('all of its fields are listed', async () => {
  const query = `{ wide { wide(orderBy: [{ id: ASC }], first: ${ROWS}) { id ${ALL.map(nameOf).join(' ')} } } }`;
  const { wide } = await timed('every field of 200 rows, first', query);
  const rows = wide as Record<string, unknown>[];
  expect(rows).toHaveLength(ROWS);
  for (const [r, row] of rows.entries()) {
    const shown = ALL.map((i) =>
      kindOf(i)[0] === 'boolean' ? (row[nameOf(i)] === true ? 't' : 'f') : String(row[nameOf(i)]),
    );
    const stored = ALL.map((i) =>
      kindOf(i)[0].startsWith('numeric') ? String(Number(plain[r]![i + 1])) : plain[r]![i + 1],
    );
    expect(shown).toEqual(stored);
  }
  await timed('every field of 200 rows, again', query);
});

test('a filter over all of its fields keeps one row, and an order by many of them is that of the store', async () => {
  const literal = (i: number): string => {
    const value = plain[6]![i + 1]!;
    if (kindOf(i)[0] === 'boolean') return value === 't' ? 'true' : 'false';
    return kindOf(i)[0] === 'int' || kindOf(i)[0] === 'float4' ? value : JSON.stringify(value);
  };
  const where = ALL.map((i) => `${nameOf(i)}: { eq: ${literal(i)} }`).join(' ');
  const { wide } = await timed('a filter over every field', `{ wide { wide(where: { ${where} }) { id } } }`);
  expect(wide).toEqual([{ id: 7 }]);
  const order = ALL.slice(0, 100).map((i) => `{ ${nameOf(i)}: DESC }`);
  const ordered = await timed(
    'an order by 100 fields',
    `{ wide { wide(orderBy: [${order.join(' ')}], first: 5) { id } } }`,
  );
  expect((ordered['wide'] as unknown[]).length).toBe(5);
});

test('a measure of every number', async () => {
  const names = NUMBERS.map(nameOf).join(' ');
  const answer = await timed('the sums of every number', `{ wide { wide_aggregate { count sum { ${names} } } } }`);
  const { count, sum } = answer['wide_aggregate'] as { count: number; sum: Record<string, unknown> };
  expect(count).toBe(ROWS);
  for (const i of NUMBERS) {
    const total = plain.reduce((all, row) => all + Number(row[i + 1]), 0);
    expect([nameOf(i), Number(sum[nameOf(i)])]).toEqual([nameOf(i), total]);
  }
});

test('more measures than a statement of the store has room for are refused with what to do, in parts they are answered', async () => {
  const names = NUMBERS.map(nameOf).join(' ');
  const { data, errors } = await gateway.ask(`{ wide { wide_aggregate { min { ${names} } max { ${names} } } } }`);
  expect(data).toEqual({ wide: { wide_aggregate: null } });
  expect(errors).toMatchObject([
    { path: ['wide', 'wide_aggregate'], extensions: { code: 'UNSUPPORTED', hint: expect.stringContaining('fewer') } },
  ]);
  await timed(
    'in two parts',
    `{ wide { min: wide_aggregate { min { ${names} } } max: wide_aggregate { max { ${names} } } } }`,
  );
});

test('its schema is read whole', async () => {
  const { data } = await gateway.ask('{ __type(name: "Wide_Wide") { fields { name } } }');
  expect((data as { __type: { fields: unknown[] } }).__type.fields).toHaveLength(COLUMNS + 1);
});

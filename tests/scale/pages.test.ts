import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { compile, type PostgresText, type TextParameter } from '../../datasources/postgres/compile.js';
import { postgresStore } from '../../datasources/postgres/index.js';
import { fieldOf, type Entity } from '../../src/ir/entity.js';
import { own, place } from '../../src/ir/operand.js';
import { TRUE } from '../../src/ir/predicate.js';
import type { OrderTerm, Select } from '../../src/ir/select.js';
import { INT64 } from '../../src/ir/types.js';
import { literal, parameter, valueOf } from '../../src/ir/value.js';
import { totalOrder } from '../../src/planner/bind-order.js';
import type { Postgres } from '../../src/postgres/types.js';
import { buildEntities } from '../../src/sources/model.js';
import type { Row } from '../../src/store/batch.js';
import type { Store } from '../../src/store/store.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';

const ROWS = 1_000_000;
const SIZE = 50;
const { signal } = new AbortController();
let server: TestServer;
let pools: Postgres;
let store: Store;
let big: Entity;

beforeAll(async () => {
  server = await openTestServer();
  const url = await server.freshDatabase('big');
  pools = openPools(url, { readTimeoutMs: 60_000 });
  // A tenth has no score; days repeat forty times.
  await pools.script(
    `create table big (id int primary key, day date not null, score int, mark double precision);
    insert into big select i, date '2000-01-01' + (i::bigint * 7919 % 25000)::int,
      case when i % 10 = 0 then null else (i::bigint * 104729 % ${ROWS})::int end, i / 4.0 from generate_series(1, ${ROWS}) i;
    create index on big (day); create index on big (score, id); create index on big (mark desc, id desc);
    analyze big`,
    { signal },
  );
  const timeouts = { connectMs: 5_000, readMs: 60_000 };
  store = await postgresStore('big', { url, schemas: ['public'], pool: 2, timeouts, queueLimit: 10 });
  big = buildEntities('big', await store.introspect(signal), {}).entities.get('big')!;
}, 300_000);

afterAll(async () => {
  await store.close();
  await pools.close();
  await server.close();
});

function page(orderBy: readonly OrderTerm[], after: Row | null): Select {
  const values = after?.map((value, i) => literal(orderBy[i]!.operand.type, value));
  return {
    from: place(big),
    where: TRUE,
    output: orderBy.map(({ operand }) => operand),
    groups: null,
    orderBy,
    limit: literal(INT64, BigInt(SIZE + 1)),
    offset: null,
    keyset: values ? [{ side: 'after', inclusive: false, values }] : [],
    within: null,
  };
}

const valuesOf = (parameters: readonly TextParameter[], args: readonly unknown[]): (string | null)[] =>
  parameters.map(({ value, encode }) => {
    const one = valueOf(value, args);
    return one === null ? null : encode(one);
  });

interface Cost {
  readonly blocks: number;
  readonly text: string;
}

/** Blocks that the statement of a select touches, by the server's own count. */
async function costOf(select: Select): Promise<Cost> {
  const { text, parameters } = compile(select).sentFor([]);
  const values = valuesOf(parameters, []);
  const explained = { text: `explain (analyze, buffers, timing off, format json) ${text}`, values };
  const [answer] = await pools.page([explained], { signal });
  const [{ Plan: plan }] = JSON.parse(answer!.rows[0]![0]!) as [{ Plan: Record<string, number> }];
  return { blocks: plan['Shared Hit Blocks']! + plan['Shared Read Blocks']!, text };
}

async function rowsAt(orderBy: readonly OrderTerm[], offset: number): Promise<Row> {
  const select = { ...page(orderBy, null), limit: literal(INT64, 1n), offset: literal(INT64, BigInt(offset)) };
  const [batch] = await store.read([select], { args: [], form: 'TYPED', signal });
  return batch!.rows[0]!;
}

const term = (name: string, direction: 'asc' | 'desc', nulls: 'first' | 'last' = 'last'): OrderTerm => ({
  operand: own(fieldOf(big, name)),
  direction,
  nulls,
  collate: 'STORE',
});

test.each([
  ['by its key', () => [], 500_000],
  ['by a column that is never null, downwards', () => [term('day', 'desc')], 500_000],
  ['by a column with nulls, upwards', () => [term('score', 'asc')], 500_000],
  ['by a column with nulls, downwards, nulls last', () => [term('score', 'desc')], 500_000],
  ['among its nulls, which stand last', () => [term('score', 'desc')], 950_000],
  ['by a column with nulls, upwards, nulls first', () => [term('score', 'asc', 'first')], 500_000],
  ['among its nulls, which stand first', () => [term('score', 'asc', 'first')], 50_000],
  ['by floats in an index that goes downwards', () => [term('mark', 'desc', 'first')], 500_000],
  ['in two directions', () => [term('day', 'asc'), term('id', 'desc')], 500_000],
])(
  'page 10,000 of a million rows costs what page 1 costs: %s',
  async (_name, terms, offset) => {
    const orderBy = totalOrder(big, terms());
    const first = await costOf(page(orderBy, null));
    const position = await rowsAt(orderBy, offset);
    const deep = await costOf(page(orderBy, position));
    // The whole table is more than 5,000 blocks.
    expect({ text: first.text, cheap: first.blocks < 250, blocks: first.blocks }).toMatchObject({ cheap: true });
    expect({ text: deep.text, cheap: deep.blocks < 2 * first.blocks + 50, blocks: deep.blocks }).toMatchObject({
      cheap: true,
    });
    // And it is the right page.
    const [batch] = await store.read([page(orderBy, position)], { args: [], form: 'TYPED', signal });
    expect(batch!.rows[0]).toEqual(await rowsAt(orderBy, offset + 1));
    expect(batch!.rows).toHaveLength(SIZE + 1);
  },
  60_000,
);

test('a plan that is made for any values knows how long a page is', async () => {
  // A hundred of 20,000 rows, wide apart in the order of the key.
  await pools.script(
    `create table wide (id int primary key, region int not null); insert into wide select i, i % 200 from generate_series(1, 20000) i;
    create index on wide (region); analyze wide`,
    { signal },
  );
  const wide = buildEntities('big', await store.introspect(signal), {}).entities.get('wide')!;
  const [id, region] = [own(fieldOf(wide, 'id')), own(fieldOf(wide, 'region'))];
  const where = { kind: 'compare', operand: region, op: 'eq', value: parameter(INT64, 0), collate: 'STORE' } as const;
  const orderBy: OrderTerm[] = [{ operand: id, direction: 'asc', nulls: 'last', collate: 'STORE' }];
  const query = compile({
    ...page([], null),
    from: place(wide),
    where,
    output: [id],
    orderBy,
    limit: parameter(INT64, 1),
  });
  const args = [7n, 50n];
  const passedOver = async ({ text, parameters, name }: PostgresText): Promise<number> => {
    const given = valuesOf(parameters, args).map((value) => `'${value}'`);
    const statements = [
      'set local plan_cache_mode = force_generic_plan',
      `prepare "${name}" as ${text}`,
      `explain (analyze, timing off) execute "${name}"(${given.join(', ')})`,
      `deallocate "${name}"`,
    ].map((each) => ({ text: each, values: [] }));
    const lines = (await pools.page(statements, { signal }))[2]!.rows.flat().join('\n');
    return Number(/Rows Removed by Filter: (\d+)/.exec(lines)?.[1] ?? 0);
  };
  expect(await passedOver(query)).toBeGreaterThan(5_000);
  expect(await passedOver(query.sentFor(args))).toBe(0);
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANONYMOUS } from '../../src/auth/caller.js';
import { loadConfig } from '../../src/config/index.js';
import type { EntityRef } from '../../src/ir/entity.js';
import { tableQuery, type TableRequest } from '../../src/planner/table.js';
import { served, type Served } from '../e2e/served.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';

const { signal } = new AbortController();
const [ITEMS, MARKS] = [6_000, 10_000];
/** Two of the first twenty items have no marks. */
const MARKED = 18;

/** The first twenty items have nearly all marks. What ends in `_plain` is the other's common form. */
const ITEM = `create table item (nr int primary key, ref int, code text, code_plain text, day date, kind text);
  insert into item select i, case when i % 10 <> 0 then i end, ' K' || i || ' ', 'k' || i, date '2024-01-01' + i, 'kind ' || i % 3
    from generate_series(1, ${ITEMS}) i; analyze`;
const MARK = `create table mark (id int primary key, item int, item_text text, tag text, tag_plain text, at timestamptz, at_plain date,
    cost numeric(8,2), wide numeric(22,2), wider numeric(30,2), weight float8, pages int, big bigint, label text);
  insert into mark select i, n, n::text, case i % 3 when 0 then 'k' || n when 1 then ' K' || n else 'K' || n || ' ' end, 'k' || n,
      at, (at at time zone 'Europe/Berlin')::date, case when i % 11 <> 0 then (i * 37 % 1000) / 4.0 end, i * 1000000007.25, i * 1000000007.25, i % 97 / 8.0, i % 50,
      9007199254740993 + i, 'label ' || i % 7
    from generate_series(1, ${MARKS} + 2000) i
    cross join lateral (select case when i > ${MARKS} then i - ${MARKS} + 1000 when i % 20 = 7 then null when i % 20 = 13 then 99999
      else 1 + i % 20 end as n, timestamptz '2024-01-01T12:00Z' + i % 500 * interval '1 hour' as at) each;
  create index on mark (item); create index on mark (tag_plain); create index on mark (at_plain); analyze`;

let server: TestServer;
let folder: string;
let two: Served;
let one: Served;
/** The same as two, with a budget of fewer rows than one of the first items has marks. */
let strict: Served;

async function database(script: string): Promise<string> {
  const url = await server.freshDatabase();
  const pools = openPools(url);
  await pools.script(script, { signal });
  await pools.close();
  return url;
}

async function gatewayOver(config: string): Promise<Served> {
  const place = await mkdtemp(join(folder, 'gateway-'));
  const file = join(place, 'config.yml');
  await writeFile(file, config);
  return served(null, () => loadConfig({ config: file, dataDir: join(place, 'data') }, {}));
}

beforeAll(async () => {
  server = await openTestServer();
  folder = await mkdtemp(join(tmpdir(), 'trainyard-far-groups-'));
  const [items, marks, both] = [await database(ITEM), await database(MARK), await database(`${ITEM};\n${MARK}`)];
  const apart = `sources:
  shop: { engine: postgres, url: '${items}' }
  crm: { engine: postgres, url: '${marks}' }
relations:
  - { from: shop.item, to: crm.mark, on: { ref: item_text }, as: mark }
  - { from: shop.item, to: crm.mark, on: [{ from: code, to: tag, normalise: [TRIM, LOWER] }], as: tag }
  - { from: shop.item, to: crm.mark, on: [{ from: day, to: at, cast: DATE, zone: Europe/Berlin }], as: dated }
  - { from: shop.item, to: crm.mark, on: [{ from: ref, to: item }, { from: code_plain, to: tag_plain }], as: pair }
  - { from: crm.mark, to: shop.item, on: { item: nr }, as: owner }
`;
  two = await gatewayOver(apart);
  strict = await gatewayOver(`${apart}limits: { rowBudget: 400 }\n`);
  one = await gatewayOver(`sources:
  shop: { engine: postgres, url: '${both}' }
relations:
  - { from: shop.item, to: shop.mark, on: { ref: item }, as: mark }
  - { from: shop.item, to: shop.mark, on: { code_plain: tag_plain }, as: tag }
  - { from: shop.item, to: shop.mark, on: { day: at_plain }, as: dated }
  - { from: shop.item, to: shop.mark, on: { ref: item, code_plain: tag_plain }, as: pair }
  - { from: shop.mark, to: shop.item, on: { item: nr }, as: owner }
`);
}, 240_000);
afterAll(async () => {
  await Promise.all([two, one, strict].map((each) => each.close()));
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** What both answer, and the rows that were read of marks apart. */
async function asked(query: string, source = 'shop'): Promise<{ data: unknown; rows: number }> {
  const [apart, together] = [
    await two.ask(`{ at: ${source} { ${query} } }`),
    await one.ask(`{ at: shop { ${query} } }`),
  ];
  expect([apart.data, apart.errors]).toEqual([together.data, undefined]);
  const sources = apart.extensions!.trainyard!.sources as unknown as readonly { name: string; rows: number }[];
  return { data: apart.data, rows: sources.find(({ name }) => name === 'crm')!.rows };
}

const ordered = (by: string, where = '{ nr: { lte: 20 } }'): string =>
  `item(where: ${where}, orderBy: [${by}, { nr: ASC }], first: 50) { nr }`;
const filtered = (by: string, where = 'nr: { lte: 20 }'): string =>
  `item(where: { ${where}, ${by} }, orderBy: [{ nr: ASC }], first: 50) { nr }`;

const QUESTIONS: readonly (readonly [string, string])[] = [
  ['in the order of an average', ordered('{ mark_aggregate: { avg: { cost: DESC } } }')],
  ['in the order of a count', ordered('{ mark_aggregate: { count: ASC } }')],
  ['in the order of a deviation', ordered('{ mark_aggregate: { stddev: { weight: ASC } } }')],
  ['in the order of a sum of wide numbers', ordered('{ mark_aggregate: { sum: { big: DESC } } }')],
  [
    'in two orders',
    ordered('{ mark_aggregate: { max: { pages: DESC } } }, { mark_aggregate: { sum: { cost: ASC } } }'),
  ],
  ['without any', filtered('mark_aggregate: { count: { eq: 0 } }')],
  ['with some', filtered('mark_aggregate: { count: { gte: 1 } }')],
  ['by an average', filtered('mark_aggregate: { avg: { cost: { lt: 124.5 } } }')],
  ['by what is unknown of nothing', filtered('mark_aggregate: { sum: { pages: { isNull: true } } }')],
  [
    'by some of the marks',
    filtered('mark_aggregate: { where: { pages: { gt: 45 } }, count: { gt: 20 }, avg: { cost: { gt: 1 } } }'),
  ],
  ['counted', 'item_aggregate(where: { nr: { lte: 20 }, mark_aggregate: { count: { eq: 0 } } }) { count avg { nr } }'],
  [
    'in groups',
    'item_groups(by: [{ path: kind }], where: { nr: { lte: 20 }, mark_aggregate: { max: { pages: { gt: 1 } } } }, orderBy: [{ key: "kind", order: ASC }], collate: BINARY) { keys count }',
  ],
];

test('sums that compute could not hold outside of memory are of rows that move, as those rows it can hold', async () => {
  const [wide, wider] = [
    await asked(ordered('{ mark_aggregate: { sum: { wide: DESC } } }')),
    await asked(ordered('{ mark_aggregate: { sum: { wider: DESC } } }')),
  ];
  expect(wider.data).toEqual(wide.data);
  expect(wide.rows).toBeLessThanOrEqual(20);
  expect(wider.rows).toBeGreaterThan(1_000);
});

describe('measures of rows of another source', () => {
  test.each(QUESTIONS)('%s: a row for each parent moves', async (_, query) => {
    const { rows, data } = await asked(query);
    expect(JSON.stringify(data)).not.toContain('[]');
    // Every tenth item refers to none.
    expect([MARKED, MARKED - 2]).toContain(rows);
  });

  test.each([
    ['ordered', ordered('{ mark_aggregate: { avg: { cost: DESC } } }', '{}')],
    ['ordered by a count', ordered('{ mark_aggregate: { count: ASC } }', '{}')],
    ['ordered by a sum of wide numbers', ordered('{ mark_aggregate: { sum: { big: DESC } } }', '{}')],
    ['filtered', 'item_aggregate(where: { mark_aggregate: { count: { eq: 0 } } }) { count sum { nr } }'],
  ])('of thousands of parents, %s', async (_, query) => {
    const { rows } = await asked(query);
    expect(rows).toBeLessThan(MARKS / 4);
  });

  test.each([
    ['texts in their common form, counted', ordered('{ tag_aggregate: { count: DESC } }'), 60 + 2_000 + 3],
    ['and summed', ordered('{ tag_aggregate: { sum: { pages: DESC } } }'), 60 + 2_000 + 3],
    ['and summed as decimals', filtered('tag_aggregate: { sum: { cost: { gt: 60000 } } }'), 60 + 2_000 + 3],
    [
      'and the greatest',
      filtered('tag_aggregate: { max: { cost: { gt: 249 } }, min: { big: { gt: 0 } } }'),
      60 + 2_000 + 3,
    ],
    ['days of times, counted', ordered('{ dated_aggregate: { count: DESC } }'), 500],
    ['and none of a day', filtered('dated_aggregate: { count: { eq: 0 } }', 'nr: { lte: 50 }'), 500],
    ['two fields', ordered('{ pair_aggregate: { avg: { weight: ASC } } }'), 18 + 2_000 + 2],
  ])('%s', async (_, query, most) => {
    const { rows } = await asked(query);
    expect(rows).toBeLessThanOrEqual(most);
  });

  test.each([
    ['an average', ordered('{ tag_aggregate: { avg: { cost: DESC } } }')],
    ['a sum of floats', filtered('tag_aggregate: { sum: { weight: { gt: 3000 } } }')],
    ['a deviation', ordered('{ dated_aggregate: { stddev: { pages: DESC } } }')],
  ])('%s of groups that have one common form is made of all their rows', async (_, query) => {
    const { rows } = await asked(query);
    expect(rows).toBe(MARKS + 2_000);
  });

  test.each([
    ['counted', 'count', 20],
    ['with sums and extremes', 'count sum { cost pages big } min { weight } max { day: cost }', 20],
    ['with an average, which is made of all rows', 'avg { cost }', MARKS],
  ])('groups by its fields, %s', async (_, measures, most) => {
    const by = 'by: [{ path: owner__kind }, { path: owner__day, bucket: WEEK }]';
    const order = 'orderBy: [{ key: "owner__kind", order: ASC }, { key: "owner__day", order: ASC }], collate: BINARY';
    const query = `mark_groups(${by}, where: { id: { lte: ${MARKS} } }, ${order}, first: 50) { keys ${measures} }`;
    const { rows } = await asked(query, 'crm');
    expect(rows).toBe(most);
  });

  test('a budget of rows holds for groups', async () => {
    const few = `{ shop { ${ordered('{ mark_aggregate: { avg: { cost: DESC } } }')} } }`;
    expect((await strict.ask(few)).data).toEqual((await two.ask(few)).data);
    const { errors } = await strict.ask(`{ shop { ${ordered('{ tag_aggregate: { count: DESC } }')} } }`);
    expect(errors).toMatchObject([
      {
        message: 'crm.mark by shop.item.tag: what the store cannot do itself needs more than 400 rows here',
        extensions: { code: 'BUDGET_EXCEEDED', source: 'crm', expected: 'at most 400 rows' },
      },
    ]);
  });

  test('the plan shows what the far source groups', async () => {
    const plan = async (query: string): Promise<string> => {
      const explain = 'query ($query: String!) { explain(query: $query) { nodes { residual native { text } } } }';
      const { data } = await two.ask(explain, { query: `{ shop { ${query} } }` });
      const [node] = (data as { explain: { nodes: { native: { text: string }[] }[] } }).explain.nodes;
      return node!.native.map(({ text }) => text).find((text) => text.includes('"mark"'))!;
    };
    expect(await plan(ordered('{ mark_aggregate: { avg: { cost: DESC } } }'))).toMatch(/group by/i);
    expect(await plan(ordered('{ tag_aggregate: { avg: { cost: DESC } } }'))).not.toMatch(/group by/i);
  });

  test.each<[string, TableRequest]>([
    ['count', { source: 'shop', entity: 'item', orderBy: [{ mark_aggregate: { count: 'DESC' } }, { nr: 'ASC' }] }],
    [
      'average',
      { source: 'shop', entity: 'item', orderBy: [{ mark_aggregate: { avg: { cost: 'ASC' } } }, { nr: 'ASC' }] },
    ],
    [
      'filter',
      { source: 'shop', entity: 'item', where: { tag_aggregate: { count: { eq: 0 } } }, orderBy: [{ nr: 'ASC' }] },
    ],
  ])(
    'streams: %s',
    async (_, request) => {
      const [apart, together] = [await streamed(two, request), await streamed(one, request)];
      expect(apart.rows).toEqual(together.rows);
      expect(apart.rows.length).toBeGreaterThan(ITEMS / 2);
      expect(apart.read).toBeGreaterThan(ITEMS);
      expect(apart.read).toBeLessThan(ITEMS + MARKS / 4);
    },
    120_000,
  );
});

/** Every row of a stream as text, and how many rows the stores gave for it. */
async function streamed(from: Served, request: TableRequest): Promise<{ rows: string[]; read: number }> {
  const models = from.yard.sources;
  const entities = { resolve: (ref: EntityRef) => models.get(ref.source)?.model.entities.get(ref.entity) ?? null };
  const rows: string[] = [];
  let read = 0;
  const query = tableQuery({ fields: ['nr'], ...request }, entities);
  const stream = from.yard.executor.stream(query, ANONYMOUS, signal, (call) => (read += call.rows));
  for await (const batch of stream) for (const row of batch.rows) rows.push(row.map(String).join(' '));
  return { rows, read };
}

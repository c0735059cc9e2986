import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/index.js';
import { served, type Served } from '../e2e/served.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';

const { signal } = new AbortController();

const SHOP = [
  'create table customer (id int primary key, email text, city text)',
  `insert into customer values (1, 'ada@x.org', 'Ulm'), (2, ' Bob@x.org', 'Ulm'), (3, null, 'Rom'), (4, 'eve@x.org', 'Rom'), (5, 'fay@x.org', null)`,
  'create table purchase (id int primary key, customer int references customer, placed_at timestamptz, total numeric(8,2))',
  `insert into purchase values
     (10, 1, '2024-03-30T23:30Z', 5.00), (11, 1, '2024-03-31T10:00Z', 7.50), (12, 2, '2024-03-31T22:30Z', 1.00),
     (13, 3, '2024-04-01T00:00Z', 2.00), (14, null, '2024-04-01T00:00Z', 9.00), (15, 2, '2024-03-30T12:00Z', 3.00)`,
];
const CRM = [
  'create table contact (ref text primary key, mail text, grade int)',
  `insert into contact values ('1', 'ADA@X.ORG ', 1), ('2', 'bob@x.org', 2), ('04', 'eve@x.org', 3), ('9', null, 4), ('3', 'EVE@x.org', 5)`,
  'create table visit (id int primary key, client text, day date, pages int)',
  `insert into visit values (1, '1', '2024-03-31', 3), (2, '1', '2024-03-31', 4), (3, '2', '2024-04-01', 5), (4, '3', '2024-04-01', null),
     (5, null, '2024-04-01', 6), (6, '77', '2024-04-01', 7)`,
];

const RELATIONS = `relations:
  - { from: shop.customer, to: crm.contact, on: { id: ref }, as: contact, reverse: customer }
  - { from: shop.customer, to: crm.contact, on: [{ from: email, to: mail, normalise: [TRIM, LOWER] }], as: mailbox, many: false, reverse: owner }
  - { from: shop.customer, to: crm.visit, on: { id: client }, as: visit, reverse: customer }
  - from: shop.purchase
    to: crm.visit
    on: [{ from: customer, to: client }, { from: placed_at, to: day, cast: DATE, zone: Europe/Berlin }]
    as: visit
    reverse: purchase
  - { from: shop.customer, to: lake.score, on: { id: customer }, as: score, reverse: buyer }
`;

let server: TestServer;
let folder: string;
let gateway: Served;

async function database(statements: readonly string[]): Promise<string> {
  const url = await server.freshDatabase();
  const pools = openPools(url);
  for (const text of statements) await pools.run({ text, values: [] }, { signal });
  await pools.close();
  return url;
}

beforeAll(async () => {
  server = await openTestServer();
  folder = await mkdtemp(join(tmpdir(), 'trainyard-federation-'));
  const [shop, crm] = [await database(SHOP), await database(CRM)];
  await writeFile(join(folder, 'score.csv'), 'customer,points\n1,10\n1,30\n2,5\n8,1\n');
  const config = join(folder, 'config.yml');
  await writeFile(
    config,
    `sources:
  shop: { engine: postgres, url: '${shop}' }
  crm: { engine: postgres, url: '${crm}' }
  lake: { engine: duckdb, path: '${join(folder, '*.csv')}' }
${RELATIONS}limits: { semiJoinKeys: 4 }
`,
  );
  gateway = await served(null, () => loadConfig({ config, dataDir: join(folder, 'data') }, {}));
}, 120_000);
afterAll(async () => {
  await gateway.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function data(query: string): Promise<Record<string, unknown>> {
  const { data: shop, errors } = await gateway.ask(`{ shop { ${query} } }`);
  expect(errors).toBeUndefined();
  return (shop as { shop: Record<string, unknown> }).shop;
}

const ids = (rows: unknown): number[] => (rows as { id: number }[]).map(({ id }) => id);
const customers = async (where: string): Promise<number[]> =>
  ids((await data(`customer(where: ${where}, orderBy: [{ id: ASC }]) { id }`)).customer);

test('sources have no problems', () => {
  for (const { model } of gateway.yard.sources.values()) expect(model.problems).toEqual([]);
});

describe('reading', () => {
  test('to-one by numbers and text, and back', async () => {
    expect(await data('customer(orderBy: [{ id: ASC }]) { id contact { ref grade customer { city } } }')).toEqual({
      customer: [
        { id: 1, contact: { ref: '1', grade: 1, customer: { city: 'Ulm' } } },
        { id: 2, contact: { ref: '2', grade: 2, customer: { city: 'Ulm' } } },
        { id: 3, contact: { ref: '3', grade: 5, customer: { city: 'Rom' } } },
        { id: 4, contact: null },
        { id: 5, contact: null },
      ],
    });
  });

  test('text in its normal form; two rows where one was declared are an error of that field', async () => {
    const { data: got, errors } = await gateway.ask(
      '{ shop { customer(orderBy: [{ id: ASC }]) { id mailbox { grade } } } }',
    );
    expect(got).toEqual({
      shop: {
        customer: [
          { id: 1, mailbox: { grade: 1 } },
          { id: 2, mailbox: { grade: 2 } },
          { id: 3, mailbox: null },
          { id: 4, mailbox: null },
          { id: 5, mailbox: null },
        ],
      },
    });
    expect(errors?.map(({ path, extensions: { code } }) => ({ path, code }))).toEqual([
      { path: ['shop', 'customer', 3, 'mailbox'], code: 'INTEGRITY' },
    ]);
  });

  test('compound keys with a date in a zone, both ways', async () => {
    expect(await data('purchase(orderBy: [{ id: ASC }]) { id visit(orderBy: [{ id: ASC }]) { id } }')).toEqual({
      purchase: [
        { id: 10, visit: [{ id: 1 }, { id: 2 }] },
        { id: 11, visit: [{ id: 1 }, { id: 2 }] },
        { id: 12, visit: [{ id: 3 }] },
        { id: 13, visit: [{ id: 4 }] },
        { id: 14, visit: [] },
        { id: 15, visit: [] },
      ],
    });
    const { data: got } = await gateway.ask(
      '{ crm { visit(orderBy: [{ id: ASC }]) { id purchase(orderBy: [{ id: ASC }]) { id } } } }',
    );
    expect((got as { crm: { visit: { purchase: unknown }[] } }).crm.visit.map(({ purchase }) => ids(purchase))).toEqual(
      [[10, 11], [10, 11], [12], [13], [], []],
    );
  });

  test('arguments apply per parent; measures, groups and pages too', async () => {
    const query = `customer(orderBy: [{ id: ASC }], first: 3) {
      visit(where: { pages: { gt: 1 } }, orderBy: [{ pages: DESC }], first: 1) { id }
      visit_aggregate { count sum { pages } }
      visit_groups(by: [{ path: day }]) { keys count }
      visit_connection(first: 1, orderBy: [{ id: ASC }]) { totalCount nodes { id } pageInfo { hasNextPage } }
      score_aggregate { max { points } }
    }`;
    expect(await data(query)).toEqual({
      customer: [
        {
          visit: [{ id: 2 }],
          visit_aggregate: { count: 2, sum: { pages: '7' } },
          visit_groups: [{ keys: { day: '2024-03-31' }, count: 2 }],
          visit_connection: { totalCount: 2, nodes: [{ id: 1 }], pageInfo: { hasNextPage: true } },
          score_aggregate: { max: { points: '30' } },
        },
        {
          visit: [{ id: 3 }],
          visit_aggregate: { count: 1, sum: { pages: '5' } },
          visit_groups: [{ keys: { day: '2024-04-01' }, count: 1 }],
          visit_connection: { totalCount: 1, nodes: [{ id: 3 }], pageInfo: { hasNextPage: false } },
          score_aggregate: { max: { points: '5' } },
        },
        {
          visit: [],
          visit_aggregate: { count: 1, sum: { pages: null } },
          visit_groups: [{ keys: { day: '2024-04-01' }, count: 1 }],
          visit_connection: { totalCount: 1, nodes: [{ id: 4 }], pageInfo: { hasNextPage: false } },
          score_aggregate: { max: { points: null } },
        },
      ],
    });
  });

  test('what is asked twice of another source is read once', async () => {
    const rows = async (more: string): Promise<unknown> => {
      const { data: got, extensions } = await gateway.ask(
        `{ shop { customer(orderBy: [{ id: ASC }]) { visit(orderBy: [{ id: ASC }]) { id } ${more} } } }`,
      );
      const crm = extensions!.trainyard!.sources!.find(({ name }) => name === 'crm');
      const { customer } = (got as { shop: { customer: { visit: unknown; again?: unknown }[] } }).shop;
      for (const { visit, again = visit } of customer) expect(again).toEqual(visit);
      return crm!.rows;
    };
    expect(await rows('')).toBe(4);
    expect(await rows('again: visit(orderBy: [{ id: ASC }]) { id }')).toBe(4);
    expect(await rows('other: visit(orderBy: [{ id: DESC }]) { id }')).toBe(8);
  });

  test('calls depend on levels, not on rows', async () => {
    const calls = async (first: number): Promise<unknown> => {
      const { extensions } = await gateway.ask(
        `{ shop { customer(first: ${first}) { visit { id } score { points } contact { customer { id } } } } }`,
      );
      return extensions!.trainyard!.sources!.map(({ calls: n }) => n);
    };
    expect(await calls(1)).toEqual(await calls(5));
  });
});

describe('filtering', () => {
  test.each([
    ['some', '{ visit: { some: { pages: { gte: 4 } } } }', [1, 2]],
    ['some of any', '{ visit: { some: {} } }', [1, 2, 3]],
    ['none', '{ visit: { none: { pages: { gte: 4 } } } }', [3, 4, 5]],
    ['none of any', '{ visit: { none: {} } }', [4, 5]],
    ['every', '{ visit: { every: { pages: { gte: 4 } } } }', [2, 4, 5]],
    ['every, where a null is not true', '{ visit: { every: { pages: { gt: 0 } } } }', [1, 2, 4, 5]],
    ['not every', '{ _not: { visit: { every: { pages: { gte: 4 } } } } }', [1, 3]],
    ['to one', '{ contact: { grade: { lte: 2 } } }', [1, 2]],
    ['to one, negated: those without any too', '{ _not: { contact: { grade: { lte: 2 } } } }', [3, 4, 5]],
    ['to one in its normal form', '{ mailbox: { grade: { gte: 1 } } }', [1, 2, 4]],
    ['beside filters of the store', '{ city: { eq: "Ulm" }, visit: { some: { pages: { gt: 4 } } } }', [2]],
    ['inside or', '{ _or: [{ city: { eq: "Rom" } }, { visit: { some: { pages: { eq: 5 } } } }] }', [2, 3, 4]],
    ['in two sources', '{ score: { some: { points: { gt: 5 } } }, visit: { some: { pages: { gt: 3 } } } }', [1]],
    ['nothing meets it', '{ visit: { some: { pages: { gt: 99 } } } }', []],
    ['a measure of it', '{ visit_aggregate: { count: { gt: 1 } } }', [1]],
    ['behind a relation of the store', '{ purchase: { some: { visit: { some: { pages: { eq: 5 } } } } } }', [2]],
    ['and back', '{ contact: { customer: { city: { eq: "Ulm" } } } }', [1, 2]],
  ])('%s', async (_, where, expected) => {
    expect(await customers(where)).toEqual(expected);
  });

  test('a variable is a key of the question, not of the plan', async () => {
    const query =
      'query ($n: Int!) { shop { customer(where: { visit: { some: { pages: { gte: $n } } } }, orderBy: [{ id: ASC }]) { id } } }';
    const some = async (n: number): Promise<number[]> =>
      ids(((await gateway.ask(query, { n })).data as { shop: { customer: unknown } }).shop.customer);
    expect([await some(4), await some(5), await some(4)]).toEqual([[1, 2], [2], [1, 2]]);
  });

  test('too many keys of the far side are narrowed by those of the near side', async () => {
    const { data: got, errors } = await gateway.ask(
      '{ crm { visit(where: { customer: { id: { gte: 1 } } }, orderBy: [{ id: ASC }]) { id } } }',
    );
    expect(errors).toBeUndefined();
    expect(ids((got as { crm: { visit: unknown } }).crm.visit)).toEqual([1, 2, 3, 4]);
    const narrowed = '{ crm { contact(where: { grade: { lt: 3 }, customer: { id: { gte: 1 } } }) { grade } } }';
    expect(await gateway.ask(narrowed)).toMatchObject({ data: { crm: { contact: [{ grade: 1 }, { grade: 2 }] } } });
  });

  test('more keys than the budget on both sides are refused with what would help', async () => {
    const { errors } = await gateway.ask('{ crm { contact(where: { customer: { id: { gte: 1 } } }) { grade } } }');
    expect(errors).toEqual([
      {
        message:
          'crm.contact.customer: the filter meets rows of shop.customer, and what it filters those of crm.contact, with more than 4 different join values',
        path: ['crm', 'contact'],
        extensions: {
          code: 'BUDGET_EXCEEDED',
          retryable: false,
          source: 'shop',
          field: 'crm.contact.customer',
          expected: 'at most 4 keys of one side',
          hint: 'narrow the filter inside customer, or the rows of contact beside it; or raise limits.semiJoinKeys',
        },
      },
    ]);
  });
});

describe('what is told', () => {
  test('the plan names what is read for a filter, from either side', async () => {
    const query =
      '{ shop { customer(where: { city: { eq: "Ulm" }, visit: { some: { pages: { gt: 4 } } } }) { visit { id } } } }';
    const { data: got } = await gateway.ask(
      `query ($query: String!) { explain(query: $query) { nodes {
         source pushed residual semiJoins { relation most far { source estimatedKeys native { text } } near { source native { text } } }
         children { source native { text } }
       } } }`,
      { query },
    );
    const [node] = (got as { explain: { nodes: readonly Record<string, unknown>[] } }).explain.nodes;
    expect(node).toMatchObject({
      source: 'shop',
      residual: [],
      semiJoins: [
        {
          relation: 'shop.customer.visit',
          most: 4,
          far: { source: 'crm', native: [{ text: expect.stringContaining('"visit"') as unknown }] },
          near: { source: 'shop', native: [{ text: expect.stringContaining('"city" = ') as unknown }] },
        },
      ],
      children: [{ source: 'crm' }],
    });
  });

  test('an answer tells how many join values went where', async () => {
    const { extensions } = await gateway.ask(
      '{ shop { customer(where: { visit: { some: { pages: { gt: 4 } } } }) { id score { points } } } }',
    );
    expect(extensions).toMatchObject({
      trainyard: {
        relations: [
          // 5 rows were read: one without a client, one of a client that is not there.
          { relation: 'shop.customer.visit', source: 'crm', keys: 2 },
          { relation: 'shop.customer.score', source: 'shop', keys: 1 },
        ],
      },
    });
  });
});

test('what is asked twice in one operation is read once', async () => {
  const filter = 'where: { visit: { some: { pages: { gte: 4 } } } }';
  const twice = `{ shop { a: customer(${filter}) { id } b: customer(${filter}) { id } c: customer_aggregate(${filter}) { count } } }`;
  const { data: got, extensions } = await gateway.ask(twice);
  const rows = [{ id: 1 }, { id: 2 }];
  expect(got).toEqual({ shop: { a: rows, b: rows, c: { count: 2 } } });
  expect(extensions!.trainyard!.sources).toMatchObject([
    { name: 'crm', calls: 1, rows: 3 },
    { name: 'shop', calls: 1, rows: 3 },
  ]);
  const other = filter.replace('gte: 4', 'gte: 5');
  const { data: apart } = await gateway.ask(`{ shop { a: customer(${filter}) { id } b: customer(${other}) { id } } }`);
  expect(apart).toEqual({ shop: { a: rows, b: [{ id: 2 }] } });
});

describe('order, measures and groups', () => {
  test('rows in the order of another source', async () => {
    const asked = await data('customer(orderBy: [{ visit_aggregate: { count: DESC } }, { id: ASC }]) { id }');
    expect(ids(asked.customer)).toEqual([1, 2, 3, 4, 5]);
    expect(ids((await data('customer(orderBy: [{ contact: { grade: DESC } }]) { id }')).customer)).toEqual([
      3, 2, 1, 5, 4,
    ]);
  });

  test('text that the gateway would have to order as the store does is refused, with what to do instead', async () => {
    const asked = (collate: string): string =>
      `{ shop { customer(where: { mailbox: { grade: { gte: 1 } } }, orderBy: [{ city: DESC }]${collate}) { id } } }`;
    const { errors } = await gateway.ask(asked(''));
    expect(errors).toMatchObject([
      {
        message: 'shop.customer: the gateway cannot order text as the store does here',
        extensions: { code: 'UNSUPPORTED', hint: 'ask for its order by bytes: collate: BINARY' },
      },
    ]);
    const { data: got } = await gateway.ask(asked(', collate: BINARY'));
    expect(ids((got as { shop: { customer: unknown } }).shop.customer)).toEqual([2, 1, 4]);
    // An order that nobody asked for only makes pages stable.
    expect(ids((await data('customer(where: { mailbox: { grade: { gte: 1 } } }, first: 2) { id }')).customer)).toEqual([
      1, 2,
    ]);
  });

  test('groups by a field of another source', async () => {
    expect(
      await data(
        'customer_groups(by: [{ path: contact__grade }], orderBy: [{ key: "contact__grade", order: ASC }]) { keys count }',
      ),
    ).toEqual({
      customer_groups: [
        { keys: { contact__grade: 1 }, count: 1 },
        { keys: { contact__grade: 2 }, count: 1 },
        { keys: { contact__grade: 5 }, count: 1 },
        { keys: { contact__grade: null }, count: 2 },
      ],
    });
  });

  test('measures under a filter through another source', async () => {
    expect(await data('customer_aggregate(where: { visit: { some: {} } }) { count }')).toEqual({
      customer_aggregate: { count: 3 },
    });
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Postgres } from '../../src/postgres/types.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';
import { served, type GraphQLAnswer, type Served } from './served.js';

const never: AbortSignal = new AbortController().signal;
let server: TestServer;
let admin: Postgres;
let gateway: Served;

beforeAll(async () => {
  server = await openTestServer();
  const url = await server.freshDatabase('shop');
  admin = openPools(url);
  const text = `create table node (id int primary key, name text, parent_id int references node, tags text[], note jsonb);
    insert into node select i, 'n' || i, nullif(i / 2, 0), array['t' || i], '{}' from generate_series(1, 20) i;
    create table "user's" (id int primary key, "it's; drop table node; --" text)`;
  await admin.run({ text, values: [] }, { signal: never });
  gateway = await served(url);
});

afterAll(async () => {
  await gateway.close();
  const text = `select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`;
  const left = await admin.run({ text, values: [] }, { signal: never });
  const kept = await admin.run({ text: 'select count(*) from node', values: [] }, { signal: never });
  await admin.close();
  await server.close();
  expect([left.rows, kept.rows]).toEqual([[['0']], [['20']]]);
});

const codes = ({ data, errors }: GraphQLAnswer): unknown => [data, errors?.map((e) => e.extensions.code)];
const REFUSED = [undefined, ['BAD_INPUT']];
const TYPED = 'query ($w: Shop_NodeWhere) { shop { node(where: $w) { id } } }';
const JSONED = 'query ($w: JSON) { records(source: "shop", entity: "node", where: $w) { nodes } }';

describe('an unset variable', () => {
  test.each([
    ['as an operator', 'query ($v: Int) { shop { node(where: { id: { eq: $v } }) { id } } }'],
    ['within and', 'query ($v: Int) { shop { node(where: { _and: [{ id: { eq: $v } }] }) { id } } }'],
    ['in a list', 'query ($v: Int) { shop { node(where: { id: { in: [1, $v] } }) { id } } }'],
    ['of the list', 'query ($v: [Int!]) { shop { node(where: { id: { in: $v } }) { id } } }'],
    ['behind a relation', 'query ($v: String) { shop { node(where: { parent: { name: { like: $v } } }) { id } } }'],
    [
      'of a measure',
      'query ($v: SafeInt) { shop { node(where: { node_by_parent_id_aggregate: { count: { gt: $v } } }) { id } } }',
    ],
    ['in JSON', 'query ($v: JSON) { records(source: "shop", entity: "node", where: { id: { eq: $v } }) { nodes } }'],
  ])('%s is an error, not a filter that filters nothing', async (_name, query) => {
    const answer = await gateway.ask(query);
    // A place that takes no null refuses such a variable before it is looked at.
    const refused = [undefined, [expect.stringMatching(/^(BAD_INPUT|GRAPHQL_VALIDATION_FAILED)$/)]];
    expect(codes(answer)).toEqual(refused);
    expect(answer.errors![0]!.message).toMatch(/where|used in position expecting type "Int!"/);
    expect(codes(await gateway.ask(query, { v: null }))).toEqual(refused);
  });

  test.each([
    ['of where', 'query ($v: Shop_NodeWhere) { shop { node_aggregate(where: $v) { count } } }', 20],
    ['of _not', 'query ($v: Shop_NodeWhere) { shop { node_aggregate(where: { _not: $v }) { count } } }', 20],
    ['of _or', 'query ($v: [Shop_NodeWhere!]) { shop { node_aggregate(where: { _or: $v }) { count } } }', 20],
  ])('%s leaves it out', async (_name, query, count) => {
    expect((await gateway.ask(query)).data).toEqual({ shop: { node_aggregate: { count } } });
  });
});

describe('first and offset', () => {
  const WAYS: Readonly<Record<string, (args: string) => string>> = {
    'of a list': (args) => `{ shop { node(${args}) { id } } }`,
    'of a nested list': (args) => `{ shop { node { node_by_parent_id(${args}) { id } } } }`,
    'of records': (args) => `{ records(source: "shop", entity: "node", ${args}) { nodes } }`,
  };
  test.each(Object.keys(WAYS))('%s', async (way) => {
    const ask = WAYS[way]!;
    for (const first of ['0', '-1', '1001', '-2147483648', '2147483647']) {
      const answer = await gateway.ask(ask(`first: ${first}`));
      expect([first, codes(answer)]).toEqual([first, REFUSED]);
      expect(answer.errors![0]!.message).toMatch(/first: expected a whole number from 1 to 1000, got/);
    }
    for (const first of ['2147483648', '1.5', '"1"', 'true']) {
      expect([first, codes(await gateway.ask(ask(`first: ${first}`)))]).toEqual([
        first,
        [undefined, ['GRAPHQL_VALIDATION_FAILED']],
      ]);
    }
    expect((await gateway.ask(ask('first: 1000'))).errors).toBeUndefined();
    if (way === 'of records') return;
    expect(codes(await gateway.ask(ask('offset: -1')))).toEqual(REFUSED);
    expect((await gateway.ask(ask('first: 1, offset: 2147483647'))).errors).toBeUndefined();
  });
});

const SQL = [
  `'; drop table node; --`,
  `' or '1'='1`,
  `"; drop table node; --`,
  `\\'; drop table node; --`,
  `$1`,
  `$$; drop table node; $$`,
  `); drop table node; --`,
  `/* */ or true`,
  `{"a"}`,
  `%' or name like '%`,
  `'||(select name from node)||'`,
  `E'\\x27'`,
];

describe.each(SQL)('%s', (text) => {
  test('as a value finds nothing, in every place of a value', async () => {
    const ask = async (where: string): Promise<unknown> =>
      (
        await gateway.ask(`query ($v: String!, $l: [String!]!) { shop { node(where: ${where}) { id } } }`, {
          v: text,
          l: [text],
        })
      ).data;
    const nothing = { shop: { node: [] } };
    const l = 'name: { notIn: $l }';
    for (const operator of ['eq', 'startsWith', 'endsWith', 'contains']) {
      expect([
        operator,
        await ask(`{ name: { ${operator}: $v }, ${l} }`.replace(`, ${l}`, `, _not: { name: { in: $l } }`)),
      ]).toEqual([operator, nothing]);
    }
    expect(await ask('{ tags: { has: $v }, name: { notIn: $l } }')).toEqual(nothing);
    expect(await ask('{ tags: { hasAny: $l }, name: { ne: $v } }')).toEqual(nothing);
    expect(await ask('{ name: { between: [$v, $v] }, tags: { hasAll: $l } }')).toEqual(nothing);
    const records = await gateway.ask(JSONED, { w: { name: { eq: text } } });
    expect(records.data).toEqual({ records: { nodes: [] } });
  });

  test('as a pattern is a pattern or refused', async () => {
    for (const operator of ['like', 'ilike', 'regex']) {
      for (const [query, variables] of [
        [TYPED, { w: { name: { [operator]: text } } }],
        [JSONED, { w: { name: { [operator]: text } } }],
      ] as const) {
        const answer = await gateway.ask(query, variables);
        const code = answer.errors?.[0]?.extensions.code ?? 'none';
        expect([operator, code]).toEqual([operator, expect.stringMatching(/^(none|BAD_INPUT)$/)]);
        // The last of the texts begin with a wild-card or an empty alternative, which match as they should.
        if (code === 'none' && operator !== 'regex') {
          const rows = JSON.stringify(answer.data).match(/"id"/g)?.length ?? 0;
          expect([operator, rows]).toEqual([operator, 0]);
        }
      }
    }
  });

  test('as a name is no name', async () => {
    const query =
      'query ($s: String!, $e: String!, $w: JSON, $o: JSON) { records(source: $s, entity: $e, where: $w, orderBy: $o) { nodes } }';
    const good = { s: 'shop', e: 'node' };
    for (const [variables, code] of [
      [{ ...good, s: text }, 'NOT_FOUND'],
      [{ ...good, e: text }, 'NOT_FOUND'],
      [{ ...good, w: { [text]: { eq: 1 } } }, 'BAD_INPUT'],
      [{ ...good, w: { name: { [text]: 1 } } }, 'BAD_INPUT'],
      [{ ...good, w: { parent: { [text]: { eq: 1 } } } }, 'BAD_INPUT'],
      [{ ...good, w: { name: { lt: 'a', collate: text } } }, 'BAD_INPUT'],
      [{ ...good, w: { _compare: [{ left: text, op: 'EQ', right: 'name' }] } }, 'BAD_INPUT'],
      [{ ...good, w: { _compare: [{ left: 'name', op: text, right: 'name' }] } }, 'BAD_INPUT'],
      [{ ...good, w: { node_by_parent_id_aggregate: { [text]: { id: { gt: 1 } } } } }, 'BAD_INPUT'],
      [{ ...good, w: { node_by_parent_id_aggregate: { max: { [text]: { gt: 1 } } } } }, 'BAD_INPUT'],
      [{ ...good, o: [{ [text]: 'ASC' }] }, 'BAD_INPUT'],
      [{ ...good, o: [{ name: text }] }, 'BAD_INPUT'],
      [{ ...good, o: text }, 'BAD_INPUT'],
    ] as const) {
      const answer = await gateway.ask(query, variables);
      expect({ variables, codes: answer.errors?.map((e) => e.extensions.code) }).toEqual({ variables, codes: [code] });
      expect(JSON.stringify(answer.errors).replaceAll(JSON.stringify(text).slice(1, -1), '')).not.toMatch(
        /select |syntax/i,
      );
    }
  });
});

describe('size', () => {
  test('ten thousand values of one in', async () => {
    const ids = Array.from({ length: 10_000 }, (_, i) => i - 5_000);
    const names = ids.map((i) => `n${i}`);
    expect((await gateway.ask(TYPED, { w: { id: { in: ids } } })).data).toMatchObject({
      shop: { node: { length: 20 } },
    });
    expect((await gateway.ask(JSONED, { w: { name: { in: names } } })).data).toMatchObject({
      records: { nodes: { length: 20 } },
    });
    expect((await gateway.ask(TYPED, { w: { id: { notIn: ids } } })).data).toEqual({ shop: { node: [] } });
    const written = `{ shop { node(where: { id: { in: [${ids.join(',')}] } }) { id } } }`;
    expect((await gateway.ask(written)).data).toMatchObject({ shop: { node: { length: 20 } } });
  });

  test('as many conditions as are allowed, and one more', async () => {
    const some = (n: number): object => ({ w: { _or: Array.from({ length: n }, (_, i) => ({ id: { eq: i } })) } });
    expect((await gateway.ask(TYPED, some(2_490))).data).toMatchObject({ shop: { node: { length: 20 } } });
    for (const query of [TYPED, JSONED]) {
      const answer = await gateway.ask(query, some(2_500));
      expect(codes(answer)).toEqual(REFUSED);
      expect(answer.errors![0]!.message).toMatch(
        /where: expected at most 5000 conditions, got 5001 \(give many values to one `in`\)/,
      );
      expect(codes(await gateway.ask(query, some(60_000)))).toEqual(REFUSED);
    }
  });

  test('long strings', async () => {
    const long = 'x'.repeat(1_000_000);
    for (const operator of ['eq', 'like', 'contains']) {
      expect((await gateway.ask(TYPED, { w: { name: { [operator]: long } } })).data).toEqual({ shop: { node: [] } });
    }
    expect(codes(await gateway.ask(TYPED, { w: { name: { regex: '(a|b)'.repeat(100_000) } } }))).toEqual(REFUSED);
    const monster = '((((a{255}){255}){255}){255}){255}';
    expect(await gateway.ask(TYPED, { w: { name: { regex: monster } } })).toMatchObject({
      errors: [{ extensions: { code: 'BAD_INPUT' }, path: ['shop', 'node'] }],
    });
    expect(codes(await gateway.ask(JSONED, { w: { ['k'.repeat(1_000_000)]: { eq: 1 } } }))).toEqual(REFUSED);
  });
});

describe('nesting', () => {
  const deep = (levels: number, inner: string, open = '{"_not":', close = '}'): string =>
    `${open.repeat(levels)}${inner}${close.repeat(levels)}`;
  const body = (query: string, where: string): string =>
    `{"query":${JSON.stringify(query)},"variables":{"w":${where}}}`;

  test.each([
    ['_not', '{"_not":', '}'],
    ['_and', '{"_and":[', ']}'],
    ['_or', '{"_or":[', ']}'],
    ['a to-one relation', '{"parent":', '}'],
    ['a to-many relation', '{"node":{"some":', '}}'],
    ['lists', '[', ']'],
  ])('of %s in variables: a typed error at 5,000 levels, and at 200,000', async (_name, open, close) => {
    for (const levels of [5_000, 200_000]) {
      for (const query of [TYPED, JSONED]) {
        const answer = await gateway.send(body(query, deep(levels, '{"id":{"eq":1}}', open, close)));
        expect(codes(answer)).toEqual(REFUSED);
        expect(answer.errors![0]!.message).toBe(
          'variables: expected at most 100 levels of lists and objects, got "more"',
        );
      }
    }
  });

  test('within the bound it is answered', async () => {
    for (const query of [TYPED, JSONED]) {
      const answer = await gateway.send(body(query, deep(90, '{"id":{"eq":1}}')));
      expect(JSON.stringify(answer)).toMatch(/"id":1/);
    }
  });

  test('of relations as deep as it may be', async () => {
    for (const open of ['{"parent":', '{"node_by_parent_id":{"some":']) {
      const close = open.endsWith('some":') ? '}}' : '}';
      const answer = await gateway.send(body(TYPED, deep(40, '{"id":{"eq":1}}', open, close)));
      expect(answer).toEqual({ data: { shop: { node: [] } }, extensions: expect.anything() });
    }
  }, 60_000);

  test('of order', async () => {
    const query = 'query ($w: [Shop_NodeOrderBy!]) { shop { node(orderBy: $w, first: 1) { id } } }';
    expect(codes(await gateway.send(body(query, `[${deep(5_000, '{"id":"ASC"}', '{"parent":')}]`)))).toEqual(REFUSED);
  });

  test('of a document, also of one to explain', async () => {
    const bombs = [
      '{ shop { node '.concat('{ node '.repeat(60_000)),
      `{ shop { node(where: ${'{ _not: '.repeat(3_000)}{}${' }'.repeat(3_000)}) { id } } }`,
      `{ shop { node(where: { id: { in: ${'['.repeat(3_000)}1${']'.repeat(3_000)} } }) { id } } }`,
      `query ($v: ${'['.repeat(3_000)}Int${']'.repeat(3_000)}) { shop { node { id } } }`,
    ];
    for (const query of bombs) {
      const answer = await gateway.ask(query);
      expect(answer.errors?.[0]?.extensions.code).toMatch(
        /^(GRAPHQL_PARSE_FAILED|BAD_REQUEST|GRAPHQL_VALIDATION_FAILED)$/,
      );
      const explained = await gateway.ask('query ($q: String!) { explain(query: $q) { nodes { source } } }', {
        q: query,
      });
      expect(explained.errors?.[0]?.extensions.code).toMatch(
        /^(GRAPHQL_PARSE_FAILED|GRAPHQL_VALIDATION_FAILED|BAD_INPUT)$/,
      );
    }
  });
});

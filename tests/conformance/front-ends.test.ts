import { beforeAll, expect, test } from '@jest/globals';
import { parse, validate, type OperationDefinitionNode } from 'graphql';
import { memoryStore } from '../../datasources/memory/index.js';
import { leagueOver, type League } from '../dataplane/league.js';
import { FAIR, FAIR_NAMING } from './fair.js';

const { signal } = new AbortController();
const COSTED = { cost: { gt: '0' } };
const AACH = { town: { name: { eq: 'Aach' } } };

interface Arguments {
  readonly where?: unknown;
  readonly orderBy?: unknown;
}

/** Arguments as callers write them, and the ids of the rows that they mean, in the order of the page. */
const CASES: readonly (readonly [entity: string, given: Arguments, ...ids: number[]])[] = [
  ['shop', {}, 1, 2, 3, 4, 5, 6],
  ['shop', { where: {} }, 1, 2, 3, 4, 5, 6],
  ['shop', { where: null }, 1, 2, 3, 4, 5, 6],
  ['shop', { where: { size: { eq: 3 } } }, 1, 4],
  ['shop', { where: { size: { ne: 3 } } }, 3, 5, 6],
  ['shop', { where: { size: { lt: 0 } } }, 3],
  ['shop', { where: { size: { lte: 0 } } }, 3, 5],
  ['shop', { where: { size: { gt: 3 } } }, 6],
  ['shop', { where: { size: { gte: 3 } } }, 1, 4, 6],
  ['shop', { where: { size: { gt: -5, lt: 3 } } }, 5],
  ['shop', { where: { size: { between: [0, 3] } } }, 1, 4, 5],
  ['shop', { where: { size: { in: [3, 0] } } }, 1, 4, 5],
  ['shop', { where: { size: { in: [] } } }],
  ['shop', { where: { size: { notIn: [3, 0] } } }, 3, 6],
  ['shop', { where: { size: { notIn: [] } } }, 1, 3, 4, 5, 6],
  ['shop', { where: { size: { isNull: true } } }, 2],
  ['shop', { where: { size: { isNull: false } } }, 1, 3, 4, 5, 6],
  ['shop', { where: { open: { eq: false } } }, 2, 5],
  ['shop', { where: { _and: [] } }, 1, 2, 3, 4, 5, 6],
  ['shop', { where: { _or: [] } }],
  ['shop', { where: { _not: {} } }],
  ['shop', { where: { _not: { size: { eq: 3 } } } }, 3, 5, 6],
  ['shop', { where: { _or: [{ size: { eq: 3 } }, { town_id: { eq: 1 } }] } }, 1, 2, 4],
  ['shop', { where: { _and: [{ size: { eq: 3 } }, { town_id: { eq: 1 } }] } }, 1],
  ['shop', { where: { _not: { _or: [{ size: { eq: 3 } }, { town_id: { eq: 1 } }] } } }, 3, 5, 6],
  ['shop', { where: { size: { eq: 3 }, town_id: { isNull: true } } }, 4],
  ['shop', { where: AACH }, 1, 2],
  ['shop', { where: { _not: AACH } }, 3, 4, 5, 6],
  ['shop', { where: { town: {} } }, 1, 2, 3, 5, 6],
  ['shop', { where: { town: { mother: { name: { eq: 'Aach' } } } } }, 3, 5, 6],
  ['shop', { where: { item: { some: COSTED } } }, 1, 6],
  ['shop', { where: { item: { some: {} } } }, 1, 2, 3, 6],
  ['shop', { where: { item: { none: COSTED } } }, 2, 3, 4, 5],
  ['shop', { where: { item: { every: COSTED } } }, 4, 5, 6],
  ['shop', { where: { _not: { item: { every: COSTED } } } }, 1, 2, 3],
  ['shop', { where: { item: { some: COSTED, none: { name: { eq: 'fig' } } } } }, 6],
  ['shop', { where: { badge: { some: { weight: { lt: 0 } } } } }, 1, 5],
  ['shop', { where: { _compare: [{ left: 'size', op: 'GT', right: 'town_id' }] } }, 1, 6],
  ['shop', { where: { _compare: [{ left: 'twin_id', op: 'EQ', right: 'town_id' }] } }, 5],
  ['shop', { where: { item_aggregate: { count: { gt: 1 } } } }, 1, 6],
  ['shop', { where: { item_aggregate: { count: { eq: 0 } } } }, 4, 5],
  ['shop', { where: { item_aggregate: { where: { cost: { isNull: false } }, count: { eq: 2 } } } }, 1, 6],
  ['shop', { where: { item_aggregate: { sum: { cost: { gt: '2' } } } } }, 1, 6],
  ['shop', { where: { item_aggregate: { max: { cost: { lt: '3' } } } } }, 1, 2],
  ['shop', { where: { name: { like: '_nn%' } } }, 1, 5],
  ['shop', { where: { name: { ilike: 'ANNA' } } }, 1, 5],
  ['shop', { where: { name: { startsWith: 'A' } } }, 1],
  ['shop', { where: { name: { endsWith: 'a' } } }, 1, 5],
  ['shop', { where: { name: { contains: 'n' } } }, 1, 5],
  ['shop', { where: { name: { regex: '^[AB]' } } }, 1, 2],
  ['shop', { where: { _not: { name: { contains: 'n' } } } }, 2, 4, 6],
  ['town', { where: { grade: { gte: 'mid' } } }, 2, 3],
  ['town', { where: { town_by_mother_id: { some: { grade: { in: ['high'] } } } } }, 1],
  ['reading', { where: { f: { isNaN: true } } }, 6],
  ['reading', { where: { f: { isNaN: false } } }, 1, 2, 3, 4, 7, 8, 9, 10],
  ['reading', { where: { f: { isFinite: false } } }, 6, 8, 9],
  ['reading', { where: { f: { gt: 4 } } }, 4, 6, 8],
  ['reading', { where: { big: { eq: '9007199254740993' } } }, 1],
  ['reading', { where: { e: { gt: '12345678901234567890' } } }, 4],
  ['event', { where: { at: { gte: '2024-10-27T02:30:00+01:00' } } }, 7, 8],
  ['event', { where: { day: { eq: '2024-02-29' } } }, 1],
  ['word', { where: { tags: { has: 'a' } } }, 1, 2],
  ['word', { where: { tags: { hasAny: ['a', 'b'] } } }, 1, 2, 6],
  ['word', { where: { tags: { hasAll: ['b', 'a'] } } }, 2],
  ['word', { where: { tags: { isEmpty: true } } }, 3],
  ['word', { where: { tags: { isEmpty: false } } }, 1, 2, 5, 6, 7],
  ['word', { where: { _compare: [{ left: 'text', op: 'EQ', right: 'other' }] } }, 1, 16],
  ['parcel', { where: { owner: { age: { eq: 30 } } } }, 1, 5],
  ['parcel', { where: { owner: { home: { city: { gt: 'B' } }, age: { gte: 5 } } } }, 5],
  ['parcel', { where: { owner: { isNull: false, name: { isNull: true } } } }, 2],
  ['parcel', { where: { lines: { some: { sku: { eq: 'a' } } } } }, 1, 4],
  ['parcel', { where: { lines: { every: { sku: { eq: 'a' } } } } }, 2, 4],
  ['parcel', { where: { lines: { none: { sku: { eq: 'a' } } } } }, 2, 5, 6],
  ['parcel', { where: { lines: { none: { sku: { eq: 'a' } }, isEmpty: false } } }, 5, 6],
  ['parcel', { where: { lines: { some: { _or: [{ lot: { code: { eq: 'y' } } }, { price: { eq: '2.5' } }] } } } }, 1, 5],
  ['parcel', { where: { lines: { some: { _not: { n: { lt: 5 } } } } } }, 4],
  ['shop', { orderBy: [{ size: 'ASC' }] }, 3, 5, 1, 4, 6, 2],
  ['shop', { orderBy: [{ size: 'DESC' }] }, 6, 4, 1, 5, 3, 2],
  ['shop', { orderBy: [{ size: 'ASC_NULLS_FIRST' }] }, 2, 3, 5, 1, 4, 6],
  ['shop', { orderBy: [{ size: 'DESC_NULLS_FIRST' }] }, 2, 6, 4, 1, 5, 3],
  ['shop', { orderBy: [{ size: 'ASC' }, { id: 'DESC' }] }, 3, 5, 4, 1, 6, 2],
  ['shop', { orderBy: [{ town: { name: 'DESC' } }] }, 6, 3, 2, 1, 5, 4],
  ['shop', { orderBy: [{ item_aggregate: { count: 'DESC' } }] }, 1, 6, 3, 2, 5, 4],
  ['shop', { orderBy: [{ item_aggregate: { max: { cost: 'ASC_NULLS_FIRST' } } }] }, 3, 4, 5, 2, 1, 6],
];

let plane: League;

beforeAll(async () => {
  plane = await leagueOver(await memoryStore('league', FAIR), undefined, FAIR_NAMING);
});

async function ask(text: string, variables: Readonly<Record<string, unknown>>): Promise<unknown> {
  const document = parse(text);
  expect(validate(plane.schema, document)).toEqual([]);
  const answer = await plane.plane.execute({
    document,
    operation: document.definitions[0] as OperationDefinitionNode,
    operationName: null,
    variables,
    caller: { id: 'a', permissions: 'all' },
    signal,
    controlContext: {},
  });
  expect(answer.errors.map((e) => e.message)).toEqual([]);
  return JSON.parse(String(answer.data));
}

const numbers = (rows: readonly { readonly id: string | number }[]): number[] => rows.map(({ id }) => Number(id));

test.each(CASES)('%s %j is what it says, in GraphQL and in JSON', async (entity, { where, orderBy }, ...ids) => {
  const type = `League_${entity.charAt(0).toUpperCase()}${entity.slice(1)}`;
  const typed = await ask(
    `query ($w: ${type}Where, $o: [${type}OrderBy!]) { league { rows: ${entity}(where: $w, orderBy: $o) { id } } }`,
    { w: where, o: orderBy },
  );
  expect(numbers((typed as { league: { rows: { id: string }[] } }).league.rows)).toEqual(ids);
  const json = await ask(
    `query ($w: JSON, $o: JSON) { records(source: "league", entity: "${entity}", where: $w, orderBy: $o) { nodes } }`,
    { w: where, o: orderBy },
  );
  expect(numbers((json as { records: { nodes: { id: string }[] } }).records.nodes)).toEqual(ids);
});

test('JSON compares with fields of parents too', async () => {
  const where = { _compare: [{ left: 'town_id', op: 'GT', right: 'town__mother_id' }] };
  const answer = await ask('query ($w: JSON) { records(source: "league", entity: "shop", where: $w) { nodes } }', {
    w: where,
  });
  expect(numbers((answer as { records: { nodes: { id: string }[] } }).records.nodes)).toEqual([3, 5, 6]);
});

test('a page is what first and offset say, per parent below', async () => {
  const answer = await ask(
    `query ($n: Int, $k: Int) { league {
      shop(first: $n, offset: $k) { id item(first: 1, offset: 1) { nr } }
      town { id shop_by_town_id(first: 1, orderBy: { id: DESC }) { id } shop_by_town_id_aggregate { count } }
    } }`,
    { n: 2, k: 4 },
  );
  expect(answer).toEqual({
    league: {
      shop: [
        { id: '5', item: [] },
        { id: '6', item: [{ nr: 2 }] },
      ],
      town: [
        { id: 1, shop_by_town_id: [{ id: '2' }], shop_by_town_id_aggregate: { count: 2 } },
        { id: 2, shop_by_town_id: [{ id: '6' }], shop_by_town_id_aggregate: { count: 2 } },
        { id: 3, shop_by_town_id: [{ id: '5' }], shop_by_town_id_aggregate: { count: 1 } },
        { id: 4, shop_by_town_id: [], shop_by_town_id_aggregate: { count: 0 } },
      ],
    },
  });
});

import {
  all,
  asc,
  degree,
  desc,
  DISTANCE,
  eq,
  from,
  is,
  kept,
  oneOf,
  reachedFrom,
  reaches,
  rows,
  WAY,
  type Case,
} from '../ask.js';

const DOWN = ['town.town_by_mother_id'];
const UP = ['town.mother'];
const EITHER = [...DOWN, ...UP];
/** From shops to items and back, through their badges. */
const SHARED = ['item.badge', 'badge.item'];

const towns = (...ids: bigint[]): ReturnType<typeof from> => from('town', rows(['id'], { where: oneOf('id', ids) }));
const wayTo = (...keys: string[]): unknown => keys.map((key) => ({ entity: 'town', key }));

/** Walks over relations: each row once, at its least distance; the one that they begin at never. */
export const WALKS: readonly Case[] = [
  {
    name: 'what is reached in one hop',
    select: reachedFrom(towns(1n), 'town', DOWN, 1, rows(['id', DISTANCE], { orderBy: [asc('id')] })),
    rows: [
      [1n, 2n, 1n],
      [1n, 3n, 1n],
    ],
  },
  {
    name: 'what is reached in two hops, with its distance',
    select: reachedFrom(towns(1n), 'town', DOWN, 2, rows(['id', DISTANCE], { orderBy: [asc('id')] })),
    rows: [
      [1n, 2n, 1n],
      [1n, 3n, 1n],
      [1n, 4n, 2n],
    ],
  },
  {
    name: 'ways in both directions, from several rows, ordered and cut per parent',
    select: reachedFrom(
      towns(1n, 2n, 4n),
      'town',
      EITHER,
      3,
      rows(['id', DISTANCE], { orderBy: [desc(DISTANCE), asc('id')], limit: 2 }),
    ),
    rows: [
      [1n, 4n, 2n],
      [1n, 2n, 1n],
      [2n, 4n, 3n],
      [2n, 3n, 2n],
      [4n, 2n, 3n],
      [4n, 1n, 2n],
    ],
  },
  {
    name: 'a shortest way, by the keys of its rows',
    select: reachedFrom(towns(2n), 'town', EITHER, 5, rows([DISTANCE, WAY], { where: eq('id', 4n) })),
    rows: [[2n, 3n, wayTo('2', '1', '3', '4')]],
  },
  {
    name: 'what is too far is not reached',
    select: reachedFrom(towns(2n), 'town', EITHER, 2, rows([DISTANCE], { where: eq('id', 4n) })),
    rows: [],
  },
  {
    name: 'a policy of the hops closes ways',
    select: reachedFrom(towns(1n), 'town', DOWN, 3, rows(['id'], { orderBy: [asc('id')] }), { to: is('id', 'ne', 3n) }),
    rows: [[1n, 2n]],
  },
  {
    name: 'the rows reached are filtered, the ways to them are not',
    select: reachedFrom(towns(1n), 'town', DOWN, 2, rows(['id'], { where: is('id', 'gt', 3n) })),
    rows: [[1n, 4n]],
  },
  {
    name: 'ways over several entities, through a junction',
    select: reachedFrom(
      from('item', rows(['shop_id'], { where: all(eq('shop_id', 1n), eq('nr', 1n)) })),
      'item',
      SHARED,
      2,
      rows(['shop_id', 'nr', DISTANCE], { orderBy: [asc('shop_id'), asc('nr')] }),
    ),
    rows: [
      [1n, 1n, 1n, 2n, 2n],
      [1n, 1n, 6n, 1n, 2n],
      [1n, 1n, 6n, 2n, 2n],
    ],
  },
  {
    name: 'edges are counted, and ordered by',
    select: from('town', rows(['id', degree(DOWN), degree(EITHER)], { orderBy: [desc(degree(EITHER)), asc('id')] })),
    rows: [
      [1n, 2n, 2n],
      [3n, 1n, 2n],
      [2n, 0n, 1n],
      [4n, 0n, 1n],
    ],
  },
  ...kept('town', 'id', {
    'something of a kind is reached': [reaches(DOWN, 2, 'town', eq('name', 'Zell')), 1n, 3n],
    'within the depth only': [reaches(DOWN, 1, 'town', eq('name', 'Zell')), 3n],
    'nothing of a kind is reached': [reaches(DOWN, 2, 'town', eq('name', 'Zell'), true), 2n, 4n],
    'one does not reach oneself': [reaches(EITHER, 5, 'town', eq('id', 1n)), 2n, 3n, 4n],
    'by the number of edges': [is(degree(EITHER), 'gte', 2n), 1n, 3n],
  }),
];

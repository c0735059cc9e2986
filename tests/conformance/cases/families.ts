import {
  any,
  asc,
  by,
  count,
  desc,
  eq,
  from,
  groups,
  is,
  isNot,
  isNull,
  keyAt,
  measure,
  measureAt,
  rows,
  some,
  within,
  withinKeys,
  type Case,
} from '../ask.js';

const TOWNS = from('town', rows(['id']));
const SHOPS = 'shop_by_town_id';
const BY_ID = [asc('id')];

/** Levels within their parents: rows, pages and groups of each. Answers begin with the parent's join values. */
export const FAMILIES: readonly Case[] = [
  {
    name: 'the rows of each parent',
    select: within(TOWNS, SHOPS, rows(['id'], { orderBy: BY_ID })),
    rows: [
      [1n, 1n],
      [1n, 2n],
      [2n, 3n],
      [2n, 6n],
      [3n, 5n],
    ],
  },
  {
    name: 'a condition on the rows',
    select: within(TOWNS, SHOPS, rows(['id'], { where: isNull('size', true) })),
    rows: [
      [1n, 1n],
      [2n, 3n],
      [2n, 6n],
      [3n, 5n],
    ],
  },
  {
    name: 'a limit counts per parent',
    select: within(TOWNS, SHOPS, rows(['id'], { orderBy: [desc('id')], limit: 1 })),
    rows: [
      [1n, 2n],
      [2n, 6n],
      [3n, 5n],
    ],
  },
  {
    name: 'an offset counts per parent',
    select: within(TOWNS, SHOPS, rows(['id'], { orderBy: BY_ID, offset: 1 })),
    rows: [
      [1n, 2n],
      [2n, 6n],
    ],
  },
  {
    name: 'an order by nulls and a limit per parent',
    select: within(TOWNS, SHOPS, rows(['id', 'size'], { orderBy: [asc('size', 'first')], limit: 1 })),
    rows: [
      [1n, 2n, null],
      [2n, 3n, -5n],
      [3n, 5n, 0n],
    ],
  },
  {
    name: 'rows after a position, of each parent',
    select: within(TOWNS, SHOPS, rows(['id'], { orderBy: BY_ID, after: [2n] })),
    rows: [
      [2n, 3n],
      [2n, 6n],
      [3n, 5n],
    ],
  },
  {
    name: 'parents that are a page',
    select: within(from('town', rows(['id'], { orderBy: [desc('id')], limit: 2 })), SHOPS, rows(['id'])),
    rows: [[3n, 5n]],
  },
  {
    name: 'parents after an offset',
    select: within(from('town', rows(['id'], { orderBy: BY_ID, offset: 1, limit: 1 })), SHOPS, rows(['id'])),
    rows: [
      [2n, 3n],
      [2n, 6n],
    ],
  },
  {
    name: 'parents that a condition keeps',
    select: within(from('town', rows(['id'], { where: eq('grade', 'low') })), SHOPS, rows(['id'])),
    rows: [
      [1n, 1n],
      [1n, 2n],
    ],
  },
  {
    name: 'parents by their keys, some of which nobody has',
    select: withinKeys('town', SHOPS, [[1n], [4n], [99n]], rows(['id'])),
    rows: [
      [1n, 1n],
      [1n, 2n],
    ],
  },
  {
    name: 'no parents at all',
    select: withinKeys('town', SHOPS, [], rows(['id'])),
    rows: [],
  },
  {
    name: 'a limit per key',
    select: withinKeys('town', SHOPS, [[2n], [1n]], rows(['id'], { orderBy: [desc('id')], limit: 1 })),
    rows: [
      [1n, 2n],
      [2n, 6n],
    ],
  },
  {
    name: 'measures of each parent, of those without rows too',
    select: within(TOWNS, SHOPS, groups({ measures: [count(), measure('SUM', 'size')] })),
    rows: [
      [1n, 2n, 3n],
      [2n, 2n, 2_147_483_642n],
      [3n, 1n, 0n],
      [4n, 0n, null],
    ],
  },
  {
    name: 'measures of each parent where a condition leaves some without rows',
    select: within(TOWNS, SHOPS, groups({ measures: [count()], where: eq('open', true) })),
    rows: [
      [1n, 1n],
      [2n, 1n],
      [3n, 0n],
      [4n, 0n],
    ],
  },
  {
    name: 'measures of each key, of one that nobody has too',
    select: withinKeys('town', SHOPS, [[2n], [99n]], groups({ measures: [count()] })),
    rows: [
      [2n, 2n],
      [99n, 0n],
    ],
  },
  {
    name: 'having of measures of each parent',
    select: within(TOWNS, SHOPS, groups({ measures: [count()], having: is(measureAt(0), 'gt', 0n) })),
    rows: [
      [1n, 2n],
      [2n, 2n],
      [3n, 1n],
    ],
  },
  {
    name: 'groups of each parent: none where there are no rows',
    select: within(TOWNS, SHOPS, groups({ by: [by('open')], measures: [count()], orderBy: [asc(keyAt(0), 'first')] })),
    rows: [
      [1n, false, 1n],
      [1n, true, 1n],
      [2n, null, 1n],
      [2n, true, 1n],
      [3n, false, 1n],
    ],
  },
  {
    name: 'the first group of each parent',
    select: within(
      TOWNS,
      SHOPS,
      groups({ by: [by('open')], measures: [count()], orderBy: [asc(keyAt(0), 'first')], limit: 1 }),
    ),
    rows: [
      [1n, false, 1n],
      [2n, null, 1n],
      [3n, false, 1n],
    ],
  },
  {
    name: 'the parents of children, each once; a null joins nothing',
    select: within(from('shop', rows(['id'])), 'town', rows(['name'])),
    rows: [
      [1n, 'Aach'],
      [2n, 'Élan'],
      [3n, null],
    ],
  },
  {
    name: 'measures of the parents of children, each once',
    select: within(from('shop', rows(['id'])), 'town', groups({ measures: [count()] })),
    rows: [
      [1n, 1n],
      [2n, 1n],
      [3n, 1n],
    ],
  },
  {
    name: 'the least of no rows, for each parent',
    select: within(
      TOWNS,
      SHOPS,
      groups({
        measures: [measure('MIN', 'id')],
        where: any(eq('town.name', 'nowhere'), isNot(some('town')), eq('id', -1n)),
      }),
    ),
    rows: [
      [1n, null],
      [2n, null],
      [3n, null],
      [4n, null],
    ],
  },
  {
    name: 'a child without a parent has none',
    select: within(from('shop', rows(['id'], { where: eq('id', 4n) })), 'town', rows(['name'])),
    rows: [],
  },
  {
    name: 'nor measures of one',
    select: within(from('shop', rows(['id'], { where: eq('id', 4n) })), 'town', groups({ measures: [count()] })),
    rows: [],
  },
  {
    name: 'a reference that leads nowhere has no row',
    select: within(from('shop', rows(['id'])), 'twin', rows(['id'])),
    rows: [
      [1n, 1n],
      [2n, 2n],
      [3n, 3n],
    ],
  },
  {
    name: 'but it is a parent, of which nothing is counted',
    select: within(from('shop', rows(['id'])), 'twin', groups({ measures: [count()] })),
    rows: [
      [1n, 1n],
      [2n, 1n],
      [3n, 1n],
      [9n, 0n],
    ],
  },
  {
    name: 'compound keys through a junction',
    select: within(from('item', rows(['shop_id', 'nr'])), 'badge', rows(['word'])),
    rows: [
      [1n, 1n, 'Red'],
      [1n, 1n, 'red'],
      [1n, 2n, 'red'],
      [2n, 1n, 'ürün'],
      [6n, 1n, 'red'],
      [6n, 2n, 'red'],
    ],
  },
  {
    name: 'compound keys by their values',
    select: withinKeys(
      'item',
      'badge',
      [
        [1n, 1n],
        [2n, 2n],
        [6n, 2n],
      ],
      groups({ measures: [count()] }),
    ),
    rows: [
      [1n, 1n, 2n],
      [2n, 2n, 0n],
      [6n, 2n, 1n],
    ],
  },
  {
    name: 'rows by compound keys: both columns count',
    select: withinKeys(
      'item',
      'item_badge',
      [
        [1n, 2n],
        [2n, 1n],
      ],
      rows(['word']),
    ),
    rows: [
      [1n, 2n, 'red'],
      [2n, 1n, 'ürün'],
    ],
  },
  {
    name: 'a far row stands once for each row of the junction',
    select: within(from('shop', rows(['id'])), 'badge', rows(['word'])),
    rows: [
      [1n, 'dull'],
      [1n, 'red'],
      [1n, 'red'],
      [2n, 'red'],
      [5n, 'dull'],
    ],
  },
  {
    name: 'and counts so in a limit',
    select: within(from('shop', rows(['id'])), 'badge', rows(['word'], { orderBy: [desc('word')], limit: 2 })),
    rows: [
      [1n, 'red'],
      [1n, 'red'],
      [2n, 'red'],
      [5n, 'dull'],
    ],
  },
  {
    name: 'and in measures of each parent',
    select: within(from('shop', rows(['id'])), 'badge', groups({ measures: [count()] })),
    rows: [
      [1n, 3n],
      [2n, 1n],
      [3n, 0n],
      [4n, 0n],
      [5n, 1n],
      [6n, 0n],
    ],
  },
  {
    name: 'the parents of a table without a key, each once',
    select: within(from('visit', rows(['word'])), 'shop', rows(['name'])),
    rows: [
      [1n, 'Anna'],
      [2n, 'Bert'],
      [5n, 'anna'],
    ],
  },
  {
    name: 'measures of the parents of a table without a key, each once and none for a null',
    select: within(from('visit', rows(['word'])), 'shop', groups({ measures: [count()] })),
    rows: [
      [1n, 1n],
      [2n, 1n],
      [5n, 1n],
    ],
  },
  {
    name: 'two levels below',
    select: within(
      within(from('town', rows(['id'], { where: eq('grade', 'low') })), SHOPS, rows(['id'])),
      'item',
      rows(['nr'], { orderBy: [asc('nr')] }),
    ),
    rows: [
      [1n, 1n],
      [1n, 2n],
      [1n, 3n],
      [2n, 1n],
    ],
  },
  {
    name: 'below the last row of each parent',
    select: within(within(TOWNS, SHOPS, rows(['id'], { orderBy: [desc('id')], limit: 1 })), 'item', rows(['nr'])),
    rows: [
      [2n, 1n],
      [6n, 1n],
      [6n, 2n],
    ],
  },
  {
    name: 'back at the parents of the children of some',
    select: within(
      within(from('town', rows(['id'], { where: eq('id', 2n) })), SHOPS, rows(['id'])),
      'town',
      rows(['name']),
    ),
    rows: [[2n, 'Élan']],
  },
  {
    name: 'measures two levels below, through a junction',
    select: within(
      within(TOWNS, SHOPS, rows(['id'])),
      'badge',
      groups({ measures: [count(), measure('SUM', 'weight')] }),
    ),
    rows: [
      [1n, 3n, -1.5],
      [2n, 1n, 0.25],
      [3n, 0n, null],
      [5n, 1n, -2],
      [6n, 0n, null],
    ],
  },
];

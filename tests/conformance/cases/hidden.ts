import {
  asc,
  at,
  by,
  compare,
  count,
  desc,
  eq,
  every,
  from,
  groups,
  is,
  isNot,
  isNull,
  measure,
  ne,
  over,
  rows,
  some,
  within,
  withinKeys,
  type Case,
} from '../ask.js';

/** Hides town 1, and town 4 whose grade is null. */
const SEEN = ne('grade', 'low');
const COSTED = isNull('cost', true);
const SHOPS = 'shop_by_town_id';
const ids = (...of: readonly bigint[]): bigint[][] => of.map((id) => [id]);

/** What a policy hides at a place does not exist there. One place in each case, and the rest of the row untouched. */
export const HIDDEN: readonly Case[] = [
  { name: 'of the entity itself', select: from('town', rows(['id']), SEEN), rows: ids(2n, 3n) },
  {
    name: 'of what a measure counts',
    select: from('town', groups({ measures: [count(), measure('MIN', 'id')] }), SEEN),
    rows: [[2n, 2n]],
  },
  {
    name: 'of a parent in the output',
    select: from('shop', rows(['id', at('town.name', [SEEN])])),
    rows: [
      [1n, null],
      [2n, null],
      [3n, 'Élan'],
      [4n, null],
      [5n, null],
      [6n, 'Élan'],
    ],
  },
  {
    name: 'of a parent in the output, beside the same parent unhidden',
    select: from('shop', rows([at('town.id', [SEEN]), 'town.id'], { where: is('id', 'lte', 3n) })),
    rows: [
      [null, 1n],
      [null, 1n],
      [2n, 2n],
    ],
  },
  {
    name: 'of the first of two parents',
    select: from(
      'shop',
      rows(['id', at('town.mother.name', [eq('grade', 'mid')])], { where: isNull('town_id', true) }),
    ),
    rows: [
      [1n, null],
      [2n, null],
      [3n, 'Aach'],
      [5n, null],
      [6n, 'Aach'],
    ],
  },
  {
    name: 'of the second of two parents',
    select: from(
      'shop',
      rows(['id', at('town.mother.name', [isNull('id', true), SEEN])], { where: is('id', 'gt', 4n) }),
    ),
    rows: [
      [5n, null],
      [6n, null],
    ],
  },
  {
    name: 'of a parent that rows are ordered by',
    select: from('shop', rows(['id'], { orderBy: [asc(at('town.id', [SEEN]), 'first'), asc('id')], limit: 4 })),
    rows: ids(1n, 2n, 4n, 3n),
  },
  {
    name: 'of a parent that rows are grouped by',
    select: from('shop', groups({ by: [by(at('town.id', [SEEN]))], measures: [count()] })),
    rows: [
      [2n, 2n],
      [3n, 1n],
      [null, 3n],
    ],
  },
  {
    name: 'of a parent in a condition',
    select: from('shop', rows(['id'], { where: eq(at('town.grade', [SEEN]), 'low') })),
    rows: [],
  },
  {
    name: 'of a parent that is asked to be null',
    select: from('shop', rows(['id'], { where: isNull(at('town.id', [SEEN])) })),
    rows: ids(1n, 2n, 4n),
  },
  {
    name: 'of a parent that is compared with a field',
    select: from('shop', rows(['id'], { where: compare(at('town.id', [SEEN]), 'eq', 'town_id') })),
    rows: ids(3n, 5n, 6n),
  },
  {
    name: 'of some',
    select: from('shop', rows(['id'], { where: some('town', undefined, { to: SEEN }) })),
    rows: ids(3n, 5n, 6n),
  },
  {
    name: 'of some, negated',
    select: from('shop', rows(['id'], { where: isNot(some('town', undefined, { to: SEEN })) })),
    rows: ids(1n, 2n, 4n),
  },
  {
    name: 'of every: what is hidden cannot fail it',
    select: from('shop', rows(['id'], { where: every('item', is('cost', 'gt', '0'), { to: COSTED }) })),
    rows: ids(1n, 3n, 4n, 5n, 6n),
  },
  {
    name: 'of every, negated',
    select: from('shop', rows(['id'], { where: isNot(every('item', is('cost', 'gt', '0'), { to: COSTED })) })),
    rows: ids(2n),
  },
  {
    name: 'of the junction of some',
    select: from('item', rows(['shop_id', 'nr'], { where: some('badge', undefined, { through: ne('word', 'red') }) })),
    rows: [
      [1n, 1n],
      [2n, 1n],
    ],
  },
  {
    name: 'of the far side of a junction',
    select: from('shop', rows(['id'], { where: some('badge', undefined, { to: is('weight', 'lt', 0) }) })),
    rows: ids(1n, 5n),
  },
  {
    name: 'of the junction of every',
    select: from('shop', rows(['id'], { where: every('badge', eq('word', 'red'), { through: eq('word', 'red') }) })),
    rows: ids(1n, 2n, 3n, 4n, 5n, 6n),
  },
  {
    name: 'of the rows that a measure of a parent counts',
    select: from('shop', rows(['id', over('item', count(), { to: COSTED })])),
    rows: [
      [1n, 2n],
      [2n, 1n],
      [3n, 0n],
      [4n, 0n],
      [5n, 0n],
      [6n, 2n],
    ],
  },
  {
    name: 'of the junction of a measure',
    select: from(
      'shop',
      rows(['id', over('badge', count(), { through: eq('word', 'red') })], { where: is('id', 'lt', 3n) }),
    ),
    rows: [
      [1n, 2n],
      [2n, 1n],
    ],
  },
  {
    name: 'of a parent of what is measured',
    select: from('town', rows(['id', over(SHOPS, measure('COUNT', at('twin.id', [SEEN])))])),
    rows: [
      [1n, 1n],
      [2n, 0n],
      [3n, 1n],
      [4n, 0n],
    ],
  },
  {
    name: 'of the condition of a measure',
    select: from('shop', groups({ measures: [count(some('item', undefined, { to: COSTED })), count()] })),
    rows: [[3n, 6n]],
  },
  {
    name: 'of the rows within parents',
    select: within(from('town', rows(['id'])), SHOPS, rows(['id']), { to: eq('open', true) }),
    rows: [
      [1n, 1n],
      [2n, 6n],
    ],
  },
  {
    name: 'of what is counted within parents',
    select: within(from('town', rows(['id'])), SHOPS, groups({ measures: [count()] }), { to: eq('open', true) }),
    rows: [
      [1n, 1n],
      [2n, 1n],
      [3n, 0n],
      [4n, 0n],
    ],
  },
  {
    name: 'of a limit within parents',
    select: within(from('town', rows(['id'])), SHOPS, rows(['id'], { orderBy: [asc('id')], limit: 1 }), {
      to: isNull('size', true),
    }),
    rows: [
      [1n, 1n],
      [2n, 3n],
      [3n, 5n],
    ],
  },
  {
    name: 'of the junction between parents and rows',
    select: within(from('shop', rows(['id'])), 'badge', rows(['word']), { through: eq('word', 'dull') }),
    rows: [
      [1n, 'dull'],
      [5n, 'dull'],
    ],
  },
  {
    name: 'of the junction between parents and a page of rows',
    select: within(from('shop', rows(['id'])), 'badge', rows(['word'], { orderBy: [desc('word')], limit: 1 }), {
      through: eq('word', 'dull'),
    }),
    rows: [
      [1n, 'dull'],
      [5n, 'dull'],
    ],
  },
  {
    name: 'of rows behind a junction, within parents',
    select: within(from('shop', rows(['id'])), 'badge', rows(['word']), { to: is('weight', 'gt', 0) }),
    rows: [
      [1n, 'red'],
      [1n, 'red'],
      [2n, 'red'],
    ],
  },
  {
    name: 'of the parents',
    select: within(from('town', rows(['id']), SEEN), SHOPS, rows(['id'])),
    rows: [
      [2n, 3n],
      [2n, 6n],
      [3n, 5n],
    ],
  },
  {
    name: 'of the parents of what is counted',
    select: within(from('town', rows(['id']), SEEN), SHOPS, groups({ measures: [count()] })),
    rows: [
      [2n, 2n],
      [3n, 1n],
    ],
  },
  {
    name: 'of the level between',
    select: within(
      within(from('town', rows(['id'])), SHOPS, rows(['id']), { to: eq('open', true) }),
      'item',
      rows(['nr']),
    ),
    rows: [
      [1n, 1n],
      [1n, 2n],
      [1n, 3n],
      [6n, 1n],
      [6n, 2n],
    ],
  },
  {
    name: 'of rows by their parents’ keys',
    select: withinKeys('town', SHOPS, [[1n], [2n]], rows(['id']), { to: eq('open', true) }),
    rows: [
      [1n, 1n],
      [2n, 6n],
    ],
  },
];

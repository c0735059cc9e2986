import {
  asc,
  at,
  desc,
  from,
  ne,
  over,
  rows,
  count,
  measure,
  eq,
  type Case,
  type LevelOptions,
  type Path,
} from '../ask.js';
import { LAST } from '../fair.js';

function ordered(
  entity: string,
  key: string,
  cases: Readonly<Record<string, readonly [LevelOptions, ...bigint[]]>>,
): Case[] {
  return Object.entries(cases).flatMap(([name, [options, ...ids]]) => {
    const told = (more: LevelOptions, title: string, some: readonly bigint[]): Case => ({
      name: `${name}${title}`,
      select: from(entity, rows([key], { ...options, ...more })),
      rows: some.map((id) => [id]),
    });
    const plain = told({}, '', ids);
    if (options.limit !== undefined || options.offset !== undefined) return [plain];
    // A page may be read in another way than all rows are.
    return [plain, told({ limit: 99 }, ', as a page', ids), told({ limit: 2 }, ', the first two', ids.slice(0, 2))];
  });
}

const size: Path = 'size';
const LAST_DOWN = [asc(size), desc('id')];
const FIRST_UP = [asc(size, 'first'), asc('id')];
const DOWN_FIRST = [desc(size, 'first'), asc('id')];
const DOWN_LAST = [desc(size), asc('id')];
const BY_TOWN = [asc('town.name'), asc('id')];
const MAX = 2_147_483_647n;

/** Order, pages of it, and what stands after or before a position, nulls on both sides. */
export const ORDERS: readonly Case[] = [
  ...ordered('shop', 'id', {
    'ascending, nulls last, ties downwards': [{ orderBy: LAST_DOWN }, 3n, 5n, 4n, 1n, 6n, 2n],
    'ascending, nulls first': [{ orderBy: FIRST_UP }, 2n, 3n, 5n, 1n, 4n, 6n],
    'descending, nulls first': [{ orderBy: DOWN_FIRST }, 2n, 6n, 1n, 4n, 5n, 3n],
    'descending, nulls last': [{ orderBy: DOWN_LAST }, 6n, 1n, 4n, 5n, 3n, 2n],
    'by a field of a parent, those without last': [{ orderBy: BY_TOWN }, 1n, 2n, 3n, 6n, 4n, 5n],
    'by a field of a parent, those without first': [
      { orderBy: [asc('town.name', 'first'), asc('id')] },
      ...[4n, 5n, 1n, 2n, 3n, 6n],
    ],
    'by a bool': [{ orderBy: [asc('open'), asc('id')] }, 2n, 5n, 1n, 4n, 6n, 3n],
    'by the number of related rows': [
      { orderBy: [desc(over('item', count())), asc('id')] },
      ...[1n, 6n, 2n, 3n, 4n, 5n],
    ],
    'by a measure that is null where there are no rows': [
      { orderBy: [asc(over('item', measure('MAX', 'cost')), 'first'), asc('id')] },
      ...[3n, 4n, 5n, 2n, 1n, 6n],
    ],
    'the first two': [{ orderBy: LAST_DOWN, limit: 2 }, 3n, 5n],
    'two after the first': [{ orderBy: LAST_DOWN, limit: 2, offset: 1 }, 5n, 4n],
    'an offset alone': [{ orderBy: LAST_DOWN, offset: 4 }, 6n, 2n],
    'a limit of nothing': [{ orderBy: LAST_DOWN, limit: 0 }],
    'an offset beyond the end': [{ orderBy: LAST_DOWN, offset: 7 }],
    'after one of two that tie': [{ orderBy: LAST_DOWN, after: [3n, 4n] }, 1n, 6n, 2n],
    'after the other': [{ orderBy: LAST_DOWN, after: [3n, 1n] }, 6n, 2n],
    'after the last value come the nulls': [{ orderBy: LAST_DOWN, after: [MAX, 6n] }, 2n],
    'after the last null there is nothing': [{ orderBy: LAST_DOWN, after: [null, 2n] }],
    'among the nulls the next term decides': [{ orderBy: LAST_DOWN, after: [null, 3n] }, 2n],
    'after a position where no row is': [{ orderBy: LAST_DOWN, after: [1n, 100n] }, 4n, 1n, 6n, 2n],
    'before one of two that tie': [{ orderBy: LAST_DOWN, before: [3n, 1n] }, 3n, 5n, 4n],
    'before the nulls is every value': [{ orderBy: LAST_DOWN, before: [null, 2n] }, 3n, 5n, 4n, 1n, 6n],
    'after the nulls that stand first': [{ orderBy: FIRST_UP, after: [null, 2n] }, 3n, 5n, 1n, 4n, 6n],
    'after an earlier null': [{ orderBy: FIRST_UP, after: [null, 1n] }, 2n, 3n, 5n, 1n, 4n, 6n],
    'before the first value stand the nulls': [{ orderBy: FIRST_UP, before: [-5n, 3n] }, 2n],
    'before a null that stands first': [{ orderBy: FIRST_UP, before: [null, 5n] }, 2n],
    'downwards, after a value': [{ orderBy: DOWN_FIRST, after: [MAX, 6n] }, 1n, 4n, 5n, 3n],
    'downwards, before a value: the nulls first': [{ orderBy: DOWN_FIRST, before: [3n, 4n] }, 2n, 6n, 1n],
    'downwards, before the nulls that stand last': [{ orderBy: DOWN_LAST, before: [null, 2n] }, 6n, 1n, 4n, 5n, 3n],
    'downwards, after the last value': [{ orderBy: DOWN_LAST, after: [-5n, 3n] }, 2n],
    'a limit counts after the position': [{ orderBy: LAST_DOWN, after: [3n, 4n], limit: 1 }, 1n],
    'an offset too': [{ orderBy: LAST_DOWN, after: [3n, 4n], offset: 1 }, 6n, 2n],
    'from a position on, itself counted': [{ orderBy: LAST_DOWN, after: [3n, 4n], inclusive: true }, 4n, 1n, 6n, 2n],
    'up to a position, itself counted': [{ orderBy: LAST_DOWN, before: [3n, 1n], inclusive: true }, 3n, 5n, 4n, 1n],
    'from a null on, itself counted': [{ orderBy: LAST_DOWN, after: [null, 2n], inclusive: true }, 2n],
    'up to a null that stands first, itself counted': [{ orderBy: FIRST_UP, before: [null, 2n], inclusive: true }, 2n],
    'in two directions, itself counted': [
      { orderBy: DOWN_FIRST, after: [3n, 1n], inclusive: true },
      ...[1n, 4n, 5n, 3n],
    ],
    'between two positions': [{ orderBy: LAST_DOWN, after: [-5n, 3n], before: [null, 2n] }, 5n, 4n, 1n, 6n],
    'between two values': [{ orderBy: LAST_DOWN, after: [-5n, 3n], before: [3n, 1n] }, 5n, 4n],
    'between two positions, both counted': [
      { orderBy: DOWN_LAST, after: [MAX, 6n], before: [null, 2n], inclusive: true },
      ...[6n, 1n, 4n, 5n, 3n, 2n],
    ],
    'between a null and a value': [{ orderBy: FIRST_UP, after: [null, 2n], before: [MAX, 6n] }, 3n, 5n, 1n, 4n],
    'between positions that do not meet': [{ orderBy: LAST_DOWN, after: [MAX, 6n], before: [3n, 4n] }],
    'a condition beside the position': [{ orderBy: LAST_DOWN, after: [-5n, 3n], where: eq('open', true) }, 4n, 1n, 6n],
    'a key downwards': [{ orderBy: [desc('id')], after: [4n] }, 3n, 2n, 1n],
    'a key downwards, before': [{ orderBy: [desc('id')], before: [4n] }, 6n, 5n],
    'after a parent’s field': [{ orderBy: BY_TOWN, after: ['Élan', 3n] }, 6n, 4n, 5n],
    'after a parent that is not there': [{ orderBy: BY_TOWN, after: [null, 4n] }, 5n],
    'before a parent that is not there': [{ orderBy: BY_TOWN, before: [null, 5n] }, 1n, 2n, 3n, 6n, 4n],
  }),
  ...ordered('reading', 'id', {
    'floats upwards: NaN last, then nulls': [
      { orderBy: [asc('f'), asc('id')] },
      9n,
      7n,
      10n,
      1n,
      2n,
      3n,
      4n,
      8n,
      6n,
      5n,
    ],
    'floats downwards: nulls first, then NaN': [
      { orderBy: [desc('f', 'first'), asc('id')] },
      ...[5n, 6n, 8n, 4n, 3n, 2n, 1n, 7n, 10n, 9n],
    ],
    'after NaN, downwards': [
      { orderBy: [desc('f'), asc('id')], after: [NaN, 6n] },
      8n,
      4n,
      3n,
      2n,
      1n,
      7n,
      10n,
      9n,
      5n,
    ],
    'after NaN, upwards': [{ orderBy: [asc('f'), asc('id')], after: [NaN, 6n] }, 5n],
    'after 0 of -0 and 0': [{ orderBy: [desc('f'), asc('id')], after: [0, 7n] }, 10n, 9n, 5n],
    'before -0 of -0 and 0': [{ orderBy: [desc('f'), asc('id')], before: [-0, 10n] }, 6n, 8n, 4n, 3n, 2n, 1n, 7n],
    'integers beyond 2^53': [{ orderBy: [desc('big'), desc('id')], limit: 5 }, ...[6n, 5n, 1n, 2n, 8n]],
    decimals: [{ orderBy: [asc('d'), asc('id')] }, 6n, 7n, 1n, 2n, 4n, 3n, 5n, 8n, 9n, 10n],
  }),
  ...ordered('word', 'id', {
    'text by its bytes': [
      { orderBy: [asc('text'), asc('id')] },
      ...[16n, 2n, 1n, 4n, 6n, 5n, 18n, 15n, 19n, 3n, 12n, 8n, 20n, 9n, 11n, 10n, 7n, 14n, 13n, 17n],
    ],
    'after the last character of the first plane': [
      { orderBy: [asc('text'), asc('id')], after: [LAST, 14n] },
      13n,
      17n,
    ],
  }),
  ...ordered('town', 'id', {
    'enums in their declared order': [{ orderBy: [desc('grade', 'first')] }, 4n, 3n, 2n, 1n],
    'after a label': [{ orderBy: [asc('grade')], after: ['mid'] }, 3n, 4n],
  }),
  {
    name: 'after a compound key',
    select: from('item', rows(['shop_id', 'nr'], { orderBy: [asc('shop_id'), asc('nr')], after: [1n, 2n] })),
    rows: [
      [1n, 3n],
      [2n, 1n],
      [3n, 1n],
      [6n, 1n],
      [6n, 2n],
    ],
  },
  {
    name: 'after a compound key in two directions',
    select: from('item', rows(['shop_id', 'nr'], { orderBy: [desc('shop_id'), asc('nr')], after: [6n, 2n] })),
    rows: [
      [3n, 1n],
      [2n, 1n],
      [1n, 1n],
      [1n, 2n],
      [1n, 3n],
    ],
  },
  {
    name: 'before a compound key in two directions',
    select: from('item', rows(['shop_id', 'nr'], { orderBy: [desc('shop_id'), asc('nr')], before: [2n, 1n] })),
    rows: [
      [6n, 1n],
      [6n, 2n],
      [3n, 1n],
    ],
  },
  {
    name: 'a hidden parent stands with the nulls',
    select: from('shop', rows(['id'], { orderBy: [asc(at('town.id', [ne('grade', 'low')])), asc('id')] })),
    rows: [[3n], [6n], [5n], [1n], [2n], [4n]],
  },
];

import {
  all,
  asc,
  at,
  bin,
  by,
  count,
  desc,
  eq,
  from,
  groups,
  is,
  isNull,
  keyAt,
  measure,
  measureAt,
  ne,
  oneOf,
  over,
  rows,
  some,
  type Case,
} from '../ask.js';
import { BIGGEST } from '../fair.js';

const MAX = 2_147_483_647n;
const OF_A = eq('series', 'a');

/** Measures of all rows, of some, of none; groups of every sort. */
export const MEASURES: readonly Case[] = [
  {
    name: 'counts',
    select: from('reading', groups({ measures: [count(), measure('COUNT', 'n'), measure('COUNT_DISTINCT', 'n')] })),
    rows: [[10n, 7n, 6n]],
  },
  {
    name: 'measures of nothing: counts are 0, the rest null',
    select: from(
      'reading',
      groups({
        where: eq('id', 99n),
        measures: [
          count(),
          measure('COUNT', 'n'),
          measure('COUNT_DISTINCT', 'n'),
          measure('SUM', 'n'),
          measure('SUM', 'd'),
          measure('AVG', 'n'),
          measure('AVG', 'd'),
          measure('AVG', 'e'),
          measure('MIN', 'f'),
          measure('MAX', 'series'),
          measure('STDDEV', 'n'),
          measure('STDDEV_POP', 'n'),
          measure('VARIANCE_POP', 'f'),
          measure('QUANTILE', 'n', { q: 0.5 }),
        ],
      }),
    ),
    rows: [[0n, 0n, 0n, null, null, null, null, null, null, null, null, null, null, null]],
  },
  {
    name: 'measures of nulls are those of nothing',
    select: from(
      'reading',
      groups({
        where: eq('series', 'd'),
        measures: [count(), measure('COUNT', 'n'), measure('SUM', 'n'), measure('MIN', 'n')],
      }),
    ),
    rows: [[1n, 0n, null, null]],
  },
  {
    name: 'a sum of 32-bit integers beyond 32 bits',
    select: from('reading', groups({ measures: [measure('SUM', 'n')] })),
    rows: [[4_294_967_314n]],
  },
  {
    name: 'a sum of integers beyond 2^53 is exact',
    select: from('reading', groups({ where: is('id', 'lte', 2n), measures: [measure('SUM', 'big')] })),
    rows: [['9007199254740994']],
  },
  {
    name: 'a sum of integers beyond 2^63 is exact',
    select: from('reading', groups({ where: eq('series', 'b'), measures: [measure('SUM', 'big')] })),
    rows: [['18446744073709551614']],
  },
  {
    name: 'sums and averages of decimals are exact',
    select: from(
      'reading',
      groups({ measures: [measure('SUM', 'd'), measure('AVG', 'd'), measure('SUM', 'e'), measure('AVG', 'e')] }),
    ),
    rows: [['87.53', '17.506', '12345678901234567888.625000001', '3086419725308641972.15625000025']],
  },
  {
    name: 'an average of decimals is rounded half to even, six digits beyond their scale',
    select: from(
      'tick',
      groups({ measures: [measure('AVG', 'low'), measure('AVG', 'high'), measure('AVG', 'minus')] }),
    ),
    rows: [['0.00007812', '0.00023438', '-0.00007812']],
  },
  {
    name: 'sums and averages of floats and integers',
    select: from(
      'reading',
      groups({
        where: OF_A,
        measures: [measure('SUM', 'f'), measure('AVG', 'f'), measure('AVG', 'n'), measure('SUM', 'n')],
      }),
    ),
    rows: [[15, 3.75, 3.75, 15n]],
  },
  {
    name: 'NaN in a sum, an average and the extremes',
    select: from(
      'reading',
      groups({ measures: [measure('SUM', 'f'), measure('AVG', 'f'), measure('MIN', 'f'), measure('MAX', 'f')] }),
    ),
    rows: [[NaN, NaN, -Infinity, NaN]],
  },
  {
    name: 'NaN is one value, and so is zero',
    select: from('reading', groups({ measures: [measure('COUNT_DISTINCT', 'f')] })),
    rows: [[8n]],
  },
  {
    name: 'spreads of the sample and of the population',
    select: from(
      'reading',
      groups({
        where: OF_A,
        measures: [
          measure('VARIANCE', 'n'),
          measure('VARIANCE_POP', 'n'),
          measure('STDDEV', 'f'),
          measure('STDDEV_POP', 'f'),
        ],
      }),
    ),
    rows: [[115 / 12, 7.1875, Math.sqrt(115 / 12), Math.sqrt(7.1875)]],
  },
  {
    name: 'spreads of one value',
    select: from(
      'reading',
      groups({
        where: eq('id', 1n),
        measures: [
          measure('VARIANCE', 'n'),
          measure('VARIANCE_POP', 'n'),
          measure('STDDEV', 'f'),
          measure('STDDEV_POP', 'f'),
          measure('STDDEV', 'd'),
        ],
      }),
    ),
    rows: [[null, 0, null, 0, null]],
  },
  {
    name: 'nothing cancels in the spread of large integers',
    select: from(
      'reading',
      groups({
        measures: [
          measure('VARIANCE_POP', 'big', { where: eq('series', 'a') }),
          measure('VARIANCE_POP', 'big', { where: eq('series', 'b') }),
        ],
      }),
    ),
    rows: [[2 ** 104, 0]],
  },
  {
    name: 'quantiles interpolate',
    select: from(
      'reading',
      groups({ where: OF_A, measures: [0, 0.25, 0.5, 0.75, 1].map((q) => measure('QUANTILE', 'n', { q })) }),
    ),
    rows: [[1, 1.75, 3, 5, 8]],
  },
  {
    name: 'quantiles of decimals, and of one value',
    select: from(
      'reading',
      groups({
        where: OF_A,
        measures: [
          measure('QUANTILE', 'd', { q: 0.5 }),
          measure('QUANTILE', 'd', { q: 0.3, where: eq('id', 4n) }),
          measure('QUANTILE', 'e', { q: 0, where: is('id', 'lte', 2n) }),
        ],
      }),
    ),
    rows: [[0.02, 100, 0.125]],
  },
  {
    name: 'a measure narrows itself alone',
    select: from(
      'reading',
      groups({
        measures: [count(is('n', 'gt', 2n)), measure('SUM', 'n', { where: OF_A }), count(), count(isNull('n'))],
      }),
    ),
    rows: [[5n, 15n, 10n, 3n]],
  },
  {
    name: 'extremes of a bool, of text by its bytes, of an enum',
    select: from(
      'shop',
      groups({
        measures: [
          measure('MIN', 'open'),
          measure('MAX', 'open'),
          measure('MIN', 'name'),
          measure('MAX', 'name'),
          measure('MIN', 'town.grade'),
          measure('MAX', 'town.grade'),
        ],
      }),
    ),
    rows: [[false, true, '', 'anna', 'low', 'high']],
  },
  {
    name: 'the greatest text is the greatest in bytes',
    select: from('word', groups({ measures: [measure('MAX', 'text'), measure('COUNT_DISTINCT', 'other')] })),
    rows: [['😀', 15n]],
  },
  {
    name: 'a measure of a parent’s field counts rows, not parents',
    select: from('shop', groups({ measures: [measure('COUNT', 'town.name'), measure('COUNT_DISTINCT', 'town.name')] })),
    rows: [[4n, 2n]],
  },
  {
    name: 'a measure over related rows that narrow it',
    select: from(
      'shop',
      groups({ measures: [count(some('item')), measure('SUM', 'size', { where: eq('town.name', 'Aach') })] }),
    ),
    rows: [[4n, 3n]],
  },
  {
    name: 'measures of related rows; without rows count is 0 and the rest null',
    select: from(
      'town',
      rows([
        'id',
        over('shop_by_town_id', count()),
        over('shop_by_town_id', measure('SUM', 'size')),
        over('shop_by_town_id', count(eq('open', true))),
        over('shop_by_town_id', measure('MIN', 'name')),
      ]),
    ),
    rows: [
      [1n, 2n, 3n, 1n, 'Anna'],
      [2n, 2n, 2_147_483_642n, 1n, 'Zoë'],
      [3n, 1n, 0n, 0n, 'anna'],
      [4n, 0n, null, 0n, null],
    ],
  },
  {
    name: 'a far row counts once for each row of the junction',
    select: from(
      'shop',
      rows([
        'id',
        over('badge', count()),
        over('badge', measure('COUNT_DISTINCT', 'word')),
        over('badge', measure('SUM', 'weight')),
      ]),
    ),
    rows: [
      [1n, 3n, 2n, -1.5],
      [2n, 1n, 1n, 0.25],
      [3n, 0n, 0n, null],
      [4n, 0n, 0n, null],
      [5n, 1n, 1n, -2],
      [6n, 0n, 0n, null],
    ],
  },
  {
    name: 'behind a parent that is not there a count is null',
    select: from('shop', rows(['id', over('town.shop_by_town_id', count())])),
    rows: [
      [1n, 2n],
      [2n, 2n],
      [3n, 2n],
      [4n, null],
      [5n, 1n],
      [6n, 2n],
    ],
  },
  {
    name: 'a condition on a measure of related rows',
    select: from('town', rows(['id'], { where: is(over('shop_by_town_id', measure('SUM', 'size')), 'lt', 5n) })),
    rows: [[1n], [3n]],
  },
  {
    name: 'a measure of measures',
    select: from(
      'shop',
      groups({
        measures: [measure('SUM', over('item', count())), measure('MAX', over('item', measure('MAX', 'cost')))],
      }),
    ),
    rows: [['7', '3']],
  },
  {
    name: 'groups, null being a key',
    select: from(
      'reading',
      groups({ by: [by('series')], measures: [count(), measure('SUM', 'n')], orderBy: [asc(keyAt(0))] }),
    ),
    rows: [
      ['a', 4n, 15n],
      ['b', 2n, MAX],
      ['c', 2n, 5n],
      ['d', 1n, null],
      [null, 1n, MAX],
    ],
  },
  {
    name: 'having of a count',
    select: from('reading', groups({ by: [by('series')], measures: [count()], having: is(measureAt(0), 'gt', 1n) })),
    rows: [
      ['a', 4n],
      ['b', 2n],
      ['c', 2n],
    ],
  },
  {
    name: 'having of a measure that is null is not true',
    select: from(
      'reading',
      groups({ by: [by('series')], measures: [measure('SUM', 'n')], having: ne(measureAt(0), MAX) }),
    ),
    rows: [
      ['a', 15n],
      ['c', 5n],
    ],
  },
  {
    name: 'having of a key and a measure',
    select: from(
      'reading',
      groups({
        by: [by('series')],
        measures: [count()],
        having: all(is(keyAt(0), 'gt', 'a'), is(measureAt(0), 'gt', 1n)),
      }),
    ),
    rows: [
      ['b', 2n],
      ['c', 2n],
    ],
  },
  {
    name: 'groups without keys are one row, unless having is not true',
    select: from('reading', groups({ measures: [count()], having: is(measureAt(0), 'gt', 10n) })),
    rows: [],
  },
  {
    name: 'groups with keys of no rows are none',
    select: from('reading', groups({ by: [by('series')], measures: [count()], where: eq('id', 99n) })),
    rows: [],
  },
  {
    name: 'order of groups by a measure and then a key, a page of it',
    select: from(
      'reading',
      groups({
        by: [by('series')],
        measures: [count()],
        orderBy: [desc(measureAt(0)), asc(keyAt(0))],
        limit: 3,
        offset: 1,
      }),
    ),
    rows: [
      ['b', 2n],
      ['c', 2n],
      ['d', 1n],
    ],
  },
  {
    name: 'groups after a key: null is after all',
    select: from(
      'reading',
      groups({ by: [by('series')], measures: [count()], orderBy: [asc(keyAt(0))], after: ['b'] }),
    ),
    rows: [
      ['c', 2n],
      ['d', 1n],
      [null, 1n],
    ],
  },
  {
    name: 'groups after a measure and a key',
    select: from(
      'reading',
      groups({
        by: [by('series')],
        measures: [count()],
        orderBy: [desc(measureAt(0)), desc(keyAt(0), 'first')],
        after: [2n, 'b'],
      }),
    ),
    rows: [
      [null, 1n],
      ['d', 1n],
    ],
  },
  {
    name: 'texts are grouped by their bytes, whatever the store calls equal',
    of: 'bazaar',
    select: from('stall', groups({ by: [by('folded')], measures: [count()] })),
    rows: [
      ['Alpha', 6n],
      ['alpha', 5n],
      ['ALPHA', 5n],
      ['Beta', 5n],
      ['ä', 5n],
      ['Ä', 5n],
      [null, 5n],
    ],
  },
  {
    name: 'NaN is a group, and both zeros are one',
    select: from('reading', groups({ by: [by('f')], measures: [count()], where: oneOf('f', [NaN, 0, 1]) })),
    rows: [
      [NaN, 1n],
      [0, 2n],
      [1, 1n],
    ],
  },
  {
    name: 'groups by a parent’s field: no parent is null',
    select: from('shop', groups({ by: [by('town.name')], measures: [count()] })),
    rows: [
      ['Aach', 2n],
      ['Élan', 2n],
      [null, 2n],
    ],
  },
  {
    name: 'groups by two keys, in the order of an enum',
    select: from(
      'shop',
      groups({
        by: [by('town.grade'), by('open')],
        measures: [count()],
        orderBy: [desc(keyAt(0)), asc(keyAt(1))],
      }),
    ),
    rows: [
      ['high', false, 1n],
      ['mid', true, 1n],
      ['mid', null, 1n],
      ['low', false, 1n],
      ['low', true, 1n],
      [null, true, 1n],
    ],
  },
  {
    name: 'groups by a measure of related rows',
    select: from('shop', groups({ by: [by(over('item', count()))], measures: [count()] })),
    rows: [
      [3n, 1n],
      [1n, 2n],
      [0n, 2n],
      [2n, 1n],
    ],
  },
  {
    name: 'bins of integers',
    select: from('reading', groups({ by: [bin('n', 4)], measures: [count()], orderBy: [asc(keyAt(0))] })),
    rows: [
      [0, 2n],
      [4, 2n],
      [8, 1n],
      [2_147_483_644, 2n],
      [null, 3n],
    ],
  },
  {
    name: 'bins from another origin, below zero',
    select: from('reading', groups({ by: [bin('n', 4, -1)], measures: [count()], where: is('n', 'lt', 9n) })),
    rows: [
      [-1, 2n],
      [3, 2n],
      [7, 1n],
    ],
  },
  {
    name: 'bins of negative decimals',
    select: from('reading', groups({ by: [bin('d', 5)], measures: [count()] })),
    rows: [
      [-15, 1n],
      [0, 3n],
      [100, 1n],
      [null, 5n],
    ],
  },
  {
    name: 'bins of floats: NaN and the infinities are their own',
    select: from('reading', groups({ by: [bin('f', 4)], measures: [count()] })),
    rows: [
      [-Infinity, 1n],
      [0, 4n],
      [4, 1n],
      [8, 1n],
      [Infinity, 1n],
      [NaN, 1n],
      [null, 1n],
    ],
  },
  {
    name: 'a measure of a hidden parent’s field leaves it out',
    select: from('shop', groups({ measures: [measure('COUNT', at('town.id', [ne('grade', 'low')])), count()] })),
    rows: [[3n, 6n]],
  },
  {
    name: 'extremes of large integers',
    select: from('reading', groups({ measures: [measure('MIN', 'big'), measure('MAX', 'big'), measure('MIN', 'e')] })),
    rows: [[-(2n ** 63n), BIGGEST, '-3']],
  },
];

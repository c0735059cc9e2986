import {
  all,
  asc,
  bin,
  by,
  count,
  desc,
  eq,
  from,
  groups,
  is,
  isNot,
  isNull,
  kept,
  keyAt,
  measure,
  ne,
  oneOf,
  rows,
  type Case,
  type Where,
} from '../ask.js';

/** Each document once. */
const ONCE: Where = is('id', 'lt', 10n);
const among = (where: Where): Where => all(ONCE, where);

/** What stands in json, by its declared type: a value of another type, like one that is not there, is null. */
export const JSON_MEMBERS: readonly Case[] = [
  ...kept('stall', 'id', {
    'a text': [among(eq('doc>kind', 'b')), 0n, 9n],
    'an empty text inside is not null': [among(eq('doc>kind', '')), 7n],
    'a number is no text': [among(isNull('doc>kind')), 2n, 4n, 5n, 6n, 8n],
    'ne leaves out what is not there, and what is no text': [among(ne('doc>kind', 'b')), 1n, 3n, 7n],
    'negation too': [among(isNot(eq('doc>kind', 'b'))), 1n, 3n, 7n],
    'a whole number, however it is written': [among(eq('doc>n', 3n)), 0n, 1n],
    'a fraction and what is too large are no int': [among(isNull('doc>n', true)), 0n, 1n, 7n],
    '64 bits, to the last one': [among(eq('doc>in>big', 9_007_199_254_740_993n)), 0n],
    'one more than 64 bits hold is null': [among(is('doc>in>big', 'gt', 0n)), 0n, 7n],
    'a float': [among(is('doc>in>rate', 'lt', 1)), 0n, 7n],
    'what no float holds is null': [among(isNull('doc>in>rate', true)), 0n, 1n, 7n],
    'a decimal has all of its digits': [among(eq('doc>in>price', '0.000000000000000000001')), 7n],
    'a bool, and no text that says so': [among(eq('doc>in>ok', true)), 0n, 7n],
    'a list is no object': [among(all(isNull('doc>in', true), isNull('doc>in>ok'))), 3n, 5n],
    'null inside is null, an object is not': [among(isNull('doc>rest', true)), 1n],
    'in a list of values': [among(oneOf('doc>kind', ['a', 'ü', 'x'])), 1n, 3n],
  }),
  {
    name: 'members are read and ordered by',
    select: from(
      'stall',
      rows(['id', 'doc>in>price'], { where: ONCE, orderBy: [desc('doc>in>price'), asc('id')], limit: 4 }),
    ),
    rows: [
      [1n, '100'],
      [0n, '12.5'],
      [7n, '0.000000000000000000001'],
      [2n, null],
    ],
  },
  {
    name: 'pages by a member',
    select: from(
      'stall',
      rows(['id'], { where: ONCE, orderBy: [asc('doc>kind'), asc('id')], after: ['b', 0n], limit: 3 }),
    ),
    rows: [[9n], [3n], [2n]],
  },
  {
    name: 'groups by a member',
    select: from(
      'stall',
      groups({
        by: [by('doc>kind')],
        measures: [count(), measure('SUM', 'doc>n')],
        where: ONCE,
        orderBy: [asc(keyAt(0))],
      }),
    ),
    rows: [
      ['', 1n, -3n],
      ['a', 1n, 3n],
      ['b', 2n, 3n],
      ['ü', 1n, null],
      [null, 5n, null],
    ],
  },
  {
    name: 'bins of a member',
    select: from(
      'stall',
      groups({ by: [bin('doc>in>rate', 1)], measures: [count()], where: ONCE, orderBy: [asc(keyAt(0))] }),
    ),
    rows: [
      [-1, 1n],
      [0, 1n],
      [2, 1n],
      [null, 7n],
    ],
  },
  {
    name: 'measures of members',
    select: from(
      'stall',
      groups({
        measures: [
          count(eq('doc>in>ok', true)),
          measure('COUNT', 'doc>n'),
          measure('COUNT_DISTINCT', 'doc>kind'),
          measure('MAX', 'doc>in>big'),
          measure('AVG', 'doc>in>rate'),
          measure('MIN', 'doc>kind'),
        ],
        where: ONCE,
      }),
    ),
    rows: [[2n, 3n, 4n, 9_007_199_254_740_993n, 0.75, '']],
  },
].map((each): Case => ({ ...each, of: 'bazaar' }));

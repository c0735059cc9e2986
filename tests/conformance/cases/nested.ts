import {
  all,
  any,
  asc,
  by,
  count,
  desc,
  elements,
  eq,
  from,
  groups,
  inside,
  is,
  isNot,
  isNull,
  kept,
  keyAt,
  list,
  measure,
  ne,
  oneOf,
  rows,
  text,
  type Case,
} from '../ask.js';
import { FAIR } from '../fair.js';

const parcels = FAIR.rows['public.parcel']!;

/** Structs and lists of them: a null on the way is null, a null list answers nothing. */
export const NESTED: readonly Case[] = [
  {
    name: 'structs and lists are read whole',
    select: from('parcel', rows(['id', 'owner', 'lines', 'marks'], { orderBy: [asc('id')] })),
    rows: parcels.map(({ id, owner, lines, marks }) => [id, owner, lines, marks]),
  },
  {
    name: 'what stands in a struct is read and ordered by',
    select: from(
      'parcel',
      rows(['id', 'owner>home>city', 'owner>age'], { orderBy: [desc('owner>age'), asc('id')], limit: 4 }),
    ),
    rows: [
      [1n, 'Aach', 30n],
      [5n, 'Zell', 30n],
      [2n, null, 5n],
      [4n, null, -1n],
    ],
  },
  {
    name: 'pages by what stands in a struct',
    select: from('parcel', rows(['id'], { orderBy: [asc('owner>name'), asc('id')], after: ['Ann', 1n], limit: 3 })),
    rows: [[5n], [2n], [3n]],
  },
  {
    name: 'groups by what stands in a struct, measures of it',
    select: from(
      'parcel',
      groups({
        by: [by('owner>age')],
        measures: [count(), measure('COUNT', 'owner>name'), measure('MIN', 'owner>home>city')],
        orderBy: [asc(keyAt(0))],
      }),
    ),
    rows: [
      [-1n, 1n, 1n, null],
      [5n, 1n, 0n, null],
      [30n, 2n, 2n, 'Aach'],
      [null, 2n, 0n, null],
    ],
  },
  ...kept('parcel', 'id', {
    'a value in a struct': [eq('owner>age', 30n), 1n, 5n],
    'a value in a struct in a struct': [is('owner>home>city', 'gt', 'B'), 5n],
    'ne leaves out nulls on the way': [ne('owner>home>city', 'Aach'), 5n],
    'negation in a struct too': [isNot(eq('owner>home>city', 'Aach')), 5n],
    'in a struct is null': [isNull('owner>home>city'), 2n, 3n, 4n, 6n],
    'a struct is null': [isNull('owner'), 3n, 6n],
    'a struct is not null, whatever is in it': [isNull('owner>home', true), 1n, 4n, 5n],
    'text tests in a struct': [text('owner>name', 'ilike', 'ANN'), 1n, 5n],
    'in a list of values, in a struct': [oneOf('owner>name', ['Ann', '']), 1n, 4n],
    'an element of which something holds': [elements('lines', 'some', eq(inside('sku'), 'a')), 1n, 4n],
    'both of one element': [elements('lines', 'some', all(eq(inside('sku'), 'a'), is(inside('n'), 'gt', 1n))), 4n],
    'not both of one element': [elements('lines', 'some', all(eq(inside('sku'), 'b'), eq(inside('n'), 1n)))],
    'of either': [elements('lines', 'some', any(eq(inside('lot>code'), 'y'), eq(inside('price'), '2.5'))), 1n, 5n],
    'every element; there is none': [elements('lines', 'every', eq(inside('sku'), 'a')), 2n, 4n],
    'a null is not true of every element': [elements('lines', 'every', is(inside('n'), 'lt', 100n)), 2n, 4n],
    'no element': [elements('lines', 'some', eq(inside('sku'), 'a'), true), 2n, 5n, 6n],
    'not of every element': [elements('lines', 'every', eq(inside('sku'), 'a'), true), 1n, 5n, 6n],
    'no element of which something holds, negated as a whole': [
      isNot(elements('lines', 'some', eq(inside('sku'), 'a'), true)),
      1n,
      4n,
    ],
    'any element at all': [elements('lines', 'some', all()), 1n, 4n, 5n, 6n],
    'an element whose value is null': [elements('lines', 'some', isNull(inside('n'))), 1n, 5n, 6n],
    'an element that is a struct of nulls or null': [
      elements('lines', 'some', isNull(inside('lot>code'))),
      1n,
      4n,
      5n,
      6n,
    ],
    'a list of structs is empty': [list('lines', 'isEmpty', true), 2n],
    'a list of structs is null': [isNull('lines'), 3n],
    'a list in an element': [elements('lines', 'some', list(inside('tags'), 'has', 't')), 1n],
    'beside a list of values': [all(list('marks', 'has', 7n), isNull('owner', true)), 1n],
  }),
];

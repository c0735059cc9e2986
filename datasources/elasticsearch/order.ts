import { compareValues } from '../../src/ir/compare.js';
import type { OrderTerm, Select } from '../../src/ir/select.js';
import { valueOf, type Args } from '../../src/ir/value.js';
import { isSortable } from './ability.js';
import { comparison, equal, exists } from './compare.js';
import { locate } from './native.js';
import { allOf, anyOf, Late, NONE, noneOf, type Query } from './query.js';

/** The order as the store sorts by it; null where a term is not a field of the documents themselves. */
export function sortOf({ orderBy: terms, keyset }: Select): readonly Query[] | null {
  // Scores are no condition, so positions among them are found in the rows.
  const isScore = ({ operand: { leaf } }: OrderTerm): boolean => leaf.kind === 'score';
  if (keyset.length > 0 && terms.some(isScore)) return null;
  const own = terms
    .filter((term) => !isScore(term))
    .every(
      ({ operand }) =>
        operand.steps.length === 0 &&
        operand.leaf.kind === 'field' &&
        isSortable(locate(operand, null).native, operand.type),
    );
  if (!own) return null;
  return terms.flatMap((term) => {
    const { operand, direction, nulls } = term;
    if (isScore(term)) return [{ _score: { order: direction } }];
    const { native } = locate(operand, null);
    const sort: Query = { [native.exact!]: { order: direction, missing: nulls === 'first' ? '_first' : '_last' } };
    return operand.type.kind === 'int' && operand.nullable ? [sort, apart(native.exact!, nulls)] : [sort];
  });
}

/** What is missing is sorted as the least or greatest number of its type, which a document may really have. */
function apart(field: string, nulls: OrderTerm['nulls']): Query {
  const script = { source: 'doc[params.field].size() == 0 ? 1 : 0', params: { field } };
  return { _script: { type: 'number', script, order: nulls === 'last' ? 'asc' : 'desc' } };
}

/** The rows of the order after (or before) the positions, by conditions: positions outlive any search of the store. */
export function keysetQuery({ keyset, orderBy }: Select): Query {
  return allOf(
    keyset.map(({ side, inclusive, values }) => {
      const make = (args: Args): Query => {
        const position = values.map((value) => valueOf(value, args));
        const ways = orderBy.map((_, at) =>
          allOf([
            ...orderBy.slice(0, at).map((term, i) => standsAt(term, position[i])),
            beyond(orderBy[at]!, position[at], side),
          ]),
        );
        const there = inclusive ? [allOf(orderBy.map((term, i) => standsAt(term, position[i])))] : [];
        return anyOf([...ways, ...there]);
      };
      return new Late(values, make, inclusive ? `${side}, inclusive` : side, 'position');
    }),
  );
}

function standsAt({ operand }: OrderTerm, value: unknown): Query {
  const location = locate(operand, null);
  return value === null ? noneOf(exists(location)) : equal(location, value);
}

function beyond({ operand, direction, nulls }: OrderTerm, value: unknown, side: 'after' | 'before'): Query {
  const location = locate(operand, null);
  const nullsBeyond = (nulls === 'last') === (side === 'after');
  if (value === null) return nullsBeyond ? NONE : exists(location);
  const further = comparison(location, (direction === 'asc') === (side === 'after') ? 'gt' : 'lt', value);
  return nullsBeyond ? anyOf([further, noneOf(exists(location))]) : further;
}

/** Something to be put in order, and its values of the order's terms. */
export interface Keyed<T> {
  readonly item: T;
  readonly by: readonly unknown[];
}

export function compareKeys(terms: readonly OrderTerm[], a: readonly unknown[], b: readonly unknown[]): number {
  for (const [i, { operand, direction, nulls }] of terms.entries()) {
    const [x, y] = [a[i], b[i]];
    if (x === null || y === null) {
      if (x !== y) return (x === null) === (nulls === 'first') ? -1 : 1;
      continue;
    }
    const order = compareValues(operand.type, x, y);
    if (order !== 0) return direction === 'asc' ? order : -order;
  }
  return 0;
}

/** Order, positions, offset and limit over what is here already. */
export function pageOf<T>(select: Select, items: readonly Keyed<T>[], args: Args): T[] {
  const { orderBy, keyset } = select;
  const ordered = orderBy.length > 0 ? [...items].sort((a, b) => compareKeys(orderBy, a.by, b.by)) : items;
  const kept = keyset.reduce((rows, { side, inclusive, values }) => {
    const position = values.map((value) => valueOf(value, args));
    return rows.filter(({ by }) => {
      const order = compareKeys(orderBy, by, position) * (side === 'after' ? 1 : -1);
      return order > 0 || (inclusive && order === 0);
    });
  }, ordered);
  const { offset, limit } = boundsOf(select, args);
  return kept.slice(offset, offset + limit).map(({ item }) => item);
}

export function boundsOf({ limit, offset }: Select, args: Args): { readonly limit: number; readonly offset: number } {
  return {
    limit: limit ? Number(valueOf(limit, args)) : Infinity,
    offset: offset ? Number(valueOf(offset, args)) : 0,
  };
}

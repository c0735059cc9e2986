import { compareValues } from '../../src/ir/compare.js';
import type { OrderTerm, Select } from '../../src/ir/select.js';
import { valueOf, type Args } from '../../src/ir/value.js';

/** Values of the order's terms, beside what they belong to. */
export interface Keyed<T> {
  readonly item: T;
  readonly by: readonly unknown[];
}

export function compareKeys(terms: readonly OrderTerm[], a: readonly unknown[], b: readonly unknown[]): number {
  for (const [i, term] of terms.entries()) {
    const order = compareTerm(term, a[i], b[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareTerm(term: OrderTerm, a: unknown, b: unknown): number {
  if (a === null || b === null) {
    if (a === b) return 0;
    return (a === null) === (term.nulls === 'first') ? -1 : 1;
  }
  const order = compareValues(term.operand.type, a, b);
  return term.direction === 'asc' ? order : -order;
}

/** Order, keyset, offset and limit of a select over items. */
export function page<T>(select: Select, items: readonly Keyed<T>[], args: Args): T[] {
  const { keyset, orderBy } = select;
  const ordered = [...items].sort((a, b) => compareKeys(orderBy, a.by, b.by));
  const from = keyset.reduce((rows, { side, inclusive, values }) => {
    const position = values.map((v) => valueOf(v, args));
    const sign = side === 'after' ? 1 : -1;
    return rows.filter((each) => {
      const order = compareKeys(orderBy, each.by, position) * sign;
      return order > 0 || (inclusive && order === 0);
    });
  }, ordered);
  const offset = select.offset ? Number(valueOf(select.offset, args)) : 0;
  const limit = select.limit ? Number(valueOf(select.limit, args)) : Infinity;
  return from.slice(offset, offset + limit).map((each) => each.item);
}

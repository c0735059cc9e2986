import { ownField } from '../../src/ir/operand.js';
import type { Keyset, OrderTerm, Select } from '../../src/ir/select.js';
import { INT64, typeName, type DataType } from '../../src/ir/types.js';
import type { Value } from '../../src/ir/value.js';
import { hasNaN } from './compare.js';
import { all, any, cond, constant, Slot, type Expression, type Stage } from './expression.js';
import { isPlain, nativeOf } from './native.js';
import { expression } from './operand.js';
import type { Rows, Scope } from './rows.js';
import { encode } from './values.js';

/** One thing to sort by, and where a position stands in it. */
interface SortKey {
  readonly value: Expression;
  readonly direction: 1 | -1;
  readonly position: (value: Value, op: 'eq' | 'lt' | 'gt') => Expression;
}

/** Orders and pages the rows; `scope` is where the terms are read. */
export function page(select: Select, rows: Rows, scope: () => Scope): void {
  if (select.limit) rows.add(...unlessNone(select.limit));
  const direct = select.keyset.length === 0 ? directSort(select.orderBy, rows) : null;
  if (direct) rows.add({ $sort: direct });
  else if (select.orderBy.length > 0) sortByKeys(select, rows, scope());
  if (select.offset) rows.add(skip(select.offset));
  if (select.limit) rows.add(limit(select.limit));
}

/** The order by the fields themselves, which an index may have; null where nulls, NaN or other types would stand elsewhere. */
function directSort(orderBy: readonly OrderTerm[], rows: Rows): Stage | null {
  if (orderBy.length === 0 || rows.root !== '$$ROOT') return null;
  const names = orderBy.map(({ operand, direction, nulls }) => {
    const field = ownField(operand);
    if (!field || hasNaN(field.type) || !nativeOf(field).sure || !isPlain(nativeOf(field).name)) return null;
    const natural = !field.nullable || (direction === 'asc') === (nulls === 'first');
    return natural ? ([nativeOf(field).name, direction === 'asc' ? 1 : -1] as const) : null;
  });
  if (!names.every((each) => each !== null)) return null;
  // A field that is there twice orders by its first term.
  return Object.fromEntries(names.filter(([name], i) => names.findIndex(([other]) => other === name) === i));
}

function sortByKeys({ orderBy, keyset }: Select, rows: Rows, scope: Scope): void {
  const keys = orderBy.flatMap((term) => keysOf(term, expression(term.operand, scope)));
  const named = keys.map((key) => ({ ...key, name: rows.names.next('o') }));
  rows.add({ $addFields: Object.fromEntries(named.map(({ name, value }) => [name, value])) });
  const terms = orderBy.map((term) => keysOf(term, null).length);
  for (const each of keyset) {
    const e = beyond(each, named, terms);
    rows.add({ $match: { $expr: e } });
  }
  rows.add({ $sort: Object.fromEntries(named.map(({ name, direction }) => [name, direction])) });
}

/** Where nulls and NaN stand comes first, then the value. */
function keysOf({ operand, direction, nulls }: OrderTerm, value: Expression): SortKey[] {
  const { type } = operand;
  const sign = direction === 'asc' ? 1 : -1;
  const one: SortKey = {
    value,
    direction: sign,
    position: (at, op) => constant(new Slot(at, encode(type, op === 'eq' ? 'eq' : op), typeName(type))),
  };
  const nan = hasNaN(type);
  if (!operand.nullable && !nan) return [one];
  const ranks = { null: nulls === 'first' ? 0 : 3, nan: sign === 1 ? 2 : 1, value: sign === 1 ? 1 : 2 };
  const rank: SortKey = {
    value: cond(
      { $eq: [value, null] },
      ranks.null,
      nan ? cond({ $eq: [value, NaN] }, ranks.nan, ranks.value) : ranks.value,
    ),
    direction: 1,
    position: (at) => constant(new Slot(at, (given) => rankOf(given, type, ranks), 'int')),
  };
  return [rank, one];
}

function rankOf(given: unknown, type: DataType, ranks: Readonly<Record<'null' | 'nan' | 'value', number>>): number {
  if (given === null || given === undefined) return ranks.null;
  return hasNaN(type) && Number.isNaN(Number(given)) ? ranks.nan : ranks.value;
}

/** The rows after or before a position: beyond it in one key, and equal in those before. */
function beyond(
  { side, inclusive, values }: Keyset,
  keys: readonly (SortKey & { readonly name: string })[],
  terms: readonly number[],
): Expression {
  const at = terms.flatMap((count, i) => Array.from({ length: count }, () => values[i]!));
  const equal = keys.map(({ name, position }, i): Expression => ({ $eq: [`$${name}`, position(at[i]!, 'eq')] }));
  const further = keys.map(({ name, direction, position }, i) => {
    const up = (direction === 1) === (side === 'after');
    const past: Expression = up
      ? { $gt: [`$${name}`, position(at[i]!, 'gt')] }
      : { $lt: [`$${name}`, position(at[i]!, 'lt')] };
    return all([...equal.slice(0, i), past]);
  });
  return any([...further, ...(inclusive ? [all(equal)] : [])]);
}

function skip(offset: Value): Stage {
  return { $skip: new Slot(offset, Number, typeName(INT64)) };
}

function limit(value: Value): Stage {
  return { $limit: least(value) };
}

/** A number of rows as the store takes it: one at least. */
export function least(value: Value): Slot {
  return new Slot(value, (given) => Math.max(1, Number(given)), typeName(INT64));
}

/** The store refuses a limit of nothing, so nothing is told apart, and before the sort, which then keeps but the first rows. */
export function unlessNone(value: Value): Stage[] {
  if (value.kind === 'literal') return Number(value.value) > 0 ? [] : [{ $match: { $expr: false } }];
  return [{ $match: { $expr: { $gt: [constant(new Slot(value, Number, typeName(INT64))), 0] } } }];
}

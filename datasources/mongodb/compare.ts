import type { Comparison } from '../../src/ir/predicate.js';
import type { DataType } from '../../src/ir/types.js';
import type { Value } from '../../src/ir/value.js';
import { all, any, constant, isPresent, Slot, unless, type Expression } from './expression.js';
import { encode } from './values.js';
import { typeName } from '../../src/ir/types.js';

/** One side of a comparison, and whether it is NaN. */
export interface Side {
  readonly value: Expression;
  readonly isNaN: Expression;
}

/** Types that hold NaN, which the store puts below all numbers and we above. */
export function hasNaN({ kind }: DataType): boolean {
  return kind === 'float' || kind === 'decimal';
}

export function sideOf(type: DataType, value: Expression): Side {
  return { value, isNaN: hasNaN(type) ? { $eq: [value, NaN] } : false };
}

export function sideOfValue(value: Value, op: Comparison): Side {
  const { type } = value;
  const side = constant(new Slot(value, encode(type, op), typeName(type)));
  if (!hasNaN(type)) return { value: side, isNaN: false };
  const isNaN = (given: unknown): boolean => Number.isNaN(given) || given === 'NaN';
  return {
    value: side,
    isNaN: value.kind === 'literal' ? isNaN(value.value) : constant(new Slot(value, isNaN, 'bool')),
  };
}

/** A comparison that is false of null on the left; the right side is no null. */
export function compares(a: Side, op: Comparison, b: Side): Expression {
  const [aNumber, bNumber] = [unless(true, a.isNaN), unless(true, b.isNaN)];
  switch (op) {
    case 'eq':
      return { $eq: [a.value, b.value] };
    case 'ne':
      return all([isPresent(a.value), { $ne: [a.value, b.value] }]);
    case 'lt':
      return all([isPresent(a.value), aNumber, any([b.isNaN, { $lt: [a.value, b.value] }])]);
    case 'lte':
      return all([isPresent(a.value), any([b.isNaN, all([aNumber, { $lte: [a.value, b.value] }])])]);
    case 'gt':
      return all([bNumber, any([a.isNaN, { $gt: [a.value, b.value] }])]);
    case 'gte':
      return any([a.isNaN, all([bNumber, { $gte: [a.value, b.value] }])]);
  }
}

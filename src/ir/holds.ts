import { compareValues, keyText } from './compare.js';
import type { Operand } from './operand.js';
import { likeToRegExp } from './pattern.js';
import type { Comparison, Predicate, TextTest } from './predicate.js';
import { regexToRegExp } from './regex.js';
import { isEquatable, type DataType } from './types.js';
import { valueOf, type Args } from './value.js';

/** Leaves that speak of values alone: no list, no relation, no place. */
export type ValueLeaf = Extract<
  Predicate,
  { readonly kind: 'compare' | 'compareOperands' | 'isNull' | 'in' | 'float' | 'text' }
>;

/** Whether a leaf is true of values that are here already; over a null it is not, negated or not. */
export function valueHolds(p: ValueLeaf, read: (operand: Operand) => unknown, args: Args): boolean {
  switch (p.kind) {
    case 'compare':
      return compares(p.operand.type, read(p.operand), p.op, valueOf(p.value, args));
    case 'compareOperands':
      return compares(p.left.type, read(p.left), p.op, read(p.right));
    case 'isNull':
      return (read(p.operand) === null) !== p.negated;
    case 'in': {
      const value = read(p.operand);
      if (value === null) return false;
      const values = valueOf(p.value, args) as readonly unknown[];
      return isAmong(p.operand.type, value, values) !== p.negated;
    }
    case 'float': {
      const value = read(p.operand);
      if (value === null) return false;
      return (p.test === 'isNaN' ? Number.isNaN(value) : Number.isFinite(value)) !== p.negated;
    }
    case 'text': {
      const value = read(p.operand);
      return value !== null && textHolds(p.test, value as string, valueOf(p.value, args) as string) !== p.negated;
    }
  }
}

/** Lists that are longer are looked into by a set, made once: filters over stores bring some ten thousands of values. */
const SHORT = 16;
const sets = new WeakMap<readonly unknown[], ReadonlySet<string>>();

function isAmong(type: DataType, value: unknown, values: readonly unknown[]): boolean {
  if (values.length <= SHORT) return values.some((each) => compares(type, value, 'eq', each));
  const known = sets.get(values) ?? new Set(values.filter((each) => each !== null).map((each) => keyText(type, each)));
  sets.set(values, known);
  return known.has(keyText(type, value));
}

function compares(type: DataType, a: unknown, op: Comparison, b: unknown): boolean {
  if (a === null || b === null) return false;
  if (!isEquatable(type)) throw new Error(`${type.kind} cannot be compared`);
  const order = compareValues(type, a, b);
  switch (op) {
    case 'eq':
      return order === 0;
    case 'ne':
      return order !== 0;
    case 'lt':
      return order < 0;
    case 'lte':
      return order <= 0;
    case 'gt':
      return order > 0;
    case 'gte':
      return order >= 0;
  }
}

function textHolds(test: TextTest, value: string, wanted: string): boolean {
  switch (test) {
    case 'like':
    case 'ilike':
      return likeToRegExp(wanted, test === 'ilike').test(value);
    case 'startsWith':
      return value.startsWith(wanted);
    case 'endsWith':
      return value.endsWith(wanted);
    case 'contains':
      return value.includes(wanted);
    case 'regex':
      return regexToRegExp(wanted).test(value);
  }
}

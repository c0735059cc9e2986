import { GatewayError } from '../../src/errors.js';
import { compareValues } from '../../src/ir/compare.js';
import type { Operand } from '../../src/ir/operand.js';
import { likeToRegExp } from '../../src/ir/pattern.js';
import type { Comparison, Predicate, TextTest } from '../../src/ir/predicate.js';
import { regexToRegExp } from '../../src/ir/regex.js';
import type { DataType } from '../../src/ir/types.js';
import { valueOf, type Args } from '../../src/ir/value.js';

/** Whether a condition is true of values that are here already: keys and measures of groups. A null makes a leaf false. */
export function holds(p: Predicate, read: (operand: Operand) => unknown, args: Args): boolean {
  switch (p.kind) {
    case 'and':
      return p.of.every((each) => holds(each, read, args));
    case 'or':
      return p.of.some((each) => holds(each, read, args));
    case 'compare':
      return compares(p.operand.type, read(p.operand), p.op, valueOf(p.value, args));
    case 'compareOperands':
      return compares(p.left.type, read(p.left), p.op, read(p.right));
    case 'isNull':
      return (read(p.operand) === null) !== p.negated;
    case 'in': {
      const value = read(p.operand);
      if (value === null) return false;
      const wanted = valueOf(p.value, args) as readonly unknown[];
      return wanted.some((each) => compares(p.operand.type, value, 'eq', each)) !== p.negated;
    }
    case 'float': {
      const value = read(p.operand);
      if (value === null) return false;
      return (p.test === 'isNaN' ? Number.isNaN(value) : Number.isFinite(value)) !== p.negated;
    }
    case 'text': {
      const value = read(p.operand);
      return value !== null && matches(p.test, value as string, valueOf(p.value, args) as string) !== p.negated;
    }
    default:
      throw new GatewayError('UNSUPPORTED', `elasticsearch cannot ask ${p.kind} of groups`, {
        hint: 'ask it of the rows, in where',
      });
  }
}

function compares(type: DataType, a: unknown, op: Comparison, b: unknown): boolean {
  if (a === null || b === null) return false;
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

function matches(test: TextTest, value: string, wanted: string): boolean {
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

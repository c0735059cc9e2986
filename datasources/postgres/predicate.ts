import { GatewayError } from '../../src/errors.js';
import type { Operand } from '../../src/ir/operand.js';
import { escapeLike, ilikeToAre } from '../../src/ir/pattern.js';
import type { Collation, Comparison, Predicate, TextTest } from '../../src/ir/predicate.js';
import { regexToAre } from '../../src/ir/regex.js';
import { BOOL, TEXT } from '../../src/ir/types.js';
import type { Value } from '../../src/ir/value.js';
import { AND, join, keyword, OR, sql, type Fragment } from '../sql/fragment.js';
import { columnOf, sameCollation, type NativeField } from './native.js';
import { bytewise, comparable, expression, isLoose, isOpaque, nativeType } from './operand.js';
import { list, parameter, scalar } from './parameter.js';
import { collationOf, reachFrom, rowOf } from './relation.js';
import { conditions, type Scope } from './scope.js';

const OPERATOR: Record<Comparison, string> = { eq: '=', ne: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' };

/** A predicate as a condition: true exactly where it holds; null or false elsewhere. */
export function predicate(p: Predicate, scope: Scope): Fragment {
  switch (p.kind) {
    case 'and':
      return p.of.length === 0 ? sql`true` : bracket(p.of, AND, scope);
    case 'or':
      return p.of.length === 0 ? sql`false` : bracket(p.of, OR, scope);
    case 'compare':
      return compare(p.operand, p.op, p.value, p.collate, scope);
    case 'compareOperands':
      return compareOperands(p, scope);
    case 'in': {
      const value = comparable(p.operand, scope);
      const loose = isLoose(p.operand);
      const left = loose ? bytewise(p.operand, value) : value;
      const values = list(p.value, loose ? 'text' : nativeType(p.operand, scope), p.operand.type);
      return p.negated ? sql`(${left} <> all(${values}) and ${value} is not null)` : sql`${left} = any(${values})`;
    }
    case 'isNull': {
      const value = expression(p.operand, scope);
      // A composite of nulls `is null` as well, but is none.
      if (isOpaque(p.operand)) return sql`${value} is ${keyword(p.negated ? '' : 'not ')}distinct from null`;
      return sql`${value} is ${keyword(p.negated ? 'not null' : 'null')}`;
    }
    case 'float': {
      const value = expression(p.operand, scope);
      const test = p.test === 'isNaN' ? sql`${value} = 'NaN'` : sql`${value} not in ('NaN', 'Infinity', '-Infinity')`;
      return negate(test, p.negated);
    }
    case 'text':
      return negate(textTest(p.operand, p.test, p.value, scope), p.negated);
    case 'list':
      return negate(listTest(p, scope), p.negated);
    case 'related': {
      const { scope: far, from, where } = reachFrom(p.step, rowOf(scope.alias), scope.aliases);
      const inner = predicate(p.where, far);
      const kept = p.quantifier === 'some' ? inner : sql`(${inner}) is not true`;
      const exists = sql`exists (select 1 from ${from()} where ${conditions([where, kept])})`;
      return (p.quantifier === 'every') === p.negated ? exists : sql`not ${exists}`;
    }
    case 'elements':
    case 'match':
    case 'geo':
    case 'reach':
    case 'nearest':
      throw new GatewayError('UNSUPPORTED', `postgres cannot answer ${p.kind} on tables`, {
        hint: 'ask a store that has it',
      });
  }
}

function bracket(of: readonly Predicate[], word: Fragment, scope: Scope): Fragment {
  return sql`(${join(
    of.map((each) => predicate(each, scope)),
    word,
  )})`;
}

/** Three-valued, so a null stays untrue. */
function negate(condition: Fragment, negated: boolean): Fragment {
  return negated ? sql`not (${condition})` : condition;
}

function isEquality(op: Comparison): boolean {
  return op === 'eq' || op === 'ne';
}

function compare(operand: Operand, op: Comparison, value: Value, collate: Collation, scope: Scope): Fragment {
  const left = comparable(operand, scope);
  const word = keyword(OPERATOR[op]);
  if (isLoose(operand) && isEquality(op)) {
    const exact = sql`${bytewise(operand, left)} ${word} ${scalar(value, 'text')}`;
    // The looser comparison comes first: it is the one that an index serves.
    return op === 'eq' ? sql`(${left} = ${scalar(value, nativeType(operand, scope))} and ${exact})` : exact;
  }
  if (collate === 'BINARY') return sql`${bytewise(operand, left)} ${word} ${scalar(value, 'text')}`;
  return sql`${left} ${word} ${scalar(value, nativeType(operand, scope))}`;
}

function compareOperands(p: Extract<Predicate, { kind: 'compareOperands' }>, scope: Scope): Fragment {
  const [left, right] = [comparable(p.left, scope), comparable(p.right, scope)];
  const word = keyword(OPERATOR[p.op]);
  if (p.left.type.kind !== 'text') return sql`${left} ${word} ${right}`;
  const [a, b] = [fieldOf(p.left), fieldOf(p.right)];
  const same = a !== null && b !== null && sameCollation(a, b);
  const loose = isLoose(p.left) || isLoose(p.right);
  if (p.collate === 'BINARY' || (isEquality(p.op) && (loose || !same))) {
    return sql`(${left})::text collate "C" ${word} (${right})::text`;
  }
  // Between two collations the left one decides.
  return same ? sql`${left} ${word} ${right}` : sql`${left} ${word} (${right})::text collate ${collationOf(a ?? b)}`;
}

function fieldOf({ leaf }: Operand): NativeField | null {
  return leaf.kind === 'field' && leaf.nested.length === 0 ? columnOf(leaf.field) : null;
}

const around =
  (before: string, after: string) =>
  (value: unknown): string =>
    `${before}${escapeLike(value as string)}${after}`;

const TESTS: Record<TextTest, readonly [operator: string, encode: (value: unknown) => string]> = {
  like: ['like', String],
  startsWith: ['like', around('', '%')],
  endsWith: ['like', around('%', '')],
  contains: ['like', around('%', '%')],
  // Bracketed classes of the characters that fold together: the server's own folding depends on its locale.
  ilike: ['~', (value) => ilikeToAre(value as string)],
  regex: ['~', (value) => regexToAre(value as string)],
};

function textTest(operand: Operand, test: TextTest, value: Value, scope: Scope): Fragment {
  const [operator, encoder] = TESTS[test];
  const text = expression(operand, scope);
  const left = isLoose(operand) ? bytewise(operand, text) : text;
  return sql`${left} ${keyword(operator)} ${parameter(value, 'text', encoder)}`;
}

function listTest(p: Extract<Predicate, { kind: 'list' }>, scope: Scope): Fragment {
  const { operand, value, test } = p;
  const raw = comparable(operand, scope);
  if (test === 'isEmpty') return sql`(cardinality(${raw}) = 0) = ${scalar(value, 'boolean', BOOL)}`;
  const element = operand.type.kind === 'list' ? operand.type.of : TEXT;
  const native = operand.leaf.kind === 'field' ? columnOf(operand.leaf.field) : null;
  const asText = native !== null && (native.loose || native.opaque);
  const column = native?.loose ? sql`(${raw})::text[] collate "C"` : raw;
  const elementType = asText || native === null ? 'text' : native.type.replace(/\[\]$/, '');
  const values = list(value, elementType, element, test === 'has');
  return test === 'hasAny' ? sql`${column} && ${values}` : sql`${column} @> ${values}`;
}

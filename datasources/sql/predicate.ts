import { GatewayError } from '../../src/errors.js';
import type { Operand } from '../../src/ir/operand.js';
import type { Collation, Comparison, Predicate } from '../../src/ir/predicate.js';
import { TEXT } from '../../src/ir/types.js';
import type { Value } from '../../src/ir/value.js';
import { AND, join, keyword, OR, sql, type Fragment } from './fragment.js';
import { bytewise, comparable, elementType, expression, isLoose, isOpaque, nativeType } from './operand.js';
import { parameter, scalar, set } from './parameter.js';
import { reachFrom, rowOf } from './relation.js';
import { conditions, type Scope } from './scope.js';

const OPERATOR: Record<Comparison, string> = { eq: '=', ne: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' };

/** A predicate as a condition: true exactly where it holds; null or false elsewhere. */
export function predicate(p: Predicate, scope: Scope): Fragment {
  const { dialect } = scope.draft;
  const how = dialect.conditions;
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
      const left = loose ? bytewise(p.operand, value, scope) : value;
      const native = loose ? dialect.parameters.type(TEXT) : elementType(p.operand, scope);
      const among = how.among(
        left,
        set(p.value, dialect, native, p.operand.type),
        p.negated,
        scope.element !== undefined,
      );
      return p.negated ? sql`(${among} and ${value} is not null)` : among;
    }
    case 'isNull': {
      const value = expression(p.operand, scope);
      if (isOpaque(p.operand)) return how.opaqueIsNull(value, p.negated);
      return sql`${value} is ${keyword(p.negated ? 'not null' : 'null')}`;
    }
    case 'float': {
      const value = expression(p.operand, scope);
      return negate(p.test === 'isNaN' ? how.isNaN(value) : how.isFinite(value), p.negated);
    }
    case 'text': {
      const { encode, holds } = how.text[p.test];
      const text = expression(p.operand, scope);
      const left = isLoose(p.operand) ? bytewise(p.operand, text, scope) : text;
      return negate(holds(left, parameter(p.value, dialect.parameters.type(TEXT), encode)), p.negated);
    }
    case 'list':
      return negate(how.list(p, comparable(p.operand, scope), scope), p.negated);
    case 'related': {
      const { scope: far, from, where } = reachFrom(p.step, rowOf(scope.alias), scope.draft);
      const inner = predicate(p.where, far);
      const kept = p.quantifier === 'some' ? inner : sql`(${inner}) is not true`;
      const exists = sql`exists (select 1 from ${from()} where ${conditions([where, kept])})`;
      return (p.quantifier === 'every') === p.negated ? exists : sql`not ${exists}`;
    }
    case 'elements':
      return how.elements(p, scope);
    case 'match':
    case 'geo':
    case 'reach':
    case 'nearest': {
      const special = dialect.beyond?.condition(p, scope);
      if (special) return special;
      throw new GatewayError('UNSUPPORTED', `${dialect.engine} cannot answer ${p.kind} on tables`, {
        hint: 'ask a store that has it',
      });
    }
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

export function isEquality(op: Comparison): boolean {
  return op === 'eq' || op === 'ne';
}

function compare(operand: Operand, op: Comparison, value: Value, collate: Collation, scope: Scope): Fragment {
  const { dialect } = scope.draft;
  const plain = comparable(operand, scope);
  const left = isEquality(op) ? plain : dialect.fields.ordered(operand, plain);
  const word = keyword(OPERATOR[op]);
  const asText = (): Fragment => scalar(value, dialect, dialect.parameters.type(TEXT));
  if (isLoose(operand) && isEquality(op)) {
    const exact = sql`${bytewise(operand, left, scope)} ${word} ${asText()}`;
    // The looser comparison comes first: it is the one that an index serves.
    return op === 'eq' ? sql`(${left} = ${scalar(value, dialect, nativeType(operand, scope))} and ${exact})` : exact;
  }
  if (collate === 'BINARY') return sql`${bytewise(operand, left, scope)} ${word} ${asText()}`;
  return sql`${left} ${word} ${scalar(value, dialect, nativeType(operand, scope))}`;
}

function compareOperands(p: Extract<Predicate, { kind: 'compareOperands' }>, scope: Scope): Fragment {
  const [left, right] = [comparable(p.left, scope), comparable(p.right, scope)];
  const word = keyword(OPERATOR[p.op]);
  const { fields } = scope.draft.dialect;
  if (p.left.type.kind !== 'text') {
    if (isEquality(p.op)) return sql`${left} ${word} ${right}`;
    return sql`${fields.ordered(p.left, left)} ${word} ${fields.ordered(p.right, right)}`;
  }
  return scope.draft.dialect.conditions.compareTexts(p, left, word, right);
}

import type { Operand } from '../../src/ir/operand.js';
import { ilikeToJava, likeToJava } from '../../src/ir/pattern.js';
import type { Collation, Comparison, Predicate, TextTest } from '../../src/ir/predicate.js';
import { regexToJava } from '../../src/ir/regex.js';
import type { DataType } from '../../src/ir/types.js';
import type { Value } from '../../src/ir/value.js';
import { bytewise, comparable, compared, isPlain, ordered } from './compare.js';
import { AND, cypher, join, keyword, OR, parameter, type Fragment } from './cypher.js';
import { cannot, expression } from './operand.js';
import { bound, list, scalar } from './parameter.js';
import { matchOf, reachFrom } from './relation.js';
import type { Scope } from './scope.js';
import { isFound, isNear } from './search.js';
import { reaches } from './walk.js';

/** A predicate as a condition: true exactly where it holds; null or false elsewhere. */
export function predicate(p: Predicate, scope: Scope): Fragment {
  switch (p.kind) {
    case 'and':
      return p.of.length === 0 ? cypher`true` : bracket(p.of, AND, scope);
    case 'or':
      return p.of.length === 0 ? cypher`false` : bracket(p.of, OR, scope);
    case 'compare':
      return compare(p.operand, p.op, p.value, p.collate, scope);
    case 'compareOperands': {
      const { type } = p.left;
      const right = ordered(p.right.type, expression(p.right, scope));
      return once(p.left, scope, (read) => compared(type, p.op, ordered(type, read), right));
    }
    case 'in':
      return isIn(p, scope);
    case 'isNull':
      return cypher`${expression(p.operand, scope)} IS ${keyword(p.negated ? 'NOT NULL' : 'NULL')}`;
    case 'float': {
      // What is taken from itself is nought, unless it is infinite or no number.
      return once(p.operand, scope, (value) =>
        negate(p.test === 'isNaN' ? cypher`isNaN(${value})` : cypher`${value} - ${value} = 0.0`, p.negated),
      );
    }
    case 'text':
      return negate(textTest(expression(p.operand, scope), p.test, p.value), p.negated);
    case 'list':
      return listTest(p, scope);
    case 'related': {
      const reached = reachFrom(p.step, scope);
      const inner = predicate(p.where, reached.scope);
      const kept = p.quantifier === 'some' ? inner : cypher`NOT coalesce(${inner}, false)`;
      const exists = cypher`EXISTS { ${matchOf(reached, kept)} }`;
      return (p.quantifier === 'every') === p.negated ? exists : cypher`NOT ${exists}`;
    }
    case 'reach':
      return negate(reaches(p.walk, scope, p.end, p.where), p.negated);
    case 'match':
    case 'nearest':
      return negate(isFound(p, scope), p.negated);
    case 'geo':
      return negate(isNear(p, expression(p.operand, scope)), p.negated);
    case 'elements':
      throw cannot(`answer ${p.kind}`, 'ask a store that has it');
  }
}

function bracket(of: readonly Predicate[], word: Fragment, scope: Scope): Fragment {
  return cypher`(${join(
    of.map((each) => predicate(each, scope)),
    word,
  )})`;
}

/** Three-valued, so a null stays untrue. */
function negate(condition: Fragment, negated: boolean): Fragment {
  return negated ? cypher`NOT (${condition})` : condition;
}

function compare(operand: Operand, op: Comparison, value: Value, collate: Collation, scope: Scope): Fragment {
  const { type } = operand;
  const right = bound(value, type, op);
  const number = value.kind === 'literal' && !Number.isNaN(value.value);
  const bytes = collate === 'BINARY' && op !== 'eq' && op !== 'ne';
  return once(operand, scope, (read) => {
    const left = comparable(type, read);
    return bytes ? compareBytes(op, left, right, value) : compared(type, op, left, right, number);
  });
}

/** A condition that may name its operand more than once: what takes a sub-query to read is read once. */
function once(operand: Operand, scope: Scope, condition: (read: Fragment) => Fragment): Fragment {
  const read = expression(operand, scope);
  if (operand.steps.length === 0 && operand.leaf.kind !== 'related') return condition(read);
  return cypher`any(f IN [${read}] WHERE ${condition(keyword('f'))})`;
}

function compareBytes(op: Comparison, left: Fragment, right: Fragment, value: Value): Fragment {
  const word = (a: Fragment, b: Fragment): Fragment => compared(value.type, op, a, b);
  if (value.kind === 'literal' && isPlain(value.value as string)) return word(left, right);
  const exact = word(bytewise(left), bytewise(right));
  return cypher`CASE WHEN ${right} =~ '(?s).*[\\\\x{E000}-\\\\x{10FFFF}].*' THEN ${exact} ELSE ${word(left, right)} END`;
}

function isIn(p: Extract<Predicate, { kind: 'in' }>, scope: Scope): Fragment {
  const { type } = p.operand;
  const values = list(p.value, type);
  return once(p.operand, scope, (read) => {
    const value = comparable(type, read);
    const found =
      type.kind === 'float'
        ? cypher`(${value} IN ${values} OR (isNaN(${value}) AND any(e IN ${values} WHERE isNaN(e))))`
        : cypher`${value} IN ${values}`;
    // Null is not in an empty list, and so would be where this is negated.
    return p.negated ? cypher`(NOT ${found} AND ${value} IS NOT NULL)` : found;
  });
}

const PATTERNS: Partial<Record<TextTest, (value: unknown) => string>> = {
  like: (value) => likeToJava(value as string),
  ilike: (value) => ilikeToJava(value as string),
  regex: (value) => regexToJava(value as string),
};

const WORDS: Partial<Record<TextTest, string>> = {
  startsWith: 'STARTS WITH',
  endsWith: 'ENDS WITH',
  contains: 'CONTAINS',
};

function textTest(text: Fragment, test: TextTest, value: Value): Fragment {
  const pattern = PATTERNS[test];
  if (pattern) return cypher`${text} =~ ${parameter(value, 'STRING', pattern)}`;
  return cypher`${text} ${keyword(WORDS[test]!)} ${scalar(value)}`;
}

function listTest(p: Extract<Predicate, { kind: 'list' }>, scope: Scope): Fragment {
  const { operand, value, test, negated } = p;
  const elements = expression(operand, scope);
  if (test === 'isEmpty') return negate(cypher`(size(${elements}) = 0) = ${scalar(value)}`, negated);
  const of = operand.type.kind === 'list' ? operand.type.of : operand.type;
  const has = (wanted: Fragment): Fragment => hasElement(of, elements, wanted);
  const found =
    test === 'has'
      ? has(scalar(value, of))
      : cypher`${keyword(test === 'hasAny' ? 'any' : 'all')}(w IN ${list(value, of)} WHERE ${has(keyword('w'))})`;
  return cypher`(${elements} IS NOT NULL AND ${negate(found, negated)})`;
}

const COMPARED_AS_THEY_ARE: ReadonlySet<DataType['kind']> = new Set([
  'bool',
  'int',
  'text',
  'uuid',
  'id',
  'enum',
  'date',
]);

function hasElement(type: DataType, elements: Fragment, wanted: Fragment): Fragment {
  if (COMPARED_AS_THEY_ARE.has(type.kind)) return cypher`${wanted} IN ${elements}`;
  const element = keyword('o');
  return cypher`any(${element} IN ${elements} WHERE ${compared(type, 'eq', comparable(type, element), wanted)})`;
}

import type { Predicate } from '../../src/ir/predicate.js';
import { ilikeToRe2 } from '../../src/ir/pattern.js';
import { regexToRe2 } from '../../src/ir/regex.js';
import { BOOL, TEXT } from '../../src/ir/types.js';
import type { ConditionDialect, TextDialect } from '../sql/dialect.js';
import { identifier, keyword, sql, type Fragment } from '../sql/fragment.js';
import { comparable } from '../sql/operand.js';
import { list, scalar } from '../sql/parameter.js';
import { predicate } from '../sql/predicate.js';
import type { Scope } from '../sql/scope.js';
import { nativeOf } from './parameters.js';

/** A test that is a function of the text and of what is looked for. */
const test = (name: string, encode: (value: unknown) => string = String): TextDialect => ({
  encode,
  holds: (text, pattern) => sql`${keyword(name)}(${text}, ${pattern})`,
});

export const CONDITIONS: ConditionDialect = {
  among: (value, values, negated, ofElement) => {
    // `any` is a join, which lambdas cannot have.
    if (ofElement) return sql`${keyword(negated ? 'not ' : '')}list_contains(${values}, ${value})`;
    return negated ? sql`${value} <> all(${values})` : sql`${value} = any(${values})`;
  },
  opaqueIsNull: (value, negated) => sql`${value} is ${keyword(negated ? 'not null' : 'null')}`,
  isNaN: (value) => sql`isnan(${value})`,
  isFinite: (value) => sql`isfinite(${value})`,
  compareTexts: (_p, left, operator, right) => sql`${left} ${operator} ${right}`,
  text: {
    like: { encode: String, holds: (text, pattern) => sql`${text} like ${pattern} escape '\\'` },
    startsWith: test('starts_with'),
    endsWith: test('ends_with'),
    contains: test('contains'),
    // Its own ilike folds by lower case, which is not simple case folding.
    ilike: test('regexp_full_match', (value) => ilikeToRe2(value as string)),
    regex: test('regexp_matches', (value) => regexToRe2(value as string)),
  },
  list: listTest,
  elements,
  same: (left, right) => sql`${left} is not distinct from ${right}`,
  // As rows they would be compared as structs, by which no part of a file can be skipped.
  comparesRows: false,
};

function listTest(p: Extract<Predicate, { kind: 'list' }>, column: Fragment, { draft }: Scope): Fragment {
  const { operand, value, test: of } = p;
  if (of === 'isEmpty') return sql`(len(${column}) = 0) = ${scalar(value, draft.dialect, 'BOOLEAN', BOOL)}`;
  const element = operand.type.kind === 'list' ? operand.type.of : TEXT;
  const values = list(value, draft.dialect, nativeOf(element), element, of === 'has');
  return sql`${keyword(of === 'hasAny' ? 'list_has_any' : 'list_has_all')}(${column}, ${values})`;
}

/** A condition that is null of an element counts as not true. */
function elements(p: Extract<Predicate, { kind: 'elements' }>, scope: Scope): Fragment {
  const { type } = p.operand;
  const element = type.kind === 'list' ? type.of : type;
  const inner: Scope = { ...scope, alias: scope.draft.alias(), joins: null, element };
  const holds = predicate(p.where, inner);
  const some = p.quantifier === 'some';
  const kept = some ? holds : sql`(${holds}) is not true`;
  const found = sql`list_filter(${comparable(p.operand, scope)}, lambda ${identifier(inner.alias)}: ${kept})`;
  return sql`len(${found}) ${keyword(some === p.negated ? '=' : '>')} 0`;
}

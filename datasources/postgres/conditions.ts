import { GatewayError } from '../../src/errors.js';
import type { Field } from '../../src/ir/entity.js';
import { escapeLike, ilikeToAre } from '../../src/ir/pattern.js';
import type { Predicate } from '../../src/ir/predicate.js';
import { regexToAre } from '../../src/ir/regex.js';
import { BOOL, TEXT } from '../../src/ir/types.js';
import type { ConditionDialect, TextDialect } from '../sql/dialect.js';
import { keyword, sql, type Fragment } from '../sql/fragment.js';
import { isLoose, wholeField } from '../sql/operand.js';
import { list, scalar } from '../sql/parameter.js';
import { isEquality } from '../sql/predicate.js';
import type { Scope } from '../sql/scope.js';
import { collationOf, sameCollation } from './collation.js';
import { elements } from './documents.js';
import { castOf } from './json-member.js';
import { columnOf } from './native.js';
import { isDocument } from './values.js';

const around =
  (before: string, after: string) =>
  (value: unknown): string =>
    `${before}${escapeLike(value as string)}${after}`;

const test = (operator: string, encode: (value: unknown) => string): TextDialect => ({
  encode,
  holds: (text, pattern) => sql`${text} ${keyword(operator)} ${pattern}`,
});

export const CONDITIONS: ConditionDialect = {
  among: (value, values, negated) => (negated ? sql`${value} <> all(${values})` : sql`${value} = any(${values})`),
  // A composite of nulls `is null` as well, but is none.
  opaqueIsNull: (value, negated) => sql`${value} is ${keyword(negated ? '' : 'not ')}distinct from null`,
  isNaN: (value) => sql`${value} = 'NaN'`,
  isFinite: (value) => sql`${value} not in ('NaN', 'Infinity', '-Infinity')`,
  compareTexts,
  text: {
    like: test('like', String),
    startsWith: test('like', around('', '%')),
    endsWith: test('like', around('%', '')),
    contains: test('like', around('%', '%')),
    // Bracketed classes of the characters that fold together: the server's own folding depends on its locale.
    ilike: test('~', (value) => ilikeToAre(value as string)),
    regex: test('~', (value) => regexToAre(value as string)),
  },
  list: listTest,
  elements: (p, scope) => {
    const condition = elements(p, scope);
    if (condition) return condition;
    throw new GatewayError('UNSUPPORTED', 'postgres cannot answer elements of what is no list of objects', {
      hint: 'ask for `has` or its like of a list of values',
    });
  },
  same: (left, right) => sql`${left} is not distinct from ${right}`,
  comparesRows: true,
};

function compareTexts(
  p: Extract<Predicate, { kind: 'compareOperands' }>,
  left: Fragment,
  operator: Fragment,
  right: Fragment,
): Fragment {
  const [a, b]: [Field | null, Field | null] = [wholeField(p.left), wholeField(p.right)];
  const same = a !== null && b !== null && sameCollation(a, b);
  const loose = isLoose(p.left) || isLoose(p.right);
  if (p.collate === 'BINARY' || (isEquality(p.op) && (loose || !same))) {
    return sql`(${left})::text collate "C" ${operator} (${right})::text`;
  }
  // Between two collations the left one decides.
  return same
    ? sql`${left} ${operator} ${right}`
    : sql`${left} ${operator} (${right})::text collate ${collationOf(a ?? b)}`;
}

function listTest(p: Extract<Predicate, { kind: 'list' }>, raw: Fragment, { draft }: Scope): Fragment {
  const { operand, value, test } = p;
  const length = isDocument(operand.type) ? sql`jsonb_array_length` : sql`cardinality`;
  if (test === 'isEmpty') return sql`(${length}(${raw}) = 0) = ${scalar(value, draft.dialect, 'boolean', BOOL)}`;
  const element = operand.type.kind === 'list' ? operand.type.of : TEXT;
  const native =
    operand.leaf.kind === 'field' && operand.leaf.nested.length === 0 ? columnOf(operand.leaf.field) : null;
  const asText = native !== null && (native.loose || native.opaque);
  const column = native?.loose ? sql`(${raw})::text[] collate "C"` : raw;
  const ofElement = (): string => native?.type.replace(/\[\]$/, '') ?? castOf(element);
  const elementType = asText ? 'text' : ofElement();
  const values = list(value, draft.dialect, elementType, element, test === 'has');
  return test === 'hasAny' ? sql`${column} && ${values}` : sql`${column} @> ${values}`;
}

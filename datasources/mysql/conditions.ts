import { GatewayError } from '../../src/errors.js';
import { escapeLike, ilikeToJava } from '../../src/ir/pattern.js';
import { regexToPcre } from '../../src/ir/regex.js';
import type { ConditionDialect, TextDialect } from '../sql/dialect.js';
import { keyword, sql } from '../sql/fragment.js';
import { wholeField } from '../sql/operand.js';
import { isEquality } from '../sql/predicate.js';
import { valuesOf } from './lists.js';
import { columnOf } from './native.js';
import type { Bytewise } from './text.js';

const like = (encode: (value: string) => string): TextDialect => ({
  encode: (value) => encode(value as string),
  holds: (text, pattern) => sql`${text} like ${pattern} escape '\\\\'`,
});

const regexp = (encode: (value: string) => string): TextDialect => ({
  encode: (value) => encode(value as string),
  holds: (text, pattern) => sql`${text} regexp ${pattern}`,
});

/** `bytes` is the collation of `bytewise`. */
export function conditionsOf(bytes: string, bytewise: Bytewise): ConditionDialect {
  return {
    among: (value, list, negated) => sql`${value} ${keyword(negated ? 'not in' : 'in')} (${valuesOf(list, bytes)})`,
    opaqueIsNull: (value, negated) => sql`${value} is ${keyword(negated ? 'not null' : 'null')}`,
    // The store has no such numbers.
    isNaN: (value) => sql`${value} <> ${value}`,
    isFinite: (value) => sql`${value} = ${value}`,
    compareTexts: (p, left, operator, right) => {
      const [a, b] = [wholeField(p.left), wholeField(p.right)];
      const same = a !== null && b !== null && columnOf(a).collation === columnOf(b).collation;
      if (same && p.collate === 'STORE' && !isEquality(p.op)) return sql`${left} ${operator} ${right}`;
      return sql`${bytewise(left)} ${operator} ${bytewise(right)}`;
    },
    text: {
      like: like((value) => value),
      startsWith: like((value) => `${escapeLike(value)}%`),
      endsWith: like((value) => `%${escapeLike(value)}`),
      contains: like((value) => `%${escapeLike(value)}%`),
      // Bracketed classes of the characters that fold together: the server's own folding depends on its collations.
      ilike: regexp((value) => `\\A(?:${ilikeToJava(value)})\\z`),
      regex: regexp(regexToPcre),
    },
    list: () => lacks('lists'),
    elements: () => lacks('elements of lists'),
    same: (left, right) => sql`${left} <=> ${right}`,
    // No index is read by rows of values.
    comparesRows: false,
  };
}

function lacks(what: string): never {
  throw new GatewayError('UNSUPPORTED', `mysql has no ${what}`, { hint: 'ask a store that has them' });
}

import type { Keyset, OrderTerm } from '../../src/ir/select.js';
import { TEXT } from '../../src/ir/types.js';
import type { Value } from '../../src/ir/value.js';
import { AND, COMMA, join, keyword, OR, sql, type Fragment } from './fragment.js';
import { bytewise, canBeNull, comparable, nativeType } from './operand.js';
import { scalar } from './parameter.js';
import type { Scope } from './scope.js';

export function orderBy(terms: readonly OrderTerm[], scope: Scope): Fragment {
  const values = terms.map((term) => ({ term, value: termValue(term, scope), nulls: canBeNull(term.operand) }));
  return orderByValues(values, scope);
}

/** A term by the text of its value; `nulls` says whether there can be some. */
export interface OrderedValue {
  readonly term: OrderTerm;
  readonly value: Fragment;
  readonly nulls: boolean;
}

export function orderByValues(values: readonly OrderedValue[], { draft }: Scope): Fragment {
  if (values.length === 0) return sql``;
  const terms = values.map(({ term, value, nulls }) => draft.dialect.levels.order(term, value, nulls));
  return sql` order by ${join(terms, COMMA)}`;
}

/** A term as the standard spells it. NULLS is left out where it says nothing, so that indexes serve. */
export function standardOrder(term: OrderTerm, value: Fragment, saysNulls: boolean): Fragment {
  const place = saysNulls ? keyword(` nulls ${term.nulls}`) : sql``;
  return sql`${value}${keyword(term.direction === 'desc' ? ' desc' : '')}${place}`;
}

export function termValue(term: OrderTerm, scope: Scope): Fragment {
  const value = scope.draft.dialect.fields.ordered(term.operand, comparable(term.operand, scope));
  return term.collate === 'BINARY' ? bytewise(term.operand, value, scope) : value;
}

/** Rows beyond each position; null when there is none. */
export function keysetConditions(
  keyset: readonly Keyset[],
  terms: readonly OrderTerm[],
  scope: Scope,
): Fragment | null {
  if (keyset.length === 0) return null;
  return join(
    keyset.map((each) => keysetCondition(each, terms, scope)),
    AND,
  );
}

/**
 * Rows after (or before) a position in the order. With `firstIsValue` rows and position are known to have a value in the
 * first term: where the position has none, the condition is null, which keeps nothing.
 */
export function keysetCondition(
  { values, side, inclusive }: Keyset,
  terms: readonly OrderTerm[],
  scope: Scope,
  firstIsValue = false,
): Fragment {
  if (terms.length === 0) return inclusive ? sql`true` : sql`false`;
  const nullable = terms.map((term, i) => canBeNull(term.operand) && !(firstIsValue && i === 0));
  const columns = terms.map((term) => termValue(term, scope));
  const positions = terms.map((term, i) => positionOf(term, values[i]!, scope));
  const ups = terms.map((term) => (term.direction === 'asc') === (side === 'after'));
  const how = scope.draft.dialect.conditions;
  if (how.comparesRows && !nullable.includes(true) && ups.every((up) => up === ups[0])) {
    const word = keyword(`${ups[0] ? ' >' : ' <'}${inclusive ? '= ' : ' '}`);
    return sql`(${join(columns, COMMA)})${word}(${join(positions, COMMA)})`;
  }
  // Mixed directions and nulls: one branch a term, equal before it and beyond in it.
  const equals = terms.map((_, i) =>
    nullable[i] ? how.same(columns[i]!, positions[i]!) : sql`${columns[i]!} = ${positions[i]!}`,
  );
  const branches = terms.map((term, i) => {
    const nullsBeyond = nullable[i] ? liesBeyond(term, side) : null;
    return sql`(${join([...equals.slice(0, i), beyond(columns[i]!, positions[i]!, ups[i]!, nullsBeyond)], AND)})`;
  });
  if (inclusive) branches.push(sql`(${join(equals, AND)})`);
  const any = sql`(${join(branches, OR)})`;
  if (nullable[0]) return any;
  // Says nothing new, but an index can begin at it.
  return sql`${columns[0]!} ${keyword(ups[0] ? '>=' : '<=')} ${positions[0]!} and ${any}`;
}

/** Whether a term's nulls lie on this side of its values. */
export function liesBeyond(term: OrderTerm, side: Keyset['side']): boolean {
  return (term.nulls === 'last') === (side === 'after');
}

function beyond(column: Fragment, position: Fragment, up: boolean, nullsBeyond: boolean | null): Fragment {
  const past = sql`${column} ${keyword(up ? '>' : '<')} ${position}`;
  if (nullsBeyond === null) return past;
  return nullsBeyond
    ? sql`(${past} or (${column} is null and ${position} is not null))`
    : sql`(${past} or (${column} is not null and ${position} is null))`;
}

export function positionOf(term: OrderTerm, value: Value, scope: Scope): Fragment {
  const { dialect } = scope.draft;
  return scalar(
    value,
    dialect,
    term.collate === 'BINARY' ? dialect.parameters.type(TEXT) : nativeType(term.operand, scope),
  );
}

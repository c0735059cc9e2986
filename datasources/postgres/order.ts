import type { Keyset, OrderTerm } from '../../src/ir/select.js';
import type { Value } from '../../src/ir/value.js';
import { AND, COMMA, join, keyword, OR, sql, type Fragment } from '../sql/fragment.js';
import { bytewise, canBeNull, comparable, nativeType } from './operand.js';
import { scalar } from './parameter.js';
import type { Scope } from './scope.js';

export function orderBy(terms: readonly OrderTerm[], scope: Scope): Fragment {
  if (terms.length === 0) return sql``;
  return sql` order by ${join(
    terms.map((term) => orderTerm(term, scope)),
    COMMA,
  )}`;
}

/** NULLS is left out where it says nothing, so that indexes serve. */
function orderTerm(term: OrderTerm, scope: Scope): Fragment {
  const byDefault = term.direction === 'asc' ? 'last' : 'first';
  const nulls = canBeNull(term.operand) && term.nulls !== byDefault ? keyword(` nulls ${term.nulls}`) : sql``;
  return sql`${termValue(term, scope)}${keyword(term.direction === 'desc' ? ' desc' : '')}${nulls}`;
}

function termValue(term: OrderTerm, scope: Scope): Fragment {
  const value = comparable(term.operand, scope);
  return term.collate === 'BINARY' ? bytewise(term.operand, value) : value;
}

/** Rows after (or before) a position in the order. */
export function keysetCondition(keyset: Keyset, terms: readonly OrderTerm[], scope: Scope): Fragment {
  const { values, side } = keyset;
  const columns = terms.map((term) => termValue(term, scope));
  const positions = terms.map((term, i) => positionOf(term, values[i]!, scope));
  const ups = terms.map((term) => (term.direction === 'asc') === (side === 'after'));
  const total = terms.every((term) => !canBeNull(term.operand));
  if (total && ups.every((up) => up === ups[0])) {
    const word = keyword(ups[0] ? ' > ' : ' < ');
    return sql`(${join(columns, COMMA)})${word}(${join(positions, COMMA)})`;
  }
  // Mixed directions and nulls: one branch a term, equal before it and beyond in it.
  const branches = terms.map((term, i) => {
    const equal = terms.slice(0, i).map((before, j) => {
      const same = canBeNull(before.operand) ? sql` is not distinct from ` : sql` = `;
      return sql`${columns[j]!}${same}${positions[j]!}`;
    });
    const nullsBeyond = canBeNull(term.operand) ? (term.nulls === 'last') === (side === 'after') : null;
    return sql`(${join([...equal, beyond(columns[i]!, positions[i]!, ups[i]!, nullsBeyond)], AND)})`;
  });
  const any = sql`(${join(branches, OR)})`;
  const [first] = terms;
  if (!first || canBeNull(first.operand)) return any;
  // Says nothing new, but an index can begin at it.
  return sql`${columns[0]!} ${keyword(ups[0] ? '>=' : '<=')} ${positions[0]!} and ${any}`;
}

function beyond(column: Fragment, position: Fragment, up: boolean, nullsBeyond: boolean | null): Fragment {
  const past = sql`${column} ${keyword(up ? '>' : '<')} ${position}`;
  if (nullsBeyond === null) return past;
  return nullsBeyond
    ? sql`(${past} or (${column} is null and ${position} is not null))`
    : sql`(${past} or (${column} is not null and ${position} is null))`;
}

function positionOf(term: OrderTerm, value: Value, scope: Scope): Fragment {
  return scalar(value, term.collate === 'BINARY' ? 'text' : nativeType(term.operand, scope));
}

import type { Operand } from '../../src/ir/operand.js';
import { isTrue } from '../../src/ir/predicate.js';
import type { Measure } from '../../src/ir/select.js';
import type { Measured } from './dialect.js';
import { sql, type Fragment } from './fragment.js';
import { bytewise, comparable, expression, isLoose } from './operand.js';
import { predicate } from './predicate.js';
import type { Scope } from './scope.js';

/** What COUNT counts when it counts rows. */
export const ROWS = sql`*`;

/** A measure as an aggregate of the rows of a scope. */
export function measure(m: Measure, scope: Scope): Fragment {
  const { measures } = scope.draft.dialect;
  const where = isTrue(m.where) ? null : predicate(m.where, scope);
  const narrowed = (value: Fragment | null): Pick<Measured, 'value' | 'filter'> =>
    where ? measures.only(value, where) : { value: value ?? ROWS, filter: sql`` };
  const { operand } = m;
  const { value, filter } = narrowed(operand && expression(operand, scope));
  if (operand === null || m.fn === 'COUNT') return sql`count(${value})${filter}`;
  if (m.fn === 'COUNT_DISTINCT') return sql`count(distinct ${narrowed(distinct(operand, scope)).value})${filter}`;
  return measures.of({ measure: m, operand, value, filter }, scope);
}

/** A value as it is grouped and counted distinct: by bytes. */
export function distinct(operand: Operand, scope: Scope): Fragment {
  const value = comparable(operand, scope);
  return isLoose(operand) ? bytewise(operand, value, scope) : value;
}

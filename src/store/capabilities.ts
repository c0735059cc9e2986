import type { Operand } from '../ir/operand.js';
import type { Predicate } from '../ir/predicate.js';
import type { GroupKey, Measure, OrderTerm } from '../ir/select.js';

/** exact: the store does it; superset: it narrows and we check again; none: we do it. */
export type Fidelity = 'exact' | 'superset' | 'none';

/** What an engine can do, as values and functions. The planner asks; it never looks at the engine's name. */
export interface Capabilities {
  /** Asked for leaves only (`relatedPredicate` included, with its inside already asked). */
  predicate(leaf: Predicate): Fidelity;
  /** Whether the store can read this operand into an output column. */
  output(operand: Operand): boolean;
  order(term: OrderTerm): boolean;
  groupKey(key: GroupKey): boolean;
  measure(measure: Measure): 'exact' | 'approximate' | 'none';
  readonly having: boolean;
  readonly limit: boolean;
  readonly offset: boolean;
  readonly keyset: boolean;
  /** How the parents of a nested level can be named. `select` implies `keys`. */
  readonly within: 'select' | 'keys' | 'none';
  /** Whether limit and offset can count per parent. */
  readonly limitPerParent: boolean;
  /** Whether it can follow walks (`Within.walk`). */
  readonly walk: boolean;
  /** request: all levels of one read see one state of the store. */
  readonly snapshot: 'none' | 'request';
  /** The largest number of parents' keys in one native query. */
  readonly maxKeys: number;
}

/** No ability but to scan: what push-down invariance tests plan with. */
export const NO_CAPABILITIES: Capabilities = {
  predicate: () => 'none',
  output: () => false,
  order: () => false,
  groupKey: () => false,
  measure: () => 'none',
  having: false,
  limit: false,
  offset: false,
  keyset: false,
  within: 'none',
  limitPerParent: false,
  walk: false,
  snapshot: 'none',
  maxKeys: 0,
};

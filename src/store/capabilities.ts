import type { GatewayError } from '../errors.js';
import type { Operand } from '../ir/operand.js';
import type { Predicate, Search } from '../ir/predicate.js';
import type { GroupKey, Measure, OrderTerm } from '../ir/select.js';

/** exact: the store does it; superset: it narrows and we check again; none: we do it. */
export type Fidelity = 'exact' | 'superset' | 'none';

/** What an engine can do, as values and functions. The planner asks; it never looks at the engine's name. */
export interface Capabilities {
  /** Asked for leaves only (`relatedPredicate` included, with its inside already asked). */
  predicate(leaf: Predicate): Fidelity;
  /** Of engines whose searches can only begin a reading; those of the others stand wherever `predicate` says so. */
  readonly beginning?: Beginning;
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
  /** Parents that have been read are cheaper named by their keys than by what found them: a call costs next to nothing. */
  readonly keysAreCheaper?: boolean;
  /** Whether limit and offset can count per parent. */
  readonly limitPerParent: boolean;
  /** Whether it can follow walks (`Within.walk`). */
  readonly walk: boolean;
  /** request: all levels of one read see one state of the store. */
  readonly snapshot: 'none' | 'request';
  /** How it orders and compares text where STORE is asked: by its bytes, as we do, or in a way of its own. */
  readonly textOrder: 'bytes' | 'own';
  /** The largest number of parents' keys in one native query. */
  readonly maxKeys: number;
}

/**
 * Searches by which a reading can begin, and which can stand nowhere else: the one search among the conjuncts of a select's
 * own `where`, where there are no parents. `predicate` says none to them. Nobody but a store answers searches, so what it
 * says of those that it cannot begin with is said to the caller.
 */
export interface Beginning {
  /** null: the store can begin with it, whatever stands inside it. */
  refusal(search: Search): GatewayError | null;
  /** Of a search that stands elsewhere, or in a select of which these parts are left to others. */
  elsewhere(search: Search, left: readonly string[]): GatewayError;
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
  textOrder: 'bytes',
  maxKeys: 0,
};

import type { JoinPair } from '../../src/ir/entity.js';
import type { Step } from '../../src/ir/operand.js';
import { samePolicy } from '../../src/ir/predicate.js';
import { AND, identifier, join, sql, type Fragment } from './fragment.js';
import { columnOf, isUniqueIn } from './native.js';
import { conditions, fromOf, newScope, policyOf, tableOf, type Draft, type Scope } from './scope.js';

/** The nearer side's value of a pair; `isField` is false for values that were made text or came from elsewhere. */
export interface Near {
  readonly value: Fragment;
  readonly isField: boolean;
}

export type NearOf = (pair: JoinPair, index: number) => Near;

/** The nearer side is a row of a table. */
export function rowOf(alias: string): NearOf {
  return ({ from }) => ({ value: identifier(alias, columnOf(from).column), isField: true });
}

/** Equality of the pairs of a relation, by bytes where the store's own equality is looser. */
export function pairsEqual(on: readonly JoinPair[], near: NearOf, far: string, draft: Draft): Fragment {
  return join(
    on.map((pair, i) => draft.dialect.fields.pairEqual(pair, near(pair, i), identifier(far, columnOf(pair.to).column))),
    AND,
  );
}

/** FROM and WHERE of the rows that a step reaches: the junction first when there is one. */
export interface Reached {
  readonly scope: Scope;
  /** The table that holds the far columns of the relation's own pairs. */
  readonly nearest: string;
  /** To be called after all expressions in `scope` are made. */
  readonly from: () => Fragment;
  /** Policies, and the way from the junction; null when there is nothing to say. */
  readonly where: Fragment | null;
}

export function reach(step: Step, draft: Draft): Reached {
  const scope = newScope(step.to.entity, draft, true);
  const policy = policyOf(step.to, scope);
  const { through } = step.relation;
  if (!through) return { scope, nearest: scope.alias, from: () => fromOf(scope), where: policy };
  const junction = newScope(through.entity, draft, false);
  const onward = pairsEqual(through.on, rowOf(junction.alias), scope.alias, draft);
  return {
    scope,
    nearest: junction.alias,
    from: () => sql`${tableOf(junction)} cross join ${fromOf(scope)}`,
    where: conditions([policyOf(step.through!, junction), onward, policy]),
  };
}

/** The rows that a step reaches from one nearer row. */
export function reachFrom(step: Step, near: NearOf, draft: Draft): Reached & { readonly where: Fragment } {
  const reached = reach(step, draft);
  const pairs = pairsEqual(step.relation.on, near, reached.nearest, draft);
  return { ...reached, where: conditions([pairs, reached.where]) };
}

/**
 * The scope of a to-one step, joined once: null where it cannot be a join, or where only a declaration and no index
 * promises that there is one row.
 */
export function joinTo(step: Step, scope: Scope): Scope | null {
  const { relation, to } = step;
  const columns = relation.on.map((pair) => columnOf(pair.to).column);
  const before = scope.joins?.find((j) => j.scope === scope)?.step ?? null;
  if (!scope.joins || relation.through || !isUniqueIn(relation.to, columns)) return null;
  if (!scope.draft.dialect.fields.joins(step, before)) return null;
  const known = scope.joins.find(
    (j) => j.near === scope.alias && j.step.relation === relation && samePolicy(j.step.to.policy, to.policy),
  );
  if (known) return known.scope;
  const far: Scope = { ...newScope(relation.to, scope.draft, false), joins: scope.joins };
  const on = conditions([pairsEqual(relation.on, rowOf(scope.alias), far.alias, scope.draft), policyOf(to, far)]);
  scope.joins.push({ near: scope.alias, step, scope: far, on });
  return far;
}

import type { JoinPair } from '../../src/ir/entity.js';
import type { Step } from '../../src/ir/operand.js';
import { isTrue, type Predicate } from '../../src/ir/predicate.js';
import { isNumeric } from '../../src/ir/types.js';
import { AND, identifier, join, sql, type Fragment } from '../sql/fragment.js';
import { columnOf, isUniqueIn, sameCollation, type NativeField } from './native.js';
import { conditions, fromOf, newScope, policyOf, tableOf, type Aliases, type Scope } from './scope.js';

/** The nearer side's value of a pair; `native` is null for values that were made text or came from elsewhere. */
export interface Near {
  readonly value: Fragment;
  readonly native: NativeField | null;
}

export type NearOf = (pair: JoinPair, index: number) => Near;

/** The nearer side is a row of a table. */
export function rowOf(alias: string): NearOf {
  return ({ from }) => {
    const native = columnOf(from);
    return { value: identifier(alias, native.column), native };
  };
}

/** Equality of the pairs of a relation, by bytes where the store's own equality is looser. */
export function pairsEqual(on: readonly JoinPair[], near: NearOf, far: string): Fragment {
  return join(
    on.map((pair, i) => pairEqual(pair, near(pair, i), far)),
    AND,
  );
}

function pairEqual({ from, to }: JoinPair, { value, native }: Near, far: string): Fragment {
  const target = columnOf(to);
  const column = identifier(far, target.column);
  if (isNumeric(from.type) && isNumeric(to.type)) return sql`${column} = ${value}`;
  if (from.type.kind !== to.type.kind) return sql`${column}::text = ${value}::text`;
  switch (to.type.kind) {
    case 'text': {
      if (target.loose) {
        const exact = sql`(${column})::text collate "C" = (${value})::text`;
        return native === null ? exact : sql`${column} = ${value} and ${exact}`;
      }
      const plain = native === null ? target.collation === null : !native.loose && sameCollation(native, target);
      // The explicit collation is the one that an index of the far side has.
      return plain ? sql`${column} = ${value}` : sql`${column} = (${value})::text collate ${collationOf(target)}`;
    }
    case 'enum':
    case 'opaque':
      return native === null ? sql`${column}::text = ${value}` : sql`${column} = ${value}`;
    default:
      return sql`${column} = ${value}`;
  }
}

/** The collation of a column, the database's own where it has none. */
export function collationOf(native: NativeField | null): Fragment {
  const collation = native?.collation ?? null;
  return collation === null ? identifier('pg_catalog', 'default') : identifier(...collation);
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

export function reach(step: Step, aliases: Aliases): Reached {
  const scope = newScope(step.to.entity, aliases, true);
  const policy = policyOf(step.to, scope);
  const { through } = step.relation;
  if (!through) return { scope, nearest: scope.alias, from: () => fromOf(scope), where: policy };
  const junction = newScope(through.entity, aliases, false);
  const onward = pairsEqual(through.on, rowOf(junction.alias), scope.alias);
  return {
    scope,
    nearest: junction.alias,
    from: () => sql`${tableOf(through.entity, junction.alias)} cross join ${fromOf(scope)}`,
    where: conditions([policyOf(step.through!, junction), onward, policy]),
  };
}

/** The rows that a step reaches from one nearer row. */
export function reachFrom(step: Step, near: NearOf, aliases: Aliases): Reached & { readonly where: Fragment } {
  const reached = reach(step, aliases);
  return { ...reached, where: conditions([pairsEqual(step.relation.on, near, reached.nearest), reached.where]) };
}

/**
 * The scope of a to-one step, joined once: null where it cannot be a join, or where only a declaration and no index
 * promises that there is one row.
 */
export function joinTo(step: Step, scope: Scope): Scope | null {
  const { relation, to } = step;
  const columns = relation.on.map((pair) => columnOf(pair.to).column);
  if (!scope.joins || relation.through || !isUniqueIn(relation.to, columns) || returns(step, scope)) return null;
  const known = scope.joins.find(
    (j) => j.near === scope.alias && j.step.relation === relation && samePolicy(j.step.to.policy, to.policy),
  );
  if (known) return known.scope;
  const far: Scope = { ...newScope(relation.to, scope.aliases, false), joins: scope.joins };
  const on = conditions([pairsEqual(relation.on, rowOf(scope.alias), far.alias), policyOf(to, far)]);
  scope.joins.push({ near: scope.alias, step, scope: far, on });
  return far;
}

function samePolicy(a: Predicate, b: Predicate): boolean {
  return a === b || (isTrue(a) && isTrue(b));
}

/**
 * Whether a step goes on from the column that its table was joined by. PostgreSQL 18 forgets the condition of a third
 * LEFT JOIN in such a chain when the first column is a constant, and gives rows where there are none.
 */
function returns({ relation }: Step, scope: Scope): boolean {
  const before = scope.joins?.find((j) => j.scope === scope);
  return before !== undefined && relation.on.some((pair) => before.step.relation.on.some((b) => b.to === pair.from));
}

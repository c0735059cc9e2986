import type { Entity } from '../../src/ir/entity.js';
import type { Place, Step } from '../../src/ir/operand.js';
import { isTrue } from '../../src/ir/predicate.js';
import type { Groups } from '../../src/ir/select.js';
import { AND, identifier, join, sql, type Fragment } from '../sql/fragment.js';
import { nativeOf } from './native.js';
import { predicate } from './predicate.js';

/** Gives each table of a statement an alias of its own. */
export class Aliases {
  private count = 0;
  next(): string {
    this.count += 1;
    return `t${this.count}`;
  }
}

/** Where an expression stands: the table it speaks of, and the joins of that table's FROM. */
export interface Scope {
  readonly entity: Entity;
  readonly alias: string;
  readonly aliases: Aliases;
  /** To-one joins that expressions asked for, in the order they were needed; null where a join would be out of place. */
  readonly joins: Joined[] | null;
  /** What `groupKey` and `groupMeasure` mean around a grouped sub-select. */
  readonly groups?: Groups;
}

/** A step from the table `near`, taken once however many expressions go that way. */
export interface Joined {
  readonly near: string;
  readonly step: Step;
  readonly scope: Scope;
  readonly on: Fragment;
}

export function newScope(entity: Entity, aliases: Aliases, joinable: boolean): Scope {
  return { entity, alias: aliases.next(), aliases, joins: joinable ? [] : null };
}

export function tableOf(entity: Entity, alias: string): Fragment {
  const { schema, table } = nativeOf(entity);
  return sql`${identifier(schema, table)} as ${identifier(alias)}`;
}

/** The FROM of a scope with the joins that its expressions asked for: to be called after all of them are made. */
export function fromOf(scope: Scope): Fragment {
  const joins = (scope.joins ?? []).map(
    ({ scope: far, on }) => sql` left join ${tableOf(far.entity, far.alias)} on ${on}`,
  );
  return join([tableOf(scope.entity, scope.alias), ...joins], sql``);
}

export function conditions(of: readonly (Fragment | null)[]): Fragment {
  const some = of.filter((each) => each !== null);
  return some.length === 0 ? sql`true` : join(some, AND);
}

/** The policy of a place as a condition of its own, without joins: it may stand in an ON. */
export function policyOf(place: Place, scope: Scope): Fragment | null {
  return isTrue(place.policy) ? null : predicate(place.policy, { ...scope, joins: null });
}

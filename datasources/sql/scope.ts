import type { Entity } from '../../src/ir/entity.js';
import type { Place, Step } from '../../src/ir/operand.js';
import { isTrue, type Predicate } from '../../src/ir/predicate.js';
import type { Groups } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import type { Dialect } from './dialect.js';
import { AND, identifier, join, sql, type Fragment } from './fragment.js';
import { predicate } from './predicate.js';

/** A statement that is being written: it gives each table an alias of its own, and knows which entities it reads. */
export class Draft {
  private count = 0;
  readonly entities = new Set<Entity>();
  constructor(readonly dialect: Dialect) {}

  alias(): string {
    this.count += 1;
    return `t${this.count}`;
  }
}

/** Where an expression stands: the table it speaks of, and the joins of that table's FROM. */
export interface Scope {
  readonly draft: Draft;
  readonly entity: Entity;
  readonly alias: string;
  /** To-one joins that expressions asked for, in the order they were needed; null where a join would be out of place. */
  readonly joins: Joined[] | null;
  /** In a condition of elements: their type. The alias is then that of the element which is looked at. */
  readonly element?: DataType;
  /** Text matches and nearests of the select that rows are scored by. */
  readonly sought?: readonly Predicate[];
  /** The table of what a walk reached, joined to that of the rows. */
  readonly reached?: string;
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

export function newScope(entity: Entity, draft: Draft, joinable: boolean): Scope {
  return { draft, entity, alias: draft.alias(), joins: joinable ? [] : null };
}

export function tableOf({ entity, alias, draft }: Scope): Fragment {
  draft.entities.add(entity);
  return sql`${draft.dialect.fields.table(entity)} as ${identifier(alias)}`;
}

/** The FROM of a scope with the joins that its expressions asked for: to be called after all of them are made. */
export function fromOf(scope: Scope): Fragment {
  const joins = (scope.joins ?? []).map(({ scope: far, on }) => sql` left join ${tableOf(far)} on ${on}`);
  return join([tableOf(scope), ...joins], sql``);
}

export function conditions(of: readonly (Fragment | null)[]): Fragment {
  const some = of.filter((each) => each !== null);
  return some.length === 0 ? sql`true` : join(some, AND);
}

export function whereOf(of: readonly (Fragment | null)[]): Fragment {
  return of.every((each) => each === null) ? sql`` : sql` where ${conditions(of)}`;
}

/** The policy of a place as a condition of its own, without joins: it may stand in an ON. */
export function policyOf(place: Place, scope: Scope): Fragment | null {
  return isTrue(place.policy) ? null : predicate(place.policy, { ...scope, joins: null });
}

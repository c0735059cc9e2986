import type { Entity } from '../../src/ir/entity.js';
import type { Place } from '../../src/ir/operand.js';
import { isTrue } from '../../src/ir/predicate.js';
import { AND, cypher, join, keyword, name, NOTHING, type Fragment } from './cypher.js';
import { nativeOf } from './native.js';
import { predicate } from './predicate.js';

/** Gives each node, relationship and value of a statement a variable of its own. */
export class Variables {
  private count = 0;
  next(letter: string): Fragment {
    this.count += 1;
    return keyword(`${letter}${this.count}`);
  }
}

/** Where an expression stands: the variable it speaks of. */
export interface Scope {
  readonly entity: Entity;
  readonly variable: Fragment;
  readonly variables: Variables;
  /** Of what a walk reached: how far it is, the way to it, and the entities that its nodes can be of. */
  readonly distance?: Fragment;
  readonly way?: Fragment;
  readonly entities?: readonly Entity[];
  /** How well a search finds the row. */
  readonly score?: Fragment;
}

export function newScope(entity: Entity, variables: Variables): Scope {
  return { entity, variable: variables.next('n'), variables };
}

/** The pattern of all rows of an entity. */
export function patternOf({ entity, variable }: Scope): Fragment {
  const native = nativeOf(entity);
  if (native.kind === 'node') return cypher`(${variable}:${name(native.label)})`;
  return cypher`(:${name(native.start)})-[${variable}:${name(native.type)}]->(:${name(native.end)})`;
}

export function conditions(of: readonly (Fragment | null)[]): Fragment {
  const some = of.filter((each) => each !== null);
  return some.length === 0 ? cypher`true` : join(some, AND);
}

export function whereOf(of: readonly (Fragment | null)[]): Fragment {
  return of.every((each) => each === null) ? NOTHING : cypher` WHERE ${conditions(of)}`;
}

/** The policy of a place as a condition. */
export function policyOf(place: Place, scope: Scope): Fragment | null {
  return isTrue(place.policy) ? null : predicate(place.policy, scope);
}

import { badInput } from '../errors.js';
import type { Entity, Relation } from '../ir/entity.js';
import { fieldOf } from '../ir/entity.js';
import { step, type Operand, type Step, type Walk } from '../ir/operand.js';
import type { EdgesRef, Input } from '../ir/query.js';
import { INT32, INT64 } from '../ir/types.js';
import { Hole } from '../ir/query.js';
import { stepOf, type Scope } from './scope.js';

/** No walk goes further: what it reaches grows with a power of the depth. */
export const MOST_HOPS = 10;

/** The relations of an entity that lead over edges. */
export function edgesOf(entity: Entity): readonly Relation[] {
  return [...entity.relations.values()].filter((relation) => relation.edge !== undefined);
}

/** The entities that edges lead to from this one, itself included, in the order in which they are met. */
export function nodesFrom(entity: Entity): readonly Entity[] {
  const found = new Set([entity]);
  for (const each of found) for (const { to } of edgesOf(each)) found.add(to);
  return [...found];
}

/** The types of edges that can be met from an entity. */
export function edgeTypesFrom(entity: Entity): readonly string[] {
  const types = nodesFrom(entity).flatMap((each) => edgesOf(each).map((relation) => relation.edge!.type));
  return [...new Set(types)].sort();
}

/** The hops over the edges that are asked for, from every entity that they can lead to. */
export function hopsOf(scope: Scope, entity: Entity, { types, direction }: EdgesRef, field: string): readonly Step[] {
  const known = edgeTypesFrom(entity);
  const wanted = types === null || types === undefined ? known : asTypes(types, known, `${field}.types`);
  const ways = waysOf(direction, `${field}.direction`);
  return nodesFrom(entity).flatMap((each) =>
    edgesOf(each)
      .filter(({ edge }) => wanted.includes(edge!.type) && ways.includes(edge!.direction))
      .map((relation) => stepOf(scope, relation)),
  );
}

function asTypes(types: Input, known: readonly string[], field: string): readonly string[] {
  const wanted = Array.isArray(types) ? (types as readonly Input[]) : [types];
  for (const type of wanted) {
    if (typeof type !== 'string' || !known.includes(type)) throw badInput(field, known.join(', '), type);
  }
  return wanted as readonly string[];
}

function waysOf(direction: Input, field: string): readonly ('OUT' | 'IN')[] {
  switch (direction ?? 'OUT') {
    case 'OUT':
      return ['OUT'];
    case 'IN':
      return ['IN'];
    case 'BOTH':
      return ['OUT', 'IN'];
    default:
      throw badInput(field, 'OUT, IN or BOTH', direction);
  }
}

export function walkOf(scope: Scope, entity: Entity, edges: EdgesRef, depth: Input, field: string): Walk {
  if (depth instanceof Hole) throw new Error(`${field}.depth reached binding as a slot`);
  const hops = depth ?? 1;
  if (typeof hops !== 'number' || !Number.isInteger(hops) || hops < 1 || hops > MOST_HOPS) {
    throw badInput(`${field}.depth`, `a whole number from 1 to ${MOST_HOPS}`, hops);
  }
  return { hops: hopsOf(scope, entity, edges, field), depth: hops };
}

/** Joins the rows that a walk begins at with themselves. */
export function selfStep(entity: Entity): Step {
  const on = (entity.key ?? []).map((name) => ({ from: fieldOf(entity, name), to: fieldOf(entity, name) }));
  return step({
    name: '_neighbours',
    from: entity,
    to: entity,
    many: true,
    on,
    through: null,
    description: null,
  });
}

/** How many edges there are at a row; only those at the row itself count. */
export function degreeOf(scope: Scope, entity: Entity, edges: EdgesRef, field: string): Operand {
  const hops = hopsOf(scope, entity, edges, field).filter((hop) => hop.relation.from === entity);
  return { steps: [], leaf: { kind: 'degree', hops }, type: INT64, nullable: false };
}

/** Of rows that a walk reached: how many hops away they are. */
export const DISTANCE: Operand = { steps: [], leaf: { kind: 'distance' }, type: INT32, nullable: false };

import type { Entity } from '../ir/entity.js';
import { membersOf, waysInto, type DataType } from '../ir/types.js';
import { parsePath, typeOfPath } from '../planner/scope.js';

/** A value of a row by its path: a field, or what stands in one; names are joined by `__`. */
export interface PathLeaf {
  readonly name: string;
  readonly type: DataType;
}

/** The fields of an entity, and behind each what is known of its inside. */
export function leavesOf(entity: Entity): readonly PathLeaf[] {
  return [...entity.fields.values()].flatMap(({ name, type }): PathLeaf[] => {
    const own: PathLeaf = { name, type };
    if (membersOf(type).length === 0) return [own];
    const inside = waysInto(type).map((way) => [name, ...way].join('__'));
    // A field of that very name is meant by it.
    const free = inside.filter((path) => !entity.fields.has(path));
    return [own, ...free.map((path) => ({ name: path, type: typeOfPath(entity, parsePath(entity, path, path)) }))];
  });
}

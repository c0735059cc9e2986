import type { Entity, Field, JoinPair, Relation } from '../ir/entity.js';
import { isPlain, withParts } from '../ir/parts.js';
import type { Select } from '../ir/select.js';

/** What another engine finds on entities and fields, in the place of what their own engine left there. */
export interface Home {
  entity(entity: Entity): unknown;
  field(entity: Entity, field: Field): unknown;
}

/** Where they then all are: what was apart is together. */
const HOME = 'compute';

/** The same select over the same entities in the hands of another engine: they have the facts that `home` gives them. */
export function rehomed(select: Select, home: Home): Select {
  const entities = new Map<Entity, Entity>();
  const fields = new Map<Field, Field>();
  const relations = new Map<Relation, Relation>();

  const moveEntity = (entity: Entity): Entity => {
    const known = entities.get(entity);
    if (known) return known;
    const own = [...entity.fields].map(([name, field]) => {
      const moved: Field = { ...field, native: home.field(entity, field) };
      fields.set(field, moved);
      return [name, moved] as const;
    });
    const at = { source: HOME, entity: entity.entity };
    const moved: Entity = { ...entity, ...at, fields: new Map(own), relations: new Map(), native: home.entity(entity) };
    entities.set(entity, moved);
    return moved;
  };
  const moveField = (field: Field): Field => fields.get(field) ?? field;
  const movePair = (pair: JoinPair): JoinPair => ({ ...pair, from: moveField(pair.from), to: moveField(pair.to) });
  const moveRelation = (relation: Relation): Relation => {
    const known = relations.get(relation);
    if (known) return known;
    const [from, to] = [moveEntity(relation.from), moveEntity(relation.to)];
    const through = relation.through && {
      entity: moveEntity(relation.through.entity),
      on: relation.through.on.map(movePair),
    };
    const moved: Relation = { ...relation, from, to, on: relation.on.map(movePair), through };
    relations.set(relation, moved);
    return moved;
  };
  const move = (part: unknown, name: string): unknown => {
    // Nothing is to be gained by an estimate here.
    if (name === 'approximate') return false;
    if (isPlain(part, name)) return undefined;
    if (name === 'entity') return moveEntity(part as Entity);
    if (name === 'field') return moveField(part as Field);
    return name === 'relation' ? moveRelation(part as Relation) : undefined;
  };
  // Entities come before the fields that are read of them: places and relations are met first.
  announce(select, moveEntity, moveRelation);
  return withParts(select, move);
}

/** Meets every entity and relation of a select. */
function announce(part: unknown, entity: (entity: Entity) => void, relation: (relation: Relation) => void): void {
  const walk = (each: unknown, name: string): void => {
    if (isPlain(each, name) || name === 'field') return;
    if (name === 'entity') entity(each as Entity);
    else if (name === 'relation') relation(each as Relation);
    else for (const [key, inner] of Object.entries(each as object)) walk(inner, Array.isArray(each) ? '' : key);
  };
  walk(part, '');
}

import { typeName } from '../ir/types.js';
import { entityPath, type Entity } from '../ir/entity.js';
import type { Problem } from '../store/shape.js';
import type { Health, Store } from '../store/store.js';
import type { SourceModel } from './model.js';

/** A source as the control plane shows it: plain data. */
export interface SourceView {
  readonly name: string;
  readonly kind: string;
  readonly engine: string;
  readonly entities: readonly EntityView[];
  readonly capabilities: readonly string[];
  readonly problems: readonly Problem[];
}

export interface EntityView {
  readonly source: string;
  readonly name: string;
  readonly description: string | null;
  readonly fields: readonly FieldView[];
  readonly key: readonly string[] | null;
  readonly relations: readonly RelationView[];
  readonly estimatedRows: number | null;
}

export interface FieldView {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly description: string | null;
}

export interface RelationView {
  readonly name: string;
  readonly to: string;
  readonly many: boolean;
  readonly fields: readonly string[];
}

export type HealthView = Health;

export function viewSource(store: Store, model: SourceModel, kind: string): SourceView {
  return {
    name: store.name,
    kind,
    engine: store.engine,
    entities: [...model.entities.values()].map((entity) => viewEntity(entity, model)),
    capabilities: capabilities(store),
    problems: model.problems,
  };
}

function viewEntity(entity: Entity, model: SourceModel): EntityView {
  return {
    source: entity.source,
    name: entity.entity,
    description: entity.description,
    fields: [...entity.fields.values()].map((field) => ({
      name: field.name,
      type: typeName(field.type),
      nullable: field.nullable,
      description: field.description,
    })),
    key: entity.key,
    relations: [...entity.relations.values()].map((relation) => ({
      name: relation.name,
      to: entityPath(relation.to),
      many: relation.many,
      fields: relation.on.map(({ from }) => from.name),
    })),
    estimatedRows: model.shapes.get(entity.entity)?.estimatedRows ?? null,
  };
}

/** The abilities that do not depend on what is asked, in words. */
function capabilities({ capabilities: can }: Store): string[] {
  const flags = {
    limit: can.limit,
    offset: can.offset,
    keyset: can.keyset,
    having: can.having,
    limitPerParent: can.limitPerParent,
  };
  return [
    ...Object.entries(flags).flatMap(([name, has]) => (has ? [name] : [])),
    ...(can.within === 'none' ? [] : [`within:${can.within}`]),
    ...(can.snapshot === 'none' ? [] : [`snapshot:${can.snapshot}`]),
  ];
}

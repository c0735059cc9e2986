import type { GraphQLField, GraphQLFieldConfig, GraphQLOutputType } from 'graphql';
import type { Entity, Field, Relation } from '../ir/entity.js';
import type { MeasureFn } from '../ir/select.js';
import type { StructField } from '../ir/types.js';

/** What a generated field stands for. Lowering reads this and never guesses from names. */
export type PlaneField =
  | { readonly kind: 'source'; readonly source: string }
  | { readonly kind: 'records' }
  | { readonly kind: 'list'; readonly entity: Entity }
  | { readonly kind: 'byKey'; readonly entity: Entity }
  | { readonly kind: 'connection'; readonly entity: Entity }
  | { readonly kind: 'aggregate'; readonly entity: Entity }
  | { readonly kind: 'groups'; readonly entity: Entity }
  | { readonly kind: 'column'; readonly field: Field }
  /** What a row has that is no field of it. */
  | { readonly kind: 'own'; readonly own: 'score' | 'distance' | 'path' }
  | { readonly kind: 'highlights'; readonly entity: Entity }
  | { readonly kind: 'degree' }
  /** What edges lead to, by entity. */
  | { readonly kind: 'neighbours'; readonly entity: Entity }
  | { readonly kind: 'neighbour'; readonly entity: Entity }
  /** A shortest way over edges to another row. */
  | { readonly kind: 'path'; readonly entity: Entity }
  /** The row itself, under a name of its own. */
  | { readonly kind: 'self'; readonly entity: Entity }
  /** Of the type of an object: one of its members. */
  | { readonly kind: 'member'; readonly member: StructField }
  | { readonly kind: 'relation'; readonly relation: Relation }
  | { readonly kind: 'relationConnection'; readonly relation: Relation }
  | { readonly kind: 'relationAggregate'; readonly relation: Relation }
  | { readonly kind: 'relationGroups'; readonly relation: Relation }
  /** The keys of a group: all by name as JSON, or the plain ones with their types. */
  | { readonly kind: 'groupKeys' }
  | { readonly kind: 'groupKey' }
  /** `count` and `quantile`: one number. */
  | { readonly kind: 'measure'; readonly fn: MeasureFn }
  /** `sum`, `avg` …: an object with a number a field. */
  | { readonly kind: 'measures'; readonly fn: MeasureFn }
  | { readonly kind: 'measured'; readonly path: string };

export interface PlaneExtensions {
  readonly plane: PlaneField;
}

export function planeOf(field: GraphQLField<unknown, unknown>): PlaneField | null {
  return (field.extensions as Partial<PlaneExtensions>).plane ?? null;
}

/** A generated field that stands for something of the data plane. */
export function plane(
  field: PlaneField,
  type: GraphQLOutputType,
  description: string,
): GraphQLFieldConfig<unknown, unknown> {
  return { type, description, extensions: { plane: field } };
}

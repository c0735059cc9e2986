import type { DataType } from './types.js';

/** How a caller names an entity: `source` as configured, `entity` as the schema names it. */
export interface EntityRef {
  readonly source: string;
  readonly entity: string;
}

/**
 * A table, view, collection, node label or index, after naming: the words on top are the schema's, `native` belongs to
 * the engine that introspected it and is read by that engine alone.
 */
export interface Entity extends EntityRef {
  readonly description: string | null;
  readonly fields: ReadonlyMap<string, Field>;
  /** Names of the fields of the key that makes pages stable; null when the store has none. */
  readonly key: readonly string[] | null;
  /** Other sets of fields that the store guarantees to be unique (nulls aside). */
  readonly unique: readonly (readonly string[])[];
  /** Both directions: what this entity references and what references it. Filled after all entities exist. */
  readonly relations: ReadonlyMap<string, Relation>;
  readonly native: unknown;
}

export interface Field {
  readonly name: string;
  /** A text match finds rows by it. */
  readonly search?: boolean;
  readonly type: DataType;
  readonly nullable: boolean;
  readonly description: string | null;
  /** The engine's own facts of this field (native name and type, collation …). */
  readonly native: unknown;
}

/** A link from one entity to another. `many` says what a row of `from` can have on the other side. */
export interface Relation {
  readonly name: string;
  readonly from: Entity;
  readonly to: Entity;
  readonly many: boolean;
  /** Equal values in each pair join two rows; a null joins nothing. With `through`, pairs are from `from` to `through.entity`. */
  readonly on: readonly JoinPair[];
  /** The junction of a many-to-many, and its pairs to `to`. */
  readonly through: { readonly entity: Entity; readonly on: readonly JoinPair[] } | null;
  readonly description: string | null;
  /** Of relations over the edges of a graph: their type, and whether they lead away (OUT) or here (IN). */
  readonly edge?: { readonly type: string; readonly direction: 'OUT' | 'IN' };
}

/** `from` is a field of the nearer entity, `to` of the farther one. */
export interface JoinPair {
  readonly from: Field;
  readonly to: Field;
  /** Of pairs across sources whose values are not compared as they are: join.ts has the common forms of both sides. */
  readonly form?: JoinForm;
}

/** What becomes of both sides before they are compared. */
export interface JoinForm {
  /** Of text, in this order: white space at both ends goes; capitals become small letters. */
  readonly normalise: readonly Normaliser[];
  /** Points in time become the day that they are on in `zone` (IANA; of zoneless types their own day). */
  readonly date: { readonly zone: string } | null;
}

export type Normaliser = 'TRIM' | 'LOWER';

/** `source.entity` */
export function entityPath({ source, entity }: EntityRef): string {
  return `${source}.${entity}`;
}

/** `source.entity.relation` */
export function relationPath({ from, name }: Relation): string {
  return `${entityPath(from)}.${name}`;
}

/** Whether its sides, and the junction between them, are in more than one source: no store can follow it. */
export function crosses({ from, to, through }: Relation): boolean {
  return from.source !== to.source || (through !== null && through.entity.source !== to.source);
}

export function fieldOf(entity: Entity, name: string): Field {
  const field = entity.fields.get(name);
  if (!field) throw new Error(`entity ${entity.source}.${entity.entity} has no field ${name}`);
  return field;
}

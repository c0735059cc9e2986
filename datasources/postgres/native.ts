import type { Entity, Field } from '../../src/ir/entity.js';

/** What introspection leaves on entities and fields for the compiler: plain data. */
export interface NativeEntity {
  readonly schema: string;
  readonly table: string;
  /** Sets of columns that an index of the store keeps unique. */
  readonly unique: readonly (readonly string[])[];
  /** Columns in whose order an index can be read. */
  readonly leads: readonly string[];
}

export interface NativeField {
  readonly column: string;
  /** The base type as casts name it: quoted where needed, without length or precision, never a domain. */
  readonly type: string;
  /** Whether the store can hold null here: a Float field counts as nullable in the schema even where it cannot. */
  readonly nullable: boolean;
  /** Equality of the type is not equality of bytes: citext, char(n), non-deterministic collations. */
  readonly loose: boolean;
  /** The store's order of this text is the order of its bytes. */
  readonly binary: boolean;
  /** Schema and name of the collation of text that has another than the database's. */
  readonly collation: readonly [schema: string, name: string] | null;
  /** A type that we do not know: compared as its text. */
  readonly opaque: boolean;
  /** Schema and name of the type below a domain that operators do not look through: an enum, or a list's elements. */
  readonly wrapped: readonly [schema: string, name: string] | null;
}

export function nativeOf(entity: Entity): NativeEntity {
  return entity.native as NativeEntity;
}

export function columnOf(field: Field): NativeField {
  return field.native as NativeField;
}

/** Whether the store promises at most one row for each combination of these columns' values. */
export function isUniqueIn(entity: Entity, columns: readonly string[]): boolean {
  return nativeOf(entity).unique.some((set) => set.every((column) => columns.includes(column)));
}

export function sameCollation(a: NativeField, b: NativeField): boolean {
  return a.collation?.join('.') === b.collation?.join('.');
}

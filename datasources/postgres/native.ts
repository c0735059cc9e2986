import type { Entity, Field } from '../../src/ir/entity.js';
import type { DataType } from '../../src/ir/types.js';
import type * as Sql from '../sql/native.js';

/** What introspection leaves on entities and fields for the compiler: plain data. */
export interface NativeEntity extends Sql.NativeEntity {
  readonly schema: string;
  readonly table: string;
  /** Columns in whose order an index can be read. */
  readonly leads: readonly string[];
  /** Its rows are documents: a column of jsonb whose members are columns here. */
  readonly document?: NativeDocument;
}

export interface NativeDocument {
  readonly column: string;
  /** Columns of the table that stay what they are. */
  readonly beside: readonly string[];
  readonly members: readonly { readonly column: string; readonly member: string; readonly type: DataType }[];
}

/** `type` is the base type: quoted where needed, without length or precision, never a domain. */
export interface NativeField extends Sql.NativeField {
  /** Schema and name of the collation of text that has another than the database's. */
  readonly collation: readonly [schema: string, name: string] | null;
  /** Schema and name of the type below a domain that operators do not look through: an enum, or a list's elements. */
  readonly wrapped: readonly [schema: string, name: string] | null;
  /** How a text match finds rows by it; of sources that are read as kind SEARCH. */
  readonly search?: NativeSearch;
  /** Of a vector: the schema that has its operators. */
  readonly vectors?: string;
}

export interface NativeSearch {
  /** The column is a tsvector, else text of which one is made. */
  readonly isVector: boolean;
  /** The configuration that makes lexemes of its text, and of what is searched. */
  readonly config: readonly [schema: string, name: string];
  readonly weight: 'A' | 'B' | 'C' | 'D' | null;
  /** The schema of pg_trgm; null where the database does not have it. */
  readonly trigrams: string | null;
}

export function nativeOf(entity: Entity): NativeEntity {
  return entity.native as NativeEntity;
}

export function columnOf(field: Field): NativeField {
  return field.native as NativeField;
}

export function sameCollation(a: NativeField, b: NativeField): boolean {
  return a.collation?.join('.') === b.collation?.join('.');
}

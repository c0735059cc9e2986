import type { Entity, Field } from '../../src/ir/entity.js';
import type * as Sql from '../sql/native.js';

export type FileFormat = 'PARQUET' | 'CSV' | 'NDJSON' | 'JSON';

/** What introspection leaves on entities: all that it takes to read their files again. */
export interface NativeEntity extends Sql.NativeEntity {
  /** The name of the view that stands for the files. */
  readonly view: string;
  readonly format: FileFormat;
  /** Absolute paths and globs. */
  readonly files: readonly string[];
  /** Options of the reader, as its arguments are spelled. */
  readonly options: readonly string[];
  readonly casts: readonly NativeColumn[];
}

/** A column of the files. */
export interface NativeColumn {
  readonly column: string;
  /** The type that the view gives it; null: as it is in the files. */
  readonly cast: string | null;
}

export type NativeField = Sql.NativeField;

export function nativeOf(entity: Entity): NativeEntity {
  return entity.native as NativeEntity;
}

export function columnOf(field: Field): NativeField {
  return field.native as NativeField;
}

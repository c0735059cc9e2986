import type { Entity, Field } from '../../src/ir/entity.js';

/** What every SQL engine's introspection leaves on entities for the compiler, beside what is its own: plain data. */
export interface NativeEntity {
  /** Sets of columns that the store keeps unique. */
  readonly unique: readonly (readonly string[])[];
}

/** The same on fields. */
export interface NativeField {
  readonly column: string;
  /** The type as casts name it. */
  readonly type: string;
  /** Whether the store can hold null here: a Float field counts as nullable in the schema even where it cannot. */
  readonly nullable: boolean;
  /** Equality of the type is not equality of bytes: collations without regard to case, padded text. */
  readonly loose: boolean;
  /** The store's order of this text is the order of its bytes. */
  readonly binary: boolean;
  /** A type that we do not know: compared as its text. */
  readonly opaque: boolean;
}

export function columnOf(field: Field): NativeField {
  return field.native as NativeField;
}

/** Whether the store promises at most one row for each combination of these columns' values. */
export function isUniqueIn(entity: Entity, columns: readonly string[]): boolean {
  const { unique } = entity.native as NativeEntity;
  return unique.some((set) => set.every((column) => columns.includes(column)));
}

import type { DataType } from '../ir/types.js';

/**
 * What introspection finds, before naming: plain JSON data (it is kept in the catalog with a version). Names are the
 * store's own; `native` is the engine's, and plain data too.
 */
export interface SourceShape {
  readonly entities: readonly EntityShape[];
  readonly problems: readonly Problem[];
}

export interface EntityShape {
  /** The name by the rule of the engine before it is made legal: `flight`, `sales_order`. Unique unless the store is odd. */
  readonly name: string;
  /** What stands for it in `references` and in messages: `public.flight`. */
  readonly id: string;
  readonly kind:
    | 'TABLE'
    | 'VIEW'
    | 'MATERIALIZED_VIEW'
    | 'FOREIGN_TABLE'
    | 'PARTITIONED_TABLE'
    | 'COLLECTION'
    | 'LABEL'
    | 'RELATIONSHIP'
    | 'INDEX'
    | 'FILES';
  readonly description: string | null;
  readonly fields: readonly FieldShape[];
  /** Names of the primary key's fields, or null. */
  readonly key: readonly string[] | null;
  readonly unique: readonly (readonly string[])[];
  readonly references: readonly ReferenceShape[];
  /** Its rows are edges of a graph. */
  readonly edge?: EdgeShape;
  readonly estimatedRows: number | null;
  readonly native: unknown;
}

export interface FieldShape {
  readonly name: string;
  /** The store has a text index on it: a text match finds its rows. */
  readonly search?: boolean;
  readonly type: DataType;
  readonly nullable: boolean;
  readonly description: string | null;
  readonly native: unknown;
}

/** An edge leads from one row to another, both named by fields of its own. */
export interface EdgeShape {
  /** What it is called in the store: relations are named by it. */
  readonly type: string;
  readonly from: EdgeEnd;
  readonly to: EdgeEnd;
}

export interface EdgeEnd {
  readonly fields: readonly string[];
  /** `id` of the entity that it ends at. */
  readonly to: string;
  readonly toFields: readonly string[];
}

/** A foreign key. */
export interface ReferenceShape {
  /** The constraint's name. */
  readonly name: string;
  readonly fields: readonly string[];
  /** `id` of the entity it points at. */
  readonly to: string;
  readonly toFields: readonly string[];
  /** false: the store does not promise that the target exists (NOT VALID, NOT ENFORCED). */
  readonly enforced: boolean;
}

/** Something of the source that is not in the schema, or not as it is in the store, and why. */
export interface Problem {
  readonly subject: string;
  readonly message: string;
}

import type { Entity, Field } from '../../src/ir/entity.js';
import type * as Sql from '../sql/native.js';

/** The two servers of one protocol, which spell some things differently. */
export type Server = 'mariadb' | 'mysql';

/** What introspection leaves on entities and fields for the compiler: plain data. */
export interface NativeEntity extends Sql.NativeEntity {
  readonly server: Server;
  readonly database: string;
  readonly table: string;
}

/** `type` is that of parameters which are compared with the column: see parameters.ts. */
export interface NativeField extends Sql.NativeField {
  /** Of text: its collation, and the character set of it. */
  readonly collation: string | null;
  readonly charset: string | null;
  /** How the column is read: as it is, as the number that is behind it, as its text, as the text of a shape. */
  readonly form: 'plain' | 'number' | 'text' | 'shape';
}

export function nativeOf(entity: Entity): NativeEntity {
  return entity.native as NativeEntity;
}

export function columnOf(field: Field): NativeField {
  return field.native as NativeField;
}

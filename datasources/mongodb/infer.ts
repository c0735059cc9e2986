import { Binary, Decimal128, Double, Int32, Long, ObjectId, Timestamp } from 'mongodb';
import { FLOAT64, INT32, INT64, TEXT } from '../../src/ir/types.js';
import { inferFields as infer, type Inferred, type Values } from '../documents/infer.js';

export type { Inferred } from '../documents/infer.js';

/** Documents are read with `promoteValues: false`. */
const BSON_VALUES: Values = {
  kindOf,
  types: {
    string: TEXT,
    boolean: { kind: 'bool' },
    int: INT32,
    long: INT64,
    double: FLOAT64,
    decimal: { kind: 'decimal', precision: null, scale: null },
    date: { kind: 'instant' },
    objectId: { kind: 'id' },
    uuid: { kind: 'uuid' },
    bytes: { kind: 'bytes' },
  },
  widening: ['int', 'long', 'double', 'decimal'],
  points: true,
};

/** The fields of documents, in the order in which they were met. */
export function inferFields(documents: readonly Readonly<Record<string, unknown>>[]): Inferred[] {
  return infer(documents, BSON_VALUES);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Date) return 'date';
  if (value instanceof Timestamp) return 'timestamp';
  if (value instanceof Int32) return 'int';
  if (value instanceof Long) return 'long';
  if (value instanceof Double) return 'double';
  if (value instanceof Decimal128) return 'decimal';
  if (value instanceof ObjectId) return 'objectId';
  if (value instanceof Binary) return value.sub_type === Binary.SUBTYPE_UUID ? 'uuid' : 'bytes';
  if (typeof value === 'object') {
    return Object.getPrototypeOf(value) === Object.prototype
      ? 'object'
      : ((value as { _bsontype?: string })._bsontype ?? 'other');
  }
  return typeof value === 'number' ? 'double' : typeof value === 'bigint' ? 'long' : typeof value;
}

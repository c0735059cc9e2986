import { Binary, BSON, Decimal128, Int32, Long, UUID } from 'mongodb';
import type { MemoryConfig } from '../../datasources/memory/index.js';
import type { DataType, GeoPoint } from '../../src/ir/types.js';

export type Document = Record<string, unknown>;

/** The rows of a fixture as documents by collection; null by turns as null and as nothing. */
export function documentsOf({ shape, rows }: MemoryConfig): Map<string, Document[]> {
  return new Map(
    shape.entities.map((entity) => [
      entity.name,
      (rows[entity.id] ?? []).map((row, i) =>
        Object.fromEntries(
          entity.fields.flatMap(({ name, type }, j) => {
            const value = row[name] ?? null;
            return value === null && (i + j) % 2 === 0 ? [] : [[name, stored(type, value)]];
          }),
        ),
      ),
    ]),
  );
}

/** A value as the store keeps it; plain numbers are doubles. */
export function stored(type: DataType, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (type.kind) {
    case 'int':
      return type.bits === 64 ? Long.fromBigInt(value as bigint) : new Int32(Number(value));
    case 'decimal':
      return Decimal128.fromString(value as string);
    case 'uuid':
      return new UUID(value as string);
    case 'bytes':
      return new Binary(value as Uint8Array);
    case 'geopoint': {
      const { lon, lat } = value as GeoPoint;
      return { type: 'Point', coordinates: [lon, lat] };
    }
    case 'instant':
      return new Date(Number((value as bigint) / 1_000n));
    case 'json':
      return JSON.parse(value as string) as unknown;
    case 'list':
      return (value as readonly unknown[]).map((each) => stored(type.of, each));
    case 'struct':
      return Object.fromEntries(
        type.fields.map((field) => [field.name, stored(field.type, (value as Document)[field.name])]),
      );
    default:
      return value;
  }
}

/** A document of results as the wire brings it. */
export function toBson(document: Document): Uint8Array {
  return BSON.serialize(document, { ignoreUndefined: false });
}

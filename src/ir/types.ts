/**
 * Logical types of values and what holds them in memory (`TYPED` batches, the memory engine, parameters):
 *
 * | type          | JavaScript                                                        |
 * |---------------|-------------------------------------------------------------------|
 * | bool          | boolean                                                           |
 * | int           | bigint (64 bits, signed)                                          |
 * | float         | number (NaN and infinities included)                              |
 * | decimal       | string: minimal decimal text, or NaN, Infinity, -Infinity         |
 * | text, id, enum, opaque | string                                                   |
 * | uuid          | string, lower case                                                |
 * | bytes         | Uint8Array                                                        |
 * | date          | number: days since 1970-01-01                                     |
 * | time          | bigint: microseconds since midnight                               |
 * | localdatetime | bigint: microseconds since 1970-01-01T00:00, no zone              |
 * | instant       | bigint: microseconds since 1970-01-01T00:00Z                      |
 * | duration      | { months, days: number, micros: bigint }                          |
 * | json          | string: the JSON text, as the store gave it                       |
 * | list          | array of the element's form or null                               |
 * | struct        | object by field name, each the field's form or null               |
 * | vector        | array of numbers                                                  |
 * | geopoint      | { lon, lat: number }                                              |
 *
 * Absent values are null, never undefined.
 */
export type DataType =
  | { readonly kind: 'bool' }
  | { readonly kind: 'int'; readonly bits: 16 | 32 | 64 }
  | { readonly kind: 'float'; readonly bits: 32 | 64 }
  | { readonly kind: 'decimal'; readonly precision: number | null; readonly scale: number | null }
  | { readonly kind: 'text' }
  | { readonly kind: 'id' }
  | { readonly kind: 'enum'; readonly name: string; readonly values: readonly string[] }
  /** A type of the store that we do not know: shown as text, comparable for equality only. */
  | { readonly kind: 'opaque'; readonly native: string }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'date' }
  | { readonly kind: 'time' }
  | { readonly kind: 'localdatetime' }
  | { readonly kind: 'instant' }
  | { readonly kind: 'duration' }
  /** `members`: what is known of its objects. Others may be there too; a value of another type counts as null. */
  | { readonly kind: 'json'; readonly members?: readonly StructField[] }
  | { readonly kind: 'list'; readonly of: DataType }
  | { readonly kind: 'struct'; readonly fields: readonly StructField[] }
  | { readonly kind: 'vector'; readonly dimensions: number | null }
  | { readonly kind: 'geopoint' };

export interface StructField {
  readonly name: string;
  /** The store's own name, where GraphQL cannot hold it and `name` was made of it. */
  readonly native?: string;
  readonly type: DataType;
  readonly nullable: boolean;
}

export type TypeKind = DataType['kind'];

export interface Duration {
  readonly months: number;
  readonly days: number;
  readonly micros: bigint;
}

export interface GeoPoint {
  readonly lon: number;
  readonly lat: number;
}

export const BOOL: DataType = { kind: 'bool' };
export const INT32: DataType = { kind: 'int', bits: 32 };
export const INT64: DataType = { kind: 'int', bits: 64 };
export const FLOAT64: DataType = { kind: 'float', bits: 64 };
export const DECIMAL: DataType = { kind: 'decimal', precision: null, scale: null };
export const TEXT: DataType = { kind: 'text' };

/** What can be looked into by name: the fields of a struct, the known members of json. */
export function membersOf(type: DataType): readonly StructField[] {
  if (type.kind === 'struct') return type.fields;
  return type.kind === 'json' ? (type.members ?? []) : [];
}

/** The type at the end of a way into structs and json; null where there is none. */
export function typeAt(type: DataType, nested: readonly string[]): DataType | null {
  let at: DataType | undefined = type;
  for (const name of nested) at = at && membersOf(at).find((member) => member.name === name)?.type;
  return at ?? null;
}

/** A way by the store's own names. */
export function nativeWay(type: DataType, nested: readonly string[]): readonly string[] {
  let at: DataType | undefined = type;
  return nested.map((name) => {
    const member: StructField | undefined = at && membersOf(at).find((each) => each.name === name);
    at = member?.type;
    return member?.native ?? name;
  });
}

/** The ways into a type that end at a value: itself alone, when there is nothing to look into. */
export function waysInto(type: DataType): readonly (readonly string[])[] {
  const members = membersOf(type);
  if (members.length === 0) return [[]];
  return members.flatMap((member) => waysInto(member.type).map((way) => [member.name, ...way]));
}

/** The type as errors, `explain` and the documentation print it. */
export function typeName(type: DataType): string {
  switch (type.kind) {
    case 'int':
    case 'float':
      return `${type.kind}${type.bits}`;
    case 'decimal':
      return type.precision === null ? 'decimal' : `decimal(${type.precision},${type.scale ?? 0})`;
    case 'enum':
      return `enum ${type.name}`;
    case 'opaque':
      return type.native;
    case 'list':
      return `[${typeName(type.of)}]`;
    case 'struct':
      return `{${type.fields.map((f) => `${f.name}: ${typeName(f.type)}`).join(', ')}}`;
    default:
      return type.kind;
  }
}

/** Types whose values have a total order, so `lt`, `between`, `orderBy`, `min` and `max` make sense. */
export function isOrdered(type: DataType): boolean {
  switch (type.kind) {
    case 'json':
    case 'list':
    case 'struct':
    case 'vector':
    case 'geopoint':
    case 'opaque':
      return false;
    default:
      return true;
  }
}

/** Types whose values can be compared for equality and so be grouped and counted distinct. */
export function isEquatable(type: DataType): boolean {
  return isOrdered(type) || type.kind === 'opaque';
}

export function isNumeric(type: DataType): boolean {
  return type.kind === 'int' || type.kind === 'float' || type.kind === 'decimal';
}

/** Types that are compared as text, so a collation applies. Enums have their declared order, uuid and id byte order. */
export function isCollated(type: DataType): boolean {
  return type.kind === 'text';
}

import { compareDecimals } from './decimal.js';
import { compareText } from './text.js';
import { durationMicros } from './time.js';
import type { DataType, Duration } from './types.js';

/** The order of two non-null values of one type: NaN above every number, -0 equal to 0, text by code points. */
export function compareValues(type: DataType, a: unknown, b: unknown): number {
  switch (type.kind) {
    case 'bool':
    case 'date':
      return Number(a) - Number(b);
    case 'int':
    case 'time':
    case 'localdatetime':
    case 'instant':
      return compareBigInts(a as bigint, b as bigint);
    case 'float':
      return compareFloats(a as number, b as number);
    case 'decimal':
      return compareDecimals(a as string, b as string);
    case 'enum':
      return type.values.indexOf(a as string) - type.values.indexOf(b as string);
    case 'duration':
      return compareBigInts(durationMicros(a as Duration), durationMicros(b as Duration));
    case 'bytes':
      return Buffer.compare(a as Uint8Array, b as Uint8Array);
    case 'text':
    case 'id':
    case 'opaque':
    case 'uuid':
      return compareText(a as string, b as string);
    default:
      throw new Error(`${type.kind} has no order`);
  }
}

export function compareBigInts(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function compareFloats(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  if (Number.isNaN(b)) return -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

export function equalValues(type: DataType, a: unknown, b: unknown): boolean {
  return compareValues(type, a, b) === 0;
}

/** The join normal form of a value: equal exactly when the values are. */
export function keyText(type: DataType, value: unknown): string {
  switch (type.kind) {
    case 'float':
      return value === 0 ? '0' : String(value);
    case 'bytes':
      return Buffer.from(value as Uint8Array).toString('hex');
    case 'duration':
      return String(durationMicros(value as Duration));
    case 'uuid':
      return (value as string).toLowerCase();
    case 'json':
    case 'list':
    case 'struct':
    case 'vector':
    case 'geopoint':
      throw new Error(`${type.kind} is no key`);
    default:
      return String(value);
  }
}

import { GatewayError } from '../../src/errors.js';
import { coerceValue } from '../../src/ir/coerce.js';
import { minimalDecimal } from '../../src/ir/decimal.js';
import { exactText } from '../../src/ir/print.js';
import {
  daysFromCivil,
  MICROS_PER_DAY,
  parseDate,
  parseLocal,
  parseTime,
  printDate,
  printLocal,
  printTime,
} from '../../src/ir/time.js';
import { typeName, type DataType } from '../../src/ir/types.js';

/** What the driver gives and takes ⇄ the forms of ir/types.ts. Parameters are texts, but bytes. */

export type EncodeValue = (value: unknown) => string | Uint8Array;

const FIRST_DAY = daysFromCivil({ year: 0, month: 1, day: 1 });
const LAST_DAY = daysFromCivil({ year: 9999, month: 12, day: 31 });
const FIRST_MICRO = BigInt(FIRST_DAY) * MICROS_PER_DAY;
const LAST_MICRO = BigInt(LAST_DAY + 1) * MICROS_PER_DAY - 1n;

export function encode(type: DataType, native: string): EncodeValue {
  switch (type.kind) {
    case 'bool':
      return (value) => (value === true ? '1' : '0');
    case 'float':
      return native === 'float'
        ? (value) => doubleText(Math.fround(value as number))
        : (value) => doubleText(value as number);
    case 'decimal':
      return encodeDecimal(native);
    case 'enum':
      return (value) => String(type.values.indexOf(value as string) + 1);
    case 'bytes':
      return (value) => value as Uint8Array;
    case 'date':
      return (value) => printDate(Math.min(Math.max(value as number, FIRST_DAY), LAST_DAY));
    case 'time':
      return (value) => printTime(value as bigint);
    case 'localdatetime':
    case 'instant':
      return (value) => printLocal(within(value as bigint)).replace('T', ' ');
    case 'duration':
    case 'list':
    case 'struct':
    case 'vector':
    case 'geopoint':
      throw new Error(`mysql has no parameter of type ${type.kind}`);
    default:
      return String;
  }
}

/** A list is one JSON text of texts. */
export function encodeList(type: DataType, native: string): (value: unknown) => string {
  const one = encode(type, native);
  const text = (value: unknown): string => {
    const encoded = one(value);
    return typeof encoded === 'string' ? encoded : Buffer.from(encoded).toString('hex');
  };
  return (value) => JSON.stringify((value as readonly unknown[]).map(text));
}

function within(micros: bigint): bigint {
  return micros < FIRST_MICRO ? FIRST_MICRO : micros > LAST_MICRO ? LAST_MICRO : micros;
}

/** The store has neither NaN nor infinities: they are as far above, or below, as its numbers go. */
function doubleText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return String(value === -Infinity ? -Number.MAX_VALUE : Number.MAX_VALUE);
}

/**
 * A decimal at the scale of a native type, which has one digit more than the values that it is compared with: what lies
 * between two of them, or beyond all, lies there as well once it is cut.
 */
function encodeDecimal(native: string): EncodeValue {
  const [digits, scale] = /\((\d+),(\d+)\)$/.exec(native)!.slice(1).map(Number) as [number, number];
  const most = '9'.repeat(digits - scale);
  return (value) => {
    const text = value as string;
    // NaN is above every number.
    if (!/\d/.test(text)) return text === '-Infinity' ? `-${most}` : most;
    const sign = text.startsWith('-') ? '-' : '';
    const [whole = '', fraction = ''] = text.replace('-', '').split('.');
    if (whole.length > digits - scale) return sign + most;
    const kept = fraction.slice(0, scale);
    const isCut = /[1-9]/.test(fraction.slice(scale)) && kept.endsWith('0');
    return `${sign}${whole}.${isCut ? `${kept.slice(0, -1)}1` : kept}`;
  };
}

export type DecodeValue = (value: unknown) => unknown;

/** Never called with null. Null is a value that our type does not have. */
function reader(type: DataType): DecodeValue {
  switch (type.kind) {
    case 'bool': {
      const known: Readonly<Record<string, boolean>> = { 0: false, 1: true };
      return (value) => known[String(value)] ?? null;
    }
    case 'int':
      return (value) => BigInt(value as string | number);
    case 'float':
      return Number;
    case 'decimal':
      return (value) => minimalDecimal(String(value));
    case 'enum':
      return (value) => type.values[Number(value) - 1] ?? null;
    case 'bytes':
      return (value) => new Uint8Array(typeof value === 'string' ? Buffer.from(value) : (value as Uint8Array));
    case 'date':
      return (value) => parseDate((value as string).slice(0, 10));
    case 'time':
      return (value) => parseTime(value as string);
    case 'localdatetime':
    case 'instant':
      return (value) => parseLocal(value as string);
    default:
      return (value) => (typeof value === 'string' ? value : Buffer.from(value as Uint8Array).toString());
  }
}

export function decode(type: DataType): DecodeValue {
  const read = reader(type);
  return (value) => {
    const found = read(value);
    if (found !== null) return found;
    throw new GatewayError('INTEGRITY', `a value of the store is no ${typeName(type)}: ${String(value)}`, {
      got: String(value),
      hint: 'leave such rows out by a filter',
    });
  };
}

/** The text of values in a TEXT batch: JSON. What our type does not have, such as the date 0000-00-00, is null. */
export function textOf(type: DataType): (value: unknown) => string | null {
  const [read, text] = [reader(type), exactText(type)];
  return (raw) => {
    const value = read(raw);
    return value === null ? null : text(value);
  };
}

/** A text of `textOf` as JSON. */
export function jsonText(type: DataType): (raw: string) => string {
  return type.kind === 'float' ? (raw) => (raw === '-0' ? '0' : raw) : (raw) => raw;
}

/** A text of `textOf` as a value. */
export function valueOfText(type: DataType): (raw: string) => unknown {
  return type.kind === 'json' ? (raw) => raw : (raw) => coerceValue(type, JSON.parse(raw), 'mysql');
}

import {
  blobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  listValue,
  type DuckDBBlobValue,
  type DuckDBListValue,
  type DuckDBStructValue,
  type DuckDBUUIDValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { GatewayError } from '../../src/errors.js';
import { coerceValue } from '../../src/ir/coerce.js';
import { minimalDecimal } from '../../src/ir/decimal.js';
import { exactText } from '../../src/ir/print.js';
import type { DataType, Duration } from '../../src/ir/types.js';

/** DuckDB's values ⇄ the forms of ir/types.ts. */

/** Digits that a DECIMAL can have. */
export const MOST_DIGITS = 38;

export type EncodeValue = (value: unknown) => DuckDBValue;

export function encode(type: DataType, native: string): EncodeValue {
  switch (type.kind) {
    case 'bool':
    case 'int':
      return (value) => value as DuckDBValue;
    case 'float':
      return native === 'FLOAT' ? (value) => Math.fround(value as number) : (value) => value as number;
    case 'decimal':
      return encodeDecimal(native);
    case 'bytes':
      return (value) => blobValue(value as Uint8Array);
    case 'date':
      return (value) => new DuckDBDateValue(value as number);
    case 'time':
      return (value) => new DuckDBTimeValue(value as bigint);
    case 'localdatetime':
      return (value) => new DuckDBTimestampValue(withinTime(value as bigint));
    case 'instant':
      return (value) => new DuckDBTimestampTZValue(withinTime(value as bigint));
    case 'duration':
      return (value) => {
        const { months, days, micros } = value as Duration;
        return new DuckDBIntervalValue(months, days, micros);
      };
    case 'list':
      return encodeList(type.of, native.replace(/\[\]$/, ''));
    case 'struct':
    case 'vector':
    case 'geopoint':
      throw new Error(`duckdb has no parameter of type ${type.kind}`);
    default:
      return String;
  }
}

export function encodeList(type: DataType, native: string): EncodeValue {
  const one = encode(type, native);
  return (value) => listValue((value as readonly unknown[]).map((each) => (each === null ? null : one(each))));
}

/** What lies beyond is beyond every time of the store, which has infinities. */
function withinTime(micros: bigint): bigint {
  const { PosInf, NegInf, Max, Min } = DuckDBTimestampValue;
  return micros > Max.micros ? PosInf.micros : micros < Min.micros ? NegInf.micros : micros;
}

/**
 * A decimal at the scale of a native type, which has one digit more than the values that it is compared with: what lies
 * between two of them, or beyond all, lies there as well once it is cut.
 */
function encodeDecimal(native: string): EncodeValue {
  const scale = Number(/,(\d+)\)$/.exec(native)![1]);
  const most = 10n ** BigInt(MOST_DIGITS) - 1n;
  const within = (unscaled: bigint): DuckDBDecimalValue =>
    new DuckDBDecimalValue(unscaled > most ? most : unscaled < -most ? -most : unscaled, MOST_DIGITS, scale);
  return (value) => {
    const text = value as string;
    // NaN is above every number.
    if (!/\d/.test(text)) return within(text === '-Infinity' ? -most : most);
    const [whole = '', fraction = ''] = text.replace('-', '').split('.');
    const kept = fraction.slice(0, scale).padEnd(scale, '0');
    const isCut = /[1-9]/.test(fraction.slice(scale)) && kept.endsWith('0');
    const unscaled = BigInt(whole + (isCut ? `${kept.slice(0, -1)}1` : kept));
    return within(text.startsWith('-') ? -unscaled : unscaled);
  };
}

export type DecodeValue = (value: DuckDBValue) => unknown;

/** Never called with null. A value's class says how the store holds it, which may be wider than the type. */
export function decode(type: DataType): DecodeValue {
  switch (type.kind) {
    case 'int':
      return (value) => BigInt(value as bigint | number);
    case 'decimal':
      return (value) => minimalDecimal(typeof value === 'bigint' ? value.toString() : decimalText(value))!;
    case 'bytes':
      return (value) => new Uint8Array((value as DuckDBBlobValue).bytes);
    case 'date':
      return (value) => finite(value as DuckDBDateValue).days;
    case 'time':
      return (value) => (value as DuckDBTimeValue).micros;
    case 'localdatetime':
    case 'instant':
      return (value) => finite(value as DuckDBTimestampValue | DuckDBTimestampTZValue).micros;
    case 'duration':
      return (value) => {
        const { months, days, micros } = value as DuckDBIntervalValue;
        return { months, days, micros } satisfies Duration;
      };
    case 'list': {
      const one = nullable(decode(type.of));
      return (value) => (value as DuckDBListValue).items.map(one);
    }
    case 'struct': {
      const members = type.fields.map((f) => [f.name, f.native ?? f.name, nullable(decode(f.type))] as const);
      return (value) => {
        const { entries } = value as DuckDBStructValue;
        return Object.fromEntries(members.map(([name, native, of]) => [name, of(entries[native] ?? null)]));
      };
    }
    case 'uuid':
      return (value) => (value as DuckDBUUIDValue).toString();
    default:
      return (value) => value;
  }
}

function decimalText(value: DuckDBValue): string {
  return (value as DuckDBDecimalValue).toString();
}

function nullable(of: DecodeValue): DecodeValue {
  return (value) => (value === null ? null : of(value));
}

/** An infinite date of the store has no place in our types. */
function finite<T extends { readonly isFinite: boolean; toString(): string }>(value: T): T {
  if (value.isFinite) return value;
  throw new GatewayError('INTEGRITY', `a date of the store cannot be held: ${value.toString()}`, {
    got: value.toString(),
    hint: 'leave such rows out by a filter',
  });
}

/** The text of values in a TEXT batch: JSON, in which floats that JSON has not are words. Infinite dates are null. */
export function textOf(type: DataType): (value: DuckDBValue) => string | null {
  const [value, text] = [decode(type), exactText(type)];
  const infinite = type.kind === 'date' || type.kind === 'localdatetime' || type.kind === 'instant';
  if (!infinite) return (raw) => text(value(raw));
  return (raw) => ((raw as DuckDBTimestampValue).isFinite ? text(value(raw)) : null);
}

/** A text of `textOf` as JSON. */
export function jsonText(type: DataType): (raw: string) => string {
  if (type.kind === 'float') return (raw) => (raw.startsWith('"') ? 'null' : raw === '-0' ? '0' : raw);
  return (raw) => raw;
}

/** A text of `textOf` as a value. */
export function valueOfText(type: DataType): (raw: string) => unknown {
  if (type.kind === 'json') return (raw) => raw;
  return (raw) => coerceValue(type, JSON.parse(raw), 'duckdb');
}

import { GatewayError } from '../../src/errors.js';
import { civilFromDays, daysFromCivil, durationMicros } from '../../src/ir/time.js';
import type { DataType, Duration } from '../../src/ir/types.js';
import { HALF } from './wide.js';

/** The forms of ir/types.ts ⇄ values of the driver, which is told to give integers as bigint. */

const LARGEST = 2n ** 63n - 1n;
/** The store's years have nine digits. */
const YEARS = 999_999_999;

/** A value as questions compare it; see `expression` and `comparable`. */
export function encode(type: DataType): (value: unknown) => unknown {
  switch (type.kind) {
    case 'date':
      return (value) => encodeDate(value as number);
    case 'duration':
      return (value) => durationMicros(value as Duration);
    case 'bytes':
      return (value) => Array.from(value as Uint8Array, BigInt);
    case 'decimal':
      return (value) => encodeDecimal(value as string);
    case 'list':
    case 'struct':
    case 'json':
    case 'vector':
    case 'geopoint':
      throw new Error(`neo4j has no parameter of type ${type.kind}`);
    default:
      return (value) => value;
  }
}

/** A join value as it is joined by. */
export function encodeKey(type: DataType): (value: unknown) => unknown {
  if (type.kind === 'float') return (value) => (Number.isNaN(value) ? 'NaN' : (value as number) + 0);
  return encode(type);
}

function encodeDate(days: number): Readonly<Record<string, bigint>> {
  const { year, month, day } = civilFromDays(days);
  const within = Math.max(-YEARS, Math.min(YEARS, year));
  return { year: BigInt(within), month: BigInt(month), day: BigInt(day) };
}

/** A pair; a fraction makes it longer, which stands between the pair and the next one. */
function encodeDecimal(text: string): readonly bigint[] {
  if (text === '-Infinity') return [];
  if (!/\d/.test(text)) return [LARGEST, HALF];
  const [digits, fraction] = text.split('.') as [string, string?];
  const cut = BigInt(digits);
  const whole = fraction !== undefined && text.startsWith('-') ? cut - 1n : cut;
  const low = ((whole % HALF) + HALF) % HALF;
  const high = (whole - low) / HALF;
  if (high > LARGEST) return [LARGEST, HALF];
  if (high < -LARGEST) return [];
  return fraction === undefined ? [high, low] : [high, low, 1n];
}

/** Never called with null. */
export function decode(type: DataType): (value: unknown) => unknown {
  switch (type.kind) {
    case 'int':
      return checked(type, (value) => typeof value === 'bigint');
    case 'float':
      return (value) => (typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : odd(type));
    case 'decimal':
      return (value) => {
        const [high, low] = value as readonly [bigint, bigint];
        return String(high * HALF + low);
      };
    case 'bool':
      return checked(type, (value) => typeof value === 'boolean');
    case 'time':
    case 'localdatetime':
    case 'instant':
      return checked(type, (value) => typeof value === 'bigint');
    case 'bytes':
      return (value) => Uint8Array.from(value as ArrayLike<bigint | number>, Number);
    case 'date':
      return (value) => decodeDate(value as DriverDate);
    case 'duration':
      return (value) => decodeDuration(value as DriverDuration);
    case 'list': {
      const element = decode(type.of);
      return (value) =>
        (Array.isArray(value) ? value : odd(type)).map((each) => (each === null ? null : element(each)));
    }
    case 'vector':
      return (value) => (value as readonly (number | bigint)[]).map(Number);
    case 'geopoint':
      return (value) => {
        const { x, y } = value as { readonly x: number; readonly y: number };
        return { lon: x, lat: y };
      };
    case 'json':
      return jsonOf;
    case 'struct':
      return (value) => wayPoint(value as RawPoint);
    default:
      return checked(type, (value) => typeof value === 'string');
  }
}

function checked(type: DataType, fits: (value: unknown) => boolean): (value: unknown) => unknown {
  return (value) => (fits(value) ? value : odd(type));
}

/** Nothing in the store keeps a property to one type. */
function odd({ kind }: DataType): never {
  throw new GatewayError('INTEGRITY', `neo4j: a value of another type stands where ${kind} was found before`, {
    hint: 'reload the source: the field then becomes JSON',
  });
}

interface DriverDate {
  readonly year: bigint;
  readonly month: bigint;
  readonly day: bigint;
}

function decodeDate({ year, month, day }: DriverDate): number {
  return daysFromCivil({ year: Number(year), month: Number(month), day: Number(day) });
}

interface RawPoint {
  readonly entity: string;
  readonly key: readonly string[];
}

/** The only structs are the points of a way. */
function wayPoint({ entity, key }: RawPoint): { readonly entity: string; readonly key: string } {
  return { entity, key: key.length === 1 ? key[0]! : JSON.stringify(key) };
}

interface DriverDuration {
  readonly months: bigint;
  readonly days: bigint;
  readonly seconds: bigint;
  readonly nanoseconds: bigint | number;
}

function decodeDuration({ months, days, seconds, nanoseconds }: DriverDuration): Duration {
  const micros = seconds * 1_000_000n + BigInt(nanoseconds) / 1_000n;
  return { months: Number(months), days: Number(days), micros };
}

/** A value of any type as JSON text. */
export function jsonOf(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : 'null';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`;
  if (value instanceof Int8Array) return JSON.stringify(Buffer.from(value).toString('base64'));
  if ('srid' in value && 'x' in value) return pointOf(value as DriverPoint);
  // What is left are times, whose own text is ISO 8601.
  return JSON.stringify((value as { toString(): string }).toString());
}

interface DriverPoint {
  readonly srid: bigint;
  readonly x: number;
  readonly y: number;
  readonly z?: number;
}

function pointOf({ srid, x, y, z }: DriverPoint): string {
  return `{"srid":${srid},"x":${x},"y":${y}${z === undefined ? '' : `,"z":${z}`}}`;
}

import { Binary, Decimal128, Int32, Long, MaxKey, MinKey, ObjectId, UUID } from 'mongodb';
import { coerceValue } from '../../src/ir/coerce.js';
import { minimalDecimal } from '../../src/ir/decimal.js';
import { jsonText as jsonTextOf } from '../../src/ir/print.js';
import type { Comparison } from '../../src/ir/predicate.js';
import type { DataType } from '../../src/ir/types.js';
import { cannot } from './expression.js';
import { jsonOf } from './json.js';

type Encode = (given: unknown) => unknown;
export type Decode = (raw: unknown) => unknown;

/** What no stored value equals, below and above every one of them. */
const LOWEST = new MinKey();
const HIGHEST = new MaxKey();
const LAST_DATE = 8_640_000_000_000_000n;

/** A value as the driver sends it; `op` says what it is compared by, since dates hold milliseconds only. */
export function encode(type: DataType, op: Comparison = 'eq'): Encode {
  const one = encoder(type, op);
  return (given) => (given === null || given === undefined ? null : one(given));
}

export function encodeList(type: DataType): Encode {
  const one = encode(type);
  return (given) => (given as readonly unknown[]).map(one);
}

function encoder(type: DataType, op: Comparison): Encode {
  switch (type.kind) {
    case 'int':
      return (given) => whole(given as bigint);
    case 'decimal':
      return (given) => decimal(given as string);
    case 'instant':
      return (given) => date(given as bigint, op);
    case 'uuid':
      return (given) => new UUID(given as string);
    case 'id':
      return (given) => (/^[0-9a-f]{24}$/i.test(given as string) ? new ObjectId(given as string) : given);
    case 'bytes':
      return (given) => new Binary(given as Uint8Array);
    case 'bool':
    case 'float':
    case 'text':
      return (given) => given;
    default:
      throw cannot(`compare values of type ${type.kind}`, 'compare a field inside, or ask isNull');
  }
}

function whole(given: bigint): unknown {
  return BigInt.asIntN(32, given) === given ? new Int32(Number(given)) : Long.fromBigInt(given);
}

function decimal(given: string): Decimal128 {
  try {
    return Decimal128.fromString(given);
  } catch {
    throw cannot('compare with a decimal of more than 34 digits', 'compare with a shorter number');
  }
}

/** Between two milliseconds there is no date: nothing equals such an instant, and bounds go to the nearer side. */
function date(micros: bigint, op: Comparison): unknown {
  const rest = ((micros % 1_000n) + 1_000n) % 1_000n;
  const floor = (micros - rest) / 1_000n;
  const millis = rest === 0n || op === 'lte' || op === 'gt' ? floor : op === 'eq' || op === 'ne' ? null : floor + 1n;
  if (millis === null) return LOWEST;
  if (millis > LAST_DATE) return HIGHEST;
  return millis < -LAST_DATE ? LOWEST : new Date(Number(millis));
}

/** A value of the store in the form of ir/types.ts: null where it is of another type. Longs come as bigint. */
export function decode(type: DataType): Decode {
  const one = decoder(type);
  return (raw) => (raw === null || raw === undefined ? null : one(raw));
}

function decoder(type: DataType): Decode {
  switch (type.kind) {
    case 'bool':
      return (raw) => (typeof raw === 'boolean' ? raw : null);
    case 'int':
      return (raw) => {
        const whole = wholeOf(raw);
        return whole !== null && BigInt.asIntN(type.bits, whole) === whole ? whole : null;
      };
    case 'float':
      return (raw) => (isNumber(raw) ? Number(raw instanceof Decimal128 ? raw.toString() : raw) : null);
    case 'decimal':
      return (raw) => (isNumber(raw) ? minimalDecimal(String(raw)) : null);
    case 'text':
      return (raw) => (typeof raw === 'string' ? raw : null);
    case 'id':
      return (raw) => (raw instanceof ObjectId ? raw.toHexString() : typeof raw === 'string' ? raw : null);
    case 'uuid':
      return (raw) => (raw instanceof Binary && raw.sub_type === Binary.SUBTYPE_UUID ? raw.toUUID().toString() : null);
    case 'bytes':
      return (raw) => (raw instanceof Binary ? new Uint8Array(raw.value()) : null);
    case 'instant':
      return (raw) => (raw instanceof Date ? BigInt(raw.getTime()) * 1_000n : null);
    case 'json':
      return jsonOf;
    case 'list': {
      const element = decode(type.of);
      return (raw) => (Array.isArray(raw) ? raw.map(element) : null);
    }
    case 'struct': {
      const fields = type.fields.map((field) => [field.name, field.native ?? field.name, decode(field.type)] as const);
      return (raw) =>
        isObject(raw) ? Object.fromEntries(fields.map(([name, native, of]) => [name, of(raw[native])])) : null;
    }
    case 'vector':
      return vectorOf;
    case 'geopoint':
      return pointOf;
    default:
      return () => null;
  }
}

/** A list of numbers, or the packed form of one. */
function vectorOf(raw: unknown): unknown {
  if (Array.isArray(raw)) return raw.every(isNumber) ? raw.map((each) => Number(String(each))) : null;
  if (!(raw instanceof Binary) || raw.sub_type !== Binary.SUBTYPE_VECTOR) return null;
  switch (raw.buffer[0]) {
    case Binary.VECTOR_TYPE.Float32:
      return [...raw.toFloat32Array()];
    case Binary.VECTOR_TYPE.Int8:
      return [...raw.toInt8Array()];
    default:
      return null;
  }
}

/** A point of GeoJSON. */
function pointOf(raw: unknown): unknown {
  if (!isObject(raw) || raw.type !== 'Point' || !Array.isArray(raw.coordinates)) return null;
  const [lon, lat] = raw.coordinates as readonly unknown[];
  return isNumber(lon) && isNumber(lat) ? { lon: Number(lon), lat: Number(lat) } : null;
}

function isNumber(raw: unknown): raw is number | bigint | Decimal128 {
  return typeof raw === 'number' || typeof raw === 'bigint' || raw instanceof Decimal128;
}

function isObject(raw: unknown): raw is Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null && Object.getPrototypeOf(raw) === Object.prototype;
}

function wholeOf(raw: unknown): bigint | null {
  if (typeof raw === 'bigint') return raw;
  if (typeof raw === 'number') return Number.isInteger(raw) ? BigInt(raw) : null;
  const text = raw instanceof Decimal128 ? minimalDecimal(raw.toString()) : null;
  return text !== null && /^-?\d+$/.test(text) ? BigInt(text) : null;
}

/** The text of a value in a TEXT batch: JSON, and for floats that JSON has no number for their names. */
export function textOf(type: DataType): (value: unknown) => string {
  return type.kind === 'float' ? String : jsonTextOf(type);
}

export function jsonText({ kind }: DataType): (raw: string) => string {
  return kind === 'float' ? (raw) => (Number.isFinite(Number(raw)) ? raw : 'null') : (raw) => raw;
}

export function valueOfText(type: DataType): (raw: string) => unknown {
  if (type.kind === 'float') return Number;
  if (type.kind === 'json') return (raw) => raw;
  return (raw) => coerceValue(type, JSON.parse(raw), 'mongodb');
}

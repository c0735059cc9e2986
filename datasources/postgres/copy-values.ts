import type { DataType } from '../../src/ir/types.js';
import { infinite, misshapen } from './values.js';

/** The binary form of a value, `length` bytes from `at`, → the form of ir/types.ts; the same as its text would give. */
export type BinaryDecoder = (buffer: Buffer, at: number, length: number) => unknown;

/** 2000-01-01, which PostgreSQL counts from. */
const EPOCH_DAYS = 10_957;
const EPOCH_MICROS = 946_684_800_000_000n;
const INT32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };
const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** `native` is the base type as casts name it. */
export function decodeBinary(type: DataType, native: string): BinaryDecoder {
  switch (type.kind) {
    case 'bool':
      return (buffer, at) => buffer[at] === 1;
    case 'int':
      return integer;
    case 'float':
      // Floats of 32 bits come as text: their shortest decimals are the store's to find.
      return type.bits === 64
        ? (buffer, at) => buffer.readDoubleBE(at)
        : (buffer, at, length) => Number(text(buffer, at, length));
    case 'decimal':
      return numeric;
    case 'uuid':
      return uuid;
    case 'bytes':
      // A copy: a view would keep the whole chunk that it came in.
      return (buffer, at, length) => new Uint8Array(buffer.subarray(at, at + length));
    case 'date':
      return date;
    case 'time':
      return (buffer, at) => buffer.readBigInt64BE(at);
    case 'localdatetime':
    case 'instant':
      return timestamp;
    case 'duration':
      return interval;
    case 'json':
      // jsonb begins with the number of its format.
      return native.startsWith('jsonb') ? (buffer, at, length) => text(buffer, at + 1, length - 1) : text;
    case 'list':
      return list(type, native);
    case 'struct':
    case 'vector':
    case 'geopoint':
      throw new Error(`postgres has no column of type ${type.kind}`);
    default:
      return text;
  }
}

function text(buffer: Buffer, at: number, length: number): string {
  return buffer.toString('utf8', at, at + length);
}

function integer(buffer: Buffer, at: number, length: number): bigint {
  if (length === 8) return buffer.readBigInt64BE(at);
  return BigInt(length === 4 ? buffer.readInt32BE(at) : buffer.readInt16BE(at));
}

const NUMERIC_WORDS: Readonly<Record<number, string>> = { 0xc000: 'NaN', 0xd000: 'Infinity', 0xf000: '-Infinity' };

/** Digits to the base of 10,000, the first of which counts 10,000 to the power of `weight`; zeros at the end are left out. */
function numeric(buffer: Buffer, at: number): string {
  const count = buffer.readInt16BE(at);
  const weight = buffer.readInt16BE(at + 2);
  const sign = buffer.readUInt16BE(at + 4);
  const word = NUMERIC_WORDS[sign];
  if (word !== undefined) return word;
  const group = (i: number): string =>
    i >= 0 && i < count ? String(buffer.readInt16BE(at + 8 + 2 * i)).padStart(4, '0') : '0000';
  let whole = weight >= 0 && count > 0 ? String(buffer.readInt16BE(at + 8)) : '0';
  for (let i = 1; i <= weight; i += 1) whole += group(i);
  let fraction = '';
  for (let i = weight + 1; i < count; i += 1) fraction += group(i);
  let end = fraction.length;
  while (end > 0 && fraction.charCodeAt(end - 1) === 48) end -= 1;
  const text = end === 0 ? whole : `${whole}.${fraction.slice(0, end)}`;
  return sign === 0x4000 ? `-${text}` : text;
}

function uuid(buffer: Buffer, at: number): string {
  const hex = buffer.toString('hex', at, at + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function date(buffer: Buffer, at: number): number {
  const days = buffer.readInt32BE(at);
  if (days === INT32.max || days === INT32.min) throw infinite(days > 0 ? 'infinity' : '-infinity');
  return days + EPOCH_DAYS;
}

function timestamp(buffer: Buffer, at: number): bigint {
  const micros = buffer.readBigInt64BE(at);
  if (micros === INT64.max || micros === INT64.min) throw infinite(micros > 0n ? 'infinity' : '-infinity');
  return micros + EPOCH_MICROS;
}

function interval(buffer: Buffer, at: number): unknown {
  const micros = buffer.readBigInt64BE(at);
  const [days, months] = [buffer.readInt32BE(at + 8), buffer.readInt32BE(at + 12)];
  const isInfinite = (int64: bigint, int32: number): boolean => micros === int64 && days === int32 && months === int32;
  if (isInfinite(INT64.max, INT32.max)) throw infinite('infinity');
  if (isInfinite(INT64.min, INT32.min)) throw infinite('-infinity');
  return { months, days, micros };
}

/** Dimensions, flags, the element's type; a length and a lower bound a dimension; then the elements, the last index running fastest. */
function list(type: DataType, native: string): BinaryDecoder {
  let [element, depth] = [type, 0];
  for (; element.kind === 'list'; depth += 1) element = element.of;
  const decode = decodeBinary(element, native);
  return (buffer, start) => {
    const dimensions = buffer.readInt32BE(start);
    if (dimensions === 0) return [];
    if (dimensions !== depth) throw misshapen(`${dimensions} dimensions`);
    let at = start + 12 + 8 * dimensions;
    const items = (level: number): unknown[] => {
      const found: unknown[] = [];
      for (let left = buffer.readInt32BE(start + 12 + 8 * level); left > 0; left -= 1) {
        found.push(level + 1 < dimensions ? items(level + 1) : item());
      }
      return found;
    };
    const item = (): unknown => {
      const length = buffer.readInt32BE(at);
      at += 4;
      if (length < 0) return null;
      at += length;
      return decode(buffer, at - length, length);
    };
    return items(0);
  };
}

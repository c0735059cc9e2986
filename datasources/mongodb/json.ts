import { Binary, BSON, Decimal128, ObjectId, Timestamp } from 'mongodb';
import { minimalDecimal } from '../../src/ir/decimal.js';
import { printInstant } from '../../src/ir/time.js';

/**
 * A value of any type as JSON text: numbers with all of their digits, dates as RFC 3339, ids and UUIDs as their text,
 * bytes as base64. What JSON has no word for (NaN, infinities, undefined) is null.
 */
export function jsonOf(raw: unknown): string {
  switch (typeof raw) {
    case 'string':
    case 'boolean':
      return JSON.stringify(raw);
    case 'number':
      return Number.isFinite(raw) ? String(raw) : 'null';
    case 'bigint':
      return String(raw);
    default:
      return raw === null || raw === undefined ? 'null' : ofObject(raw);
  }
}

function ofObject(raw: object): string {
  if (Array.isArray(raw)) return `[${raw.map(jsonOf).join(',')}]`;
  if (raw instanceof Date) return JSON.stringify(printInstant(BigInt(raw.getTime()) * 1_000n));
  if (raw instanceof ObjectId) return JSON.stringify(raw.toHexString());
  if (raw instanceof Decimal128) {
    const text = minimalDecimal(raw.toString()) ?? '';
    return /\d/.test(text) ? text : 'null';
  }
  if (raw instanceof Binary)
    return JSON.stringify(raw.sub_type === Binary.SUBTYPE_UUID ? raw.toUUID().toString() : raw.toString('base64'));
  if (raw instanceof Timestamp) return JSON.stringify({ t: raw.t, i: raw.i });
  if (Object.getPrototypeOf(raw) !== Object.prototype) return JSON.stringify(BSON.EJSON.serialize(raw));
  const members = Object.entries(raw).map(([name, value]) => `${JSON.stringify(name)}:${jsonOf(value)}`);
  return `{${members.join(',')}}`;
}

import { badInput } from '../errors.js';
import { digitsOf, minimalDecimal } from './decimal.js';
import { parseDate, parseDuration, parseInstant, parseLocal, parseTime } from './time.js';
import { typeName, type DataType, type Duration } from './types.js';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A value as GraphQL or JSON has it → the form of its type (types.ts); BAD_INPUT names the field when it does not fit. */
export function coerceValue(type: DataType, input: unknown, field: string): unknown {
  const value = convert(type, input, field);
  if (value === undefined) throw badInput(field, expectation(type), input);
  return value;
}

function convert(type: DataType, input: unknown, field: string): unknown {
  switch (type.kind) {
    case 'bool':
      return typeof input === 'boolean' ? input : undefined;
    case 'int':
      return toInt(input);
    case 'float':
      return toFloat(input);
    case 'decimal':
      return toDecimal(input, field);
    case 'text':
    case 'id':
    case 'opaque':
      return toText(input, field);
    case 'enum':
      return typeof input === 'string' && type.values.includes(input) ? input : undefined;
    case 'uuid':
      return typeof input === 'string' && UUID.test(input) ? input.toLowerCase() : undefined;
    case 'bytes':
      return typeof input === 'string' && BASE64.test(input) ? new Uint8Array(Buffer.from(input, 'base64')) : undefined;
    case 'date':
      return parsed(input, parseDate);
    case 'time':
      return parsed(input, parseTime);
    case 'localdatetime':
      return parsed(input, parseLocal);
    case 'instant':
      return parsed(input, parseInstant);
    case 'duration':
      return parsed(input, boundedDuration);
    case 'json':
      checkJsonTexts(input, field);
      return JSON.stringify(input);
    case 'list':
      return Array.isArray(input)
        ? input.map((each, i) => (each === null ? null : coerceValue(type.of, each, `${field}[${i}]`)))
        : undefined;
    case 'struct': {
      if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
      const given = input as Readonly<Record<string, unknown>>;
      return Object.fromEntries(
        type.fields.map((f) => [
          f.name,
          given[f.name] == null ? null : coerceValue(f.type, given[f.name], `${field}.${f.name}`),
        ]),
      );
    }
    case 'vector': {
      const numbers = Array.isArray(input) && input.every((n) => typeof n === 'number' && Number.isFinite(n));
      return numbers && (type.dimensions === null || input.length === type.dimensions) ? input : undefined;
    }
    case 'geopoint': {
      const { lon, lat } = (input ?? {}) as { lon?: unknown; lat?: unknown };
      const fits = typeof lon === 'number' && typeof lat === 'number' && Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
      return fits ? { lon, lat } : undefined;
    }
  }
}

function parsed<T>(input: unknown, parse: (text: string) => T | null): T | undefined {
  return typeof input === 'string' ? (parse(input) ?? undefined) : undefined;
}

function toInt(input: unknown): bigint | undefined {
  if (typeof input === 'number') return Number.isSafeInteger(input) ? BigInt(input) : undefined;
  const value =
    typeof input === 'bigint'
      ? input
      : typeof input === 'string' && /^[+-]?\d{1,20}$/.test(input)
        ? BigInt(input.replace(/^\+/, ''))
        : undefined;
  return value !== undefined && value >= INT64_MIN && value <= INT64_MAX ? value : undefined;
}

function toFloat(input: unknown): number | undefined {
  if (typeof input === 'number') return input;
  if (typeof input === 'bigint') return Number(input);
  if (input === 'NaN') return NaN;
  if (input === 'Infinity') return Infinity;
  return input === '-Infinity' ? -Infinity : undefined;
}

const INT32 = 2 ** 31;

/** Months and days of 32 bits, microseconds of 64: more than that no store holds. */
function boundedDuration(text: string): Duration | null {
  const duration = text.length > 200 ? null : parseDuration(text);
  if (duration === null) return null;
  const { months, days, micros } = duration;
  const fits = [months, days].every((n) => n > -INT32 && n < INT32) && micros > INT64_MIN && micros < INT64_MAX;
  return fits ? duration : null;
}

/** More than any measurement has, and far less than what would keep the gateway or a store busy. */
const MAX_DECIMAL_DIGITS = 1_000;

function toDecimal(input: unknown, field: string): string | undefined {
  const text = typeof input === 'bigint' || typeof input === 'number' ? String(input) : input;
  if (typeof text !== 'string' || (typeof input === 'number' && !Number.isFinite(input))) return undefined;
  if ((digitsOf(text) ?? 0) > MAX_DECIMAL_DIGITS) {
    throw badInput(field, `a decimal number of at most ${MAX_DECIMAL_DIGITS} digits, written without exponent`, input);
  }
  return minimalDecimal(text) ?? undefined;
}

function toText(input: unknown, field: string): string | undefined {
  if (typeof input !== 'string') return undefined;
  checkText(input, field);
  return input;
}

/** What no store holds as text. */
function checkText(text: string, field: string): void {
  if (text.includes('\0')) throw badInput(field, 'text without the character U+0000', text);
  if (!text.isWellFormed()) throw badInput(field, 'well-formed Unicode (it has half of a surrogate pair)', text);
}

function checkJsonTexts(input: unknown, field: string): void {
  if (typeof input === 'string') checkText(input, field);
  else if (Array.isArray(input)) input.forEach((each, i) => checkJsonTexts(each, `${field}[${i}]`));
  else if (typeof input === 'object' && input !== null) {
    for (const [name, each] of Object.entries(input)) {
      checkText(name, field);
      checkJsonTexts(each, `${field}.${name}`);
    }
  }
}

function expectation(type: DataType): string {
  switch (type.kind) {
    case 'bool':
      return 'true or false';
    case 'int':
      return 'a 64-bit integer (a number up to 2^53 or a string of digits)';
    case 'float':
      return 'a number, or "NaN", "Infinity", "-Infinity"';
    case 'decimal':
      return 'a decimal number, best as a string ("12.50")';
    case 'text':
    case 'opaque':
    case 'id':
      return 'a string';
    case 'enum':
      return `one of ${type.values.slice(0, 20).join(', ')}`;
    case 'uuid':
      return 'a UUID';
    case 'bytes':
      return 'base64';
    case 'date':
      return 'a date as 2001-02-28';
    case 'time':
      return 'a time of day as 23:59:59.5';
    case 'localdatetime':
      return 'a date and time without offset as 2001-02-28T23:59:59';
    case 'instant':
      return 'a date and time with offset as 2001-02-28T23:59:59Z';
    case 'duration':
      return 'an ISO 8601 duration as P1DT2H';
    default:
      return typeName(type);
  }
}

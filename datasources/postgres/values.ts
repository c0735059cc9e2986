import { GatewayError } from '../../src/errors.js';
import { minimalDecimal } from '../../src/ir/decimal.js';
import { jsonValue } from '../../src/ir/json-member.js';
import { jsonText as typedJson } from '../../src/ir/print.js';
import { civilFromDays, daysFromCivil, floorDiv, MICROS_PER_DAY, parseTime, printTime } from '../../src/ir/time.js';
import type { DataType, Duration } from '../../src/ir/types.js';

/** PostgreSQL's text of values ⇄ the forms of ir/types.ts. The session settings of src/postgres/types.ts are assumed. */

export function encode(type: DataType): (value: unknown) => string {
  switch (type.kind) {
    case 'bytes':
      return (value) => `\\x${Buffer.from(value as Uint8Array).toString('hex')}`;
    case 'date':
      return (value) => encodeDate(value as number);
    case 'time':
      return (value) => printTime(value as bigint);
    case 'localdatetime':
      return (value) => encodeLocal(value as bigint, '');
    case 'instant':
      return (value) => encodeLocal(value as bigint, '+00');
    case 'duration':
      return (value) => encodeDuration(value as Duration);
    case 'list':
      return encodeList(type.of);
    case 'vector':
      return JSON.stringify;
    case 'struct':
    case 'geopoint':
      throw new Error(`postgres has no parameter of type ${type.kind}`);
    default:
      return String;
  }
}

/** An array literal; every element is quoted, so nothing in it is read as syntax. */
export function encodeList(of: DataType, element: (value: unknown) => string = encode(of)): (value: unknown) => string {
  const one =
    of.kind === 'list'
      ? element
      : of.kind === 'int'
        ? element
        : (value: unknown): string => `"${element(value).replace(/["\\]/g, '\\$&')}"`;
  return (value) => `{${(value as readonly unknown[]).map((each) => (each === null ? 'NULL' : one(each))).join(',')}}`;
}

/** What PostgreSQL can hold; what lies beyond is beyond every date of the store. */
const DATES = { min: daysFromCivil({ year: -4712, month: 1, day: 1 }) };
const INSTANTS = {
  min: BigInt(DATES.min) * MICROS_PER_DAY,
  max: BigInt(daysFromCivil({ year: 294_276, month: 12, day: 31 })) * MICROS_PER_DAY,
};

/** The last values that can be written: they stand for what is infinite, which the store has and we have not. */
const LAST = {
  days: daysFromCivil({ year: 999_999, month: 12, day: 31 }),
  months: 2_147_483_640,
};

function encodeDate(days: number): string {
  if (days >= LAST.days) return 'infinity';
  if (days < DATES.min) return '-infinity';
  const { year, month, day } = civilFromDays(days);
  const [y, era] = year > 0 ? [year, ''] : [1 - year, ' BC'];
  return `${String(y).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}${era}`;
}

function encodeLocal(micros: bigint, zone: string): string {
  if (micros > INSTANTS.max) return 'infinity';
  if (micros < INSTANTS.min) return '-infinity';
  const days = floorDiv(micros, MICROS_PER_DAY);
  const date = encodeDate(Number(days));
  const [plain, era] = date.endsWith(' BC') ? [date.slice(0, -3), ' BC'] : [date, ''];
  return `${plain} ${printTime(micros - days * MICROS_PER_DAY)}${zone}${era}`;
}

function encodeDuration({ months, days, micros }: Duration): string {
  if (Math.abs(months) >= LAST.months) return months > 0 ? 'infinity' : '-infinity';
  return `${months} months ${days} days ${micros} microseconds`;
}

/** The same as `decode`, but of infinite dates: what `encode` makes them of again. For positions in an order. */
export function decodePosition(type: DataType): (raw: string) => unknown {
  const finite = decode(type);
  const micros = BigInt(LAST.days) * MICROS_PER_DAY;
  const last = { date: LAST.days, localdatetime: micros, instant: micros, duration: LAST.months } as const;
  if (!(type.kind in last)) return finite;
  return (raw) => {
    if (!raw.endsWith('infinity')) return finite(raw);
    const value = last[type.kind as keyof typeof last];
    const signed = raw.startsWith('-') ? -value : value;
    return type.kind === 'duration' ? { months: signed, days: 0, micros: 0n } : signed;
  };
}

/** What the store has as a document, not as a type of its own. */
export function isDocument(type: DataType): boolean {
  return type.kind === 'struct' || (type.kind === 'list' && isDocument(type.of));
}

export function decode(type: DataType): (raw: string) => unknown {
  if (isDocument(type)) return (raw) => jsonValue(raw, type);
  switch (type.kind) {
    case 'bool':
      return (raw) => raw === 't';
    case 'int':
      return BigInt;
    case 'float':
      return Number;
    case 'decimal':
      return plainDecimal;
    case 'bytes':
      return (raw) => new Uint8Array(Buffer.from(raw.slice(2), 'hex'));
    case 'date':
      return decodeDate;
    case 'time':
      return (raw) => parseTime(raw)!;
    case 'localdatetime':
      return (raw) => decodeLocal(raw);
    case 'instant':
      return (raw) => decodeLocal(raw.replace(/\+00( BC)?$/, '$1'));
    case 'duration':
      return decodeDuration;
    case 'vector':
      return JSON.parse as (raw: string) => unknown;
    case 'list':
      return decodeList<unknown>(type, decode, (items) => items);
    default:
      return (raw) => raw;
  }
}

/** The store prints decimals without an exponent; only zeros at the end are more than minimal. */
function plainDecimal(raw: string): string {
  return raw.endsWith('0') && raw.includes('.') ? minimalDecimal(raw)! : raw;
}

const DATE = /^(\d+)-(\d\d)-(\d\d)( BC)?$/;

function decodeDate(raw: string): number {
  const match = DATE.exec(raw);
  if (!match) throw infinite(raw);
  const year = Number(match[1]);
  return daysFromCivil({ year: match[4] ? 1 - year : year, month: Number(match[2]), day: Number(match[3]) });
}

function decodeLocal(raw: string): bigint {
  const space = raw.indexOf(' ');
  if (space < 0) throw infinite(raw);
  const bc = raw.endsWith(' BC');
  const days = decodeDate(raw.slice(0, space) + (bc ? ' BC' : ''));
  return BigInt(days) * MICROS_PER_DAY + parseTime(raw.slice(space + 1, bc ? -3 : undefined))!;
}

export function infinite(raw: string): GatewayError {
  return new GatewayError('INTEGRITY', `a date of the store cannot be held: ${raw}`, {
    got: raw,
    hint: 'leave such rows out by a filter',
  });
}

/** `1 year 2 mons -3 days +04:05:06.7`. */
function decodeDuration(raw: string): Duration {
  if (raw.endsWith('infinity')) throw infinite(raw);
  const part = (unit: string): number => Number(new RegExp(`([+-]?\\d+) ${unit}`).exec(raw)?.[1] ?? 0);
  const clock = /([+-]?)(\d+):(\d\d):(\d\d)(?:\.(\d+))?/.exec(raw);
  const micros = clock
    ? BigInt(Number(clock[2]) * 3600 + Number(clock[3]) * 60 + Number(clock[4])) * 1_000_000n +
      BigInt((clock[5] ?? '').padEnd(6, '0'))
    : 0n;
  return { months: part('year') * 12 + part('mon'), days: part('day'), micros: clock?.[1] === '-' ? -micros : micros };
}

/**
 * Array text: `element` makes something of each element that is not null, `whole` of the list of them. Dimensions are no
 * part of the store's types: a value with others than were declared is an INTEGRITY error.
 */
function decodeList<T>(
  list: Extract<DataType, { kind: 'list' }>,
  element: (type: DataType) => (raw: string) => T,
  whole: (items: readonly (T | null)[]) => T,
): (raw: string) => T {
  const inner = innermost(list);
  const one = element(inner);
  return (raw) => {
    let at = raw.indexOf('{');
    const read = ({ of }: typeof list): T => {
      const items: (T | null)[] = [];
      at += 1;
      while (raw[at] !== '}') {
        if (raw[at] === ',') at += 1;
        if ((raw[at] === '{') !== (of.kind === 'list')) throw misshapen(raw);
        items.push(of.kind === 'list' ? read(of) : item());
      }
      at += 1;
      return whole(items);
    };
    const item = (): T | null => {
      if (raw[at] === '"') {
        let text = '';
        for (at += 1; raw[at] !== '"'; at += 1) {
          if (raw[at] === '\\') at += 1;
          text += raw.charAt(at);
        }
        at += 1;
        return one(text);
      }
      const start = at;
      while (raw[at] !== ',' && raw[at] !== '}') at += 1;
      const text = raw.slice(start, at);
      return text === 'NULL' ? null : one(text);
    };
    return read(list);
  };
}

/** The texts in an array of one dimension. */
export const listTexts = decodeList<unknown>(
  { kind: 'list', of: { kind: 'text' } },
  () => (raw) => raw,
  (items) => items,
) as (raw: string) => readonly (string | null)[];

function innermost(type: DataType): DataType {
  return type.kind === 'list' ? innermost(type.of) : type;
}

export function misshapen(raw: string): GatewayError {
  return new GatewayError('INTEGRITY', 'an array of the store has other dimensions than its column was declared with', {
    got: raw.slice(0, 40),
  });
}

/** An infinite date is null in JSON, as an infinite number is. */
function finiteJson(type: DataType, raw: string): string {
  return raw.endsWith('infinity') ? 'null' : typedJson(type)(decode(type)(raw));
}

// eslint-disable-next-line no-control-regex -- exactly what JSON must escape
const PLAIN = /^[^"\\\u0000-\u001f]*$/;

function textJson(raw: string): string {
  return PLAIN.test(raw) ? `"${raw}"` : JSON.stringify(raw);
}

/** Raw text → JSON text without a value in between, where that can be done. */
export function jsonText(type: DataType): (raw: string) => string {
  if (isDocument(type)) {
    const text = typedJson(type);
    return (raw) => text(jsonValue(raw, type));
  }
  switch (type.kind) {
    case 'bool':
      return (raw) => (raw === 't' ? 'true' : 'false');
    case 'int':
      return type.bits === 64 ? (raw) => `"${raw}"` : (raw) => raw;
    case 'float':
      return (raw) => (raw.charCodeAt(raw.length - 1) > 57 ? 'null' : raw === '-0' ? '0' : raw);
    case 'text':
    case 'enum':
    case 'uuid':
    case 'opaque':
    case 'id':
      return textJson;
    case 'json':
      return (raw) => raw;
    case 'decimal':
      return (raw) => `"${plainDecimal(raw)}"`;
    case 'time':
      return (raw) => `"${raw}"`;
    case 'date':
      return (raw) => (raw.length === 10 ? `"${raw}"` : finiteJson(type, raw));
    case 'localdatetime':
      return (raw) =>
        raw.charCodeAt(10) === 32 && !raw.endsWith('C')
          ? `"${raw.slice(0, 10)}T${raw.slice(11)}"`
          : finiteJson(type, raw);
    case 'instant':
      return (raw) =>
        raw.charCodeAt(10) === 32 && !raw.endsWith('C')
          ? `"${raw.slice(0, 10)}T${raw.slice(11, -3)}Z"`
          : finiteJson(type, raw);
    case 'duration':
      return (raw) => finiteJson(type, raw);
    case 'list':
      return decodeList(type, jsonText, (items) => `[${items.map((item) => item ?? 'null').join(',')}]`);
    default: {
      const [value, text] = [decode(type), typedJson(type)];
      return (raw) => text(value(raw));
    }
  }
}

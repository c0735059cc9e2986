import { keyText } from './compare.js';
import { minimalDecimal } from './decimal.js';
import type { JoinForm, JoinPair } from './entity.js';
import { floorDiv, MICROS_PER_DAY, offsetAt } from './time.js';
import type { DataType } from './types.js';

/**
 * The common form of join values (README.md, Joins): integers and decimals are minimal decimal text, UUIDs lower
 * case, ids and text are exact unless the pair says otherwise, everything else equals only what has its own type. Two rows of any
 * two stores are joined when their texts are equal.
 */
export function nearText({ from, form }: JoinPair, value: unknown): string {
  return joinText(from.type, form, value);
}

export function farText({ to, form }: JoinPair, value: unknown): string {
  return joinText(to.type, form, value);
}

/** The texts of all pairs as one; null when a value is null, which joins nothing. */
export function nearKey(on: readonly JoinPair[], values: readonly unknown[]): string | null {
  return joined(values, (value, i) => nearText(on[i]!, value));
}

export function farKey(on: readonly JoinPair[], values: readonly unknown[]): string | null {
  return joined(values, (value, i) => farText(on[i]!, value));
}

/** The same of values that are keys already. */
export function keyOf(types: readonly DataType[], values: readonly unknown[]): string | null {
  return joined(values, (value, i) => keyText(types[i]!, value));
}

function joined(values: readonly unknown[], text: (value: unknown, i: number) => string): string | null {
  if (values.length === 1) return values[0] === null ? null : text(values[0], 0);
  return values.includes(null) ? null : JSON.stringify(values.map(text));
}

/** Whether a pair's form makes other values of those of this type. */
export function changes(type: DataType, form: JoinForm | undefined): boolean {
  if (!form) return false;
  return form.date !== null ? isTimestamp(type) : form.normalise.length > 0;
}

function joinText(type: DataType, form: JoinForm | undefined, value: unknown): string {
  if (!form) return keyText(type, value);
  if (form.date && isTimestamp(type)) return String(dateOf(value as bigint, type, form.date.zone));
  const text = keyText(type, value);
  return isText(type) ? form.normalise.reduce(normalised, text) : text;
}

/** The day in a zone's local time. */
function dateOf(micros: bigint, { kind }: DataType, zone: string): number {
  const local = kind === 'instant' ? micros + offsetAt(micros, zone) : micros;
  return Number(floorDiv(local, MICROS_PER_DAY));
}

function normalised(text: string, how: JoinForm['normalise'][number]): string {
  return how === 'TRIM' ? text.trim() : text.toLowerCase();
}

/** The value of a type that has this text as its join form; undefined when there is none. */
export function valueOfText(type: DataType, text: string): unknown {
  switch (type.kind) {
    case 'int':
      return INTEGER.test(text) && inRange(BigInt(text), type.bits) ? BigInt(text) : undefined;
    case 'decimal':
      return minimalDecimal(text) === text ? text : undefined;
    case 'uuid':
      return UUID.test(text) ? text : undefined;
    case 'enum':
      return type.values.includes(text) ? text : undefined;
    case 'text':
    case 'id':
      return text;
    case 'bool':
      return text === 'true';
    case 'date':
      return Number(text);
    case 'time':
    case 'localdatetime':
    case 'instant':
      return BigInt(text);
    case 'bytes':
      return new Uint8Array(Buffer.from(text, 'hex'));
    default:
      throw new Error(`${type.kind} is no join key`);
  }
}

const INTEGER = /^(0|-?[1-9][0-9]*)$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function inRange(value: bigint, bits: 16 | 32 | 64): boolean {
  return BigInt.asIntN(bits, value) === value;
}

/** Whether values of two types can be equal at all, across stores. */
export function haveCommonForm(a: DataType, b: DataType, form: JoinForm | undefined): boolean {
  const [one, other] = [classOf(a), classOf(b)];
  if (one === null || other === null) return false;
  if (form?.date) return [a, b].every((type) => isTimestamp(type) || type.kind === 'date');
  if (one === other) return true;
  // As texts that are exact, or minimal.
  return (
    [one, other].includes('text') && [one, other].every((each) => each === 'text' || each === 'number' || each === 'id')
  );
}

function classOf({ kind }: DataType): string | null {
  switch (kind) {
    case 'int':
    case 'decimal':
      return 'number';
    case 'text':
    case 'enum':
      return 'text';
    case 'uuid':
    case 'id':
      return 'id';
    case 'bool':
    case 'bytes':
    case 'date':
    case 'time':
    case 'localdatetime':
    case 'instant':
      return kind;
    default:
      return null;
  }
}

export function isTimestamp({ kind }: DataType): boolean {
  return kind === 'instant' || kind === 'localdatetime';
}

export function isText(type: DataType): boolean {
  return classOf(type) === 'text';
}

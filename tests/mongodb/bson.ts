import { Binary, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'mongodb';
import { compareText } from '../../src/ir/text.js';

/**
 * The order and arithmetic of BSON values by MongoDB's documentation, for the pipelines that mingo runs: its own values
 * are JavaScript's. A plain number is a double.
 */
export type NumberKind = 'int' | 'long' | 'double' | 'decimal';

export function numberKind(value: unknown): NumberKind | null {
  if (typeof value === 'number' || value instanceof Double) return 'double';
  if (value instanceof Int32) return 'int';
  // A timestamp is a long to the driver, and none to the store.
  if (value instanceof Long && !(value instanceof Timestamp)) return 'long';
  return value instanceof Decimal128 ? 'decimal' : null;
}

export function typeName(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  const number = numberKind(value);
  if (number) return number;
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Date) return 'date';
  if (value instanceof Binary) return 'binData';
  if (value instanceof ObjectId) return 'objectId';
  if (value instanceof MinKey) return 'minKey';
  if (value instanceof Timestamp) return 'timestamp';
  return value instanceof MaxKey ? 'maxKey' : 'object';
}

const ORDER = [
  'minKey',
  'missing',
  'null',
  'number',
  'string',
  'object',
  'array',
  'binData',
  'objectId',
  'bool',
  'date',
  'timestamp',
  'maxKey',
];

function rank(value: unknown): number {
  return ORDER.indexOf(numberKind(value) ? 'number' : typeName(value));
}

export function compareBson(a: unknown, b: unknown): number {
  const [ra, rb] = [rank(a), rank(b)];
  if (ra !== rb) return ra - rb;
  if (numberKind(a)) return compareNumbers(a, b);
  if (typeof a === 'string') return compareText(a, b as string);
  if (typeof a === 'boolean') return Number(a) - Number(b);
  if (a instanceof Date) return a.getTime() - (b as Date).getTime();
  if (a instanceof ObjectId) return compareText(a.toHexString(), (b as ObjectId).toHexString());
  if (a instanceof Binary) {
    const other = b as Binary;
    return a.length() - other.length() || a.sub_type - other.sub_type || Buffer.compare(a.value(), other.value());
  }
  if (Array.isArray(a)) return compareLists(a, b as unknown[]);
  if (typeof a === 'object' && a !== null && !(a instanceof MinKey) && !(a instanceof MaxKey)) {
    return compareLists(Object.entries(a).flat(), Object.entries(b as object).flat());
  }
  return 0;
}

function compareLists(a: readonly unknown[], b: readonly unknown[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const order = compareBson(a[i] ?? null, b[i] ?? null);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** NaN is below every number and equals itself. */
function compareNumbers(a: unknown, b: unknown): number {
  const [x, y] = [toNumber(a), toNumber(b)];
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(y)) - Number(Number.isNaN(x));
  if (!Number.isFinite(x) || !Number.isFinite(y)) return x === y ? 0 : x - y > 0 ? 1 : -1;
  const [e, f] = [exact(a), exact(b)];
  const scale = Math.max(e.scale, f.scale);
  const [m, n] = [e.unscaled * 10n ** BigInt(scale - e.scale), f.unscaled * 10n ** BigInt(scale - f.scale)];
  return m < n ? -1 : m > n ? 1 : 0;
}

export function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  return Number((value as object).toString());
}

interface Exact {
  readonly unscaled: bigint;
  readonly scale: number;
}

/** Every finite number of the store is a whole number over a power of ten. */
export function exact(value: unknown): Exact {
  if (value instanceof Long) return { unscaled: value.toBigInt(), scale: 0 };
  if (value instanceof Decimal128) return ofText(value.toString());
  let number = toNumber(value);
  let halvings = 0;
  while (!Number.isInteger(number)) {
    number *= 2;
    halvings += 1;
  }
  return { unscaled: BigInt(number) * 5n ** BigInt(halvings), scale: halvings };
}

function ofText(text: string): Exact {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d*)\.?(\d*)(?:E([+-]?\d+))?$/.exec(text)!;
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(`${whole}${fraction}`) * (sign ? -1n : 1n);
  return scale >= 0 ? { unscaled: digits, scale } : { unscaled: digits * 10n ** BigInt(-scale), scale: 0 };
}

/** Decimal128 holds 34 digits; the rest is rounded half to even. */
export function decimalOf({ unscaled, scale }: Exact): Decimal128 {
  let [value, places] = [unscaled, scale];
  const extra = String(value < 0n ? -value : value).length - 34;
  if (extra > 0) {
    value = divideHalfEven(value, 10n ** BigInt(extra));
    places -= extra;
  }
  return Decimal128.fromString(`${value}E${-places}`);
}

export function divideHalfEven(a: bigint, b: bigint): bigint {
  const negative = a < 0n !== b < 0n;
  const [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  let q = x / y;
  const twice = 2n * (x % y);
  if (twice > y || (twice === y && q % 2n === 1n)) q += 1n;
  return negative ? -q : q;
}

export function isFiniteNumber(value: unknown): boolean {
  return Number.isFinite(toNumber(value)) || (value instanceof Decimal128 && /\d/.test(value.toString()));
}

function widest(values: readonly unknown[]): NumberKind {
  const kinds = values.map(numberKind);
  return (['decimal', 'double', 'long', 'int'] as const).find((kind) => kinds.includes(kind)) ?? 'int';
}

function special(n: number): Decimal128 {
  return Decimal128.fromString(Number.isNaN(n) ? 'NaN' : n > 0 ? 'Infinity' : '-Infinity');
}

/** A sum, difference or product in the widest type of its sides. */
export function arithmetic(op: '+' | '-' | '*', a: unknown, b: unknown): unknown {
  const kind = widest([a, b]);
  const plain = (x: number, y: number): number => (op === '+' ? x + y : op === '-' ? x - y : x * y);
  if (kind === 'double') return plain(toNumber(a), toNumber(b));
  if (!isFiniteNumber(a) || !isFiniteNumber(b)) return special(plain(toNumber(a), toNumber(b)));
  const [x, y] = [exact(a), exact(b)];
  const scale = op === '*' ? x.scale + y.scale : Math.max(x.scale, y.scale);
  const [m, n] =
    op === '*'
      ? [x.unscaled, y.unscaled]
      : ([x, y].map((e) => e.unscaled * 10n ** BigInt(scale - e.scale)) as [bigint, bigint]);
  const unscaled = op === '+' ? m + n : op === '-' ? m - n : m * n;
  if (kind === 'decimal') return decimalOf({ unscaled, scale });
  if (kind === 'int' && BigInt.asIntN(32, unscaled) === unscaled) return new Int32(Number(unscaled));
  // What no long holds becomes a double.
  return BigInt.asIntN(64, unscaled) === unscaled ? Long.fromBigInt(unscaled) : Number(unscaled);
}

export function divide(a: unknown, b: unknown): unknown {
  if (widest([a, b]) !== 'decimal') return toNumber(a) / toNumber(b);
  if (!isFiniteNumber(a) || !isFiniteNumber(b)) return special(toNumber(a) / toNumber(b));
  const [x, y] = [exact(a), exact(b)];
  const more = 80;
  const numerator = x.unscaled * 10n ** BigInt(more + Math.max(0, y.scale - x.scale));
  return decimalOf({
    unscaled: numerator / y.unscaled,
    scale: more + Math.max(0, y.scale - x.scale) + x.scale - y.scale,
  });
}

/** Rounded half to even at so many places, or cut. */
export function round(value: unknown, places: number, how: 'round' | 'trunc' | 'floor' | 'ceil'): unknown {
  if (numberKind(value) === 'int' || numberKind(value) === 'long' || !isFiniteNumber(value)) return value;
  const { unscaled, scale } = exact(value);
  if (scale <= places) return value;
  const unit = 10n ** BigInt(scale - places);
  const rest = ((unscaled % unit) + unit) % unit;
  const floor = (unscaled - rest) / unit;
  const whole =
    how === 'round'
      ? divideHalfEven(unscaled, unit)
      : how === 'floor' || (how === 'trunc' && unscaled >= 0n) || rest === 0n
        ? floor
        : floor + 1n;
  const rounded = { unscaled: whole, scale: places };
  return value instanceof Decimal128 ? decimalOf(rounded) : Number(decimalOf(rounded).toString());
}

import { floorDiv, printLocal } from '../../src/ir/time.js';
import type { Comparison } from '../../src/ir/predicate.js';
import type { DataType } from '../../src/ir/types.js';
import type { Location, NativeField } from './native.js';
import { ALL, allOf, anyOf, NONE, noneOf, type Query } from './query.js';

/** Documents that have a value. */
export function exists({ native, type }: Location): Query {
  if (native.type === '_id') return ALL;
  if (native.type === 'nested') return { nested: { path: native.path, query: { match_all: {} } } };
  const found: Query = { exists: { field: native.path } };
  return native.cut && type.kind !== 'struct' ? anyOf([found, cutValue(native)]) : found;
}

/** Documents whose value is too long to be looked for. */
export function cutValue({ exact, path }: NativeField): Query {
  return { term: { _ignored: exact ?? path } };
}

/** The rows whose value stands so to this one. */
export function comparison(location: Location, op: Comparison, value: unknown): Query {
  if (op === 'ne') return allOf([exists(location), noneOf(equal(location, value))]);
  if (op === 'eq') return equal(location, value);
  const { native, type } = location;
  if (type.kind === 'bool') {
    const fitting = [false, true].filter((each) => passes(op, Number(each) - Number(value)));
    return fitting.length > 0 ? { terms: { [native.exact!]: fitting } } : NONE;
  }
  if (isTextual(type)) return { range: { [native.exact!]: { [op]: value } } };
  const { floor, ceil } = cutsOf(location, value);
  const low = op === 'gt' || op === 'gte';
  const bound = op === 'lt' || op === 'gte' ? ceil : floor;
  if (bound === 'above' || bound === 'below') return (bound === 'below') === low ? exists(location) : NONE;
  return range(native, { [op]: bound });
}

function passes(op: Comparison, order: number): boolean {
  if (op === 'lt') return order < 0;
  if (op === 'lte') return order <= 0;
  return op === 'gt' ? order > 0 : order >= 0;
}

export function equal(location: Location, value: unknown): Query {
  const { native, type } = location;
  if (native.type === '_id') return { terms: { _id: [value] } };
  if (type.kind === 'bool') return { term: { [native.exact!]: value } };
  if (isTextual(type)) {
    const tooLong = native.cut && native.ignoreAbove !== null && (value as string).length > native.ignoreAbove;
    return tooLong ? cutValue(native) : { term: { [native.exact!]: { value } } };
  }
  const cuts = cutsOf(location, value);
  if (!cuts.exact) return NONE;
  return range(native, { gte: cuts.ceil, lte: cuts.floor });
}

/** The rows whose value is one of these. */
export function oneOf(location: Location, values: readonly unknown[]): Query {
  const { native, type } = location;
  if (values.length === 0) return NONE;
  if (native.type === '_id') return { terms: { _id: values } };
  if (type.kind === 'int') {
    const fitting = values.flatMap((value) => {
      const { exact, floor } = cutsOf(location, value);
      return exact ? [floor] : [];
    });
    return fitting.length > 0 ? { terms: { [native.exact!]: fitting } } : NONE;
  }
  if (type.kind === 'bool' || (isTextual(type) && !native.cut)) return { terms: { [native.exact!]: values } };
  return anyOf(values.map((value) => equal(location, value)));
}

export function isTextual({ kind }: DataType): boolean {
  return kind === 'text' || kind === 'id' || kind === 'opaque';
}

function range(native: NativeField, bounds: Readonly<Record<string, string>>): Query {
  const format =
    native.type === 'date'
      ? { format: 'epoch_millis' }
      : native.type === 'date_nanos'
        ? { format: 'strict_date_optional_time_nanos' }
        : {};
  return { range: { [native.exact!]: { ...bounds, ...format } } };
}

/** The greatest value of the field's own that is not above a value, and the least that is not below it. */
interface Cuts {
  readonly floor: string;
  readonly ceil: string;
  /** Both are the value itself. */
  readonly exact: boolean;
}

const BELOW: Cuts = { floor: 'below', ceil: 'below', exact: false };
const ABOVE: Cuts = { floor: 'above', ceil: 'above', exact: false };

const INTEGERS: Readonly<Record<string, number>> = { byte: 8, short: 16, integer: 32, long: 64 };

function cutsOf({ native, type }: Location, value: unknown): Cuts {
  switch (type.kind) {
    case 'int': {
      const whole = BigInt(value as bigint);
      const most = 2n ** BigInt((INTEGERS[native.type] ?? 64) - 1) - 1n;
      if (whole > most) return ABOVE;
      return whole < -most - 1n ? BELOW : same(String(whole));
    }
    case 'float':
      return type.bits === 32 || native.type === 'float' ? singleCuts(value as number) : doubleCuts(value as number);
    case 'date':
      return same(String(BigInt(value as number) * 86_400_000n));
    case 'instant': {
      const micros = value as bigint;
      if (native.type === 'date_nanos') return nanoCuts(micros);
      const floor = floorDiv(micros, 1_000n);
      const exact = floor * 1_000n === micros;
      return { floor: String(floor), ceil: String(exact ? floor : floor + 1n), exact };
    }
    default:
      throw new Error(`${type.kind} has no range`);
  }
}

function same(text: string): Cuts {
  return { floor: text, ceil: text, exact: true };
}

/** NaN and the infinities are not in the store; both zeros are, and are one. */
function doubleCuts(value: number): Cuts {
  if (Number.isNaN(value) || value === Infinity) return ABOVE;
  if (value === -Infinity) return BELOW;
  return value === 0 ? { floor: '0.0', ceil: '-0.0', exact: true } : same(String(value));
}

const MOST_SINGLE = 3.4028234663852886e38;

function singleCuts(value: number): Cuts {
  const single = Math.fround(value);
  if (single === value || Number.isNaN(value)) return doubleCuts(single);
  if (value > MOST_SINGLE) return { floor: String(MOST_SINGLE), ceil: 'above', exact: false };
  if (value < -MOST_SINGLE) return { floor: 'below', ceil: String(-MOST_SINGLE), exact: false };
  const other = neighbour(single, value > single ? 1 : -1);
  const [low, high] = single < value ? [single, other] : [other, single];
  return { floor: doubleCuts(low).floor, ceil: doubleCuts(high).ceil, exact: false };
}

/** The next float of 32 bits in a direction. */
function neighbour(single: number, direction: 1 | -1): number {
  const floats = new Float32Array([single]);
  const bits = new Int32Array(floats.buffer);
  if (single === 0) {
    bits[0] = 1;
    return direction * floats[0]!;
  }
  bits[0]! += single > 0 === direction > 0 ? 1 : -1;
  return floats[0]!;
}

const MOST_NANOS = 2n ** 63n / 1_000n - 1n;

/** A microsecond is a thousand values of such a field, which starts at 1970. */
function nanoCuts(micros: bigint): Cuts {
  if (micros < 0n) return BELOW;
  if (micros > MOST_NANOS) return ABOVE;
  const seconds = printLocal(micros - (micros % 1_000_000n)).slice(0, 19);
  const fraction = String(micros % 1_000_000n).padStart(6, '0');
  return { floor: `${seconds}.${fraction}999Z`, ceil: `${seconds}.${fraction}000Z`, exact: true };
}

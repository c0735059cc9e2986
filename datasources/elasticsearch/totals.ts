import type { Measure, MeasureFn } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import { isCounted } from './ability.js';
import type { Measuring } from './documents.js';
import type { Location } from './native.js';
import { decoder } from './values.js';

/** What the store says of the values of some documents at once, in floats of 64 bits. */
export interface Totals {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
}

const SUMMED: ReadonlySet<MeasureFn> = new Set<MeasureFn>(['SUM', 'AVG', 'MIN', 'MAX']);

/** What the store is asked for its totals of a field. */
export function totalsOf({ native }: Location): Measuring {
  return { aggregation: { stats: { field: native.exact } } };
}

/** Its answer; of nothing there are none. */
export function totalsIn(measured: unknown): Totals | null {
  const { count, min, max, sum } = measured as Readonly<Record<keyof Totals, unknown>>;
  if (Number(count) === 0) return null;
  return { count: Number(count), min: Number(min), max: Number(max), sum: Number(sum) };
}

/** Whether the store's totals may be what a measure asks for; whether they are shows in them. */
export function mayTotal({ fn }: Measure, { native, type }: Location): boolean {
  if (!SUMMED.has(fn) || !isCounted(native, type)) return false;
  const isTime = type.kind === 'instant' || type.kind === 'date';
  return type.kind === 'int' || type.kind === 'float' || (isTime && (fn === 'MIN' || fn === 'MAX'));
}

/** Sums of whole numbers, and the numbers themselves, are exact in floats as far as no step on the way can be larger than this. */
const MOST_EXACT = 2 ** 53;

export function areExact(type: DataType, { count, min, max }: Totals): boolean {
  return (
    type.kind === 'float' || Math.max(Math.abs(min), Math.abs(max)) * (type.kind === 'int' ? count : 1) < MOST_EXACT
  );
}

/** The measure of several totals together. */
export function measureOfTotals(fn: MeasureFn, { native, type }: Location, all: readonly Totals[]): unknown {
  if (all.length === 0) return null;
  const decode = decoder(type, native);
  if (fn === 'MIN') return decode(Math.min(...all.map(({ min }) => min)));
  if (fn === 'MAX') return decode(Math.max(...all.map(({ max }) => max)));
  const count = all.reduce((sum, each) => sum + each.count, 0);
  if (type.kind !== 'int') {
    const sum = all.reduce((total, each) => total + each.sum, 0);
    return fn === 'SUM' ? sum : sum / count;
  }
  const sum = all.reduce((total, each) => total + BigInt(each.sum), 0n);
  if (fn === 'AVG') return Number(sum) / count;
  return type.bits === 64 ? String(sum) : sum;
}

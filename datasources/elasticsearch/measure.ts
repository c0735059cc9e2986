import { compareValues, keyText } from '../../src/ir/compare.js';
import { addDecimals, decimalScale, divideDecimal, toScaled } from '../../src/ir/decimal.js';
import type { Measure } from '../../src/ir/select.js';
import { FLOAT64, type DataType } from '../../src/ir/types.js';
import { valueOf, type Args } from '../../src/ir/value.js';

/** A value and how many rows have it: what every measure can be made of, to the last digit. */
export interface Counted {
  readonly value: unknown;
  readonly times: number;
}

export function countOf(some: readonly Counted[]): number {
  return some.reduce((sum, { times }) => sum + times, 0);
}

/** A measure over the values that are there; of nothing only counts are known. */
export function measureOf({ fn, operand, q }: Measure, all: readonly Counted[], args: Args): unknown {
  if (fn === 'COUNT') return BigInt(countOf(all));
  const { type } = operand!;
  if (fn === 'COUNT_DISTINCT') return BigInt(new Set(all.map(({ value }) => keyText(type, value))).size);
  if (all.length === 0) return null;
  switch (fn) {
    case 'SUM':
      return sumOf(type, all);
    case 'AVG':
      return averageOf(type, all);
    case 'MIN':
    case 'MAX':
      return extremeOf(type, all, fn === 'MIN' ? -1 : 1);
    case 'QUANTILE':
      return quantileOf(all, valueOf(q!, args) as number);
    default: {
      const squared = varianceOf(type, all, fn === 'VARIANCE' || fn === 'STDDEV' ? 1 : 0);
      return squared === null || fn.startsWith('VARIANCE') ? squared : Math.sqrt(squared);
    }
  }
}

function sumOf(type: DataType, all: readonly Counted[]): unknown {
  if (type.kind === 'int') {
    const total = wholeSum(all);
    return type.bits === 64 ? String(total) : total;
  }
  if (type.kind === 'decimal') return decimalSum(all);
  return all.reduce((sum, { value, times }) => sum + (value as number) * times, 0);
}

function wholeSum(all: readonly Counted[]): bigint {
  return all.reduce((sum, { value, times }) => sum + (value as bigint) * BigInt(times), 0n);
}

function decimalSum(all: readonly Counted[]): string {
  const { unscaled, scale } = toScaled(all.map(({ value }) => value as string));
  const total = unscaled.reduce((sum, each, i) => sum + each * BigInt(all[i]!.times), 0n);
  return addDecimals(divideDecimal(String(total), 10n ** BigInt(scale), scale), '0');
}

function averageOf(type: DataType, all: readonly Counted[]): unknown {
  const count = countOf(all);
  if (type.kind === 'int') return Number(wholeSum(all)) / count;
  if (type.kind !== 'decimal') return (sumOf(type, all) as number) / count;
  const total = decimalSum(all);
  return divideDecimal(total, BigInt(count), (type.scale ?? decimalScale(total)) + 6);
}

function extremeOf(type: DataType, all: readonly Counted[], sign: 1 | -1): unknown {
  return all.reduce<unknown>(
    (best, { value }) => (best === null || compareValues(type, value, best) * sign > 0 ? value : best),
    null,
  );
}

/** Of whole numbers and decimals exact sums of squares, so nothing cancels; of floats two passes. */
function varianceOf(type: DataType, all: readonly Counted[], ddof: 0 | 1): number | null {
  const n = countOf(all);
  if (n <= ddof) return null;
  if (type.kind === 'float') {
    const total = all.reduce((sum, { value, times }) => sum + (value as number) * times, 0);
    const mean = total / n;
    return all.reduce((sum, { value, times }) => sum + ((value as number) - mean) ** 2 * times, 0) / (n - ddof);
  }
  const { unscaled, scale } = toScaled(all.map(({ value }) => String(value)));
  const weighted = (of: (each: bigint) => bigint): bigint =>
    unscaled.reduce((sum, each, i) => sum + of(each) * BigInt(all[i]!.times), 0n);
  const total = weighted((each) => each);
  const numerator = BigInt(n) * weighted((each) => each * each) - total * total;
  return Number(numerator) / (n * (n - ddof)) / 10 ** (2 * scale);
}

/** Linear interpolation between closest ranks (type 7). */
function quantileOf(all: readonly Counted[], q: number): number {
  const sorted = all
    .map(({ value, times }) => ({ value: Number(value), times }))
    .sort((a, b) => compareValues(FLOAT64, a.value, b.value));
  const at = (rank: number): number => {
    let passed = 0;
    return sorted.find(({ times }) => (passed += times) > rank)!.value;
  };
  const last = countOf(all) - 1;
  const position = last * q;
  const low = Math.floor(position);
  const [a, b] = [at(low), at(Math.min(low + 1, last))];
  return position === low ? a : a + (b - a) * (position - low);
}

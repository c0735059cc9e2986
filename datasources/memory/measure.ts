import { compareValues, keyText } from '../../src/ir/compare.js';
import { addDecimals, decimalScale, divideDecimal, toScaled } from '../../src/ir/decimal.js';
import type { Measure } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import { valueOf } from '../../src/ir/value.js';
import { holds } from './predicate.js';
import { operandValue, type Rec, type World } from './world.js';

/** A measure over rows; nulls are left out, of nothing only counts are known. */
export function measure(m: Measure, rows: readonly Rec[], world: World): unknown {
  const kept = rows.filter((rec) => holds(m.where, rec, world));
  const { operand } = m;
  if (operand === null) return BigInt(kept.length);
  const values = kept.map((rec) => operandValue(operand, rec, world)).filter((v) => v !== null);
  const { type } = operand;
  switch (m.fn) {
    case 'COUNT':
      return BigInt(values.length);
    case 'COUNT_DISTINCT':
      return BigInt(new Set(values.map((v) => keyText(type, v))).size);
    case 'SUM':
      if (values.length === 0) return m.ofCounts ? 0n : null;
      return sum(type, values, m.type);
    case 'AVG':
      return values.length === 0 ? null : average(type, values);
    case 'MIN':
      return extreme(type, values, -1);
    case 'MAX':
      return extreme(type, values, 1);
    case 'QUANTILE':
      return quantile(values.map(Number), valueOf(m.q!, world.args) as number);
    case 'VARIANCE':
    case 'VARIANCE_POP':
      return variance(type, values, m.fn === 'VARIANCE' ? 1 : 0);
    case 'STDDEV':
    case 'STDDEV_POP': {
      const squared = variance(type, values, m.fn === 'STDDEV' ? 1 : 0);
      return squared === null ? null : Math.sqrt(squared);
    }
  }
}

function sum(type: DataType, values: readonly unknown[], answer: DataType = type): unknown {
  if (type.kind === 'int') {
    const total = (values as readonly bigint[]).reduce((a, b) => a + b, 0n);
    return answer.kind === 'decimal' ? String(total) : total;
  }
  if (type.kind === 'decimal') return (values as readonly string[]).reduce(addDecimals, '0');
  return (values as readonly number[]).reduce((a, b) => a + b, 0);
}

function average(type: DataType, values: readonly unknown[]): unknown {
  const count = BigInt(values.length);
  if (type.kind === 'decimal') {
    const total = sum(type, values) as string;
    return divideDecimal(total, count, (type.scale ?? decimalScale(total)) + 6);
  }
  if (type.kind === 'int') return Number((values as readonly bigint[]).reduce((a, b) => a + b, 0n)) / values.length;
  return (sum(type, values) as number) / values.length;
}

function extreme(type: DataType, values: readonly unknown[], sign: 1 | -1): unknown {
  return values.reduce(
    (best: unknown, v) => (best === null || compareValues(type, v, best) * sign > 0 ? v : best),
    null,
  );
}

/** Of integers and decimals exact sums of squares, so nothing cancels; of floats two passes, NaN where one is not finite. */
function variance(type: DataType, values: readonly unknown[], ddof: 0 | 1): number | null {
  const n = values.length;
  if (n <= ddof) return null;
  if (type.kind === 'float' || values.some((v) => typeof v === 'string' && !/\d/.test(v))) {
    const numbers = values.map(Number);
    const mean = numbers.reduce((a, b) => a + b, 0) / n;
    return numbers.reduce((a, b) => a + (b - mean) ** 2, 0) / (n - ddof);
  }
  const { unscaled, scale } = toScaled(values.map(String));
  const total = unscaled.reduce((a, b) => a + b, 0n);
  const squares = unscaled.reduce((a, b) => a + b * b, 0n);
  const numerator = BigInt(n) * squares - total * total;
  return Number(numerator) / (n * (n - ddof)) / 10 ** (2 * scale);
}

/** Linear interpolation between closest ranks (type 7). */
function quantile(values: readonly number[], q: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => compareValues({ kind: 'float', bits: 64 }, a, b));
  const position = (sorted.length - 1) * q;
  const low = Math.floor(position);
  const [a, b] = [sorted[low]!, sorted[Math.min(low + 1, sorted.length - 1)]!];
  return position === low ? a : a + (b - a) * (position - low);
}

import type { Measure } from '../../src/ir/select.js';
import { valueOf, type Args } from '../../src/ir/value.js';
import type { Measuring } from './documents.js';
import type { Location } from './native.js';

/** A measure as the store estimates it: only where that was asked for. */
export interface Estimation {
  readonly measuring: Measuring;
  /** The estimate in the store's answer; null of nothing. */
  readonly read: (measured: unknown) => unknown;
  /** How it is made, and how far off it may be. */
  readonly by: string;
}

/** Values up to which distinct ones are counted nearly exactly: what the store takes at most, and what groups leave room for. */
const COUNTED = { whole: 40_000, inGroups: 3_000 };
const GROUPS = 1_000;
const COMPRESSION = 200;

/** null where the exact value is all that there is. */
export function estimationOf(
  { fn, q, approximate }: Measure,
  { native }: Location,
  inGroups: boolean,
  args: Args,
): Estimation | null {
  if (!approximate) return null;
  const field = native.exact;
  const page = inGroups ? { page: GROUPS } : {};
  if (fn === 'COUNT_DISTINCT') {
    const precision_threshold = inGroups ? COUNTED.inGroups : COUNTED.whole;
    return {
      measuring: { aggregation: { cardinality: { field, precision_threshold } }, ...page },
      read: (measured) => BigInt(String((measured as { readonly value: unknown }).value)),
      by: `HyperLogLog++: nearly exact up to ${precision_threshold} values, beyond with a standard error of ${inGroups ? 0.8 : 0.2} %`,
    };
  }
  if (fn !== 'QUANTILE') return null;
  const percents = [(valueOf(q!, args) as number) * 100];
  const tdigest = { compression: COMPRESSION };
  return {
    measuring: { aggregation: { percentiles: { field, percents, keyed: false, tdigest } }, ...page },
    read: (measured) => {
      const value = (measured as { readonly values: readonly { readonly value: unknown }[] }).values[0]?.value;
      return value === null || value === undefined || value === 'NaN' ? null : Number(value);
    },
    by: `t-digest of compression ${COMPRESSION}: off by about 1 % of the ranks in the middle, by less towards both ends`,
  };
}

import type { DataType } from '../ir/types.js';

/**
 * Rows as a store gives them. TYPED holds values in the form of ir/types.ts; TEXT the store's own text of each value
 * (null is null), which only that store's `jsonText` can turn into JSON: the fast path of pages.
 */
export interface Batch {
  readonly form: BatchForm;
  readonly types: readonly DataType[];
  readonly rows: readonly Row[];
  /** Which measures are estimates, as they were asked for with `approximate`; without it everything is exact. */
  readonly estimates?: readonly Estimate[];
}

/** A measure of the select's groups that the store estimated. */
export interface Estimate {
  /** Its place among the measures. */
  readonly measure: number;
  /** How it was made, and how far off it may be. */
  readonly by: string;
}

export type BatchForm = 'TEXT' | 'TYPED';

/** One value a column: in a TEXT batch string or null. */
export type Row = readonly unknown[];

import { GatewayError } from '../../src/errors.js';

/** Rows (or values with their counts) that one level may be made of where they have to be here together. */
export const MOST_ROWS = 100_000;
/** Keys that lead from one index to another: what the store takes in one `terms` query. */
export const MOST_KEYS = 65_536;
/** What `nearest` may ask for. */
export const MOST_NEAREST = 1_000;
/** Where a search of the store ends unless it is told where to go on. */
export const WINDOW = 10_000;
/** Hits, and groups, of one answer of the store. */
export const PAGE = 5_000;
export const BATCH = 1_000;
/** Searches of one call. */
export const TOGETHER = 100;

export function withinBudget(count: number, most: number, what: string): void {
  if (count <= most) return;
  throw new GatewayError('BUDGET_EXCEEDED', `elasticsearch: this needs more than ${most} ${what} of one index`, {
    expected: `at most ${most} ${what}`,
    hint: 'narrow it by a filter on the index itself, or order and group by its own fields',
  });
}

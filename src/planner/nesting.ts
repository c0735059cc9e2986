import { badInput } from '../errors.js';
import { Hole, type Input } from '../ir/query.js';

/** Deeper than any question, and far from where recursion over it would overflow the stack. */
const MOST_LEVELS = 100;
/** Objects in one filter: each may bring parameters, of which a store's statement takes some ten thousands. */
const MOST_CONDITIONS = 5_000;

/** Refuses what nests too deep for code that recurses over it: to be called before such code. */
export function checkNesting(input: Input, field: string): void {
  measure(input, field, Infinity);
}

/** The same for a filter, which has a bound on its conditions too. */
export function checkFilter(input: Input, field: string): void {
  measure(input, field, MOST_CONDITIONS);
}

function measure(input: Input, field: string, most: number): void {
  let level: readonly unknown[] = [input];
  let objects = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MOST_LEVELS) throw badInput(field, `at most ${MOST_LEVELS} levels of lists and objects`, 'more');
    const next: unknown[] = [];
    for (const each of level) {
      if (typeof each !== 'object' || each === null || each instanceof Hole) continue;
      if (!Array.isArray(each)) objects += 1;
      for (const inner of Object.values(each)) if (typeof inner === 'object' && inner !== null) next.push(inner);
    }
    if (objects > most) {
      throw badInput(field, `at most ${most} conditions`, objects, 'give many values to one `in`');
    }
    level = next;
  }
}

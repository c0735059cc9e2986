import { cypher, type Fragment } from './cypher.js';

/**
 * Exact sums of integers of 64 bits do not fit one. They are pairs [high, low], value = high · 2³² + low with low from 0
 * to 2³² − 1: the store compares and orders lists as such numbers are.
 */
export const HALF = 4_294_967_296n;

/** The words of an integer, as they are summed. */
export function words(value: Fragment): readonly [Fragment, Fragment] {
  return [cypher`${value} / 4294967296`, cypher`${value} % 4294967296`];
}

/** Sums of words as a pair. */
export function pair(high: Fragment, low: Fragment): Fragment {
  return cypher`[w IN [((${low} % 4294967296) + 4294967296) % 4294967296] | [${high} + (${low} - w) / 4294967296, w]][0]`;
}

/** Sums of words, or a pair's words, as a float, rounded once where they have less than 85 bits. */
export function asFloat(high: Fragment, low: Fragment): Fragment {
  return cypher`(${high} * 4294967296.0 + ${low})`;
}

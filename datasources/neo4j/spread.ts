import type { MeasureFn } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import { cypher, keyword, type Fragment } from './cypher.js';
import { asFloat, words } from './wide.js';

/**
 * Variances over a list of all values, in two passes. Whole numbers are taken from the first of them as integers, so that
 * large ones keep their differences.
 */
export function spread(fn: MeasureFn, type: DataType, all: Fragment): Fragment {
  const least = keyword(fn === 'STDDEV' || fn === 'VARIANCE' ? '1' : '0');
  const squared = cypher`[y IN [[x IN ${all} | ${difference(type, keyword('x'), cypher`${all}[0]`)}]] | \
[m IN [reduce(t = 0.0, x IN y | t + x) / size(y)] | reduce(t = 0.0, x IN y | t + (x - m) * (x - m)) / (size(y) - ${least})][0]][0]`;
  const value = fn === 'STDDEV' || fn === 'STDDEV_POP' ? cypher`sqrt(${squared})` : squared;
  return cypher`CASE WHEN size(${all}) > ${least} THEN ${value} END`;
}

function difference(type: DataType, value: Fragment, from: Fragment): Fragment {
  if (type.kind === 'float') return value;
  const [a, b] = [wordsOf(type, value), wordsOf(type, from)];
  return asFloat(cypher`(${a[0]} - ${b[0]})`, cypher`(${a[1]} - ${b[1]})`);
}

function wordsOf(type: DataType, value: Fragment): readonly [Fragment, Fragment] {
  return type.kind === 'decimal' ? [cypher`${value}[0]`, cypher`${value}[1]`] : words(value);
}

/** A number as a float. */
export function floatOf(type: DataType, value: Fragment): Fragment {
  if (type.kind === 'decimal') return asFloat(cypher`${value}[0]`, cypher`${value}[1]`);
  return cypher`toFloat(${value})`;
}

/** Linear between closest ranks. The store's own percentileCont gives other values beside infinite ones. */
export function quantile(type: DataType, all: Fragment, q: Fragment): Fragment {
  return cypher`[y IN [COLLECT { UNWIND ${all} AS x WITH ${floatOf(type, keyword('x'))} AS x ORDER BY x RETURN x }] | \
[p IN [(size(y) - 1) * ${q}] | [i IN [toInteger(floor(p))] | CASE WHEN p = i THEN y[i] ELSE y[i] + (y[i + 1] - y[i]) * (p - i) END][0]][0]][0]`;
}

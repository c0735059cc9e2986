import type { Comparison } from '../../src/ir/predicate.js';
import type { DataType } from '../../src/ir/types.js';
import { cypher, keyword, type Fragment } from './cypher.js';

const OPERATOR: Record<Comparison, string> = { eq: '=', ne: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' };

/** A value as it is compared: durations by their length, bytes as unsigned numbers. */
export function comparable({ kind }: DataType, value: Fragment): Fragment {
  switch (kind) {
    case 'duration':
      return cypher`[d IN [${value}] | (d.months * 30 + d.days) * 86400000000 + d.seconds * 1000000 + d.microsecondsOfSecond][0]`;
    case 'bytes':
      return cypher`[b IN ${value} | (b + 256) % 256]`;
    default:
      return value;
  }
}

/** A value as it is ordered: -0, which the store puts before 0, is made 0. */
export function ordered(type: DataType, value: Fragment): Fragment {
  return type.kind === 'float' ? cypher`(${value} + 0.0)` : comparable(type, value);
}

/** A value as it is grouped, counted distinct and joined by: NaN, which is not itself here, is a word. */
export function keyOf(type: DataType, value: Fragment): Fragment {
  if (type.kind !== 'float') return comparable(type, value);
  return cypher`CASE WHEN isNaN(${value}) THEN 'NaN' ELSE ${value} + 0.0 END`;
}

/** The value of a key. */
export function ofKey({ kind }: DataType, key: Fragment): Fragment {
  return kind === 'float' ? cypher`CASE WHEN ${key} = 'NaN' THEN NaN ELSE ${key} END` : key;
}

/** Two comparable values: true where it holds; null or false elsewhere. `number`: the right one is known not to be NaN. */
export function compared(type: DataType, op: Comparison, left: Fragment, right: Fragment, number = false): Fragment {
  if (type.kind === 'float') return comparedFloats(op, left, right, number);
  return cypher`${left} ${keyword(OPERATOR[op])} ${right}`;
}

/** NaN equals itself and is above every number. */
function comparedFloats(op: Comparison, left: Fragment, right: Fragment, number: boolean): Fragment {
  switch (op) {
    case 'eq':
      return number ? cypher`${left} = ${right}` : cypher`(${left} = ${right} OR (isNaN(${left}) AND isNaN(${right})))`;
    case 'ne':
      return cypher`NOT ${comparedFloats('eq', left, right, number)}`;
    case 'gt':
      return number
        ? cypher`(${left} > ${right} OR isNaN(${left}))`
        : cypher`(${left} > ${right} OR (isNaN(${left}) AND NOT isNaN(${right})))`;
    case 'gte':
      return cypher`(${left} >= ${right} OR (isNaN(${left}) AND ${right} IS NOT NULL))`;
    case 'lt':
      return number
        ? cypher`${left} < ${right}`
        : cypher`(${left} < ${right} OR (isNaN(${right}) AND NOT isNaN(${left})))`;
    case 'lte':
      return number
        ? cypher`${left} <= ${right}`
        : cypher`(${left} <= ${right} OR (isNaN(${right}) AND ${left} IS NOT NULL))`;
  }
}

/**
 * Text so that its order against parameters is the order of its bytes: the store then compares UTF-16 units, in which
 * the halves of a pair stand before the last characters of the first plane. (Stored texts among each other it compares
 * by their bytes.) Halves are lifted behind U+FFFF, which itself gets a nought behind it.
 */
export function bytewise(text: Fragment): Fragment {
  return cypher`CASE WHEN ${text} =~ '(?s).*[\\\\x{FFFF}-\\\\x{10FFFF}].*' THEN reduce(s = '', c IN split(${text}, '') | s + CASE WHEN c =~ '[\\\\x{D800}-\\\\x{DFFF}]' THEN '\\uFFFF' + c WHEN c = '\\uFFFF' THEN '\\uFFFF\\u0000' ELSE c END) ELSE ${text} END`;
}

/** Whether a text is compared alike by its units and by its bytes, whatever it is compared with. */
export function isPlain(text: string): boolean {
  return !/[\ud800-\uffff]/.test(text);
}

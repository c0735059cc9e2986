import { ownField } from '../../src/ir/operand.js';
import type { Predicate } from '../../src/ir/predicate.js';
import { typeName } from '../../src/ir/types.js';
import { hasNaN } from './compare.js';
import { Slot, type Stage } from './expression.js';
import { isPlain, nativeOf } from './native.js';
import { covering } from './sphere.js';
import { encode, encodeList } from './values.js';

const OPERATORS = { eq: '$eq', lt: '$lt', lte: '$lte', gt: '$gt', gte: '$gte' } as const;

/**
 * Conditions in the store's query language, which its indexes serve. They look into arrays and take any type of the
 * document's value, so they only narrow, and what they say is said again as an expression (`rest`); alone they stand for
 * fields of which the store promises the type.
 */
export function indexed(of: readonly Predicate[]): {
  readonly query: readonly Stage[];
  readonly rest: readonly Predicate[];
} {
  const found = of.map((p) => ({ p, query: queryOf(p) }));
  return {
    query: found.map(({ query }) => query).filter((query) => query !== null),
    rest: found.filter(({ p, query }) => query === null || !isPromised(p)).map(({ p }) => p),
  };
}

function queryOf(p: Predicate): Stage | null {
  if (p.kind === 'geo') return covering(p);
  if (p.kind !== 'compare' && p.kind !== 'in') return null;
  const field = ownField(p.operand);
  if (!field || !isPlain(nativeOf(field).name) || field.type.kind === 'json') return null;
  const { type } = field;
  const of = (operator: string, slot: Slot): Stage => ({ [nativeOf(field).name]: { [operator]: slot } });
  if (p.kind === 'in') {
    return p.negated ? null : of('$in', new Slot(p.value, encodeList(type), `[${typeName(type)}]`));
  }
  if (p.op === 'ne' || (p.op !== 'eq' && hasNaN(type))) return null;
  return of(OPERATORS[p.op], new Slot(p.value, encode(type, p.op), typeName(type)));
}

function isPromised(p: Predicate): boolean {
  const field = 'operand' in p ? ownField(p.operand) : null;
  return p.kind !== 'geo' && field !== null && nativeOf(field).sure;
}

import { Double } from 'mongodb';
import type { GatewayError } from '../../src/errors.js';
import { ownField } from '../../src/ir/operand.js';
import { conjuncts, type Predicate, type Search } from '../../src/ir/predicate.js';
import { typeName } from '../../src/ir/types.js';
import { cannot, Slot, type Stage } from './expression.js';
import { indexed } from './indexed.js';
import { isPlain, nativeOf, type VectorIndex } from './native.js';
import { least, unlessNone } from './order.js';

type Nearest = Extract<Search, { kind: 'nearest' }>;

/** The k nearest, found by comparing with every vector that the filter leaves: never approximately. */
export function nearest(p: Nearest): Stage[] {
  const { name, vector } = nativeOf(ownField(p.operand)!);
  const { query } = indexed(conjuncts(p.among.policy));
  const filter: Stage = query.length === 0 ? {} : { filter: query.length === 1 ? query[0]! : { $and: query } };
  const search: Stage = {
    index: vector!.name,
    path: name,
    queryVector: new Slot(p.vector, doubles, typeName(p.vector.type)),
    exact: true,
    limit: least(p.k),
    ...filter,
  };
  return [{ $vectorSearch: search }, ...unlessNone(p.k)];
}

/** The driver would send whole numbers as such, among others that are not. */
function doubles(given: unknown): Double[] {
  return (given as readonly number[]).map((each) => new Double(each));
}

export function refusalOfNearest({ operand, among }: Nearest): GatewayError | null {
  const field = ownField(operand);
  const native = field && nativeOf(field);
  if (!native?.vector || !isPlain(native.name)) {
    return cannot('find the nearest by a field that no index of vectors has', 'create one, then reload the source');
  }
  const conditions = conjuncts(among.policy);
  if (indexed(conditions).rest.length === 0 && conditions.every((p) => isFilter(p, native.vector!))) return null;
  const known = native.vector.filters.join(', ') || 'none';
  return cannot(
    'find the nearest of rows that other conditions choose than those of the index',
    `ask eq or in of its filters (${known}) whose type a validator promises, whole numbers also by order, dates so alone`,
  );
}

/** Whether the index tells it exactly: of a field that it has as a filter, and of a type that it compares as we do. */
function isFilter(p: Predicate, { filters }: VectorIndex): boolean {
  const field = 'operand' in p ? ownField(p.operand) : null;
  if (!field || !filters.includes(nativeOf(field).name)) return false;
  const equality = p.kind === 'in' || (p.kind === 'compare' && p.op === 'eq');
  switch (field.type.kind) {
    case 'int':
      return true;
    case 'instant':
      // Between two of its milliseconds nothing is equal, which the index cannot be asked.
      return !equality;
    case 'bool':
    case 'text':
    case 'id':
      return equality;
    default:
      return false;
  }
}

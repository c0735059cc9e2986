import type { Operand, Step } from '../../src/ir/operand.js';
import { isTrue } from '../../src/ir/predicate.js';
import type { Measure } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import { aggregated, listed, type Aggregate } from './aggregate.js';
import { comparable, keyOf } from './compare.js';
import { cypher, keyword, type Fragment } from './cypher.js';
import { expression } from './operand.js';
import { scalar } from './parameter.js';
import { predicate } from './predicate.js';
import { matchOf, reachFrom } from './relation.js';
import type { Scope } from './scope.js';
import { quantile, spread } from './spread.js';
import { asFloat, pair, words } from './wide.js';

/** A measure in three stages: a value of each row, aggregates of these, and what is made of the aggregates. */
interface Stages {
  readonly aggregates: readonly Aggregate[];
  readonly result: (aggregates: readonly Fragment[]) => Fragment;
}

/** A measure of the rows of a scope, which stands in three clauses. */
export interface Measured {
  /** Null where rows themselves are counted. */
  readonly row: Fragment | null;
  readonly aggregates: (row: Fragment) => readonly Fragment[];
  readonly result: (aggregates: readonly Fragment[]) => Fragment;
}

const first = ([only]: readonly Fragment[]): Fragment => only!;

export function measured(m: Measure, scope: Scope): Measured {
  const { operand } = m;
  const where = isTrue(m.where) ? null : predicate(m.where, scope);
  const kept = (value: Fragment): Fragment => (where ? cypher`CASE WHEN ${where} THEN ${value} END` : value);
  if (operand === null) {
    if (where === null) return { row: null, aggregates: () => [cypher`count(*)`], result: first };
    return { row: kept(cypher`1`), aggregates: (row) => [cypher`count(${row})`], result: first };
  }
  const { aggregates, result } = stages(m, operand.type);
  return {
    row: kept(rowOf(m, operand, scope)),
    aggregates: (row) => aggregates.map((each) => aggregated(each, row)),
    result,
  };
}

/**
 * A measure over the rows that a step reaches, as an expression: made of the list of their values, since the store takes
 * an aggregate inside a sub-query for one of the clause around it.
 */
export function relatedMeasure(step: Step, m: Measure, scope: Scope): Fragment {
  const reached = reachFrom(step, scope);
  const where = isTrue(m.where) ? null : predicate(m.where, reached.scope);
  const match = matchOf(reached, where);
  if (m.operand === null) return cypher`COUNT { ${match} }`;
  const [value, all] = [scope.variables.next('v'), scope.variables.next('l')];
  const { aggregates, result } = stages(m, m.operand.type);
  const made = result(aggregates.map((each) => listed(each, all)));
  const row = rowOf(m, m.operand, reached.scope);
  return cypher`[${all} IN [COLLECT { ${match} WITH ${row} AS ${value} WHERE ${value} IS NOT NULL RETURN ${value} }] | ${made}][0]`;
}

function rowOf({ fn }: Measure, operand: Operand, scope: Scope): Fragment {
  const value = expression(operand, scope);
  if (fn === 'COUNT_DISTINCT') return keyOf(operand.type, value);
  return operand.type.kind === 'bytes' ? comparable(operand.type, value) : value;
}

function stages(m: Measure, type: DataType): Stages {
  switch (m.fn) {
    case 'COUNT':
      return { aggregates: [{ kind: 'count' }], result: first };
    case 'COUNT_DISTINCT':
      return { aggregates: [{ kind: 'distinct' }], result: first };
    case 'MIN':
    case 'MAX':
      return extreme(m.fn === 'MIN' ? 'min' : 'max', type);
    case 'SUM':
      return sum(type);
    case 'AVG':
      return average(type);
    case 'QUANTILE':
      return { aggregates: [{ kind: 'collect' }], result: ([all]) => quantile(type, all!, scalar(m.q!)) };
    default:
      return { aggregates: [{ kind: 'collect' }], result: ([all]) => spread(m.fn, type, all!) };
  }
}

function extreme(kind: 'min' | 'max', type: DataType): Stages {
  if (type.kind !== 'duration') return { aggregates: [{ kind }], result: first };
  // Durations have no order in the store: the one whose length is the extreme.
  const [best, each] = [keyword('best'), keyword('each')];
  const beyond = cypher`${comparable(type, each)} ${keyword(kind === 'min' ? '<' : '>')} ${comparable(type, best)}`;
  return {
    aggregates: [{ kind: 'collect' }],
    result: ([all]) => cypher`reduce(best = ${all!}[0], each IN ${all!} | CASE WHEN ${beyond} THEN each ELSE best END)`,
  };
}

/** The store's own sum of integers becomes a float where it does not fit: words never do. */
function sum(type: DataType): Stages {
  const known = (count: Fragment, value: Fragment): Fragment => cypher`CASE WHEN ${count} > 0 THEN ${value} END`;
  if (type.kind === 'decimal' || (type.kind === 'int' && type.bits === 64)) {
    return { aggregates: wordSums(type), result: ([h, l, n]) => known(n!, pair(h!, l!)) };
  }
  const aggregates: Aggregate[] = [
    { kind: 'sum', of: (row) => row, zero: type.kind === 'int' ? '0' : '0.0' },
    { kind: 'count' },
  ];
  return { aggregates, result: ([total, n]) => known(n!, total!) };
}

function wordSums(type: DataType): readonly Aggregate[] {
  const word = (i: 0 | 1): Aggregate => ({
    kind: 'sum',
    of: (row) => (type.kind === 'decimal' ? cypher`${row}[${keyword(String(i))}]` : words(row)[i]),
    zero: '0',
  });
  return [word(0), word(1), { kind: 'count' }];
}

function average(type: DataType): Stages {
  const known = (count: Fragment, total: Fragment): Fragment =>
    cypher`CASE WHEN ${count} > 0 THEN ${total} / ${count} END`;
  if (type.kind === 'int') {
    return { aggregates: wordSums(type), result: ([h, l, n]) => known(n!, asFloat(h!, l!)) };
  }
  return {
    aggregates: [{ kind: 'sum', of: (row) => row, zero: '0.0' }, { kind: 'count' }],
    result: ([total, n]) => known(n!, total!),
  };
}

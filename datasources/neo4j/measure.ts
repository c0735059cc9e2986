import type { Operand, Step } from '../../src/ir/operand.js';
import { isTrue } from '../../src/ir/predicate.js';
import type { Measure } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import { comparable, keyOf } from './compare.js';
import { COMMA, cypher, join, keyword, type Fragment } from './cypher.js';
import { expression } from './operand.js';
import { scalar } from './parameter.js';
import { predicate } from './predicate.js';
import { matchOf, reachFrom } from './relation.js';
import type { Scope } from './scope.js';
import { spread, quantile } from './spread.js';
import { asFloat, pair, words } from './wide.js';

/** A measure in three stages: a value of each row, aggregates of these, and what is made of the aggregates. */
export interface Stages {
  /** Null where rows themselves are counted. */
  readonly row: Fragment | null;
  readonly aggregates: (row: Fragment) => readonly Fragment[];
  readonly result: (aggregates: readonly Fragment[]) => Fragment;
}

const first = ([only]: readonly Fragment[]): Fragment => only!;

export function stages(m: Measure, scope: Scope): Stages {
  const { operand } = m;
  const where = isTrue(m.where) ? null : predicate(m.where, scope);
  const kept = (value: Fragment): Fragment => (where ? cypher`CASE WHEN ${where} THEN ${value} END` : value);
  if (operand === null) {
    if (where === null) return { row: null, aggregates: () => [cypher`count(*)`], result: first };
    return { row: kept(cypher`1`), aggregates: (row) => [cypher`count(${row})`], result: first };
  }
  const row = kept(rowOf(m, operand, scope));
  return { row, ...aggregated(m, operand.type) };
}

function rowOf({ fn }: Measure, operand: Operand, scope: Scope): Fragment {
  const value = expression(operand, scope);
  if (fn === 'COUNT_DISTINCT') return keyOf(operand.type, value);
  return operand.type.kind === 'bytes' ? comparable(operand.type, value) : value;
}

function aggregated(m: Measure, type: DataType): Omit<Stages, 'row'> {
  switch (m.fn) {
    case 'COUNT':
      return { aggregates: (row) => [cypher`count(${row})`], result: first };
    case 'COUNT_DISTINCT':
      return { aggregates: (row) => [cypher`count(DISTINCT ${row})`], result: first };
    case 'MIN':
    case 'MAX':
      return extreme(m.fn === 'MIN' ? '<' : '>', type);
    case 'SUM':
      return sum(type);
    case 'AVG':
      return average(type);
    case 'QUANTILE':
      return { aggregates: (row) => [cypher`collect(${row})`], result: ([all]) => quantile(type, all!, scalar(m.q!)) };
    default:
      return { aggregates: (row) => [cypher`collect(${row})`], result: ([all]) => spread(m.fn, type, all!) };
  }
}

function extreme(word: '<' | '>', type: DataType): Omit<Stages, 'row'> {
  if (type.kind !== 'duration') {
    return { aggregates: (row) => [cypher`${keyword(word === '<' ? 'min' : 'max')}(${row})`], result: first };
  }
  // Durations have no order in the store: the one whose length is the extreme.
  const [best, each] = [keyword('best'), keyword('each')];
  const beyond = cypher`${comparable(type, each)} ${keyword(word)} ${comparable(type, best)}`;
  return {
    aggregates: (row) => [cypher`collect(${row})`],
    result: ([all]) => cypher`reduce(best = ${all!}[0], each IN ${all!} | CASE WHEN ${beyond} THEN each ELSE best END)`,
  };
}

/** The store's own sum of integers becomes a float where it does not fit: words never do. */
function sum(type: DataType): Omit<Stages, 'row'> {
  const known = (count: Fragment, value: Fragment): Fragment => cypher`CASE WHEN ${count} > 0 THEN ${value} END`;
  if (type.kind === 'decimal' || (type.kind === 'int' && type.bits === 64)) {
    return { aggregates: (row) => wordSums(type, row), result: ([h, l, n]) => known(n!, pair(h!, l!)) };
  }
  return {
    aggregates: (row) => [cypher`sum(${row})`, cypher`count(${row})`],
    result: ([total, n]) => known(n!, total!),
  };
}

function wordSums(type: DataType, row: Fragment): Fragment[] {
  const [high, low] = type.kind === 'decimal' ? [cypher`${row}[0]`, cypher`${row}[1]`] : words(row);
  return [cypher`sum(${high!})`, cypher`sum(${low!})`, cypher`count(${row})`];
}

function average(type: DataType): Omit<Stages, 'row'> {
  const known = (count: Fragment, total: Fragment): Fragment =>
    cypher`CASE WHEN ${count} > 0 THEN ${total} / ${count} END`;
  if (type.kind === 'int') {
    return { aggregates: (row) => wordSums(type, row), result: ([h, l, n]) => known(n!, asFloat(h!, l!)) };
  }
  return {
    aggregates: (row) => [cypher`sum(${row})`, cypher`count(${row})`],
    result: ([total, n]) => known(n!, total!),
  };
}

/** A measure over the rows that a step reaches, as an expression. */
export function relatedMeasure(step: Step, m: Measure, scope: Scope): Fragment {
  const reached = reachFrom(step, scope);
  if (m.operand === null) {
    const where = isTrue(m.where) ? null : predicate(m.where, reached.scope);
    return cypher`COUNT { ${matchOf(reached, where)} }`;
  }
  const { row, aggregates, result } = stages(m, reached.scope);
  const value = scope.variables.next('v');
  const all = aggregates(value).map((aggregate) => ({ aggregate, as: scope.variables.next('a') }));
  const columns = join(
    all.map(({ aggregate, as }) => cypher`${aggregate} AS ${as}`),
    COMMA,
  );
  return cypher`COLLECT { ${matchOf(reached)} WITH ${row!} AS ${value} WITH ${columns} RETURN ${result(all.map(({ as }) => as))} }[0]`;
}

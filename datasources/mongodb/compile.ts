import type { Operand } from '../../src/ir/operand.js';
import { isTrue } from '../../src/ir/predicate.js';
import { columnTypes, type Groups, type Select } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import type { Expression, Stage } from './expression.js';
import { keyOf } from './group.js';
import { measureOf } from './measure.js';
import { collectionOf } from './native.js';
import { column, expression, hops, needsRoom } from './operand.js';
import { page } from './order.js';
import { narrow, predicate, reachesOut } from './predicate.js';
import { Names, Rows, scopeOf, type Scope } from './rows.js';
import { begin } from './search.js';
import { withinOf } from './within.js';

/** A select as MongoDB is sent it: its documents are `{ c: [columns] }`. */
export interface MongodbQuery {
  /** null where the documents begin in the pipeline itself. */
  readonly collection: string | null;
  readonly pipeline: readonly Stage[];
  readonly columns: readonly DataType[];
}

export interface Pipeline {
  readonly collection: string | null;
  readonly stages: readonly Stage[];
}

export function compile(select: Select): MongodbQuery {
  const { collection, stages } = pipelineOf(select, new Names(), 'answer');
  return { collection, pipeline: stages, columns: columnTypes(select) };
}

/** `answer`: with the parents' join values in front; `tuples`: the output alone, in any order, by which others are found. */
export type Purpose = 'answer' | 'tuples';

export function pipelineOf(select: Select, names: Names, purpose: Purpose): Pipeline {
  if (select.within) return withinOf(select, select.within, names, purpose);
  const rows = new Rows(names);
  const { where, first } = begin(select.where, rows);
  narrow(rows, [select.from.policy, where], { first });
  if (select.groups) groupsOf(select, select.groups, rows);
  else rowsOf(select, rows, () => [], purpose);
  return { collection: collectionOf(select.from.entity), stages: rows.stages };
}

/** Order, page and columns of rows that are already the right ones. `leading` columns stand before its own. */
export function rowsOf(select: Select, rows: Rows, leading: () => readonly Expression[], purpose: Purpose): void {
  const counted = select.limit !== null || select.offset !== null || select.keyset.length > 0;
  if (purpose === 'answer' || counted) {
    page(select, rows, () => {
      rows.makeRoom();
      return scopeOf(rows);
    });
  }
  if (select.output.some(needsRoom)) rows.makeRoom();
  columnsOf(leading(), select.output, rows, scopeOf(rows), purpose);
}

function columnsOf(
  leading: readonly Expression[],
  output: readonly Operand[],
  rows: Rows,
  scope: Scope,
  purpose: Purpose,
): void {
  const read = purpose === 'answer' ? column : expression;
  const columns = output.map((operand) => read(operand, scope));
  rows.add({ $project: { _id: 0, c: [...leading, ...columns] } });
}

/** Groups of rows; without keys there is one row, also of nothing. */
export function groupsOf(select: Select, groups: Groups, rows: Rows): void {
  const { keys, measures } = groups;
  const outward =
    keys.some(({ operand }) => hops(operand)) ||
    measures.some(({ operand, where }) => (operand !== null && hops(operand)) || reachesOut(where));
  if (outward) rows.makeRoom();
  const scope = scopeOf(rows);
  const by = Object.fromEntries(keys.map((key, i) => [`k${i}`, keyOf(key, scope)]));
  const made = measures.map((m, i) => measureOf(m, `a${i}`, scope));
  const group: Stage = {
    $group: {
      _id: keys.length === 0 ? null : by,
      ...Object.fromEntries(made.flatMap(({ accumulators }) => Object.entries(accumulators))),
    },
  };
  if (keys.length > 0) rows.add(group);
  else {
    rows.add(
      { $facet: { g: [group] } },
      { $replaceRoot: { newRoot: { $ifNull: [{ $arrayElemAt: ['$g', 0] }, { _id: null }] } } },
    );
  }
  rows.add({
    $project: {
      _id: 0,
      ...Object.fromEntries(keys.map((_, i) => [`k${i}`, `$_id.k${i}`])),
      ...Object.fromEntries(made.map(({ value }, i) => [`m${i}`, value])),
      ...(keys.length + made.length === 0 ? { n: { $literal: 1 } } : {}),
    },
  });
  if (!isTrue(groups.having)) rows.add({ $match: { $expr: predicate(groups.having, { kind: 'groups' }) } });
  page(select, rows, () => ({ kind: 'groups' }));
  columnsOf([], select.output, rows, { kind: 'groups' }, 'answer');
}

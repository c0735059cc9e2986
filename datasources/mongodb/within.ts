import { own } from '../../src/ir/operand.js';
import { typeName } from '../../src/ir/types.js';
import type { Select, Within } from '../../src/ir/select.js';
import { groupsOf, pipelineOf, rowsOf, type Pipeline, type Purpose } from './compile.js';
import { constant, Slot, type Expression, type Stage } from './expression.js';
import { collectionOf, isPlain, member, nativeOf } from './native.js';
import { narrow } from './predicate.js';
import { lookup } from './relation.js';
import { Rows, type Names } from './rows.js';
import { encode } from './values.js';

/**
 * A level within its parents:
 * - by the rows' own column, when the parents are given by single keys and nothing is counted per parent;
 * - else for each distinct parent a `$lookup` of its rows.
 */
export function withinOf(select: Select, within: Within, names: Names, purpose: Purpose): Pipeline {
  return byColumn(select, within, names, purpose) ?? byParent(select, within, names, purpose);
}

function byColumn(select: Select, { step, parents }: Within, names: Names, purpose: Purpose): Pipeline | null {
  const [pair, ...more] = step.relation.on;
  const perParent = select.limit !== null || select.offset !== null || select.groups !== null;
  if (parents.kind === 'select' || perParent || more.length > 0 || step.relation.through) return null;
  const { name } = nativeOf(pair!.to);
  if (!isPlain(name)) return null;
  const encoder = encode(pair!.from.type);
  const keys = new Slot(
    { kind: 'parameter', type: pair!.from.type, slot: parents.slot, many: true },
    (tuples) => (tuples as readonly (readonly unknown[])[]).map(([key]) => encoder(key)),
    `[${typeName(pair!.from.type)}]`,
  );
  const rows = new Rows(names);
  rows.add({ $match: { [name]: { $in: keys } } });
  // An array that holds a key is no key.
  narrow(rows, [step.to.policy, select.where], { also: [{ $not: [{ $isArray: [member('$$ROOT', name)] }] }] });
  rowsOf(select, rows, () => (purpose === 'answer' ? [member(rows.root, name)] : []), purpose);
  return { collection: collectionOf(select.from.entity), stages: rows.stages };
}

function byParent(select: Select, within: Within, names: Names, purpose: Purpose): Pipeline {
  const { collection, stages } = parentsOf(within, names);
  const name = names.next('j');
  const values = within.step.relation.on.map((_, i): Expression => ({ $arrayElemAt: ['$_id', i] }));
  const children = lookup(within.step, values, names, name, (rows) => {
    narrow(rows, [select.where]);
    if (select.groups) groupsOf(select, select.groups, rows);
    else rowsOf(select, rows, () => [], purpose);
  });
  const columns: Expression = purpose === 'answer' ? { $concatArrays: ['$_id', `$${name}.c`] } : `$${name}.c`;
  return {
    collection,
    stages: [...stages, children, { $unwind: `$${name}` }, { $project: { _id: 0, c: columns } }],
  };
}

/** The distinct join values of the parents, as `_id`. */
function parentsOf({ step, parents }: Within, names: Names): Pipeline {
  const { on } = step.relation;
  if (parents.kind === 'keys') {
    const encoders = on.map(({ from }) => encode(from.type));
    const documents = new Slot(
      { kind: 'parameter', type: on[0]!.from.type, slot: parents.slot, many: true },
      (tuples) =>
        (tuples as readonly (readonly unknown[])[]).map((tuple) => ({ _id: tuple.map((key, i) => encoders[i]!(key)) })),
      `[[${on.map(({ from }) => typeName(from.type)).join(', ')}]]`,
    );
    return { collection: null, stages: [{ $documents: constant(documents) }] };
  }
  const tuples = { ...parents.select, output: on.map(({ from }) => own(from)) };
  const { collection, stages } = pipelineOf(tuples, names, 'tuples');
  const distinct: Stage[] = [{ $match: { $expr: { $not: [{ $in: [null, '$c'] }] } } }, { $group: { _id: '$c' } }];
  return { collection, stages: [...stages, ...distinct] };
}

import type { JoinPair } from '../../src/ir/entity.js';
import { own, type Step } from '../../src/ir/operand.js';
import { cond, isPresent, type Expression, type Stage } from './expression.js';
import { collectionOf, member, nativeOf } from './native.js';
import { typed } from './typed.js';
import { narrow } from './predicate.js';
import { Rows, type Names } from './rows.js';

/** The join values of the document at `near`. */
export function joinValues(pairs: readonly JoinPair[], near: Expression): Expression[] {
  return pairs.map(({ from }) => typed(own(from).type, member(near, nativeOf(from).name)));
}

/** A `$lookup` of the rows that a step reaches from the document at `near`, as array `name`; `more` goes on with them. */
export function ofStep(step: Step, near: Expression, names: Names, name: string, more: (far: Rows) => void): Stage {
  return lookup(step, joinValues(step.relation.on, near), names, name, more);
}

/** The same from join values. */
export function lookup(
  step: Step,
  values: readonly Expression[],
  names: Names,
  name: string,
  more: (far: Rows) => void,
): Stage {
  const keys = values.map(() => names.next('v'));
  const { from, far } = reach(
    step,
    keys.map((key) => `$$${key}`),
    names,
  );
  more(far);
  return {
    $lookup: {
      from,
      let: Object.fromEntries(keys.map((key, i) => [key, values[i]!])),
      pipeline: far.stages,
      as: name,
    },
  };
}

/** The rows on the far side whose join values are `keys`: a null joins nothing, a row counts once for each junction row. */
function reach(step: Step, keys: readonly Expression[], names: Names): { readonly from: string; readonly far: Rows } {
  const { relation, to, through } = step;
  const far = new Rows(names);
  if (!relation.through || !through) {
    narrow(far, [to.policy], { also: equal(relation.on, keys) });
    return { from: collectionOf(to.entity), far };
  }
  narrow(far, [through.policy], { also: equal(relation.on, keys) });
  far.makeRoom();
  const name = names.next('j');
  const inner: Step = {
    relation: { ...relation, on: relation.through.on, through: null },
    to,
    through: null,
  };
  far.add(
    ofStep(inner, far.root, names, name, () => undefined),
    { $unwind: `$${name}` },
    { $replaceRoot: { newRoot: `$${name}` } },
  );
  const rows = new Rows(names);
  rows.add(...far.stages);
  return { from: collectionOf(through.entity), far: rows };
}

function equal(pairs: readonly JoinPair[], keys: readonly Expression[]): Expression[] {
  return pairs.flatMap(({ to }, i) => [isPresent(keys[i]!), { $eq: [member('$$ROOT', nativeOf(to).name), keys[i]!] }]);
}

/** The one element of array `name`. More than one contradicts what was declared: no pipeline can say so but by failing. */
export function single(name: string, { relation }: Step): Expression {
  const first: Expression = { $arrayElemAt: [`$${name}`, 0] };
  if (relation.through === null && isUnique(relation.on)) return first;
  const more: Expression = { $gt: [{ $size: `$${name}` }, 1] };
  // Of a constant the store would see before it reads anything that it is no number.
  return cond(more, { $toInt: cond(more, MORE_THAN_ONE, '') }, first);
}

/** What the message of the store's error then holds. */
export const MORE_THAN_ONE = 'trainyard: more than one row';

/** Nothing but `_id` is unique by itself. */
function isUnique(pairs: readonly JoinPair[]): boolean {
  return pairs.some(({ to }) => nativeOf(to).name === '_id');
}

import { crosses, type Entity, type JoinPair } from '../ir/entity.js';
import { changes } from '../ir/join.js';
import { own, type Operand, type Place } from '../ir/operand.js';
import { and, conjuncts, or, TRUE, type Predicate, type RelatedPredicate } from '../ir/predicate.js';
import { selectFrom, type Measure, type Select } from '../ir/select.js';
import { INT64 } from '../ir/types.js';
import { literal } from '../ir/value.js';
import type { PlanContext } from './context.js';
import { inLists, listSlots } from './lists.js';
import type { KeyRead, SemiJoin } from './plan.js';
import { walkPredicate } from './places.js';
import { residualOf } from './residual.js';

/**
 * The select with its filters through relations to other sources made into filters by join values, which are read from
 * the far side first. What has no such form (compound keys, near values that have to be put into another form) stays as
 * it is, for compute.
 */
export function withSemiJoins(
  select: Select,
  context: PlanContext,
): { readonly select: Select; readonly semiJoins: readonly SemiJoin[] } {
  const semiJoins: SemiJoin[] = [];
  const others = and(...conjuncts(select.where).filter((each) => !reachesOver(each, select.from.entity)));
  const where = rewritten(select.where, select.from, (related, near) => {
    const pair = pairOf(related);
    if (pair === null) return related;
    const beside = near === select.from ? others : TRUE;
    const semiJoin = semiJoinOf(related, pair, near, beside, context);
    semiJoins.push(semiJoin);
    return among(related, pair, semiJoin.slots);
  });
  return semiJoins.length === 0 ? { select, semiJoins } : { select: { ...select, where }, semiJoins };
}

/** `beside`: other conditions on the near rows. */
function semiJoinOf(
  related: RelatedPredicate,
  pair: JoinPair,
  near: Place,
  beside: Predicate,
  context: PlanContext,
): SemiJoin {
  const { relation } = related.step;
  const { keyBudget: most } = context;
  const [nearSource, farSource] = [relation.from.source, relation.to.source];
  const slots = listSlots(context, farSource);
  const nearKeys = keySelect(near, own(pair.from), beside, most);
  return {
    relation,
    slots: listSlots(context, nearSource),
    far: keyRead(farKeys(related, pair, TRUE, most), context),
    near: {
      keys: keyRead(nearKeys, context),
      slots,
      far: keyRead(farKeys(related, pair, inLists(own(pair.to), slots, false), most), context),
    },
    most,
  };
}

/** Every filter through a relation to another source, and the place of the rows that it filters. */
function rewritten(p: Predicate, at: Place, replace: (related: RelatedPredicate, near: Place) => Predicate): Predicate {
  switch (p.kind) {
    case 'and':
      return and(...p.of.map((each) => rewritten(each, at, replace)));
    case 'or':
      return or(...p.of.map((each) => rewritten(each, at, replace)));
    case 'reach':
      return { ...p, where: rewritten(p.where, p.end, replace) };
    case 'related':
      // What is inside of one that crosses belongs to the far side's own question.
      return crosses(p.step.relation) ? replace(p, at) : { ...p, where: rewritten(p.where, p.step.to, replace) };
    default:
      return p;
  }
}

function reachesOver(p: Predicate, entity: Entity): boolean {
  let found = false;
  walkPredicate(p, entity, { step: ({ relation }) => (found ||= crosses(relation)) });
  return found;
}

/** The one pair of a relation whose near values can be looked up as they are. */
function pairOf({ step }: RelatedPredicate): JoinPair | null {
  const { on, through } = step.relation;
  const [pair, ...more] = on;
  return through === null && more.length === 0 && !changes(pair!.from.type, pair!.form) ? pair! : null;
}

/** `some` of the far rows that pass; of `every` the rows that no far row denies. A null has no far rows. */
function among({ quantifier, negated }: RelatedPredicate, { from }: JoinPair, slots: readonly number[]): Predicate {
  const operand = own(from);
  if ((quantifier === 'some') !== negated) return inLists(operand, slots, false);
  return or({ kind: 'isNull', operand, negated: false }, inLists(operand, slots, true));
}

function keyRead(asked: Select, context: PlanContext): KeyRead {
  const { select, semiJoins } = withSemiJoins(asked, context);
  return { source: select.from.entity.source, select, residual: residualOf(select, context), semiJoins };
}

/** The distinct join values of the far rows that pass; of `every`, of those that do not. */
function farKeys(
  { step, quantifier, where }: RelatedPredicate,
  { to }: JoinPair,
  narrowed: Predicate,
  most: number,
): Select {
  if (quantifier === 'some') return keySelect(step.to, own(to), and(where, narrowed), most);
  const keys = keySelect(step.to, own(to), narrowed, most);
  const having: Predicate = {
    kind: 'compareOperands',
    left: counted(0),
    op: 'ne',
    right: counted(1),
    collate: 'STORE',
  };
  return { ...keys, groups: { ...keys.groups!, measures: [count(TRUE), count(where)], having } };
}

/** The distinct values of a field, but for null, and one more than there may be. */
function keySelect(from: Place, operand: Operand, where: Predicate, most: number): Select {
  return selectFrom(from, {
    where: and(where, { kind: 'isNull', operand, negated: true }),
    output: [{ steps: [], leaf: { kind: 'groupKey', index: 0 }, type: operand.type, nullable: operand.nullable }],
    groups: { keys: [{ operand, grouping: { kind: 'value' }, type: operand.type }], measures: [], having: TRUE },
    limit: literal(INT64, BigInt(most) + 1n),
  });
}

function count(where: Predicate): Measure {
  return { fn: 'COUNT', operand: null, q: null, where, collate: 'STORE', approximate: false, type: INT64 };
}

function counted(index: number): Operand {
  return { steps: [], leaf: { kind: 'groupMeasure', index }, type: INT64, nullable: false };
}

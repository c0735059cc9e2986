import { crosses, type JoinPair } from '../ir/entity.js';
import { own, type Operand } from '../ir/operand.js';
import { and, or, TRUE, type Predicate, type RelatedPredicate } from '../ir/predicate.js';
import type { Groups, Measure, Select } from '../ir/select.js';
import { INT64 } from '../ir/types.js';
import { literal, parameter, type Value } from '../ir/value.js';
import { planResidual, type PlanContext } from './levels.js';
import type { FarKeys, SemiJoin } from './plan.js';
import { missing } from './pushdown.js';

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
  const { source } = select.from.entity;
  const where = rewritten(select.where, (related) => {
    const pair = pairOf(related);
    if (pair === null) return related;
    const slots = inSlots(context, source);
    const semiJoin: SemiJoin = {
      relation: related.step.relation,
      slots,
      far: farKeys(related, pair, context),
      most: context.keyBudget,
    };
    semiJoins.push(semiJoin);
    return amongKeys(related, pair, slots);
  });
  return semiJoins.length === 0 ? { select, semiJoins } : { select: { ...select, where }, semiJoins };
}

/** Every filter through a relation to another source, the innermost of what one store follows first. */
function rewritten(p: Predicate, replace: (related: RelatedPredicate) => Predicate): Predicate {
  switch (p.kind) {
    case 'and':
      return and(...p.of.map((each) => rewritten(each, replace)));
    case 'or':
      return or(...p.of.map((each) => rewritten(each, replace)));
    case 'reach':
      return { ...p, where: rewritten(p.where, replace) };
    case 'related':
      // What is inside belongs to the far side's own question.
      return crosses(p.step.relation) ? replace(p) : { ...p, where: rewritten(p.where, replace) };
    default:
      return p;
  }
}

/** The one pair of a relation whose near values can be looked up as they are. */
function pairOf({ step }: RelatedPredicate): JoinPair | null {
  const { on, through } = step.relation;
  const [pair, ...more] = on;
  return through === null && more.length === 0 && !changesNear(pair!) ? pair! : null;
}

function changesNear({ form, from }: JoinPair): boolean {
  return form !== undefined && (form.normalise.length > 0 || (form.date !== null && from.type.kind !== 'date'));
}

/** As many lists as the store takes at once. */
function inSlots({ keyBudget, capabilitiesOf, slots }: PlanContext, source: string): readonly number[] {
  const { maxKeys } = capabilitiesOf(source);
  const lists = maxKeys > 0 ? Math.ceil(keyBudget / maxKeys) : 1;
  return Array.from({ length: lists }, () => slots.reserve());
}

/** `some` of the far rows that pass; of `every` the rows that no far row denies. A null has no far rows. */
function amongKeys({ quantifier, negated }: RelatedPredicate, { from }: JoinPair, slots: readonly number[]): Predicate {
  const operand = own(from);
  const lists = slots.map((slot): Value => parameter(from.type, slot, true));
  const inList = (value: Value, not: boolean): Predicate => ({ kind: 'in', operand, value, negated: not });
  if ((quantifier === 'some') !== negated) return or(...lists.map((value) => inList(value, false)));
  const isNull: Predicate = { kind: 'isNull', operand, negated: false };
  return or(isNull, and(...lists.map((value) => inList(value, true))));
}

function farKeys(related: RelatedPredicate, { to }: JoinPair, context: PlanContext): FarKeys {
  const operand = own(to);
  const joined: Predicate = { kind: 'isNull', operand, negated: true };
  const { select, semiJoins } = withSemiJoins(keySelect(related, operand, joined, context.keyBudget), context);
  const { source } = select.from.entity;
  const lacking = missing(select, context.capabilitiesOf(source));
  return { source, select, residual: lacking.length === 0 ? null : planResidual(select, lacking, context), semiJoins };
}

/** The distinct join values of the far rows that pass; of `every`, of those that do not. */
function keySelect(
  { step, quantifier, where }: RelatedPredicate,
  operand: Operand,
  joined: Predicate,
  most: number,
): Select {
  const every = quantifier === 'every';
  const groups: Groups = {
    keys: [{ operand, grouping: { kind: 'value' }, type: operand.type }],
    measures: every ? [count(TRUE), count(where)] : [],
    having: every ? { kind: 'compareOperands', left: counted(0), op: 'ne', right: counted(1), collate: 'STORE' } : TRUE,
  };
  return {
    from: step.to,
    where: every ? joined : and(where, joined),
    output: [{ steps: [], leaf: { kind: 'groupKey', index: 0 }, type: operand.type, nullable: operand.nullable }],
    groups,
    orderBy: [],
    limit: literal(INT64, BigInt(most) + 1n),
    offset: null,
    keyset: [],
    within: null,
  };
}

function count(where: Predicate): Measure {
  return { fn: 'COUNT', operand: null, q: null, where, collate: 'STORE', approximate: false, type: INT64 };
}

function counted(index: number): Operand {
  return { steps: [], leaf: { kind: 'groupMeasure', index }, type: INT64, nullable: false };
}

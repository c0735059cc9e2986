import { GatewayError } from '../errors.js';
import type { Field, Relation } from '../ir/entity.js';
import type { Operand, Step } from '../ir/operand.js';
import type { Collation, Predicate } from '../ir/predicate.js';
import type { OrderTerm } from '../ir/select.js';
import { tiesBy } from './bind-order.js';
import { stepOf, type Scope } from './scope.js';

/** A relation in two: from the nearer rows to the links between, and from each link to the one row that it leads to. */
export interface Links {
  readonly near: Step;
  readonly far: Step;
  /** What tells links of one pair of rows apart; empty where there is one for each pair, or nothing that does. */
  readonly apart: readonly Field[];
}

export function linksOf(scope: Scope, relation: Relation): Links {
  const { name, from, to, on, through } = relation;
  if (!through) throw new Error(`${from.entity}.${name} goes through no other entity`);
  const between = { name, description: null, through: null };
  const near: Relation = { ...between, from, to: through.entity, many: true, on };
  const far: Relation = { ...between, from: through.entity, to, many: false, on: through.on };
  return { near: stepOf(scope, near), far: stepOf(scope, far), apart: apartIn(relation) };
}

export function apartIn({ on, through }: Relation): readonly Field[] {
  if (!through) return [];
  const { key, unique, fields } = through.entity;
  const joined = new Set([...on.map(({ to }) => to.name), ...through.on.map(({ from }) => from.name)]);
  if ([...(key ? [key] : []), ...unique].some((set) => set.every((name) => joined.has(name)))) return [];
  return (key ?? []).filter((name) => !joined.has(name)).map((name) => fields.get(name)!);
}

/** Of links: those that lead to a row for which `where` is true. */
export function leadingTo(far: Step, where: Predicate): Predicate {
  return { kind: 'related', step: far, quantifier: 'some', where, negated: false };
}

/** A total order of far rows as one of the links that lead to them. */
export function orderOfLinks({ far, apart }: Links, order: readonly OrderTerm[], collation: Collation): OrderTerm[] {
  return [
    ...order.map((term) => ({ ...term, operand: seenFrom(far, term.operand) })),
    ...tiesBy(apart, order, collation),
  ];
}

/** A link that leads to no row is left out, so what can be null there is what can be null of the row. */
function seenFrom(far: Step, operand: Operand): Operand {
  if (operand.leaf.kind !== 'score') return { ...operand, steps: [far, ...operand.steps] };
  throw new GatewayError('UNSUPPORTED', 'links cannot be in the order of a search', {
    hint: 'order them by a field, or ask for the rows without `link`',
  });
}

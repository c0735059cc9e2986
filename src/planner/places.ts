import type { Entity } from '../ir/entity.js';
import type { Operand, Place, Step, Walk } from '../ir/operand.js';
import type { Predicate, Search } from '../ir/predicate.js';
import type { Measure, Select } from '../ir/select.js';

/** What a walk over a select meets. */
export interface Visitor {
  readonly place?: (place: Place) => void;
  readonly field?: (entity: Entity, name: string) => void;
  readonly search?: (search: Search) => void;
  readonly step?: (step: Step) => void;
}

/** Meets every place of a select and every field that it reads there, those of join pairs and policies included. */
export function walkSelect(select: Select, visit: Visitor): void {
  const { entity } = select.from;
  walkPlace(select.from, visit);
  walkPredicate(select.where, entity, visit);
  if (select.groups) {
    for (const key of select.groups.keys) walkOperand(key.operand, entity, visit);
    for (const measure of select.groups.measures) walkMeasure(measure, entity, visit);
  }
  for (const operand of select.output) walkOperand(operand, entity, visit);
  for (const term of select.orderBy) walkOperand(term.operand, entity, visit);
  if (select.within) {
    const { walk, step, parents } = select.within;
    if (walk) walkHops(walk, visit);
    // Of parents that are given by their keys nothing is read.
    walkStep(step, visit, parents.kind === 'select');
    if (parents.kind === 'select') walkSelect(parents.select, visit);
  }
}

function walkPlace(place: Place, visit: Visitor): void {
  visit.place?.(place);
  walkPredicate(place.policy, place.entity, visit);
}

function walkStep(step: Step, visit: Visitor, near = true): void {
  const { relation } = step;
  visit.step?.(step);
  for (const pair of relation.on) {
    if (near) visit.field?.(relation.from, pair.from.name);
    visit.field?.(relation.through?.entity ?? relation.to, pair.to.name);
  }
  if (relation.through) {
    for (const pair of relation.through.on) {
      visit.field?.(relation.through.entity, pair.from.name);
      visit.field?.(relation.to, pair.to.name);
    }
  }
  if (step.through) walkPlace(step.through, visit);
  walkPlace(step.to, visit);
}

/** Rows on a way are told by their keys. */
function walkHops({ hops }: Walk, visit: Visitor): void {
  for (const hop of hops) {
    walkStep(hop, visit);
    for (const entity of [hop.relation.from, hop.relation.to]) {
      for (const name of entity.key ?? []) visit.field?.(entity, name);
    }
  }
}

function walkOperand(operand: Operand, from: Entity, visit: Visitor): void {
  let at = from;
  for (const step of operand.steps) {
    walkStep(step, visit);
    at = step.to.entity;
  }
  const { leaf } = operand;
  if (leaf.kind === 'field') visit.field?.(at, leaf.field.name);
  if (leaf.kind === 'degree') for (const hop of leaf.hops) walkStep(hop, visit);
  if (leaf.kind === 'highlights') walkOperand(leaf.operand, at, visit);
  if (leaf.kind === 'related') {
    walkStep(leaf.step, visit);
    walkMeasure(leaf.measure, leaf.step.to.entity, visit);
  }
}

function walkMeasure(measure: Measure, entity: Entity, visit: Visitor): void {
  if (measure.operand) walkOperand(measure.operand, entity, visit);
  walkPredicate(measure.where, entity, visit);
}

export function walkPredicate(p: Predicate, entity: Entity, visit: Visitor): void {
  switch (p.kind) {
    case 'and':
    case 'or':
      for (const each of p.of) walkPredicate(each, entity, visit);
      return;
    case 'compareOperands':
      walkOperand(p.left, entity, visit);
      walkOperand(p.right, entity, visit);
      return;
    case 'related':
      walkStep(p.step, visit);
      walkPredicate(p.where, p.step.to.entity, visit);
      return;
    case 'match':
      visit.search?.(p);
      for (const operand of p.operands) walkOperand(operand, entity, visit);
      return;
    case 'reach':
      walkHops(p.walk, visit);
      walkPlace(p.end, visit);
      walkPredicate(p.where, p.end.entity, visit);
      return;
    case 'nearest':
      visit.search?.(p);
      walkOperand(p.operand, entity, visit);
      walkPlace(p.among, visit);
      return;
    default:
      walkOperand(p.operand, entity, visit);
  }
}

import { badInput } from '../errors.js';
import type { Entity, Field } from '../ir/entity.js';
import { own, type Operand, type Step } from '../ir/operand.js';
import type { Collation } from '../ir/predicate.js';
import type { Input } from '../ir/query.js';
import type { OrderTerm } from '../ir/select.js';
import { isCollated, isOrdered, membersOf, typeName } from '../ir/types.js';
import { degreeOf } from './bind-graph.js';
import { SCORE } from './bind-search.js';
import { asList, asObject, bindCollate, relatedMeasure } from './bind-where.js';
import { MEASURE_NAMES, memberOf, operandOf, stepOf, type Scope } from './scope.js';

const ORDERS: Readonly<Record<string, Pick<OrderTerm, 'direction' | 'nulls'>>> = {
  ASC: { direction: 'asc', nulls: 'last' },
  ASC_NULLS_FIRST: { direction: 'asc', nulls: 'first' },
  ASC_NULLS_LAST: { direction: 'asc', nulls: 'last' },
  DESC: { direction: 'desc', nulls: 'last' },
  DESC_NULLS_FIRST: { direction: 'desc', nulls: 'first' },
  DESC_NULLS_LAST: { direction: 'desc', nulls: 'last' },
};

export function bindOrder(scope: Scope, entity: Entity, input: Input, collate: Input, field: string): OrderTerm[] {
  return asList(input, field).map((each, i) => {
    const at = `${field}[${i}]`;
    const { operand, order } = bindTerm(scope, entity, each, at);
    const direction = directionOf(order, at);
    if (!isOrdered(operand.type)) throw badInput(at, 'a field that has an order', typeName(operand.type));
    return { operand, ...direction, collate: bindCollate(collate, operand.type, `${field}.collate`) };
  });
}

export function directionOf(order: Input, field: string): Pick<OrderTerm, 'direction' | 'nulls'> {
  const direction = typeof order === 'string' ? ORDERS[order] : undefined;
  if (!direction) throw badInput(field, Object.keys(ORDERS).join(', '), order ?? null);
  return direction;
}

function bindTerm(scope: Scope, entity: Entity, input: Input, field: string): { operand: Operand; order: Input } {
  const [name, inner] = onlyEntry(input, field);
  const at = `${field}.${name}`;
  if (entity.fields.has(name)) {
    return bindMember(operandOf(scope, entity, { steps: [], field: name, nested: [] }), inner, at);
  }
  if (name === '_score') return { operand: SCORE, order: inner };
  if (name === '_degree') {
    const { types, direction, order } = asObject(inner, at);
    return { operand: degreeOf(scope, entity, { types, direction }, at), order };
  }
  const relation = entity.relations.get(name);
  if (relation && !relation.many) {
    const { operand, order } = bindTerm(scope, relation.to, inner, at);
    return { operand: behind(stepOf(scope, relation), operand), order };
  }
  const counted = name.endsWith('_aggregate') ? entity.relations.get(name.slice(0, -'_aggregate'.length)) : undefined;
  if (!counted?.many) throw badInput(at, `a field or relation of ${entity.entity}`, name);
  const [measure, value] = onlyEntry(inner, at);
  if (measure === 'count') {
    return { operand: relatedMeasure(scope, entity, counted.name, 'COUNT', null, null, at), order: value };
  }
  const fn = MEASURE_NAMES[measure];
  if (!fn) throw badInput(`${at}.${measure}`, `count or ${Object.keys(MEASURE_NAMES).join(', ')}`, measure);
  const [path, order] = onlyEntry(value, `${at}.${measure}`);
  return { operand: relatedMeasure(scope, entity, counted.name, fn, path, null, `${at}.${measure}.${path}`), order };
}

function bindMember(operand: Operand, input: Input, field: string): { operand: Operand; order: Input } {
  if (membersOf(operand.type).length === 0) return { operand, order: input };
  const [name, inner] = onlyEntry(input, field);
  return bindMember(memberOf(operand, name, `${field}.${name}`), inner, `${field}.${name}`);
}

function behind(step: Step, operand: Operand): Operand {
  return { ...operand, steps: [step, ...operand.steps], nullable: true };
}

function onlyEntry(input: Input, field: string): [string, Input] {
  const entries = Object.entries(asObject(input, field)).filter(([, v]) => v !== undefined);
  if (entries.length !== 1)
    throw badInput(
      field,
      'exactly one name',
      entries.map(([n]) => n),
    );
  return entries[0]!;
}

/**
 * The order made total by the key; an order that already has every field of the key is total as it is. Ties go the way of
 * the last term, so that one index can serve the whole.
 */
export function totalOrder(entity: Entity, order: readonly OrderTerm[], collate: Collation = 'STORE'): OrderTerm[] {
  const named = new Set(
    order.flatMap((term) =>
      term.operand.steps.length === 0 && term.operand.leaf.kind === 'field' ? [term.operand.leaf.field.name] : [],
    ),
  );
  const rest = (entity.key ?? []).filter((name) => !named.has(name)).map((name) => entity.fields.get(name)!);
  return [...order, ...tiesBy(rest, order, collate)];
}

/** Terms that nobody asked for, behind an order: they go the way of its last term. */
export function tiesBy(fields: readonly Field[], order: readonly OrderTerm[], collate: Collation): OrderTerm[] {
  return fields.map((field) => ({
    operand: own(field),
    direction: order.at(-1)?.direction ?? 'asc',
    nulls: 'last',
    collate: isCollated(field.type) ? collate : 'STORE',
    tie: true,
  }));
}

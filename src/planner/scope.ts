import type { Caller } from '../auth/caller.js';
import { badInput, GatewayError } from '../errors.js';
import type { Entity, EntityRef, Field, Relation } from '../ir/entity.js';
import { place, type Operand, type Place, type Step } from '../ir/operand.js';
import { TRUE, type Predicate } from '../ir/predicate.js';
import { measureType, type Measure } from '../ir/select.js';
import {
  isCollated,
  isEquatable,
  isNumeric,
  isOrdered,
  membersOf,
  typeAt,
  typeName,
  type DataType,
} from '../ir/types.js';
import type { MeasureRef, PathRef } from '../ir/query.js';
import type { Cursors } from './cursors.js';
import type { Slots } from './slots.js';

export interface Entities {
  resolve(ref: EntityRef): Entity | null;
}

/** The rows of an entity that a caller may see; TRUE where nothing is hidden. */
export type PolicyOf = (entity: Entity, caller: Caller) => Predicate;

export interface PageLimits {
  readonly pageSize: number;
  readonly maxPageSize: number;
}

/** What binding needs to know beside the question. */
export interface Scope {
  readonly entities: Entities;
  readonly caller: Caller;
  readonly policyOf: PolicyOf;
  /** Of pages; null for streams, which read all rows unless told otherwise. */
  readonly limits: PageLimits | null;
  readonly slots: Slots;
  /** null where no pages are cut. */
  readonly cursors: Cursors | null;
}

export const NO_POLICY: PolicyOf = () => TRUE;

/** Every place of a question is made here, so that no policy slot stays open. */
export function placeOf(scope: Scope, entity: Entity): Place {
  return place(entity, scope.policyOf(entity, scope.caller));
}

export function stepOf(scope: Scope, relation: Relation): Step {
  return {
    relation,
    to: placeOf(scope, relation.to),
    through: relation.through && placeOf(scope, relation.through.entity),
  };
}

/** `origin_airport__state`: a field's own name first, then to-one relations followed by a path. */
export function parsePath(entity: Entity, path: string, field: string): PathRef {
  if (entity.fields.has(path)) return { steps: [], field: path, nested: [] };
  for (const { name, type } of entity.fields.values()) {
    const nested = path.startsWith(`${name}__`) ? wayInto(type, path.slice(name.length + 2)) : null;
    if (nested) return { steps: [], field: name, nested };
  }
  for (const [name, relation] of entity.relations) {
    if (relation.many || !path.startsWith(`${name}__`)) continue;
    const rest = parsePath(relation.to, path.slice(name.length + 2), field);
    return { ...rest, steps: [name, ...rest.steps] };
  }
  throw badInput(
    field,
    `a path of ${entity.entity} (a field, members of it, or to-one relations and a field, joined by "__")`,
    path,
  );
}

/** `a__b` as a way into members; null when there is no such way. */
function wayInto(type: DataType, path: string): readonly string[] | null {
  for (const member of membersOf(type)) {
    if (member.name === path) return [path];
    const rest = path.startsWith(`${member.name}__`) ? wayInto(member.type, path.slice(member.name.length + 2)) : null;
    if (rest) return [member.name, ...rest];
  }
  return null;
}

/** The type at the end of a path. */
export function typeOfPath(entity: Entity, ref: PathRef): DataType {
  const type = typeAt(fieldAt(entity, ref).type, ref.nested);
  if (!type) throw badInput(ref.field, `a member of ${ref.field}`, ref.nested.join('.'));
  return type;
}

/** What an operand's member holds. */
export function memberOf(operand: Operand, name: string, field: string): Operand {
  const members = membersOf(operand.type);
  const member = members.find((each) => each.name === name);
  const { leaf } = operand;
  if (!member || (leaf.kind !== 'field' && leaf.kind !== 'element'))
    throw badInput(field, members.map((each) => each.name).join(', '), name);
  return {
    ...operand,
    leaf: { ...leaf, nested: [...leaf.nested, name] },
    type: member.type,
    nullable: true,
  };
}

/** The field at the end of a path; what its `nested` looks into is the field's. */
export function fieldAt(entity: Entity, { steps, field: name }: PathRef): Field {
  let at = entity;
  for (const step of steps) {
    const relation = at.relations.get(step);
    if (!relation || relation.many) throw badInput(step, `a to-one relation of ${at.entity}`, step);
    at = relation.to;
  }
  const field = at.fields.get(name);
  if (!field) throw badInput(name, `a field of ${at.entity}`, name);
  return field;
}

export function operandOf(scope: Scope, entity: Entity, ref: PathRef): Operand {
  const field = fieldAt(entity, ref);
  const steps: Step[] = [];
  let at = entity;
  for (const name of ref.steps) {
    const relation = at.relations.get(name)!;
    steps.push(stepOf(scope, relation));
    at = relation.to;
  }
  return {
    steps,
    leaf: { kind: 'field', field, nested: ref.nested },
    type: typeOfPath(entity, ref),
    nullable: field.nullable || steps.length > 0 || ref.nested.length > 0,
  };
}

export function measureOf(scope: Scope, entity: Entity, ref: MeasureRef, where: Predicate, field: string): Measure {
  const operand = ref.field === null ? null : operandOf(scope, entity, parsePath(entity, ref.field, field));
  if (operand) checkMeasurable(ref.fn, operand.type, field);
  else if (ref.fn !== 'COUNT') throw badInput(field, `a field for ${ref.fn}`, ref.field);
  if (ref.collate === 'BINARY' && operand && !isCollated(operand.type)) {
    throw badInput(`${field}.collate`, 'collate with a text field only', ref.collate);
  }
  return {
    fn: ref.fn,
    operand,
    q: ref.fn === 'QUANTILE' ? scope.slots.value(ref.q, { kind: 'float', bits: 64 }, `${field}.q`, checkShare) : null,
    where,
    collate: ref.collate === 'BINARY' ? 'BINARY' : 'STORE',
    approximate: ref.approximate,
    type: measureType(ref.fn, operand?.type ?? null),
  };
}

function checkShare(value: unknown, field: string): void {
  if (!(typeof value === 'number' && value >= 0 && value <= 1)) throw badInput(field, 'a number within 0 and 1', value);
}

function checkMeasurable(fn: MeasureRef['fn'], type: DataType, field: string): void {
  const fits = MEASURABLE[fn](type);
  if (!fits)
    throw new GatewayError('BAD_INPUT', `${field}: ${fn} does not apply to ${typeName(type)}`, {
      field,
      got: typeName(type),
    });
}

/** Measures of fields by what the grammar calls them: `{ avg: { delay: … } }`. */
export const MEASURE_NAMES: Readonly<Record<string, MeasureRef['fn']>> = {
  sum: 'SUM',
  avg: 'AVG',
  min: 'MIN',
  max: 'MAX',
  stddev: 'STDDEV',
  stddevPop: 'STDDEV_POP',
  variance: 'VARIANCE',
  variancePop: 'VARIANCE_POP',
};

/** Which fields each measure takes; the generated schema offers these only, JSON is checked against them. */
export const MEASURABLE: Readonly<Record<MeasureRef['fn'], (type: DataType) => boolean>> = {
  COUNT: () => true,
  COUNT_DISTINCT: isEquatable,
  SUM: isNumeric,
  AVG: isNumeric,
  MIN: isOrdered,
  MAX: isOrdered,
  STDDEV: isNumeric,
  STDDEV_POP: isNumeric,
  VARIANCE: isNumeric,
  VARIANCE_POP: isNumeric,
  QUANTILE: isNumeric,
};

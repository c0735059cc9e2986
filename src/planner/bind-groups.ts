import { badInput } from '../errors.js';
import type { Entity } from '../ir/entity.js';
import type { Operand } from '../ir/operand.js';
import { and, not, or, TRUE, type Predicate } from '../ir/predicate.js';
import { Hole, type GroupKeyRef, type Input, type MeasureRef, type QueryLevel } from '../ir/query.js';
import type { GroupKey, Groups, Measure, MeasureFn, OrderTerm, Select } from '../ir/select.js';
import { isOrdered, typeName } from '../ir/types.js';
import { directionOf } from './bind-order.js';
import { asList, asObject, bindCollate, bindFilter, bindWhere } from './bind-where.js';
import { checkFilter } from './nesting.js';
import { measureOf, operandOf, type Scope } from './scope.js';

export const MEASURES: readonly MeasureFn[] = [
  'COUNT',
  'COUNT_DISTINCT',
  'SUM',
  'AVG',
  'MIN',
  'MAX',
  'STDDEV',
  'STDDEV_POP',
  'VARIANCE',
  'VARIANCE_POP',
  'QUANTILE',
];

type GroupsQuery = Extract<QueryLevel['shape'], { kind: 'groups' }>;

/** Groups: what they are made of, which are kept, and their order, made total by their keys. */
export function bindGroups(
  scope: Scope,
  entity: Entity,
  shape: GroupsQuery,
  { orderBy, collate, path }: Pick<QueryLevel, 'orderBy' | 'collate' | 'path'>,
): Pick<Select, 'groups' | 'output' | 'orderBy'> {
  const keys = shape.keys.map((ref) => groupKey(scope, entity, ref));
  const measures: Measure[] = shape.measures.map((ref, i) => boundMeasure(scope, entity, ref, `${path}.measure[${i}]`));
  const asked = measures.length;
  checkFilter(shape.having, `${path}.having`);
  const having = bindHaving(scope, entity, shape.having, measures, `${path}.having`);
  const order = asList(orderBy, `${path}.orderBy`).map((each, i) =>
    orderTerm(scope, entity, shape.keys, keys, measures, each, collate, `${path}.orderBy[${i}]`),
  );
  const groups: Groups = { keys, measures, having };
  const named = new Set(order.flatMap(({ operand: { leaf } }) => (leaf.kind === 'groupKey' ? [leaf.index] : [])));
  const direction = order.at(-1)?.direction ?? 'asc';
  const ties = keys.flatMap((key, index): OrderTerm[] => {
    if (named.has(index) || !isOrdered(key.type)) return [];
    return [
      { operand: keyOperand(key, index), direction, nulls: 'last', collate: bindCollate(collate, key.type, path) },
    ];
  });
  const output = [...keys.map(keyOperand), ...measures.slice(0, asked).map(measureOperand)];
  return { groups, output, orderBy: [...order, ...ties] };
}

export function boundMeasure(scope: Scope, entity: Entity, ref: MeasureRef, field: string): Measure {
  checkFilter(ref.where, `${field}.where`);
  return measureOf(scope, entity, ref, bindWhere(scope, entity, ref.where, `${field}.where`), field);
}

export function measureOperand({ type }: Measure, index: number): Operand {
  return { steps: [], leaf: { kind: 'groupMeasure', index }, type, nullable: true };
}

function keyOperand({ type }: GroupKey, index: number): Operand {
  return { steps: [], leaf: { kind: 'groupKey', index }, type, nullable: true };
}

function groupKey(scope: Scope, entity: Entity, { path, grouping, type }: GroupKeyRef): GroupKey {
  return { operand: operandOf(scope, entity, path), grouping, type };
}

const COMPARISONS = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'between', 'isNull'];

/** `{ measure: COUNT, gt: 10 }`, and `_and`, `_or`, `_not` over such. */
function bindHaving(scope: Scope, entity: Entity, input: Input, measures: Measure[], field: string): Predicate {
  if (input === null || input === undefined) return TRUE;
  const { _and, _or, _not, ...rest } = asObject(input, field);
  const each = (name: string, list: Input): Predicate[] =>
    asList(list, `${field}.${name}`).map((one, i) =>
      bindHaving(scope, entity, one, measures, `${field}.${name}[${i}]`),
    );
  const parts: Predicate[] = [and(...each('_and', _and))];
  if (_or !== null && _or !== undefined) parts.push(or(...each('_or', _or)));
  if (_not !== null && _not !== undefined) parts.push(not(bindHaving(scope, entity, _not, measures, `${field}._not`)));
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  if (given.length === 0) return and(...parts);
  const measured = measuredBy(scope, entity, rest, measures, field);
  const filter = Object.fromEntries(given.filter(([name]) => COMPARISONS.includes(name)));
  const unknown = given.find(([name]) => !COMPARISONS.includes(name) && !MEASURE_FIELDS.includes(name));
  if (unknown) throw badInput(`${field}.${unknown[0]}`, [...MEASURE_FIELDS, ...COMPARISONS].join(', '), unknown[0]);
  return and(...parts, bindFilter(scope, measured, filter, field));
}

const MEASURE_FIELDS = ['measure', 'field', 'q', 'where', 'approximate', 'collate'];

/** The measure that a condition or a term speaks of, added to those of the groups. */
function measuredBy(
  scope: Scope,
  entity: Entity,
  input: Readonly<Record<string, Input>>,
  measures: Measure[],
  field: string,
): Operand {
  const { measure, field: of, q, where, approximate } = input;
  const fn = MEASURES.find((each) => each === measure);
  if (!fn) throw badInput(`${field}.measure`, MEASURES.join(', '), measure ?? null);
  if (of instanceof Hole) throw new Error(`${field}.field reached binding as a slot`);
  if (of !== null && of !== undefined && typeof of !== 'string') throw badInput(`${field}.field`, 'a field', of);
  const ref: MeasureRef = { fn, field: of ?? null, where, q, approximate: approximate === true, collate: null };
  const made = boundMeasure(scope, entity, ref, field);
  return measureOperand(made, measures.push(made) - 1);
}

function orderTerm(
  scope: Scope,
  entity: Entity,
  refs: readonly GroupKeyRef[],
  keys: readonly GroupKey[],
  measures: Measure[],
  input: Input,
  collate: Input,
  field: string,
): OrderTerm {
  const { key, order, ...rest } = asObject(input, field);
  const direction = directionOf(order, `${field}.order`);
  const isKey = key !== null && key !== undefined;
  if (isKey && rest['measure'] !== null && rest['measure'] !== undefined) {
    throw badInput(field, 'key or measure', 'both');
  }
  const index = refs.findIndex(({ name }) => name === key);
  if (isKey && index < 0) throw badInput(`${field}.key`, `one of ${refs.map(({ name }) => name).join(', ')}`, key);
  const operand = isKey ? keyOperand(keys[index]!, index) : measuredBy(scope, entity, rest, measures, field);
  if (!isOrdered(operand.type)) throw badInput(field, 'a key or measure that has an order', typeName(operand.type));
  return { operand, ...direction, collate: bindCollate(collate, operand.type, `${field}.collate`) };
}

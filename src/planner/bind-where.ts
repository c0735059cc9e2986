import { badInput } from '../errors.js';
import type { Entity } from '../ir/entity.js';
import type { Operand } from '../ir/operand.js';
import { and, not, or, TRUE, type Collation, type Comparison, type Predicate } from '../ir/predicate.js';
import { fill, Hole, type Input } from '../ir/query.js';
import type { MeasureFn } from '../ir/select.js';
import {
  BOOL,
  FLOAT64,
  isCollated,
  isEquatable,
  isOrdered,
  membersOf,
  TEXT,
  typeName,
  type DataType,
} from '../ir/types.js';
import { validateLikePattern } from '../ir/pattern.js';
import { validateRegex } from '../ir/regex.js';
import { degreeOf, nodesFrom, walkOf } from './bind-graph.js';
import { bindMatches, bindNearest, bindSearch } from './bind-search.js';
import { MEASURE_NAMES, measureOf, memberOf, operandOf, parsePath, placeOf, stepOf, type Scope } from './scope.js';

type InputObject = Readonly<Record<string, Input>>;

/** The `where` of an entity: names become operands and steps, operators are checked against types. */
export function bindWhere(scope: Scope, entity: Entity, input: Input, field: string): Predicate {
  if (input === null || input === undefined) return TRUE;
  const { _nearest: nearest, ...rest } = asObject(input, field);
  const predicates = Object.entries(rest).map(([name, inner]) =>
    bindEntry(scope, entity, name, inner, `${field}.${name}`),
  );
  if (nearest === undefined || nearest === null) return and(...predicates);
  // The nearest of those that everything beside it keeps.
  const at = `${field}._nearest`;
  return and(bindNearest(scope, entity, asObject(nearest, at), and(...predicates), at), ...predicates);
}

function bindEntry(scope: Scope, entity: Entity, name: string, input: Input, field: string): Predicate {
  if (input === undefined) return TRUE;
  switch (name) {
    case '_and':
      return and(...asList(input, field).map((each, i) => bindWhere(scope, entity, each, `${field}[${i}]`)));
    case '_or':
      return input === null
        ? TRUE
        : or(...asList(input, field).map((each, i) => bindWhere(scope, entity, each, `${field}[${i}]`)));
    case '_not':
      return input === null ? TRUE : not(bindWhere(scope, entity, input, field));
    case '_search':
      return input === null ? TRUE : bindSearch(scope, entity, asObject(input, field), field);
    case '_degree':
      return bindDegree(scope, entity, input, field);
    case '_reach':
      return bindReach(scope, entity, input, field);
    case '_compare':
      return and(...asList(input, field).map((each, i) => bindCompare(scope, entity, each, `${field}[${i}]`)));
  }
  if (entity.fields.has(name)) {
    return bindField(scope, operandOf(scope, entity, { steps: [], field: name, nested: [] }), input, field);
  }
  const relation = entity.relations.get(name);
  if (relation) {
    const step = stepOf(scope, relation);
    const related = (quantifier: 'some' | 'every', where: Input, negated: boolean, at: string): Predicate => ({
      kind: 'related',
      step,
      quantifier,
      where: bindWhere(scope, relation.to, where, at),
      negated,
    });
    if (input === null) throw badInput(field, 'a filter', null, 'leave it out to filter nothing');
    if (!relation.many) return related('some', input, false, field);
    const entries = Object.entries(asObject(input, field)).filter(([, v]) => v !== undefined);
    if (entries.length === 0) throw badInput(field, 'some, every or none', {});
    return and(
      ...entries.map(([quantifier, where]) => {
        const at = `${field}.${quantifier}`;
        if (where === null) throw badInput(at, 'a filter', null, 'use {} to ask for any row');
        if (quantifier === 'some') return related('some', where, false, at);
        if (quantifier === 'none') return related('some', where, true, at);
        if (quantifier === 'every') return related('every', where, false, at);
        throw badInput(at, 'some, every or none', quantifier);
      }),
    );
  }
  const counted = name.endsWith('_aggregate') ? entity.relations.get(name.slice(0, -'_aggregate'.length)) : undefined;
  if (counted?.many) return bindAggregateFilter(scope, entity, counted.name, input, field);
  throw badInput(field, `a field or relation of ${entity.entity}`, name);
}

function bindDegree(scope: Scope, entity: Entity, input: Input, field: string): Predicate {
  const { types, direction, count } = asObject(input, field);
  const operand = degreeOf(scope, entity, { types, direction }, field);
  return bindFilter(scope, operand, count ?? {}, `${field}.count`);
}

/** `{ airport: { … }, depth, types, direction }`: a row of one of the entities is reached for which its conditions hold. */
function bindReach(scope: Scope, entity: Entity, input: Input, field: string): Predicate {
  const { types, direction, depth, ...ends } = asObject(input, field);
  const given = Object.entries(ends).filter(([, where]) => where !== undefined);
  if (given.length === 0) throw badInput(field, 'what is to be reached', input);
  const walk = walkOf(scope, entity, { types, direction }, depth, field);
  const nodes = nodesFrom(entity);
  return and(
    ...given.map(([name, where]): Predicate => {
      const end = nodes.find((each) => each.entity === name);
      if (!end) throw badInput(field, nodes.map((each) => each.entity).join(', '), name);
      const at = `${field}.${name}`;
      return { kind: 'reach', walk, end: placeOf(scope, end), where: bindWhere(scope, end, where, at), negated: false };
    }),
  );
}

/** A field with members to look into takes conditions of them beside its own `isNull`. */
function bindField(scope: Scope, operand: Operand, input: Input, field: string): Predicate {
  const { type } = operand;
  if (type.kind === 'list' && membersOf(type.of).length > 0 && input !== null)
    return bindElements(scope, operand, type.of, input, field);
  if (membersOf(operand.type).length === 0 || input === null) return bindFilter(scope, operand, input, field);
  const { isNull, ...members } = asObject(input, field);
  const inner = Object.entries(members).filter(([, value]) => value !== undefined);
  const own = isNull === undefined && inner.length > 0 ? TRUE : bindFilter(scope, operand, { isNull }, field);
  return and(
    own,
    ...inner.map(([name, each]) => {
      const at = `${field}.${name}`;
      return bindField(scope, memberOf(operand, name, at), each, at);
    }),
  );
}

/** A list of objects takes conditions of its elements beside `isEmpty` and `isNull`. */
function bindElements(scope: Scope, operand: Operand, of: DataType, input: Input, field: string): Predicate {
  const { some, every, none, ...rest } = asObject(input, field);
  const quantified = Object.entries({ some, every, none }).filter(([, where]) => where !== undefined);
  const others = Object.values(rest).some((value) => value !== undefined);
  const own = quantified.length > 0 && !others ? TRUE : bindFilter(scope, operand, rest, field);
  return and(
    own,
    ...quantified.map(([name, where]): Predicate => {
      const at = `${field}.${name}`;
      if (where === null) throw badInput(at, 'a filter', null, 'use {} to ask for any element');
      const quantifier = name === 'every' ? 'every' : 'some';
      const element: Operand = { steps: [], leaf: { kind: 'element', nested: [] }, type: of, nullable: true };
      return {
        kind: 'elements',
        operand,
        quantifier,
        where: bindElement(scope, element, where, at),
        negated: name === 'none',
      };
    }),
  );
}

/** What must hold of one element. */
function bindElement(scope: Scope, element: Operand, input: Input, field: string): Predicate {
  if (input === null || input === undefined) return TRUE;
  const each = (list: Input, at: string): Predicate[] =>
    asList(list, at).map((one, i) => bindElement(scope, element, one, `${at}[${i}]`));
  return and(
    ...Object.entries(asObject(input, field)).map(([name, inner]): Predicate => {
      const at = `${field}.${name}`;
      if (inner === undefined) return TRUE;
      if (name === '_and') return and(...each(inner, at));
      if (name === '_or') return inner === null ? TRUE : or(...each(inner, at));
      if (name === '_not') return inner === null ? TRUE : not(bindElement(scope, element, inner, at));
      return bindField(scope, memberOf(element, name, at), inner, at);
    }),
  );
}

/** `{ eq, lt, in, like, isNull … }` over one operand: all of them hold. */
export function bindFilter(scope: Scope, operand: Operand, input: Input, field: string): Predicate {
  if (input === null) throw badInput(field, 'a filter', null, 'use isNull: true to ask for null');
  const filter = asObject(input, field);
  const operators = Object.entries(filter).filter(([name, value]) => value !== undefined && name !== 'collate');
  if (operators.length === 0) {
    throw badInput(
      field,
      `an operator (${operatorsOf(operand.type).join(', ')})`,
      filter,
      'an unset variable leaves an empty filter behind',
    );
  }
  const { leaf } = operand;
  const searched = leaf.kind === 'field' && leaf.field.search === true && operand.steps.length === 0;
  const collate = bindCollate(filter['collate'], operand.type, `${field}.collate`);
  return and(
    ...operators.map(([name, value]) =>
      name === 'matches' && searched
        ? bindMatches(scope, operand, value, `${field}.matches`)
        : bindOperator(scope, operand, name, value, collate, `${field}.${name}`),
    ),
  );
}

const COMPARISONS: ReadonlySet<string> = new Set(['eq', 'ne', 'lt', 'lte', 'gt', 'gte']);
const TEXT_TESTS = ['like', 'ilike', 'startsWith', 'endsWith', 'contains', 'regex'] as const;

/** The operators that a type has; the generated filter inputs offer exactly these. */
export function operatorsOf(type: DataType): readonly string[] {
  if (type.kind === 'list') {
    return isEquatable(type.of) ? ['has', 'hasAny', 'hasAll', 'isEmpty', 'isNull'] : ['isEmpty', 'isNull'];
  }
  if (type.kind === 'geopoint') return ['isNull', 'near', 'within'];
  if (!isEquatable(type)) return ['isNull'];
  const equality = ['eq', 'ne', 'in', 'notIn', 'isNull'];
  if (!isOrdered(type)) return equality;
  const ordered = [...equality, 'lt', 'lte', 'gt', 'gte', 'between'];
  if (type.kind === 'text') return [...ordered, ...TEXT_TESTS];
  return type.kind === 'float' ? [...ordered, 'isNaN', 'isFinite'] : ordered;
}

function bindOperator(
  scope: Scope,
  operand: Operand,
  name: string,
  input: Input,
  collate: Collation,
  field: string,
): Predicate {
  const { type } = operand;
  if (!operatorsOf(type).includes(name)) {
    throw badInput(field, `an operator of ${typeName(type)} (${operatorsOf(type).join(', ')})`, name);
  }
  if (input === null) throw badInput(field, 'a value', null, 'use isNull to ask for null');
  const { slots } = scope;
  const compare = (op: Comparison, value: Input, at = field): Predicate => ({
    kind: 'compare',
    operand,
    op,
    value: slots.value(value, type, at),
    collate: op === 'eq' || op === 'ne' ? 'STORE' : collate,
  });
  if (COMPARISONS.has(name)) return compare(name as Comparison, input);
  switch (name) {
    case 'between': {
      const [low, high, ...more] = input instanceof Hole ? input.pair(field) : asList(input, field);
      if (low === undefined || high === undefined || more.length > 0)
        throw badInput(field, 'two values, [low, high]', input);
      return and(compare('gte', low, `${field}[0]`), compare('lte', high, `${field}[1]`));
    }
    case 'in':
    case 'notIn':
      return { kind: 'in', operand, value: slots.list(input, type, field), negated: name === 'notIn' };
    case 'isNull':
      return bindFlag(scope, input, field, (negated) => ({ kind: 'isNull', operand, negated }));
    case 'isNaN':
    case 'isFinite':
      return bindFlag(scope, input, field, (negated) => ({ kind: 'float', operand, test: name, negated }));
    case 'has':
    case 'hasAny':
    case 'hasAll': {
      const element = type.kind === 'list' ? type.of : type;
      const value = name === 'has' ? slots.value(input, element, field) : slots.list(input, element, field);
      return { kind: 'list', operand, test: name, value, negated: false };
    }
    case 'near':
    case 'within':
      return bindGeo(scope, operand, name, input, field);
    case 'isEmpty':
      return { kind: 'list', operand, test: name, value: slots.value(input, BOOL, field), negated: false };
    default: {
      const test = TEXT_TESTS.find((t) => t === name)!;
      const check = test === 'regex' ? validateRegex : test === 'like' || test === 'ilike' ? validateLikePattern : null;
      const value = slots.value(input, TEXT, field, check ? (v, at) => check(v as string, at) : undefined);
      return { kind: 'text', operand, test, value, negated: false };
    }
  }
}

function bindGeo(scope: Scope, operand: Operand, test: 'near' | 'within', input: Input, field: string): Predicate {
  const point: DataType = { kind: 'geopoint' };
  if (test === 'near') {
    const { point: centre, metres } = asObject(input, field);
    const far = scope.slots.value(metres, FLOAT64, `${field}.metres`, (value, at) => {
      if (!((value as number) >= 0)) throw badInput(at, 'metres, from 0', value);
    });
    return {
      kind: 'geo',
      operand,
      test,
      value: scope.slots.value(gathered(centre, `${field}.point`), point, `${field}.point`),
      metres: far,
      negated: false,
    };
  }
  const corners = gathered(input, field);
  const value = scope.slots.list(corners, point, field);
  if (value.kind === 'literal' && (value.value as readonly unknown[]).length < 3) {
    throw badInput(field, 'at least three corners', corners);
  }
  return { kind: 'geo', operand, test, value, metres: null, negated: false };
}

/** A value of several leaves as one: what is in it may be known when it is executed only. */
function gathered(input: Input, field: string): Input {
  const hasHole = (part: Input): boolean =>
    part instanceof Hole || (typeof part === 'object' && part !== null && Object.values(part).some(hasHole));
  return hasHole(input) && !(input instanceof Hole) ? new Hole(field, (variables) => fill(input, variables)) : input;
}

/** A boolean operator: false is its negation. Its value decides the shape, so booleans are never slots: a slot is no boolean. */
function bindFlag(scope: Scope, input: Input, field: string, make: (negated: boolean) => Predicate): Predicate {
  if (input instanceof Hole) throw badInput(field, 'true or false', input.path);
  const value = scope.slots.value(input, BOOL, field);
  return make(value.kind === 'literal' && value.value === false);
}

function bindCompare(scope: Scope, entity: Entity, input: Input, field: string): Predicate {
  const { left, op, right, collate } = asObject(input, field);
  const side = (name: Input, at: string): Operand => {
    if (typeof name !== 'string') throw badInput(at, `a field of ${entity.entity}`, name);
    return operandOf(scope, entity, parsePath(entity, name, at));
  };
  const [a, b] = [side(left, `${field}.left`), side(right, `${field}.right`)];
  const lower = typeof op === 'string' ? op.toLowerCase() : '';
  if (!COMPARISONS.has(lower)) throw badInput(`${field}.op`, 'EQ, NE, LT, LTE, GT or GTE', op);
  const comparable =
    a.type.kind === b.type.kind && (isOrdered(a.type) || ((lower === 'eq' || lower === 'ne') && isEquatable(a.type)));
  if (!comparable || typeMismatch(a.type, b.type)) {
    throw badInput(field, 'two fields of one comparable type', `${typeName(a.type)} and ${typeName(b.type)}`);
  }
  return {
    kind: 'compareOperands',
    left: a,
    op: lower as Comparison,
    right: b,
    collate: bindCollate(collate, a.type, `${field}.collate`),
  };
}

function typeMismatch(a: DataType, b: DataType): boolean {
  return a.kind === 'enum' && b.kind === 'enum' && a.name !== b.name;
}

/** `{ where, count: { gt }, avg: { delay: { gt } } }` over the rows of a to-many. */
function bindAggregateFilter(scope: Scope, entity: Entity, name: string, input: Input, field: string): Predicate {
  const { where, ...measures } = asObject(input, field);
  const filters: Predicate[] = [];
  const addFilter = (fn: MeasureFn, path: string | null, filter: Input, at: string): void => {
    const operand = relatedMeasure(scope, entity, name, fn, path, where, field);
    filters.push(bindFilter(scope, operand, filter, at));
  };
  for (const [key, inner] of Object.entries(measures)) {
    if (inner === undefined) continue;
    if (key === 'count') addFilter('COUNT', null, inner, `${field}.count`);
    else {
      const fn = MEASURE_NAMES[key];
      if (!fn) throw badInput(`${field}.${key}`, `count, ${Object.keys(MEASURE_NAMES).join(', ')} or where`, key);
      const fields = Object.entries(asObject(inner, `${field}.${key}`));
      if (fields.length === 0) throw badInput(`${field}.${key}`, 'a field', {});
      for (const [path, filter] of fields) addFilter(fn, path, filter, `${field}.${key}.${path}`);
    }
  }
  if (filters.length === 0) throw badInput(field, 'a measure to compare', measures);
  return and(...filters);
}

/** A measure over a to-many relation as an operand of the near row. */
export function relatedMeasure(
  scope: Scope,
  entity: Entity,
  relationName: string,
  fn: MeasureFn,
  path: string | null,
  where: Input,
  field: string,
): Operand {
  const relation = entity.relations.get(relationName);
  if (!relation) throw badInput(field, `a to-many relation of ${entity.entity}`, relationName);
  const ref = { fn, field: path, where: null, q: null, approximate: false, collate: null };
  const measure = measureOf(scope, relation.to, ref, bindWhere(scope, relation.to, where, `${field}.where`), field);
  return {
    steps: [],
    leaf: { kind: 'related', step: stepOf(scope, relation), measure },
    type: measure.type,
    nullable: fn !== 'COUNT',
  };
}

export function bindCollate(input: Input, type: DataType, field: string): Collation {
  if (input === null || input === undefined) return 'STORE';
  if (input !== 'STORE' && input !== 'BINARY') throw badInput(field, 'STORE or BINARY', input);
  return isCollated(type) ? input : 'STORE';
}

export function asObject(input: Input, field: string): InputObject {
  if (typeof input !== 'object' || input === null || Array.isArray(input) || input instanceof Hole) {
    throw badInput(field, 'an object', input instanceof Hole ? input.path : input);
  }
  return input as InputObject;
}

/** A list; a single value stands for a list of one, as in GraphQL; null is an empty list of conditions. */
export function asList(input: Input, _field: string): readonly Input[] {
  if (input === null || input === undefined) return [];
  return Array.isArray(input) ? (input as readonly Input[]) : [input];
}

import { badInput, GatewayError } from '../errors.js';
import type { Entity } from '../ir/entity.js';
import type { Operand, Step, Walk } from '../ir/operand.js';
import { and, TRUE, type Predicate } from '../ir/predicate.js';
import { Hole, type Input, type OutputRef, type QueryLevel } from '../ir/query.js';
import { selectFrom, WAY_POINT, type Groups, type OrderTerm, type Select } from '../ir/select.js';
import { INT64 } from '../ir/types.js';
import type { Value } from '../ir/value.js';
import { bindFilter, bindWhere } from './bind-where.js';
import { degreeOf, DISTANCE, nodesFrom, selfStep, walkOf } from './bind-graph.js';
import { bestFirst, highlightsOf, SCORE } from './bind-search.js';
import { boundMeasure, bindGroups, measureOperand } from './bind-groups.js';
import { bindOrder, totalOrder } from './bind-order.js';
import { leadingTo, linksOf, type Links } from './bind-links.js';
import { bindBeyond, bindPage, isGiven, type BoundPage } from './bind-page.js';
import { checkFilter } from './nesting.js';
import { operandOf, placeOf, stepOf, type Scope } from './scope.js';

/** One level with names resolved, types known and policies in. `select` says nothing of parents yet. */
export interface BoundLevel {
  readonly path: string;
  readonly kind: 'rows' | 'row' | 'aggregate';
  /** From the parent level's entity to this one's; null at the root. */
  readonly step: Step | null;
  /** The way from the parents to the rows, when `step` says only who the parents are (`Within.walk`). */
  readonly walk?: Walk;
  readonly select: Select;
  /** What the first measures of the select's groups are called in the answer; the others are not shown. */
  readonly measures: readonly (string | null)[];
  /** Of a page of a connection. */
  readonly page: BoundPage | null;
  /** More rows than this (per parent) are BUDGET_EXCEEDED, never cut silently; null: as many as there are. */
  readonly most: number | null;
  readonly children: readonly BoundLevel[];
}

function outputOf(scope: Scope, entity: Entity, ref: OutputRef, path: string): Operand {
  if (!('own' in ref)) return operandOf(scope, entity, ref);
  switch (ref.own) {
    case 'score':
      return SCORE;
    case 'distance':
      return DISTANCE;
    case 'path':
      return { steps: [], leaf: { kind: 'path' }, type: { kind: 'list', of: WAY_POINT }, nullable: false };
    case 'degree':
      return degreeOf(scope, entity, ref.edges, path);
    case 'highlights':
      return highlightsOf(entity, ref.field, ref.fragments, path);
  }
}

/** Names → typed fields; every user error of a question ends here or in the filling of its slots. */
export function bind(query: QueryLevel, scope: Scope): BoundLevel {
  if (query.from.kind !== 'entity') throw new Error('a query begins at an entity');
  const entity = scope.entities.resolve(query.from.ref);
  if (!entity) {
    const name = `${query.from.ref.source}.${query.from.ref.entity}`;
    throw new GatewayError('NOT_FOUND', `${name}: there is no such entity`, { field: 'entity', got: name });
  }
  return bindLevel(query, { entity, step: null }, scope);
}

/** What is reached from the rows of the level above. */
function bindWalk(
  query: QueryLevel,
  from: Extract<QueryLevel['from'], { kind: 'walk' }>,
  start: Entity,
  scope: Scope,
): BoundLevel {
  const end = nodesFrom(start).find((each) => each.entity === from.end);
  if (!end) throw badInput(query.path, 'an entity that edges lead to', from.end);
  const walk = walkOf(scope, start, from.edges, from.depth, query.path);
  const self = selfStep(start);
  const level = bindLevel(query, { entity: end, step: { ...self, to: placeOf(scope, end) }, unasked: NEAREST }, scope);
  return { ...level, step: self, walk };
}

/** What is reached comes in the order of its distance, when no other is asked for. */
const NEAREST: readonly OrderTerm[] = [{ operand: DISTANCE, direction: 'asc', nulls: 'last', collate: 'STORE' }];

/** Where a level stands: its entity, and how its parents lead there. */
interface Stand {
  readonly entity: Entity;
  readonly step: Step | null;
  /** Of a level of links. */
  readonly links?: Links;
  /** The order where none is asked for. */
  readonly unasked?: readonly OrderTerm[];
}

function bindChild(child: QueryLevel, { entity, links }: Stand, scope: Scope): BoundLevel {
  const { from } = child;
  if (from.kind === 'walk') return bindWalk(child, from, entity, scope);
  if (from.kind === 'linked' && links) {
    return bindLevel(child, { entity: links.far.to.entity, step: links.far }, scope);
  }
  const relation = 'name' in from ? entity.relations.get(from.name) : undefined;
  if (!relation) throw badInput(child.path, `a relation of ${entity.entity}`, from);
  if (from.kind === 'relation') return bindLevel(child, { entity: relation.to, step: stepOf(scope, relation) }, scope);
  const between = linksOf(scope, relation);
  return bindLevel(child, { entity: between.near.to.entity, step: between.near, links: between }, scope);
}

function bindLevel(query: QueryLevel, stand: Stand, scope: Scope): BoundLevel {
  const { shape, path } = query;
  const { entity, step, links = null, unasked = [] } = stand;
  const children = query.children.map((child) => bindChild(child, stand, scope));
  checkFilter(query.where, `${path}.where`);
  // What is asked of links is asked of the rows that they lead to.
  const spoken = links?.far.to.entity ?? entity;
  const asked = bindWhere(scope, spoken, query.where, `${path}.where`);
  const where = links ? leadingTo(links.far, asked) : asked;
  const paged = { entity: spoken, where: asked, links };
  const from = step?.to ?? placeOf(scope, entity);
  const bare = selectFrom(from, { where });
  const level = { path, kind: 'rows', step, children, select: bare, measures: [], page: null, most: null } as const;
  switch (shape.kind) {
    case 'rows': {
      const output = shape.output.map((ref) => outputOf(scope, entity, ref, path));
      const given = bindOrder(scope, entity, query.orderBy, query.collate, `${path}.orderBy`);
      const order = given.length > 0 ? given : [...bestFirst(where), ...unasked];
      const limit = bindFirst(query.first, `${path}.first`, scope);
      const offset = bindOffset(query.offset, `${path}.offset`, scope);
      const unordered = order.length === 0 && limit === null && offset === null;
      const orderBy = unordered ? [] : totalOrder(entity, order, query.collate === 'BINARY' ? 'BINARY' : 'STORE');
      return { ...level, select: { ...bare, output, orderBy, limit, offset } };
    }
    case 'row': {
      const output = shape.output.map((ref) => outputOf(scope, entity, ref, path));
      const keyed = shape.key === null ? where : and(where, bindKey(scope, entity, shape.key, path));
      return { ...level, kind: 'row', select: { ...bare, where: keyed, output } };
    }
    case 'page': {
      const output = shape.output.map((ref) => outputOf(scope, entity, ref, path));
      const { select, page } = bindPage(scope, paged, query, shape.cursors ? output.length : null);
      const placed = page.columns.map((_, i) => select.orderBy[i]!.operand);
      return { ...level, page, select: { ...bare, ...select, output: [...output, ...placed] } };
    }
    case 'beyond':
      return { ...level, select: { ...bare, ...bindBeyond(scope, paged, query, shape.side) } };
    case 'aggregate': {
      const measures = shape.measures.map((ref, i) =>
        boundMeasure(scope, entity, ref, `${path}.${ref.fn.toLowerCase()}[${i}]`),
      );
      const groups: Groups = { keys: [], measures, having: TRUE };
      const names = shape.measures.map(({ name = null }) => name);
      return {
        ...level,
        kind: 'aggregate',
        measures: names,
        select: { ...bare, output: measures.map(measureOperand), groups },
      };
    }
    case 'groups': {
      const groups = bindGroups(scope, entity, shape, query);
      const most = isGiven(query.first) ? null : (scope.limits?.maxPageSize ?? null);
      const limit =
        most === null
          ? bindFirst(query.first, `${path}.first`, scope)
          : scope.slots.value(most + 1, INT64, `${path}.first`);
      return {
        ...level,
        measures: shape.measures.map(({ name = null }) => name),
        most,
        select: { ...bare, ...groups, limit, offset: bindOffset(query.offset, `${path}.offset`, scope) },
      };
    }
  }
}

function bindKey(scope: Scope, entity: Entity, key: Input, path: string): Predicate {
  if (!entity.key) throw new GatewayError('UNSUPPORTED', `${path}: ${entity.entity} has no key`);
  const given = asKey(key, entity.key, path);
  const parts = entity.key.map((name) =>
    bindFilter(
      scope,
      operandOf(scope, entity, { steps: [], field: name, nested: [] }),
      { eq: given[name] },
      `${path}.${name}`,
    ),
  );
  return and(...parts);
}

/** A key by its fields, or as one text (`WayPoint.key`). */
function asKey(key: Input, names: readonly string[], path: string): Readonly<Record<string, Input>> {
  if (typeof key !== 'string' && !(key instanceof Hole)) return key as Readonly<Record<string, Input>>;
  const [only] = names;
  if (names.length === 1) return { [only!]: key };
  const part = (text: unknown, i: number): unknown => {
    const all = typeof text === 'string' ? listIn(text) : null;
    if (!Array.isArray(all) || all.length !== names.length)
      throw badInput(`${path}.to`, `a JSON list of ${names.length} texts`, text);
    return all[i];
  };
  return Object.fromEntries(
    names.map((name, i) => [
      name,
      key instanceof Hole ? new Hole(key.path, (variables) => part(key.read(variables), i)) : part(key, i),
    ]),
  );
}

function listIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function bindFirst(input: Input, field: string, scope: Scope): Value | null {
  if (scope.limits === null && (input === null || input === undefined)) return null;
  const most = scope.limits?.maxPageSize ?? Number.MAX_SAFE_INTEGER;
  const check = (value: unknown): void => {
    if ((value as bigint) < 1n || (value as bigint) > BigInt(most)) {
      throw badInput(field, `a whole number from 1 to ${most}`, value, 'page with offset, or raise limits.maxPageSize');
    }
  };
  return scope.slots.value(input ?? scope.limits!.pageSize, INT64, field, check);
}

function bindOffset(input: Input, field: string, scope: Scope): Value | null {
  if (input === null || input === undefined) return null;
  return scope.slots.value(input, INT64, field, (value) => {
    if ((value as bigint) < 0n) throw badInput(field, 'a whole number from 0', value);
  });
}

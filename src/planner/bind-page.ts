import { badInput, GatewayError } from '../errors.js';
import { coerceValue } from '../ir/coerce.js';
import type { Entity } from '../ir/entity.js';
import type { Predicate } from '../ir/predicate.js';
import { fill, Hole, type Input, type Paging, type QueryLevel } from '../ir/query.js';
import type { Keyset, OrderTerm, Select } from '../ir/select.js';
import { INT64 } from '../ir/types.js';
import type { Value } from '../ir/value.js';
import { orderOfLinks, type Links } from './bind-links.js';
import { bindOrder, totalOrder } from './bind-order.js';
import { bestFirst } from './bind-search.js';
import type { Cursors } from './cursors.js';
import type { Scope } from './scope.js';

type Variables = Readonly<Record<string, unknown>>;

/** How the rows of a page become what a connection shows. */
export interface BoundPage {
  /** Read in the opposite order, so that the last rows come first. */
  readonly backward: boolean;
  /** One more than what is shown: the further row tells that there is more. */
  readonly limit: Value;
  /** Columns of the output that hold the values of the order: what a cursor is made of. */
  readonly columns: readonly number[];
  /** What cursors of this page belong to: entity, order, filter and rights. */
  readonly scopeOf: (variables: Variables) => string;
  /** null: rows without a key have no place that could be found again. */
  readonly cursors: Cursors | null;
}

type PageOf = Pick<Select, 'orderBy' | 'limit' | 'keyset'>;

/** What a page is cut of: rows for which `where` holds, or links to them. */
export interface Paged {
  readonly entity: Entity;
  readonly where: Predicate;
  readonly links: Links | null;
}

/** A page of rows: order, limit and positions; the order's values stand in the output from `firstColumn` on, if at all. */
export function bindPage(
  scope: Scope,
  paged: Paged,
  query: QueryLevel,
  firstColumn: number | null,
): { readonly select: PageOf; readonly page: BoundPage } {
  const { paging, order, cursors, scopeOf } = bindPaging(scope, paged, query);
  const { entity } = paged;
  const backward = isGiven(paging.last);
  const { key } = entity;
  if (!key && [paging.last, paging.after, paging.before].some(isGiven)) {
    throw new GatewayError('UNSUPPORTED', `${query.path}: ${entity.entity} has no key, so its rows have no places`, {
      hint: 'configure a key for it, or take its first rows',
    });
  }
  if (backward && isGiven(paging.first)) {
    throw badInput(`${query.path}.last`, 'either first or last', 'both', 'leave one of them out');
  }
  const name = backward ? 'last' : 'first';
  const limit = bindSize(scope, paging[name], `${query.path}.${name}`);
  const orderBy = backward ? order.map(reversed) : order;
  const position = (side: 'after' | 'before'): Keyset[] =>
    positionsOf(scope, query, order, side, cursors, scopeOf).map((values) => ({
      side: (side === 'after') === backward ? 'before' : 'after',
      inclusive: false,
      values,
    }));
  // The one that the reading begins at comes first.
  const keyset = backward
    ? [...position('before'), ...position('after')]
    : [...position('after'), ...position('before')];
  const columns = firstColumn === null ? [] : order.map((_, i) => firstColumn + i);
  return { select: { orderBy, limit, keyset }, page: { backward, limit, columns, scopeOf, cursors: key && cursors } };
}

/** One row at or beyond a page's position: whether there is something on its other side. */
export function bindBeyond(scope: Scope, paged: Paged, query: QueryLevel, side: 'after' | 'before'): PageOf {
  const { order, cursors, scopeOf } = bindPaging(scope, paged, query);
  const opposite = side === 'after' ? 'before' : 'after';
  const keyset = positionsOf(scope, query, order, side, cursors, scopeOf).map((values): Keyset => ({
    side: opposite,
    inclusive: true,
    values,
  }));
  return { orderBy: order, limit: { kind: 'literal', type: INT64, many: false, value: 1n }, keyset };
}

export function isGiven(input: Input): boolean {
  return input !== null && input !== undefined;
}

function bindPaging(
  scope: Scope,
  { entity, where: bound, links }: Paged,
  query: QueryLevel,
): { paging: Paging; order: OrderTerm[]; cursors: Cursors; scopeOf: BoundPage['scopeOf'] } {
  const { paging, orderBy, collate, where, path } = query;
  if (!paging || !scope.cursors) throw new Error(`${path} is no page`);
  const given = bindOrder(scope, entity, orderBy, collate, `${path}.orderBy`);
  const ordered = given.length > 0 ? given : bestFirst(bound);
  const collation = collate === 'BINARY' ? 'BINARY' : 'STORE';
  const total = totalOrder(entity, ordered, collation);
  const order = links ? orderOfLinks(links, total, collation) : total;
  const { permissions } = scope.caller;
  const from = 'name' in query.from ? query.from.name : null;
  const apart = links?.apart.map(({ name }) => name) ?? [];
  const known = new WeakMap<Variables, string>();
  const scopeOf = (variables: Variables): string => {
    const text =
      known.get(variables) ??
      canonical([
        entity.source,
        entity.entity,
        from,
        ...(apart.length > 0 ? [apart] : []),
        permissions,
        ...[orderBy, collate, where].map((each) => fill(each, variables)),
      ]);
    known.set(variables, text);
    return text;
  };
  return { paging, order, cursors: scope.cursors, scopeOf };
}

/** The values of a cursor as parameters; none when it was not given. */
function positionsOf(
  { slots }: Scope,
  { paging, path }: QueryLevel,
  order: readonly OrderTerm[],
  side: 'after' | 'before',
  cursors: Cursors,
  scopeOf: BoundPage['scopeOf'],
): Value[][] {
  const input = paging![side];
  if (!isGiven(input)) return [];
  const field = `${path}.${side}`;
  const types = order.map((term) => term.operand.type);
  const opened = new WeakMap<Variables, readonly unknown[]>();
  const read = (variables: Variables): readonly unknown[] => {
    const known = opened.get(variables);
    if (known) return known;
    const cursor = input instanceof Hole ? input.read(variables) : input;
    const text = typeof cursor === 'string' ? cursors.open(scopeOf(variables), cursor) : null;
    if (text === null) {
      const got = typeof cursor === 'string' ? cursor.slice(0, 60) : cursor;
      throw badInput(field, 'a cursor of this connection with the same where, orderBy and collate', got);
    }
    const values = positionFrom(text, order, field);
    opened.set(variables, values);
    return values;
  };
  return [types.map((type, i) => slots.derived(type, (variables) => read(variables)[i]))];
}

/** The text inside a cursor: JSON of the order's values, numbers that JSON cannot hold as words. */
export function positionText(values: readonly (string | null)[]): string {
  return `[${values.map((value) => value ?? 'null').join(',')}]`;
}

function positionFrom(text: string, order: readonly OrderTerm[], field: string): unknown[] {
  const values = JSON.parse(text) as unknown[];
  return order.map(({ operand }, i) => (values[i] === null ? null : coerceValue(operand.type, values[i], field)));
}

function bindSize(scope: Scope, input: Input, field: string): Value {
  const { pageSize, maxPageSize } = scope.limits!;
  const check = (value: unknown): void => {
    if ((value as bigint) >= 1n && (value as bigint) <= BigInt(maxPageSize)) return;
    throw badInput(
      field,
      `a whole number from 1 to ${maxPageSize}`,
      value,
      'take the next page by its cursor, or raise limits.maxPageSize',
    );
  };
  return scope.slots.value(input ?? pageSize, INT64, field, check, (value) => (value as bigint) + 1n);
}

function reversed(term: OrderTerm): OrderTerm {
  return {
    ...term,
    direction: term.direction === 'asc' ? 'desc' : 'asc',
    nulls: term.nulls === 'first' ? 'last' : 'first',
  };
}

/** JSON whose objects have their names in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === 'bigint') return `${each}n`;
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

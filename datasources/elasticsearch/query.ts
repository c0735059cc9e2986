import type { Select } from '../../src/ir/select.js';
import type { Step } from '../../src/ir/operand.js';
import type { Args, Value } from '../../src/ir/value.js';
import type { Similarity } from './similarity.js';

/** A query of the search DSL; it may hold parts that are only known when it is executed. */
export type Query = Readonly<Record<string, unknown>> | Late | Among;

/** A part made of values, which never become names or operators: `make` puts them where the DSL takes values. */
export class Late {
  constructor(
    readonly values: readonly Value[],
    readonly make: (args: Args) => Query,
    /** What it tests of what, for `explain`. */
    readonly test: string,
    readonly path: string,
  ) {}
}

/** Rows whose join values are among the keys that another search finds: how relations are followed without joins. */
export class Among {
  constructor(
    /** The relation that leads there; null for documents of the same index. */
    readonly step: Step | null,
    readonly found: Found,
    readonly negated: boolean,
  ) {}
}

export type Found =
  /** Keys of related rows that are found so; `junction` is what holds of the rows between. */
  | { readonly kind: 'rows'; readonly query: Query; readonly junction: Query }
  /** The documents nearest to a vector, of those that have one and that the policy shows. */
  | {
      readonly kind: 'nearest';
      readonly index: string;
      readonly path: string;
      readonly similarity: Similarity;
      readonly vector: Value;
      readonly k: Value;
      readonly among: Query;
    }
  /** Keys whose rows, measured, pass; `measured` has the measure behind the keys that it is of. */
  | {
      readonly kind: 'measured';
      readonly measured: Select;
      readonly nearby: Select | null;
      readonly passes: (value: unknown, args: Args) => boolean;
      readonly empty: unknown;
    };

export const ALL: Query = { match_all: {} };
export const NONE: Query = { match_none: {} };

export function isAll(query: unknown): boolean {
  return query === ALL;
}

export function allOf(of: readonly Query[]): Query {
  const parts = of.filter((each) => !isAll(each));
  if (parts.includes(NONE)) return NONE;
  if (parts.length === 0) return ALL;
  return parts.length === 1 ? parts[0]! : { bool: { filter: parts } };
}

export function anyOf(of: readonly Query[]): Query {
  const parts = of.filter((each) => each !== NONE);
  if (parts.some(isAll)) return ALL;
  if (parts.length === 0) return NONE;
  return parts.length === 1 ? parts[0]! : { bool: { should: parts, minimum_should_match: 1 } };
}

export function noneOf(query: Query): Query {
  if (isAll(query)) return NONE;
  return query === NONE ? ALL : { bool: { must_not: [query] } };
}

/** All parts of a query that wait for keys. */
export function waiting(query: unknown, found: Among[] = []): Among[] {
  if (query instanceof Among) found.push(query);
  else if (Array.isArray(query)) for (const each of query) waiting(each, found);
  else if (typeof query === 'object' && query !== null && !(query instanceof Late)) {
    for (const each of Object.values(query)) waiting(each, found);
  }
  return found;
}

/** The query with its late parts made, and the keys in place. */
export function filled(query: unknown, args: Args, keys: ReadonlyMap<Among, Query>): unknown {
  if (query instanceof Late) return query.make(args);
  if (query instanceof Among) return keys.get(query)!;
  if (Array.isArray(query)) return query.map((each) => filled(each, args, keys));
  if (typeof query !== 'object' || query === null) return query;
  return Object.fromEntries(Object.entries(query).map(([name, each]) => [name, filled(each, args, keys)]));
}

/** Whether a query waits neither for values nor for keys. */
export function isSettled(query: unknown): boolean {
  if (query instanceof Among) return false;
  if (query instanceof Late) return query.values.every(({ kind }) => kind === 'literal');
  if (Array.isArray(query)) return query.every(isSettled);
  return typeof query !== 'object' || query === null || Object.values(query).every(isSettled);
}

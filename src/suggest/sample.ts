import type { Entity, Field } from '../ir/entity.js';
import { own, place } from '../ir/operand.js';
import { and, or, TRUE, type Predicate } from '../ir/predicate.js';
import { selectFrom, type OrderTerm, type Select } from '../ir/select.js';
import { keyText } from '../ir/compare.js';
import { valueOfText } from '../ir/join.js';
import { INT64, type DataType } from '../ir/types.js';
import { literal, literals } from '../ir/value.js';
import type { Store } from '../store/store.js';

/** Values of some fields, a tuple a row. */
export type Tuple = readonly unknown[];

export interface Sample {
  /** Different tuples without a null, as texts of their common form. */
  readonly values: readonly string[];
  /** How many rows they were found in. */
  readonly rows: number;
}

export interface Asking {
  readonly store: Store;
  /** How many rows of a field are looked at. */
  readonly rows: number;
  readonly signal: AbortSignal;
}

/** Rows in which the fields are not null: where there is a key, half of them from each end of its order. */
export async function sampleOf(
  entity: Entity,
  fields: readonly Field[],
  { store, rows, signal }: Asking,
): Promise<Sample> {
  const known = fields.map((field): Predicate => ({ kind: 'isNull', operand: own(field), negated: true }));
  const orders = entity.key && entity.key.every((name) => isOrderable(entity, name, store)) ? bothWays(entity) : [[]];
  const limit = literal(INT64, BigInt(Math.ceil(rows / orders.length)));
  // The key tells which rows the two ends of a small table have in common.
  const key = orders.length > 1 ? entity.key!.map((name) => entity.fields.get(name)!) : [];
  const select = selectOf(entity, [...fields, ...key], and(...known));
  const selects = orders.map((orderBy) => ({ ...select, orderBy, limit }));
  const batches = await store.read(selects, { args: [], form: 'TYPED', signal });
  const all = batches.flatMap((batch) => batch.rows);
  const types = [...fields, ...key].map((field) => field.type);
  const found = key.length === 0 ? all : distinct(types, all);
  const texts = new Set(found.map((row) => textOf(types, row.slice(0, fields.length))));
  return { values: [...texts], rows: found.length };
}

/** Which of these tuples there are, given and told by the text of their common form. */
export async function presentOf(
  entity: Entity,
  fields: readonly Field[],
  texts: readonly string[],
  { store, signal }: Asking,
): Promise<ReadonlySet<string>> {
  const types = fields.map((field) => field.type);
  const values = texts.map((text) => tupleOf(types, text)).filter((tuple) => !tuple.includes(undefined));
  if (values.length === 0) return new Set();
  const select = selectOf(entity, fields, oneOf(fields, values));
  const [batch] = await store.read([select], { args: [], form: 'TYPED', signal });
  return new Set(batch!.rows.map((row) => textOf(types, row)));
}

/** A tuple as text: the same for equal values, of whatever types. */
export function textOf(types: readonly DataType[], tuple: Tuple): string {
  return JSON.stringify(tuple.map((value, i) => (value === null ? null : keyText(types[i]!, value))));
}

/** The tuple that has the text; undefined stands for what a type cannot hold. */
function tupleOf(types: readonly DataType[], text: string): Tuple {
  return (JSON.parse(text) as readonly string[]).map((part, i) => valueOfText(types[i]!, part));
}

function selectOf(entity: Entity, fields: readonly Field[], where: Predicate): Select {
  return selectFrom(place(entity), { where, output: fields.map(own) });
}

function oneOf(fields: readonly Field[], values: readonly Tuple[]): Predicate {
  const [only] = fields;
  if (fields.length === 1) {
    const all = values.map(([value]) => value);
    return { kind: 'in', operand: own(only!), value: literals(only!.type, all), negated: false };
  }
  const equal = (field: Field, value: unknown): Predicate => ({
    kind: 'compare',
    operand: own(field),
    op: 'eq',
    value: literal(field.type, value),
    collate: 'STORE',
  });
  return or(...values.map((tuple) => and(TRUE, ...fields.map((field, i) => equal(field, tuple[i])))));
}

function bothWays(entity: Entity): readonly (readonly OrderTerm[])[] {
  return (['asc', 'desc'] as const).map((direction) => entity.key!.map((name) => term(entity, name, direction)));
}

function term(entity: Entity, name: string, direction: 'asc' | 'desc'): OrderTerm {
  return { operand: own(entity.fields.get(name)!), direction, nulls: 'last', collate: 'STORE' };
}

function isOrderable(entity: Entity, name: string, store: Store): boolean {
  return store.capabilities.order(term(entity, name, 'asc'));
}

function distinct(types: readonly DataType[], tuples: readonly Tuple[]): readonly Tuple[] {
  return [...new Map(tuples.map((tuple) => [textOf(types, tuple), tuple])).values()];
}

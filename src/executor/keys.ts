import { relationPath, type Relation } from '../ir/entity.js';
import { keyOf, nearKey, nearText, valueOfText } from '../ir/join.js';
import type { DataType } from '../ir/types.js';
import type { ChildPlan } from '../planner/plan.js';
import type { Batch, Row } from '../store/batch.js';
import type { Store } from '../store/store.js';
import type { ExecutionContext } from './context.js';
import type { ReadLevel } from './execute.js';

type StoreOf = (source: string) => Store;

/** The distinct join values of the parents, none with a null, in the types in which the child takes keys. */
export function parentKeys(
  { relation: { on }, parentColumns, keyTypes }: ChildPlan,
  parents: Batch,
  source: string,
  storeOf: StoreOf,
): Row[] {
  const asTheyAre = on.every((pair, i) => !pair.form && pair.from.type.kind === keyTypes[i]!.kind);
  const valueAt = valueReaders(parents, parentColumns, source, storeOf);
  const distinct = new Map<string, Row>();
  for (const row of parents.rows) {
    const values = valueAt.map((value) => value(row));
    const text = nearKey(on, values);
    if (text === null || distinct.has(text)) continue;
    const key = asTheyAre ? values : values.map((value, i) => valueOfText(keyTypes[i]!, nearText(on[i]!, value)));
    // What the far type cannot hold has nothing there.
    if (!key.includes(undefined)) distinct.set(text, key);
  }
  return [...distinct.values()];
}

/** Reads values of rows, whichever form they have. */
function valueReaders(
  { form, types }: Batch,
  columns: readonly number[],
  source: string,
  storeOf: StoreOf,
): readonly ((row: Row) => unknown)[] {
  if (form === 'TYPED') return columns.map((c) => (row) => row[c]);
  const store = storeOf(source);
  return columns.map((c) => {
    const value = valueOf(types[c]!, store);
    return (row) => (row[c] === null ? null : value(row[c] as string));
  });
}

/** The value of a store's text as a key: null for a date without an end. */
function valueOf(type: DataType, store: Store): (raw: string) => unknown {
  const [value, json] = [store.value(type), store.jsonText(type)];
  switch (type.kind) {
    case 'text':
    case 'id':
      return (raw) => {
        try {
          return value(raw);
        } catch {
          // What no caller may send can be there all the same.
          return JSON.parse(json(raw)) as string;
        }
      };
    case 'date':
    case 'localdatetime':
    case 'instant':
      return (raw) => (json(raw) === 'null' ? null : value(raw));
    default:
      return value;
  }
}

/** A row's join values as one text; null when one is null. */
export type KeyReader = (row: Row) => string | null;

/** Reads a row's join values with those that it has in a child level. */
export function keyOfChild({ plan, batch }: ReadLevel, child: number, storeOf: StoreOf): KeyReader {
  const { relation, parentColumns, plan: below } = plan.children[child]!;
  if (below.joinsAsText) return textReader(parentColumns);
  const valueAt = valueReaders(batch, parentColumns, plan.source, storeOf);
  return (row) =>
    nearKey(
      relation.on,
      valueAt.map((value) => value(row)),
    );
}

/** Reads the parent's join values, which stand in front of a child's row. */
export function ownKey({ plan, batch }: ReadLevel, storeOf: StoreOf): KeyReader {
  const columns = Array.from({ length: plan.keyColumns }, (_, i) => i);
  if (plan.joinsAsText) return textReader(columns);
  const types = columns.map((c) => batch.types[c]!);
  const valueAt = valueReaders(batch, columns, plan.source, storeOf);
  const read: KeyReader = (row) =>
    keyOf(
      types,
      valueAt.map((value) => value(row)),
    );
  return batch.form === 'TEXT' && columns.length === 1 ? remembered(read) : read;
}

/** Rows of one parent have the same text in front, and mostly follow each other: its value is made once. */
function remembered(read: KeyReader): KeyReader {
  const known = new Map<unknown, string | null>();
  let last: unknown;
  let key: string | null = null;
  return (row) => {
    const raw = row[0];
    if (raw === last) return key;
    last = raw;
    const found = known.get(raw);
    key = found === undefined ? read(row) : found;
    if (found === undefined) known.set(raw, key);
    return key;
  };
}

/** The store's own text. */
function textReader(columns: readonly number[]): KeyReader {
  const [only] = columns;
  if (columns.length === 1) return (row) => row[only!] as string | null;
  return (row) => {
    const values = columns.map((c) => row[c] as string | null);
    return values.includes(null) ? null : JSON.stringify(values);
  };
}

/** Keys in lists that a store takes. */
export function chunks<T>(keys: readonly T[], size: number): readonly (readonly T[])[] {
  if (keys.length <= size) return [keys];
  return Array.from({ length: Math.ceil(keys.length / size) }, (_, i) => keys.slice(i * size, (i + 1) * size));
}

/** Notes join values that were taken from a source to another one. */
export function moved(relation: Relation, source: string, keys: number, { moves }: ExecutionContext): void {
  moves.push({ relation: relationPath(relation), source, keys });
}

/** Puts join values into lists of about one length; what the type cannot hold is joined with nothing. */
export function fill(
  slots: readonly number[],
  texts: readonly string[],
  type: DataType,
  context: ExecutionContext,
): void {
  const values = texts.map((text) => valueOfText(type, text)).filter((value) => value !== undefined);
  const size = Math.ceil(values.length / slots.length);
  slots.forEach((slot, i) => (context.args[slot] = values.slice(i * size, (i + 1) * size)));
}

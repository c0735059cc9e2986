import { relationPath, type Relation } from '../ir/entity.js';
import { nearKey, nearText, valueOfText } from '../ir/join.js';
import type { DataType } from '../ir/types.js';
import type { ChildPlan } from '../planner/plan.js';
import type { Batch, Row } from '../store/batch.js';
import type { ExecutionContext } from './context.js';

/** The distinct join values of the parents, none with a null, in the types in which the child takes keys. */
export function parentKeys({ relation: { on }, parentColumns, keyTypes }: ChildPlan, parents: Batch): Row[] {
  if (parents.form !== 'TYPED') throw new Error('keys are taken from typed rows');
  const asTheyAre = on.every((pair, i) => !pair.form && pair.from.type.kind === keyTypes[i]!.kind);
  const distinct = new Map<string, Row>();
  for (const row of parents.rows) {
    const values = parentColumns.map((c) => row[c]);
    const text = nearKey(on, values);
    if (text === null || distinct.has(text)) continue;
    const key = asTheyAre ? values : values.map((value, i) => valueOfText(keyTypes[i]!, nearText(on[i]!, value)));
    // What the far type cannot hold has nothing there.
    if (!key.includes(undefined)) distinct.set(text, key);
  }
  return [...distinct.values()];
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

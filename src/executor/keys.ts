import { GatewayError } from '../errors.js';
import { farText, nearKey, nearText, valueOfText } from '../ir/join.js';
import type { DataType } from '../ir/types.js';
import type { ChildPlan, SemiJoin } from '../planner/plan.js';
import type { Batch, Row } from '../store/batch.js';
import { reader, readSelect, type ExecutionContext } from './context.js';

/** The distinct join values of the parents, none with a null, in the types in which the child takes keys. */
export function parentKeys({ on, parentColumns, keyTypes }: ChildPlan, parents: Batch): Row[] {
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

/** Reads the keys of a filter through a relation to another source, and puts them where the filter looks for them. */
export async function readSemiJoin(semiJoin: SemiJoin, context: ExecutionContext): Promise<void> {
  const { far, relation, slots, most } = semiJoin;
  await Promise.all(far.semiJoins.map((inner) => readSemiJoin(inner, context)));
  const { rows } = await readSelect(far.select, far.residual, reader(far.source, context), 'TYPED', context);
  if (rows.length > most) throw tooMany(semiJoin, far.source);
  const [pair] = relation.on;
  const near: DataType = pair!.from.type;
  const values = rows.map(([value]) => valueOfText(near, farText(pair!, value))).filter((value) => value !== undefined);
  const size = Math.ceil(values.length / slots.length);
  slots.forEach((slot, i) => (context.args[slot] = values.slice(i * size, (i + 1) * size)));
}

function tooMany({ relation: { name, from, to }, most }: SemiJoin, source: string): GatewayError {
  const path = `${from.source}.${from.entity}.${name}`;
  return new GatewayError(
    'BUDGET_EXCEEDED',
    `${path}: the filter meets rows of ${to.source}.${to.entity} with more than ${most} different join values`,
    {
      source,
      field: path,
      expected: `at most ${most} keys from ${to.source}.${to.entity}`,
      hint: `narrow the filter inside ${name}, or raise limits.semiJoinKeys`,
    },
  );
}

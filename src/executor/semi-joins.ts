import { GatewayError } from '../errors.js';
import { entityPath, relationPath, type JoinPair } from '../ir/entity.js';
import { farText, nearText } from '../ir/join.js';
import type { Select } from '../ir/select.js';
import type { KeyRead, SemiJoin } from '../planner/plan.js';
import { reader, type ExecutionContext } from './context.js';
import { fill, moved } from './keys.js';
import { questionOf } from './same.js';
import { readSelect } from './scans.js';

/**
 * Reads the keys of a filter through a relation to another source, and puts them where the filter looks for them: those of
 * the far rows that pass. When those are too many, or the near rows are known to be fewer, the near side's go there first,
 * and what comes back are those of them that pass.
 */
export async function readSemiJoin(semiJoin: SemiJoin, context: ExecutionContext): Promise<void> {
  const { relation, slots } = semiJoin;
  const [pair] = relation.on as readonly [JoinPair];
  const found = (await isNearSmaller(semiJoin, context))
    ? ((await amongNear(semiJoin, pair, context)) ?? (await amongFar(semiJoin, pair, context)))
    : ((await amongFar(semiJoin, pair, context)) ?? (await amongNear(semiJoin, pair, context)));
  if (found === null) throw tooMany(semiJoin);
  moved(relation, relation.to.source, found.length, context);
  fill(slots, found, pair.from.type, context);
}

type Texts = readonly string[] | null;

/** null: more than there may be. */
async function amongFar({ far, most }: SemiJoin, pair: JoinPair, context: ExecutionContext): Promise<Texts> {
  const values = await readKeys(far, context);
  return values.length > most ? null : values.map((value) => farText(pair, value));
}

async function amongNear(
  { relation, near, most }: SemiJoin,
  pair: JoinPair,
  context: ExecutionContext,
): Promise<Texts> {
  const values = await readKeys(near.keys, context);
  if (values.length > most) return null;
  const texts = values.map((value) => nearText(pair, value));
  moved(relation, relation.from.source, texts.length, context);
  fill(near.slots, texts, pair.to.type, context);
  return (await readKeys(near.far, context)).map((value) => farText(pair, value));
}

async function readKeys(
  { source, select, residual, semiJoins }: KeyRead,
  context: ExecutionContext,
): Promise<readonly unknown[]> {
  await Promise.all(semiJoins.map((inner) => readSemiJoin(inner, context)));
  // A filter stands at a list and at its count, and means the same at both.
  const question = questionOf(select, context.args);
  const known = context.keyReads.get(question);
  if (known) return known;
  const reading = readSelect(select, residual, reader(source, context), 'TYPED', context).then(({ rows }) =>
    rows.map(([value]) => value),
  );
  context.keyReads.set(question, reading);
  return reading;
}

/** By the statistics of both stores, and by far: the other way is one reading less. */
async function isNearSmaller({ near, far }: SemiJoin, context: ExecutionContext): Promise<boolean> {
  const [nearRows, farRows] = await Promise.all([near.keys, far].map((each) => estimated(each, context)));
  return nearRows !== null && farRows !== null && nearRows! * 3 < farRows!;
}

const ESTIMATED_FOR_MS = 60_000;
const estimates = new WeakMap<Select, { readonly at: number; readonly rows: number | null }>();
/** Whoever cannot be asked what to expect cannot be read either: there is no second time-out to be waited for. */
const TELLING: ReadonlySet<unknown> = new Set(['STORE_UNAVAILABLE', 'TIMEOUT', 'CANCELLED', 'OVERLOADED']);

/** What is expected of a reading, asked once a minute; null when nobody knows. */
async function estimated({ source, select, residual }: KeyRead, context: ExecutionContext): Promise<number | null> {
  if (residual !== null) return null;
  const known = estimates.get(select);
  if (known && performance.now() - known.at < ESTIMATED_FOR_MS) return known.rows;
  const rows = await context
    .storeOf(source)
    .estimate(select, context.signal)
    .catch((error: unknown) => {
      if (error instanceof GatewayError && TELLING.has(error.code)) throw error;
      return null;
    });
  estimates.set(select, { at: performance.now(), rows });
  return rows;
}

function tooMany({ relation, most }: SemiJoin): GatewayError {
  const { name, from, to } = relation;
  const path = relationPath(relation);
  const sides = `rows of ${entityPath(to)}, and what it filters those of ${entityPath(from)}, with`;
  return new GatewayError(
    'BUDGET_EXCEEDED',
    `${path}: the filter meets ${sides} more than ${most} different join values`,
    {
      source: to.source,
      field: path,
      expected: `at most ${most} keys of one side`,
      hint: `narrow the filter inside ${name}, or the rows of ${from.entity} beside it; or raise limits.semiJoinKeys`,
    },
  );
}

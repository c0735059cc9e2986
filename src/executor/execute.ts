import { GatewayError } from '../errors.js';
import { columnTypes } from '../ir/select.js';
import type { Args } from '../ir/value.js';
import type { LevelPlan } from '../planner/plan.js';
import type { Batch, Row } from '../store/batch.js';
import { reader, runOf, type ExecutionContext, type Move, type Read } from './context.js';
import { chunks, moved, ownKey, parentKeys } from './keys.js';
import { distinctOf } from './same.js';
import { readSelect } from './scans.js';
import { readSemiJoin } from './semi-joins.js';
import { hasAnswered, observer, timed, type SourceUse } from './uses.js';

/** The rows of a level and of the levels below it. An error stands for what its store failed to give. */
export type LevelRows = ReadLevel | { readonly failed: true; readonly plan: LevelPlan; readonly error: unknown };

export interface ReadLevel {
  readonly failed: false;
  readonly plan: LevelPlan;
  readonly batch: Batch;
  readonly children: readonly LevelRows[];
}

export interface PageResult {
  readonly levels: readonly LevelRows[];
  /** Slot values, those that the executor filled in included. */
  readonly args: readonly unknown[];
  readonly uses: readonly SourceUse[];
  readonly moves: readonly Move[];
}

/**
 * Executes the plans of one operation: first the keys of filters through relations to other sources, then each source once,
 * all sources at the same time; levels below rows of another source follow when those rows are there.
 */
export async function executePage(plans: readonly LevelPlan[], context: ExecutionContext): Promise<PageResult> {
  const failures = await readAllKeys(plans, context);
  const levels = await readLevels(plans, failures, context);
  return { levels, args: context.args, uses: [...context.uses.values()].filter(hasAnswered), moves: context.moves };
}

/** Levels whose filters could not get their keys, and why. */
type Failures = ReadonlyMap<LevelPlan, unknown>;

async function readAllKeys(plans: readonly LevelPlan[], context: ExecutionContext): Promise<Failures> {
  const failures = new Map<LevelPlan, unknown>();
  const all = (plan: LevelPlan): LevelPlan[] => [plan, ...plan.children.flatMap(({ plan: child }) => all(child))];
  const waiting = plans.flatMap(all).filter(({ semiJoins }) => semiJoins.length > 0);
  await Promise.all(
    waiting.map(async (plan) => {
      try {
        await Promise.all(plan.semiJoins.map((semiJoin) => readSemiJoin(semiJoin, context)));
      } catch (error) {
        failures.set(plan, error);
      }
    }),
  );
  return failures;
}

/** Each source once. A source that fails fails its own levels. */
async function readLevels(
  plans: readonly LevelPlan[],
  failures: Failures,
  context: ExecutionContext,
): Promise<readonly LevelRows[]> {
  const results = new Map<LevelPlan, LevelRows>();
  const fail = (plan: LevelPlan, error: unknown): unknown => results.set(plan, { failed: true, plan, error });
  for (const plan of plans) if (failures.has(plan)) fail(plan, failures.get(plan));
  const readable = plans.filter((plan) => !failures.has(plan));
  await Promise.all(
    [...Map.groupBy(readable, ({ source }) => source)].map(async ([source, roots]) => {
      try {
        const levels = await readSource(source, roots, failures, context);
        roots.forEach((root, i) => results.set(root, levels[i]!));
      } catch (error) {
        for (const root of roots) fail(root, error);
      }
    }),
  );
  return plans.map((plan) => results.get(plan)!);
}

async function readSource(
  source: string,
  roots: readonly LevelPlan[],
  failures: Failures,
  context: ExecutionContext,
): Promise<readonly LevelRows[]> {
  const { uses, signal } = context;
  const elsewhere: Elsewhere[] = [];
  const { maxKeys } = context.storeOf(source).capabilities;
  // Keys of rows of other sources are known when this one is read.
  const keysOf = ({ keySlot }: LevelPlan): number => (context.args[keySlot!] as readonly Row[]).length;
  const isKeyed = (root: LevelPlan): boolean => root.parents !== 'keys' || keysOf(root) <= maxKeys;
  const isEmpty = (root: LevelPlan): boolean => root.parents === 'keys' && keysOf(root) === 0;
  const readRoots = async (read: Read): Promise<LevelRows[]> => {
    const batches = await readByForm(
      roots.flatMap((root) => (isEmpty(root) ? [] : sentTogether(root, failures, isKeyed(root)))),
      context.args,
      read,
    );
    const levels: LevelRows[] = [];
    for (const root of roots) levels.push(await complete(root, batches, read, failures, elsewhere, context));
    return levels;
  };
  let levels: LevelRows[];
  if (roots.some((root) => needsMore(root, source, isKeyed(root)))) {
    const session = await timed(
      source,
      uses,
      context.storeOf(source).session({ signal, observe: observer(source, uses) }),
    );
    try {
      levels = await readRoots((selects, form, args = context.args) =>
        timed(source, uses, session.read(selects, { ...runOf(source, form, context), args })),
      );
    } finally {
      // No connection is held while other sources are waited for: they may need one of this source in turn.
      await session.close();
    }
  } else levels = await readRoots(reader(source, context));
  await readElsewhere(elsewhere, failures, context);
  return levels;
}

/** A level of another source whose parents have been read, and where it goes. */
interface Elsewhere {
  readonly plan: LevelPlan;
  readonly put: (level: LevelRows) => void;
}

async function readElsewhere(
  waiting: readonly Elsewhere[],
  failures: Failures,
  context: ExecutionContext,
): Promise<void> {
  if (waiting.length === 0) return;
  const levels = await readLevels(
    waiting.map(({ plan }) => plan),
    failures,
    context,
  );
  waiting.forEach(({ put }, i) => put(levels[i]!));
}

/** The levels of one source in one read, whatever form each wants; what is asked twice is read once. */
async function readByForm(plans: readonly LevelPlan[], args: Args, read: Read): Promise<Map<LevelPlan, Batch>> {
  const batches = new Map<LevelPlan, Batch>();
  for (const form of ['TEXT', 'TYPED'] as const) {
    const some = plans.filter((plan) => plan.form === form);
    if (some.length === 0) continue;
    const { distinct, answer } = distinctOf(
      some.map((plan) => plan.select),
      args,
    );
    const read_ = await read(distinct, form);
    some.forEach((plan, i) => batches.set(plan, read_[answer[i]!]!));
  }
  return batches;
}

/** A level and those below it that need nothing but their place in one round trip. `isKeyed`: its keys are known, if it needs any. */
function sentTogether(plan: LevelPlan, failures: Failures, isKeyed: boolean): LevelPlan[] {
  if (!isKeyed || plan.residual !== null || failures.has(plan)) return [];
  return [plan, ...plan.children.flatMap(({ plan: child }) => sentTogether(child, failures, child.parents !== 'keys'))];
}

/** Whether some level of the source has to wait for another one's rows, or is computed. */
function needsMore(plan: LevelPlan, source: string, isKeyed: boolean): boolean {
  if (plan.source !== source) return false;
  if (!isKeyed || plan.residual !== null) return true;
  return plan.children.some(({ plan: child }) => needsMore(child, source, child.parents !== 'keys'));
}

/** More groups than may be answered are an error of their level: a cut would look like the whole. */
function withinBudget(level: ReadLevel): LevelRows {
  const { plan, batch } = level;
  const { most, keyColumns } = plan;
  if (most === null || batch.rows.length <= most) return level;
  const counts = new Map<string, number>();
  for (const row of batch.rows) {
    const parent = row.slice(0, keyColumns).map(String).join('\u0000');
    counts.set(parent, (counts.get(parent) ?? 0) + 1);
  }
  if ([...counts.values()].every((count) => count <= most)) return level;
  const error = new GatewayError('BUDGET_EXCEEDED', `${plan.path}: there are more than ${most} groups`, {
    field: `${plan.path}.first`,
    expected: `at most ${most} groups, or \`first\``,
    hint: 'take them in pages by first and offset, narrow them by where or having, or raise limits.maxPageSize',
  });
  return { failed: true, plan, error };
}

/** A level and those below it; what is in another source is put off until this one has been read. */
async function complete(
  plan: LevelPlan,
  batches: ReadonlyMap<LevelPlan, Batch>,
  read: Read,
  failures: Failures,
  elsewhere: Elsewhere[],
  context: ExecutionContext,
): Promise<LevelRows> {
  if (failures.has(plan)) return { failed: true, plan, error: failures.get(plan) };
  const batch = batches.get(plan) ?? (await readLevel(plan, read, context));
  const children: LevelRows[] = [];
  for (const [i, child] of plan.children.entries()) {
    if (child.plan.keySlot !== null)
      context.args[child.plan.keySlot] = parentKeys(child, batch, plan.source, context.storeOf);
    if (child.plan.source === plan.source)
      children[i] = await complete(child.plan, batches, read, failures, elsewhere, context);
    else {
      const keys = context.args[child.plan.keySlot!] as readonly Row[];
      moved(child.relation, plan.source, keys.length, context);
      elsewhere.push({ plan: child.plan, put: (level) => (children[i] = level) });
    }
  }
  return withinBudget({ failed: false, plan, batch, children });
}

/** A level of its own: by its parents' keys, so many at a time as the store takes, or computed. */
async function readLevel(plan: LevelPlan, read: Read, context: ExecutionContext): Promise<Batch> {
  const { select, residual, keysFrom, form } = plan;
  if (keysFrom === null || residual !== null) return readSelect(select, residual, read, form, context);
  const keys = context.args[keysFrom] as readonly Row[];
  if (keys.length === 0) return { form, types: columnTypes(select), rows: [] };
  const { maxKeys } = context.storeOf(plan.source).capabilities;
  const batches: Batch[] = [];
  for (const some of chunks(keys, maxKeys)) {
    const [batch] = await read([select], form, context.args.with(keysFrom, some));
    batches.push(batch!);
  }
  if (batches.length === 1) return batches[0]!;
  // What one of them estimated stands for all.
  const first = batches.find(({ estimates }) => estimates) ?? batches[0]!;
  return {
    ...first,
    rows: plan.parents === 'keys' ? batches.flatMap(({ rows }) => rows) : ofParentsOnce(plan, batches, context),
  };
}

/** Parents that came with different keys can have the same join values: the rows that belong to these came with each. */
function ofParentsOnce(plan: LevelPlan, batches: readonly Batch[], { storeOf }: ExecutionContext): Row[] {
  const before = new Set<string | null>();
  return batches.flatMap((batch) => {
    const keyOf = ownKey({ failed: false, plan, batch, children: [] }, storeOf);
    const rows = batch.rows.filter((row) => !before.has(keyOf(row)));
    for (const row of rows) before.add(keyOf(row));
    return rows;
  });
}

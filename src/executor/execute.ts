import type { Compute } from '../compute/answer.js';
import { GatewayError } from '../errors.js';
import { keyText } from '../ir/compare.js';
import type { Select } from '../ir/select.js';
import type { DataType } from '../ir/types.js';
import type { ChildPlan, LevelPlan } from '../planner/plan.js';
import type { Batch, Row } from '../store/batch.js';
import type { Run, Store } from '../store/store.js';

/** The rows of a level and of the levels below it. An error stands for what its store failed to give. */
export type LevelRows = ReadLevel | { readonly failed: true; readonly plan: LevelPlan; readonly error: unknown };

export interface ReadLevel {
  readonly failed: false;
  readonly plan: LevelPlan;
  readonly batch: Batch;
  readonly children: readonly LevelRows[];
}

/** What an operation cost at one source. */
export interface SourceUse {
  readonly name: string;
  /** When it answered first. */
  readAt: Date;
  rows: number;
  bytes: number;
  calls: number;
  /** How long the source was waited for, turns in the queue for its connections included. */
  ms: number;
}

/** The same while the operation goes on: a source need not have answered yet. */
export type SourceProgress = Omit<SourceUse, 'readAt'> & { readAt: Date | null };

export interface ExecutionContext {
  readonly storeOf: (source: string) => Store;
  /** Slot values; the executor fills in the slots of parents' keys. */
  readonly args: unknown[];
  readonly signal: AbortSignal;
  readonly rowBudget: number;
  /** What answers for the stores what they cannot. */
  readonly compute: Compute;
  /** Filled while it goes on, for whoever watches. */
  readonly uses?: Map<string, SourceProgress>;
}

export interface PageResult {
  readonly levels: readonly LevelRows[];
  /** Slot values, those that the executor filled in included. */
  readonly args: readonly unknown[];
  readonly uses: readonly SourceUse[];
}

type Read = (selects: readonly Select[], form: Run['form']) => Promise<readonly Batch[]>;

/** Executes the plans of one operation: each source once, all sources at the same time. */
export async function executePage(plans: readonly LevelPlan[], context: ExecutionContext): Promise<PageResult> {
  const uses = context.uses ?? new Map<string, SourceProgress>();
  const bySource = new Map<string, LevelPlan[]>();
  for (const plan of plans) {
    const same = bySource.get(plan.source);
    if (same) same.push(plan);
    else bySource.set(plan.source, [plan]);
  }
  const results = new Map<LevelPlan, LevelRows>();
  await Promise.all(
    [...bySource].map(async ([source, roots]) => {
      try {
        const levels = await readSource(source, roots, context, uses);
        roots.forEach((root, i) => results.set(root, levels[i]!));
      } catch (error) {
        for (const root of roots) results.set(root, { failed: true, plan: root, error });
      }
    }),
  );
  return {
    levels: plans.map((plan) => results.get(plan)!),
    args: context.args,
    uses: [...uses.values()].filter(hasAnswered),
  };
}

async function readSource(
  source: string,
  roots: readonly LevelPlan[],
  context: ExecutionContext,
  uses: Map<string, SourceProgress>,
): Promise<readonly LevelRows[]> {
  const store = context.storeOf(source);
  const observe = observer(source, uses);
  const together = roots.flatMap(sentTogether);
  const run = (form: Run['form']): Run => ({ args: context.args, form, signal: context.signal, observe });
  const more = roots.some((root) => needsMore(root, source));
  if (!more) {
    const read: Read = (selects, form) => timed(source, uses, store.read(selects, run(form)));
    const batches = await readByForm(together, read);
    return roots.map((root) => assemble(root, batches));
  }
  const session = await timed(source, uses, store.session({ signal: context.signal, observe }));
  try {
    const read: Read = (selects, form) => timed(source, uses, session.read(selects, run(form)));
    const batches = await readByForm(together, read);
    const levels: LevelRows[] = [];
    for (const root of roots) levels.push(await complete(root, batches, read, source, context, uses));
    return levels;
  } finally {
    await session.close();
  }
}

/** The levels of one source in one read, whatever form each wants. */
async function readByForm(plans: readonly LevelPlan[], read: Read): Promise<Map<LevelPlan, Batch>> {
  const batches = new Map<LevelPlan, Batch>();
  for (const form of ['TEXT', 'TYPED'] as const) {
    const some = plans.filter((plan) => plan.form === form);
    if (some.length === 0) continue;
    const read_ = await read(
      some.map((plan) => plan.select),
      form,
    );
    some.forEach((plan, i) => batches.set(plan, read_[i]!));
  }
  return batches;
}

/** A level and those below it that need nothing but their place in one round trip. */
function sentTogether(plan: LevelPlan): LevelPlan[] {
  if (plan.parents === 'keys' || plan.residual !== null) return [];
  return [plan, ...plan.children.flatMap(({ plan: child }) => sentTogether(child))];
}

function needsMore(plan: LevelPlan, source: string): boolean {
  return (
    plan.parents === 'keys' ||
    plan.residual !== null ||
    plan.source !== source ||
    plan.children.some((c) => needsMore(c.plan, source))
  );
}

function assemble(plan: LevelPlan, batches: ReadonlyMap<LevelPlan, Batch>): LevelRows {
  const children = plan.children.map((child) => assemble(child.plan, batches));
  return withinBudget({ failed: false, plan, batch: batches.get(plan)!, children });
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
  if (Math.max(...counts.values()) <= most) return level;
  const error = new GatewayError('BUDGET_EXCEEDED', `${plan.path}: there are more than ${most} groups`, {
    field: `${plan.path}.first`,
    expected: `at most ${most} groups, or \`first\``,
    hint: 'take them in pages by first and offset, narrow them by where or having, or raise limits.maxPageSize',
  });
  return { failed: true, plan, error };
}

/** The same where some levels wait for their parents' keys or are answered by compute. */
async function complete(
  plan: LevelPlan,
  batches: ReadonlyMap<LevelPlan, Batch>,
  read: Read,
  source: string,
  context: ExecutionContext,
  uses: Map<string, SourceProgress>,
): Promise<LevelRows> {
  const batch = batches.get(plan) ?? (await readOne(plan, read, context));
  const children: LevelRows[] = [];
  for (const child of plan.children) {
    if (child.plan.keySlot !== null) context.args[child.plan.keySlot] = parentKeys(child, batch);
    if (child.plan.source === source) children.push(await complete(child.plan, batches, read, source, context, uses));
    else children.push(await readElsewhere(child.plan, context, uses));
  }
  return withinBudget({ failed: false, plan, batch, children });
}

/** A level of another source: its failure is its own. */
async function readElsewhere(
  plan: LevelPlan,
  context: ExecutionContext,
  uses: Map<string, SourceProgress>,
): Promise<LevelRows> {
  try {
    const [level] = await readSource(plan.source, [plan], context, uses);
    return level!;
  } catch (error) {
    return { failed: true, plan, error };
  }
}

async function readOne(plan: LevelPlan, read: Read, context: ExecutionContext): Promise<Batch> {
  if (plan.residual === null) {
    const [batch] = await read([plan.select], plan.form);
    return batch!;
  }
  const { scans } = plan.residual;
  const batches = await read(
    scans.map((scan) => scan.select),
    'TYPED',
  );
  const scanned = scans.map(({ entity, columns }, i) => ({ entity, columns, rows: batches[i]!.rows }));
  const { compute, args, rowBudget, signal } = context;
  return compute.answer(plan.select, scanned, args, rowBudget, signal);
}

/** The distinct join values of the parents, none with a null, in the form of parameters. */
function parentKeys(child: ChildPlan, parents: Batch): Row[] {
  if (parents.form !== 'TYPED') throw new Error('keys are taken from typed rows');
  const types = child.parentColumns.map((c) => parents.types[c]!);
  const distinct = new Map<string, Row>();
  for (const row of parents.rows) {
    const key = child.parentColumns.map((c) => row[c]);
    const text = joinKey(types, key);
    if (text !== null) distinct.set(text, key);
  }
  return [...distinct.values()];
}

/** The join values as one text, equal when they are; null when one of them is null. */
export function joinKey(types: readonly DataType[], values: readonly unknown[]): string | null {
  if (values.length === 1) return values[0] === null ? null : keyText(types[0]!, values[0]);
  const parts: string[] = [];
  for (const [i, value] of values.entries()) {
    if (value === null) return null;
    parts.push(keyText(types[i]!, value));
  }
  return JSON.stringify(parts);
}

function observer(source: string, uses: Map<string, SourceProgress>): NonNullable<Run['observe']> {
  return ({ rows, bytes, calls }) => {
    const use = useOf(source, uses);
    use.readAt ??= new Date();
    use.rows += rows;
    use.bytes += bytes;
    use.calls += calls;
  };
}

async function timed<T>(source: string, uses: Map<string, SourceProgress>, reading: Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await reading;
  } finally {
    useOf(source, uses).ms += performance.now() - started;
  }
}

function hasAnswered(use: SourceProgress): use is SourceUse {
  return use.readAt !== null;
}

function useOf(source: string, uses: Map<string, SourceProgress>): SourceProgress {
  const known = uses.get(source);
  if (known) return known;
  const use: SourceProgress = { name: source, readAt: null, rows: 0, bytes: 0, calls: 0, ms: 0 };
  uses.set(source, use);
  return use;
}

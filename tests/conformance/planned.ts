import { MEMORY_COMPUTE, type Compute } from '../../src/compute/answer.js';
import { execution, reader, type ExecutionContext } from '../../src/executor/context.js';
import { executeStream } from '../../src/executor/stream.js';
import { readSelect } from '../../src/executor/scans.js';
import { readSemiJoin } from '../../src/executor/semi-joins.js';
import { executePage, type LevelRows } from '../../src/executor/execute.js';
import type { Select } from '../../src/ir/select.js';
import type { BoundLevel } from '../../src/planner/bind.js';
import type { PlanContext } from '../../src/planner/context.js';
import { planFlat, type FlatPlan } from '../../src/planner/flat.js';
import { planLevels } from '../../src/planner/levels.js';
import type { LevelPlan } from '../../src/planner/plan.js';
import { Slots } from '../../src/planner/slots.js';
import type { Row } from '../../src/store/batch.js';
import type { Capabilities } from '../../src/store/capabilities.js';
import type { Store } from '../../src/store/store.js';
import { restricted } from './abilities.js';

const { signal } = new AbortController();
const rowBudget = 100_000;

/** What a select is read over, and the budgets of that reading. */
export interface Ground {
  readonly storeOf: (source: string) => Store;
  readonly compute?: Compute;
  readonly keyBudget?: number;
  /** Told of the plan before it is executed. */
  readonly plan?: (plan: LevelPlan | FlatPlan) => void;
}

/** The rows of a select when it is planned for a store of these abilities, and compute does the rest. */
export async function readPlanned(
  select: Select,
  args: readonly unknown[],
  whole: Store,
  can: Capabilities,
  compute: Compute = MEMORY_COMPUTE,
): Promise<readonly Row[]> {
  const store = restricted(whole, can);
  return readOver(select, args, { storeOf: () => store, compute });
}

/** The rows of a select over the stores that its entities are in. */
export async function readOver(select: Select, args: readonly unknown[], ground: Ground): Promise<readonly Row[]> {
  const { context, execute } = prepared(args, ground);
  const bound = boundOf(select, []);
  if (bound) {
    const plan = typed(planLevels(bound, context));
    ground.plan?.(plan);
    const page = await executePage([plan], execute());
    return rowsOf(page.levels[0]!);
  }
  const plan = planFlat(levelOf(select), context);
  ground.plan?.(plan);
  const read = execute();
  await Promise.all(plan.semiJoins.map((semiJoin) => readSemiJoin(semiJoin, read)));
  return (await readSelect(plan.select, plan.residual, reader(plan.source, read), 'TYPED', read)).rows;
}

/** The same as streams are read: by few join values or, where there are more, by a join of all rows. */
export async function readStreamed(select: Select, args: readonly unknown[], ground: Ground): Promise<readonly Row[]> {
  const { context, execute } = prepared(args, ground);
  const plan = planFlat(levelOf(select), context);
  ground.plan?.(plan);
  const rows: Row[] = [];
  for await (const batch of executeStream(plan, execute())) rows.push(...batch.rows);
  return rows;
}

function prepared(
  args: readonly unknown[],
  { storeOf, compute = MEMORY_COMPUTE, keyBudget = rowBudget }: Ground,
): { readonly context: PlanContext; readonly execute: () => ExecutionContext } {
  const slots = new Slots();
  for (let i = 0; i < args.length; i += 1) slots.reserve();
  return {
    context: { capabilitiesOf: (source) => storeOf(source).capabilities, slots, rowBudget, keyBudget },
    execute: () =>
      execution({
        storeOf,
        args: [...args, ...slots.fill({}).slice(args.length)],
        signal,
        rowBudget,
        compute,
        uses: new Map(),
      }),
  };
}

/** A select and the selects of its parents as levels; null where the parents are given by their keys. */
function boundOf(select: Select, children: readonly BoundLevel[]): BoundLevel | null {
  const { within, ...plain } = select;
  const level: BoundLevel = {
    ...levelOf({ ...plain, within: null }, children),
    step: within?.step ?? null,
    ...(within?.walk ? { walk: within.walk } : {}),
  };
  if (!within) return level;
  return within.parents.kind === 'select' ? boundOf(within.parents.select, [level]) : null;
}

function levelOf(select: Select, children: readonly BoundLevel[] = []): BoundLevel {
  const kind = select.groups ? 'aggregate' : 'rows';
  return { path: 'level', kind, step: null, select, measures: [], page: null, most: null, children };
}

function typed(plan: LevelPlan): LevelPlan {
  const children = plan.children.map((child) => ({ ...child, plan: typed(child.plan) }));
  return { ...plan, form: 'TYPED', children };
}

/** The rows of the lowest level, without the columns that the plan added. */
function rowsOf(level: LevelRows): readonly Row[] {
  if (level.failed) throw level.error;
  const [below] = level.children;
  if (below) return rowsOf(below);
  const { keyColumns, asked } = level.plan;
  return level.batch.rows.map((row) => row.slice(0, keyColumns + asked));
}

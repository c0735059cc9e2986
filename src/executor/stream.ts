import type { Compute } from '../compute/answer.js';
import type { QueryLevel } from '../ir/query.js';
import { bind } from '../planner/bind.js';
import { planFlat, type FlatPlan } from '../planner/flat.js';
import type { Scope } from '../planner/scope.js';
import { Slots } from '../planner/slots.js';
import type { Batch } from '../store/batch.js';
import type { Run, Store } from '../store/store.js';

/** Questions whose answer is read to its end, however long it is: what exports and freezes stand on. */
export interface Executor {
  /**
   * Every row of one level in batches of bounded size; no page limits apply. What is wrong with the question is thrown
   * at once. The store is read as fast as the consumer takes batches, and stopped when the consumer stops or the signal
   * is aborted.
   */
  stream(
    query: QueryLevel,
    caller: Scope['caller'],
    signal: AbortSignal,
    observe?: Run['observe'],
  ): AsyncIterable<Batch>;
}

export interface ExecutorContext {
  readonly entities: Scope['entities'];
  readonly policyOf: Scope['policyOf'];
  readonly storeOf: (source: string) => Store;
  /** The rows that the gateway takes from a store to do what the store cannot. */
  readonly rowBudget: number;
  readonly compute: Compute;
}

export function openExecutor({ entities, policyOf, storeOf, rowBudget, compute }: ExecutorContext): Executor {
  return {
    stream: (query, caller, signal, observe) => {
      const slots = new Slots();
      const bound = bind(query, { entities, caller, policyOf, limits: null, slots, cursors: null });
      const plan = planFlat(bound, { capabilitiesOf: (source) => storeOf(source).capabilities, slots, rowBudget });
      const run = { args: slots.fill({}), signal, ...(observe ? { observe } : {}) };
      return executeStream(plan, storeOf(plan.source), run, rowBudget, compute);
    },
  };
}

const SLICE = 5_000;

async function* executeStream(
  plan: FlatPlan,
  store: Store,
  run: Omit<Run, 'form'>,
  rowBudget: number,
  compute: Compute,
): AsyncIterable<Batch> {
  const typed: Run = { ...run, form: 'TYPED' };
  if (plan.residual === null) {
    yield* store.stream(plan.select, typed);
    return;
  }
  const { scans } = plan.residual;
  const batches = await store.read(
    scans.map((scan) => scan.select),
    typed,
  );
  const scanned = scans.map(({ entity, columns }, i) => ({ entity, columns, rows: batches[i]!.rows }));
  const whole = await compute.answer(plan.select, scanned, run.args, rowBudget, run.signal);
  for (let at = 0; at < whole.rows.length; at += SLICE) {
    run.signal.throwIfAborted();
    yield { ...whole, rows: whole.rows.slice(at, at + SLICE) };
  }
}

import type { Compute } from '../compute/answer.js';
import { GatewayError } from '../errors.js';
import type { QueryLevel } from '../ir/query.js';
import { bind } from '../planner/bind.js';
import { planFlat, type FlatPlan } from '../planner/flat.js';
import type { Scope } from '../planner/scope.js';
import { Slots } from '../planner/slots.js';
import type { Batch } from '../store/batch.js';
import type { Run, Store } from '../store/store.js';
import { execution, runOf, type ExecutionContext } from './context.js';
import { streamedScans } from './scans.js';
import { readSemiJoin } from './semi-joins.js';

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
  /** The join values that a filter may bring from another source. */
  readonly keyBudget: number;
  readonly compute: Compute;
}

export function openExecutor(context: ExecutorContext): Executor {
  const { entities, policyOf, storeOf, rowBudget, keyBudget, compute } = context;
  return {
    stream: (query, caller, signal, observe) => {
      const slots = new Slots();
      const bound = bind(query, { entities, caller, policyOf, limits: null, slots, cursors: null });
      const capabilitiesOf = (source: string): Store['capabilities'] => storeOf(source).capabilities;
      const plan = planFlat(bound, { capabilitiesOf, slots, rowBudget, keyBudget });
      const given = { storeOf, args: slots.fill({}), signal, rowBudget, compute, uses: new Map<string, never>() };
      return executeStream(plan, execution({ ...given, ...(observe ? { observe } : {}) }));
    },
  };
}

/** The rows of a flat plan as they come. */
export async function* executeStream(plan: FlatPlan, context: ExecutionContext): AsyncIterable<Batch> {
  const { source, select, residual } = await wayOf(plan, context);
  if (residual === null) yield* context.storeOf(source).stream(select, runOf(source, 'TYPED', context));
  else {
    const { compute, args, rowBudget, signal } = context;
    yield* compute.stream(residual.select, streamedScans(residual, context), args, rowBudget, signal);
  }
}

/** By join values where they are few; else every row is joined. */
async function wayOf(
  plan: FlatPlan,
  context: ExecutionContext,
): Promise<Pick<FlatPlan, 'source' | 'select' | 'residual'>> {
  if (plan.joined === null) return plan;
  try {
    await Promise.all(plan.semiJoins.map((semiJoin) => readSemiJoin(semiJoin, context)));
    return plan;
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'BUDGET_EXCEEDED') return plan.joined;
    throw error;
  }
}

import type { Compute } from '../compute/answer.js';
import type { Select } from '../ir/select.js';
import type { Batch } from '../store/batch.js';
import type { Run, Store } from '../store/store.js';
import { observer, timed, type Uses } from './uses.js';

/** What every reading of one operation shares. */
export interface ExecutionContext {
  readonly storeOf: (source: string) => Store;
  /** Slot values; the executor fills in the slots of keys. */
  readonly args: unknown[];
  readonly signal: AbortSignal;
  readonly rowBudget: number;
  /** What answers for the stores what they cannot. */
  readonly compute: Compute;
  /** Filled while it goes on, for whoever watches. */
  readonly uses: Uses;
  /** Join values that went from one source to another. */
  readonly moves: Move[];
  /** Keys that filters through other sources have asked for, by question. */
  readonly keyReads: Map<string, Promise<readonly unknown[]>>;
  /** Told of each native call beside `uses`. */
  readonly observe?: Run['observe'];
}

/** What one execution is given; what it notes begins empty. */
export function execution(given: Omit<ExecutionContext, 'moves' | 'keyReads'>): ExecutionContext {
  return { ...given, moves: [], keyReads: new Map() };
}

export interface Move {
  /** `source.entity.relation` */
  readonly relation: string;
  /** Where they were read. */
  readonly source: string;
  readonly keys: number;
}

/** Reads selects of one source together, whatever connection that takes. */
export type Read = (selects: readonly Select[], form: Run['form'], args?: Run['args']) => Promise<readonly Batch[]>;

export function runOf(source: string, form: Run['form'], { args, signal, uses, observe }: ExecutionContext): Run {
  const use = observer(source, uses);
  const both: Run['observe'] = (call) => {
    use(call);
    observe?.(call);
  };
  return { args, form, signal, observe: observe ? both : use };
}

/** A reading outside of any session. */
export function reader(source: string, context: ExecutionContext): Read {
  const store = context.storeOf(source);
  return (selects, form, args = context.args) =>
    timed(source, context.uses, store.read(selects, { ...runOf(source, form, context), args }));
}

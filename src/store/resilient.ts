import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  retry,
  wrap,
} from 'cockatiel';
import { GatewayError } from '../errors.js';
import type { Batch } from './batch.js';
import type { Run, Store } from './store.js';

export interface Resilience {
  /** Further attempts of a reading that could not reach the store. */
  readonly retries: number;
  readonly breaker: {
    /** So many failures in a row, and the store is left alone for a while. */
    readonly failures: number;
    /** Milliseconds of that while at most; it begins at one second and doubles. */
    readonly rest: number;
  };
}

const FIRST_REST_MS = 1_000;
const FIRST_RETRY_MS = 50;
const MOST_RETRY_MS = 1_000;
/** What has been read for longer is not begun again. */
const MOST_BEGUN_MS = 1_000;

/**
 * A store that is read again when it could not be reached for a moment, and left alone for a while when it fails again and
 * again: readings then fail at once, instead of each waiting for its time-out. Everything here is a reading, so it can be
 * done twice; what has given its first rows is not.
 */
export function resilient(store: Store, options: Resilience, onEvent: (message: string) => void): Store {
  const { name } = store;
  const { retries, breaker } = options;
  /** Failures that tell something new of the store: many readings that end with one connection, or one server, are one. */
  const counted = new WeakSet<object>();
  /** Failures after which the same is tried again. */
  const passing = new WeakSet<object>();
  let lastCounted = 0;
  const circuit = circuitBreaker(handleWhen(isIn(counted)), {
    breaker: new ConsecutiveBreaker(breaker.failures),
    halfOpenAfter: new ExponentialBackoff({
      initialDelay: Math.min(FIRST_REST_MS, breaker.rest),
      maxDelay: breaker.rest,
    }),
  });
  const again = retry(handleWhen(isIn(passing)), {
    maxAttempts: retries,
    backoff: new ExponentialBackoff({ initialDelay: FIRST_RETRY_MS, maxDelay: MOST_RETRY_MS }),
  });
  const patient = wrap(again, circuit);

  let reason = '';
  circuit.onBreak((failure) => {
    reason = 'error' in failure && failure.error instanceof Error ? failure.error.message : 'it failed';
    onEvent(`${name}: ${breaker.failures} readings failed in a row; it is left alone for a while: ${reason}`);
  });
  circuit.onReset(() => onEvent(`${name}: it answers again`));

  const count = (error: GatewayError, begun: number): boolean => {
    if (begun < lastCounted) return false;
    lastCounted = performance.now();
    counted.add(error);
    return true;
  };
  const isDown = async (): Promise<boolean> => (await store.health()).status === 'DOWN';
  const told = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    const begun = performance.now();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      if (error.code === 'TIMEOUT' && !signal.aborted) {
        // The one reading after a rest tells whether the store is back: it has to know before it ends.
        if (circuit.state !== CircuitState.HalfOpen) void look(error, begun);
        else if (await isDown()) count(error, begun);
      }
      if (error.code !== 'STORE_UNAVAILABLE') throw error;
      count(error, begun);
      if (performance.now() - begun < MOST_BEGUN_MS) passing.add(error);
      throw error;
    }
  };
  /** A question that takes too long says nothing about the others; a store that does not even greet does. */
  const look = async (error: GatewayError, begun: number): Promise<void> => {
    if (!(await isDown())) return;
    // Another one than the reading ended with, which the circuit may be about to see.
    const silence = new GatewayError(error.code, error.message, { source: name }, { cause: error });
    if (!count(silence, begun)) return;
    await circuit.execute(() => Promise.reject(silence)).catch(() => undefined);
  };
  const guarded = async <T>(
    policy: typeof circuit | typeof patient,
    signal: AbortSignal,
    work: () => Promise<T>,
  ): Promise<T> => {
    try {
      return await policy.execute(() => told(signal, work), signal);
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      const message = `${name}: the store is left alone for a while, for it failed again and again (${reason})`;
      throw new GatewayError('STORE_UNAVAILABLE', message, { source: name }, { cause: error });
    }
  };

  async function* stream(...[select, run]: Parameters<Store['stream']>): AsyncGenerator<Batch> {
    const { rows, first } = await guarded(patient, run.signal, async () => {
      const begun = store.stream(select, run)[Symbol.asyncIterator]();
      return { rows: begun, first: await begun.next() };
    });
    try {
      for (let next = first; !next.done; next = await guarded(circuit, run.signal, () => rows.next())) yield next.value;
    } finally {
      await rows.return?.();
    }
  }

  return {
    ...store,
    read: (selects, run) => guarded(patient, run.signal, () => store.read(selects, run)),
    session: async (run) => {
      const session = await guarded(patient, run.signal, () => store.session(run));
      return {
        // What it has read before is of a snapshot that a second attempt would not see.
        read: (selects, each: Run) => guarded(circuit, each.signal, () => session.read(selects, each)),
        close: () => session.close(),
      };
    },
    stream,
    estimate: (select, signal) => guarded(patient, signal, () => store.estimate(select, signal)),
  };
}

function isIn(errors: WeakSet<object>): (error: unknown) => boolean {
  return (error) => typeof error === 'object' && error !== null && errors.has(error);
}

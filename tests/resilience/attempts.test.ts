import { describe, expect, jest, test } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { GatewayError, type ErrorCode } from '../../src/errors.js';
import type { Select } from '../../src/ir/select.js';
import type { Batch } from '../../src/store/batch.js';
import { resilient } from '../../src/store/resilient.js';
import type { Health, Run, Store } from '../../src/store/store.js';

/** How one call ends: a code that it fails with, or null. Each may take some time. */
type End = ErrorCode | null | { readonly code: ErrorCode | null; readonly afterMs: number };

const BATCH: Batch = { form: 'TYPED', types: [], rows: [] };
const SELECT = {} as Select;

/** A store whose calls end as told; after the last they answer. It counts them, and notes when they came. */
class Scripted {
  readonly at: number[] = [];
  status: Health['status'] = 'UP';
  returned = 0;
  private readonly ends: End[];
  constructor(...ends: readonly End[]) {
    this.ends = [...ends];
  }
  get calls(): number {
    return this.at.length;
  }
  private async call(): Promise<readonly Batch[]> {
    this.at.push(performance.now());
    const next = this.ends.shift() ?? null;
    const { code, afterMs } = typeof next === 'object' && next !== null ? next : { code: next, afterMs: 0 };
    if (afterMs > 0) await wait(afterMs);
    if (code !== null) throw new GatewayError(code, `store: ${code}`);
    return [BATCH];
  }
  store(): Store {
    const stream = async function* (this: Scripted): AsyncGenerator<Batch> {
      try {
        for (let i = 0; i < 3; i += 1) yield (await this.call())[0]!;
      } finally {
        this.returned += 1;
      }
    };
    return {
      name: 'store',
      read: () => this.call(),
      session: () => Promise.resolve({ read: () => this.call(), close: () => Promise.resolve() }),
      stream: () => stream.call(this),
      estimate: async () => (await this.call()).length,
      health: () => Promise.resolve({ status: this.status, lastError: null, latencyMs: 1, since: new Date() }),
    } as unknown as Store;
  }
}

const runOf = (signal = new AbortController().signal): Run => ({ args: [], form: 'TYPED', signal });
const GONE = 'STORE_UNAVAILABLE';

function guard(
  scripted: Scripted,
  { retries = 2, failures = 3, rest = 5_000 } = {},
): { store: Store; events: string[] } {
  const events: string[] = [];
  return {
    events,
    store: resilient(scripted.store(), { retries, breaker: { failures, rest } }, (event) => events.push(event)),
  };
}

async function codeOf(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    return (error as GatewayError).message.includes('is left alone') ? 'LEFT_ALONE' : (error as GatewayError).code;
  }
}

describe('a reading that could not reach the store', () => {
  test('is done again, a moment later each time, until it is answered', async () => {
    const scripted = new Scripted(GONE, GONE);
    const { store, events } = guard(scripted);
    expect(await store.read([SELECT], runOf())).toEqual([BATCH]);
    expect(scripted.calls).toBe(3);
    expect(scripted.at[1]! - scripted.at[0]!).toBeGreaterThan(5);
    expect(events).toEqual([]);
  });

  test('waits for a time that chance decides: many do not come back at once', async () => {
    const shortest = async (chance: number): Promise<number> => {
      const random = jest.spyOn(Math, 'random').mockReturnValue(chance);
      try {
        const waits: number[] = [];
        for (let i = 0; i < 5; i += 1) {
          const scripted = new Scripted(GONE);
          await guard(scripted).store.read([SELECT], runOf());
          waits.push(scripted.at[1]! - scripted.at[0]!);
        }
        return Math.min(...waits);
      } finally {
        random.mockRestore();
      }
    };
    expect((await shortest(0.99)) - (await shortest(0.01))).toBeGreaterThan(25);
  });

  test('fails when it was tried as often as is allowed', async () => {
    const scripted = new Scripted(GONE, GONE, GONE, GONE);
    expect(await codeOf(guard(scripted, { retries: 2, failures: 9 }).store.read([SELECT], runOf()))).toBe(GONE);
    expect(scripted.calls).toBe(3);
    const once = new Scripted(GONE);
    expect(await codeOf(guard(once, { retries: 0 }).store.read([SELECT], runOf()))).toBe(GONE);
    expect(once.calls).toBe(1);
  });

  test('is not done again when nobody waits for it any more', async () => {
    const scripted = new Scripted(GONE, GONE, GONE);
    const left = new AbortController();
    const asked = guard(scripted, { retries: 9, failures: 99 }).store.read([SELECT], runOf(left.signal));
    await wait(1);
    left.abort();
    expect(await codeOf(asked)).not.toBeNull();
    const { calls } = scripted;
    await wait(200);
    expect(scripted.calls).toBe(calls);
  });

  test('is not done again when it took long to fail', async () => {
    const scripted = new Scripted({ code: GONE, afterMs: 1_100 });
    expect(await codeOf(guard(scripted).store.read([SELECT], runOf()))).toBe(GONE);
    expect(scripted.calls).toBe(1);
  });

  test('is an estimate too, and the beginning of a stream or session', async () => {
    const scripted = new Scripted(GONE);
    expect(await guard(scripted).store.estimate(SELECT, new AbortController().signal)).toBe(1);
    const streamed = new Scripted(GONE);
    let batches = 0;
    for await (const batch of guard(streamed).store.stream(SELECT, runOf())) batches += batch === BATCH ? 1 : 0;
    expect([batches, streamed.calls]).toEqual([3, 4]);
  });

  test('is not done again once it gave rows, nor within a snapshot', async () => {
    const streamed = new Scripted(null, GONE);
    const seen: Batch[] = [];
    const reading = (async () => {
      for await (const batch of guard(streamed).store.stream(SELECT, runOf())) seen.push(batch);
    })();
    expect(await codeOf(reading)).toBe(GONE);
    expect([seen.length, streamed.calls, streamed.returned]).toEqual([1, 2, 1]);
    const inSession = new Scripted(GONE);
    const session = await guard(inSession).store.session(runOf());
    expect(await codeOf(session.read([SELECT], runOf()))).toBe(GONE);
    expect(inSession.calls).toBe(1);
  });
});

describe('what says nothing about the store', () => {
  test.each<ErrorCode>(['STORE_ERROR', 'BAD_INPUT', 'SCHEMA_CHANGED', 'OVERLOADED', 'CANCELLED', 'TIMEOUT'])(
    '%s is neither tried again nor counted',
    async (code) => {
      const scripted = new Scripted(...Array.from({ length: 8 }, () => code));
      const { store, events } = guard(scripted, { failures: 2 });
      for (let i = 0; i < 8; i += 1) {
        expect(await codeOf(store.read([SELECT], runOf()))).toBe(code);
        await wait(2);
      }
      expect(scripted.calls).toBe(8);
      expect(await codeOf(store.read([SELECT], runOf()))).toBeNull();
      expect(events).toEqual([]);
    },
  );

  test('many readings that fail together are one failure', async () => {
    const scripted = new Scripted(...Array.from({ length: 20 }, () => ({ code: GONE, afterMs: 50 }) as const));
    const { store } = guard(scripted, { retries: 0, failures: 2 });
    const all = await Promise.all(Array.from({ length: 20 }, () => codeOf(store.read([SELECT], runOf()))));
    expect(all).toEqual(Array.from({ length: 20 }, () => GONE));
    expect(await codeOf(store.read([SELECT], runOf()))).toBeNull();
  });
});

describe('a store that fails again and again', () => {
  test('is left alone after so many failures in a row, and told so once', async () => {
    const scripted = new Scripted(GONE, GONE, null, GONE, GONE, GONE);
    const { store, events } = guard(scripted, { retries: 0, failures: 3 });
    const codes: unknown[] = [];
    for (let i = 0; i < 9; i += 1) {
      codes.push(await codeOf(store.read([SELECT], runOf())));
      await wait(2);
    }
    expect(codes).toEqual([GONE, GONE, null, GONE, GONE, GONE, 'LEFT_ALONE', 'LEFT_ALONE', 'LEFT_ALONE']);
    expect(scripted.calls).toBe(6);
    expect(events).toEqual([
      'store: 3 readings failed in a row; it is left alone for a while: store: STORE_UNAVAILABLE',
    ]);
  });

  test('is asked once after its rest, and is back when that is answered', async () => {
    const scripted = new Scripted(GONE, GONE, GONE);
    const { store, events } = guard(scripted, { retries: 0, failures: 2, rest: 200 });
    for (const code of [GONE, GONE, 'LEFT_ALONE']) {
      expect(await codeOf(store.read([SELECT], runOf()))).toBe(code);
      await wait(2);
    }
    await wait(300);
    expect(await codeOf(store.read([SELECT], runOf()))).toBe(GONE);
    expect(await codeOf(store.read([SELECT], runOf()))).toBe('LEFT_ALONE');
    expect(scripted.calls).toBe(3);
    await wait(300);
    expect(await codeOf(store.read([SELECT], runOf()))).toBeNull();
    expect(events.at(-1)).toBe('store: it answers again');
    expect(await codeOf(store.read([SELECT], runOf()))).toBeNull();
  });

  test('is one that takes too long and does not greet either', async () => {
    const scripted = new Scripted('TIMEOUT', 'TIMEOUT');
    scripted.status = 'DOWN';
    const { store } = guard(scripted, { failures: 2 });
    for (let i = 0; i < 2; i += 1) {
      expect(await codeOf(store.read([SELECT], runOf()))).toBe('TIMEOUT');
      await wait(20);
    }
    expect(await codeOf(store.read([SELECT], runOf()))).toBe('LEFT_ALONE');
    expect(scripted.calls).toBe(2);
  });

  test('stays left alone while the reading after its rest is not answered and it does not greet', async () => {
    const scripted = new Scripted('TIMEOUT', 'TIMEOUT', 'TIMEOUT', 'TIMEOUT');
    scripted.status = 'DOWN';
    const { store, events } = guard(scripted, { failures: 2, rest: 200 });
    for (let i = 0; i < 2; i += 1) {
      await codeOf(store.read([SELECT], runOf()));
      await wait(20);
    }
    for (let trial = 3; trial <= 4; trial += 1) {
      expect(await codeOf(store.read([SELECT], runOf()))).toBe('LEFT_ALONE');
      await wait(300);
      expect(await codeOf(store.read([SELECT], runOf()))).toBe('TIMEOUT');
      expect(scripted.calls).toBe(trial);
    }
    expect(await codeOf(store.read([SELECT], runOf()))).toBe('LEFT_ALONE');
    expect(events).not.toContain('store: it answers again');
    scripted.status = 'UP';
    await wait(300);
    expect(await codeOf(store.read([SELECT], runOf()))).toBeNull();
    expect(events.at(-1)).toBe('store: it answers again');
  });

  test('is none whose caller only left', async () => {
    const scripted = new Scripted(...Array.from({ length: 4 }, () => 'TIMEOUT' as const));
    scripted.status = 'DOWN';
    const { store } = guard(scripted, { failures: 2 });
    for (let i = 0; i < 4; i += 1) {
      // The deadline of the operation, not the time-out of the source.
      const left = new AbortController();
      const asked = store.read([SELECT], runOf(left.signal));
      left.abort();
      await codeOf(asked);
      await wait(10);
    }
    expect(await codeOf(store.read([SELECT], runOf()))).not.toBe('LEFT_ALONE');
  });
});

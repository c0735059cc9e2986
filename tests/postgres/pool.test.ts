import { describe, expect, test } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from '../../src/postgres/pool.js';

const never = new AbortController().signal;

function numbers(size: number, openMs = 0) {
  let made = 0;
  const shut: number[] = [];
  const pool = new Pool<number>(
    'test',
    size,
    10,
    async () => {
      await wait(openMs);
      return (made += 1);
    },
    (item) => Promise.resolve(void shut.push(item)),
  );
  return { pool, shut };
}

const CLOSED = { code: 'STORE_UNAVAILABLE', message: 'test: the source is closed' };

describe('closing a pool', () => {
  test('waits for what is lent, and shuts each once', async () => {
    const { pool, shut } = numbers(2);
    const [a, b] = [await pool.acquire(never), await pool.acquire(never)];
    pool.release(b);
    let closed = false;
    const closing = pool.close().then(() => (closed = true));
    await wait(20);
    expect([closed, shut]).toEqual([false, [b]]);
    pool.release(a);
    await closing;
    expect([shut, pool.stats]).toEqual([[b, a], { open: 0, busy: 0, waiting: 0 }]);
  });

  test('no longer than its patience: what is not back is shut under its user', async () => {
    const { pool, shut } = numbers(1);
    const lent = await pool.acquire(never);
    const started = performance.now();
    await pool.close(40);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect([shut, pool.stats]).toEqual([[lent], { open: 0, busy: 0, waiting: 0 }]);
    pool.release(lent);
    expect(shut).toEqual([lent]);
  });

  test('fails those who wait and those who come, and shuts what is just being opened', async () => {
    const { pool, shut } = numbers(1, 30);
    const opening = pool.acquire(never);
    const waiting = pool.acquire(never);
    const failed = Promise.allSettled([opening, waiting]);
    await pool.close();
    expect((await failed).map((r) => (r as PromiseRejectedResult).reason as unknown)).toEqual([
      expect.objectContaining(CLOSED),
      expect.objectContaining(CLOSED),
    ]);
    await expect(pool.acquire(never)).rejects.toMatchObject(CLOSED);
    expect([shut, pool.stats]).toEqual([[1], { open: 0, busy: 0, waiting: 0 }]);
  });

  test('a discarded one counts as given back', async () => {
    const { pool, shut } = numbers(1);
    const lent = await pool.acquire(never);
    const closing = pool.close(10_000);
    pool.discard(lent);
    await closing;
    expect(shut).toEqual([lent]);
  });
});

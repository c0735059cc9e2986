import { afterEach, describe, expect, test } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { GatewayError } from '../../src/errors.js';
import { LiveSources, type KeptShape, type LiveOptions, type ShapeShelf } from '../../src/sources/live.js';
import type { SourceShape } from '../../src/store/shape.js';
import type { Store } from '../../src/store/store.js';
import { shapeOf, table } from './shapes.js';

const DOWN = new GatewayError('STORE_UNAVAILABLE', 'the connection failed (ECONNREFUSED)');
const ONE = shapeOf(table('one', ['id']));
const TWO = shapeOf(table('one', ['id']), table('two', ['id']));
const readAt = new Date('2026-01-01T00:00:00Z');

/** A store that gives what `answer` gives, at the time of asking. */
function fake(name: string, answer: (signal: AbortSignal) => SourceShape | Promise<SourceShape>) {
  let asked = 0;
  let closed = false;
  const store = {
    name,
    engine: 'fake',
    introspect: async (signal: AbortSignal) => {
      asked += 1;
      return answer(signal);
    },
    close: () => Promise.resolve(void (closed = true)),
  } as unknown as Store;
  return {
    setup: { store, kind: 'RELATIONAL', naming: {} },
    get asked() {
      return asked;
    },
    get closed() {
      return closed;
    },
  };
}

function shelfOf(kept: Record<string, KeptShape> = {}): ShapeShelf & { readonly kept: Record<string, KeptShape> } {
  return {
    kept,
    saveShape: (source, engine, shape) => {
      const version =
        (kept[source]?.version ?? 0) + (JSON.stringify(kept[source]?.shape) === JSON.stringify(shape) ? 0 : 1);
      kept[source] = { version, engine, shape, readAt };
      return Promise.resolve(version);
    },
    loadShape: (source) => Promise.resolve(kept[source] ?? null),
  };
}

const opened: LiveSources[] = [];
function open(options: Partial<LiveOptions> = {}) {
  const seen = { changes: 0, events: [] as string[] };
  const live = new LiveSources({
    shelf: null,
    onChange: () => (seen.changes += 1),
    onEvent: (message) => seen.events.push(message),
    retryMs: { first: 5, most: 20 },
    ...options,
  });
  opened.push(live);
  return { live, seen };
}
afterEach(async () => {
  for (const live of opened.splice(0)) await live.close();
});

const namesIn = (live: LiveSources, source: string): string[] => [...live.get(source).model.entities.keys()];
async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !isSo(); i += 1) await wait(5);
  expect(isSo()).toBe(true);
}

describe('at the start', () => {
  test('each source is read, all at the same time, and its shape is kept', async () => {
    let under = 0;
    let most = 0;
    const slow = async (shape: SourceShape): Promise<SourceShape> => {
      most = Math.max(most, (under += 1));
      await wait(20);
      under -= 1;
      return shape;
    };
    const shelf = shelfOf();
    const { live } = open({ shelf });
    await live.open([fake('a', () => slow(ONE)).setup, fake('b', () => slow(TWO)).setup]);
    expect(most).toBe(2);
    expect([namesIn(live, 'a'), namesIn(live, 'b')]).toEqual([['one'], ['one', 'two']]);
    expect([live.get('a').from, live.get('a').version, shelf.kept.b!.version]).toEqual(['STORE', 1, 1]);
  });

  test('one that cannot be read is left out and told; the others are served; it comes when it can be read', async () => {
    let up = false;
    const bad = fake('bad', () => {
      if (up) return ONE;
      throw DOWN;
    });
    const { live, seen } = open();
    await live.open([bad.setup, fake('good', () => TWO).setup]);
    expect([namesIn(live, 'bad'), namesIn(live, 'good')]).toEqual([[], ['one', 'two']]);
    expect(live.get('bad').model.problems).toEqual([
      {
        subject: 'bad',
        message: 'not in the schema: the connection failed (ECONNREFUSED); it is tried again until it can be read',
      },
    ]);
    const before = seen.changes;
    await until(() => bad.asked > 3);
    up = true;
    await until(() => live.get('bad').from === 'STORE');
    expect([namesIn(live, 'bad'), live.get('bad').model.problems, seen.changes]).toEqual([['one'], [], before + 1]);
    expect(seen.events).toEqual(['bad: its shape has been read; it is served as it is now']);
    const { asked } = bad;
    await wait(60);
    expect(bad.asked).toBe(asked);
  });

  test('one that cannot be read is served as it was, until it can be', async () => {
    let up = false;
    const shelf = shelfOf({ bad: { version: 7, engine: 'fake', shape: ONE, readAt } });
    const bad = fake('bad', () => {
      if (up) return TWO;
      throw DOWN;
    });
    const { live } = open({ shelf });
    await live.open([bad.setup]);
    expect([namesIn(live, 'bad'), live.get('bad').from, live.get('bad').version]).toEqual([['one'], 'SHELF', 7]);
    expect(live.get('bad').model.problems[0]!.message).toMatch(
      /^served as it was at 2026-01-01T00:00:00.000Z: the connection failed/,
    );
    up = true;
    await until(() => live.get('bad').from === 'STORE');
    expect([namesIn(live, 'bad'), live.get('bad').version, live.get('bad').model.problems]).toEqual([
      ['one', 'two'],
      8,
      [],
    ]);
  });

  test('a shape that another engine read is of no use', async () => {
    const shelf = shelfOf({ bad: { version: 7, engine: 'other', shape: ONE, readAt } });
    const { live } = open({ shelf });
    await live.open([fake('bad', () => Promise.reject(DOWN)).setup]);
    expect(live.get('bad').from).toBe('NOTHING');
  });

  test('one that takes too long is waited for no longer', async () => {
    const { live } = open({ patienceMs: 30 });
    const started = performance.now();
    const hangs = (signal: AbortSignal): Promise<SourceShape> =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    await live.open([fake('slow', hangs).setup]);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(live.get('slow').model.problems[0]!.message).toContain('took longer than 30 ms');
  });

  test('what is no error for callers is not shown to them', async () => {
    const { live } = open();
    await live.open([fake('bad', () => Promise.reject(new Error('password hunter2'))).setup]);
    expect(live.get('bad').model.problems[0]!.message).not.toContain('hunter2');
  });

  test('a shelf that cannot be written or read costs nothing', async () => {
    const fails = (): Promise<never> => Promise.reject(new GatewayError('STORE_UNAVAILABLE', 'no catalog'));
    const { live, seen } = open({ shelf: { saveShape: fails, loadShape: fails } });
    await live.open([fake('good', () => ONE).setup, fake('bad', () => Promise.reject(DOWN)).setup]);
    expect([namesIn(live, 'good'), live.get('bad').from]).toEqual([['one'], 'NOTHING']);
    expect(seen.events).toEqual(['good: its shape could not be kept: no catalog']);
  });
});

describe('reloading', () => {
  test('takes the new shape; the same one, and one with other counts of rows, changes nothing', async () => {
    let shape = ONE;
    const { live, seen } = open();
    await live.open([fake('a', () => shape).setup]);
    expect(seen.changes).toBe(1);
    shape = shapeOf(table('one', ['id'], { estimatedRows: 999 }));
    await live.reload('a');
    expect([seen.changes, live.get('a').model.shapes.get('one')!.estimatedRows]).toEqual([1, 999]);
    shape = TWO;
    await live.reload('a');
    expect([seen.changes, namesIn(live, 'a')]).toEqual([2, ['one', 'two']]);
  });

  test('fails as the store does, and leaves what is served', async () => {
    let up = true;
    const { live, seen } = open();
    await live.open([
      fake('a', () => {
        if (up) return ONE;
        throw DOWN;
      }).setup,
    ]);
    up = false;
    await expect(live.reload('a')).rejects.toBe(DOWN);
    expect([namesIn(live, 'a'), live.get('a').from, seen.changes]).toEqual([['one'], 'STORE', 1]);
    await expect(live.reload('b')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a shape of which no schema can be made changes nothing', async () => {
    let shape = ONE;
    let breaks = false;
    const { live } = open({
      onChange: () => {
        if (breaks) throw new Error('no schema');
      },
    });
    await live.open([fake('a', () => shape).setup]);
    [shape, breaks] = [TWO, true];
    await expect(live.reload('a')).rejects.toThrow('no schema');
    expect(namesIn(live, 'a')).toEqual(['one']);
    breaks = false;
    await live.reload('a');
    expect(namesIn(live, 'a')).toEqual(['one', 'two']);
  });

  test('twice at once: one after the other, so the later answer stays', async () => {
    const answers = [
      [ONE, 0],
      [TWO, 60],
      [ONE, 0],
    ] as const;
    let at = 0;
    const { live } = open();
    await live.open([
      fake('a', async () => {
        const [shape, ms] = answers[at++]!;
        await wait(ms);
        return shape;
      }).setup,
    ]);
    await Promise.all([live.reload('a'), live.reload('a')]);
    expect(namesIn(live, 'a')).toEqual(['one']);
  });
});

describe('what others tell', () => {
  test('a version that is not ours makes us look at the store, and keeps nothing', async () => {
    let shape = ONE;
    const shelf = shelfOf();
    const { live, seen } = open({ shelf });
    const a = fake('a', () => shape);
    await live.open([a.setup]);
    await live.heard('a', 1);
    await live.heard('unknown', 3);
    expect(a.asked).toBe(1);
    shape = TWO;
    await live.heard('a', 2);
    expect([namesIn(live, 'a'), live.get('a').version, shelf.kept.a!.version, seen.changes]).toEqual([
      ['one', 'two'],
      2,
      1,
      2,
    ]);
  });

  test('a store that cannot be read just now: what the shelf has', async () => {
    let up = true;
    const shelf = shelfOf();
    const { live } = open({ shelf, retryMs: { first: 60_000, most: 60_000 } });
    await live.open([
      fake('a', () => {
        if (up) return ONE;
        throw DOWN;
      }).setup,
    ]);
    up = false;
    shelf.kept.a = { version: 2, engine: 'fake', shape: TWO, readAt };
    await live.heard('a', 2);
    expect([namesIn(live, 'a'), live.get('a').from]).toEqual([['one', 'two'], 'SHELF']);
  });

  test('what was missed is found on the shelf', async () => {
    let shape = ONE;
    const shelf = shelfOf();
    const { live } = open({ shelf });
    await live.open([fake('a', () => shape).setup]);
    shape = TWO;
    shelf.kept.a = { version: 2, engine: 'fake', shape: TWO, readAt };
    await live.catchUp();
    expect(namesIn(live, 'a')).toEqual(['one', 'two']);
  });
});

test('closing ends what is being read and what would be tried again, then closes the stores', async () => {
  const { live } = open();
  const hangs = (signal: AbortSignal): Promise<SourceShape> =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  let first = true;
  const a = fake('a', (signal) => {
    if (!first) return hangs(signal);
    first = false;
    return ONE;
  });
  const bad = fake('bad', () => Promise.reject(DOWN));
  await live.open([a.setup, bad.setup]);
  const reload = live.reload('a').catch((error: GatewayError) => error.code);
  await wait(10);
  await live.close();
  expect(await reload).toBe('CANCELLED');
  expect([a.closed, bad.closed]).toEqual([true, true]);
  const { asked } = bad;
  await wait(60);
  expect(bad.asked).toBe(asked);
});

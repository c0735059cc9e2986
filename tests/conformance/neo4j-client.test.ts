import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Driver } from 'neo4j-driver';
import { quote } from '../../datasources/neo4j/cypher.js';
import { neo4jStore } from '../../datasources/neo4j/index.js';
import { fieldOf, type Entity } from '../../src/ir/entity.js';
import { own, place, step, type Operand } from '../../src/ir/operand.js';
import { TRUE } from '../../src/ir/predicate.js';
import type { Select } from '../../src/ir/select.js';
import { INT64, TEXT } from '../../src/ir/types.js';
import { literal, parameter } from '../../src/ir/value.js';
import { buildEntities } from '../../src/sources/model.js';
import type { Store } from '../../src/store/store.js';
import { describeWith } from '../servers/describe-with.js';
import { openDriver, storeOptions } from './harness/neo4j.js';

const ROWS = 20_000;
const PREFIX = `c${randomBytes(4).toString('hex')}_`;
const { signal } = new AbortController();

describeWith('neo4j', 'the client', (server) => {
  let driver: Driver;
  let store: Store;
  let many: Entity;
  let pair: Entity;
  let one: Entity;

  beforeAll(async () => {
    driver = openDriver(server());
    const [m, p, o] = ['many', 'pair', 'one'].map((name) => quote(PREFIX + name));
    await driver.executeQuery(`CREATE CONSTRAINT ${m!} FOR (n:${m!}) REQUIRE n.id IS UNIQUE`);
    await driver.executeQuery(
      `UNWIND range(1, ${ROWS}) AS i CREATE (:${m!} {id: i, name: 'row ' + i, n: i / 4.0, z: 1})`,
    );
    await driver.executeQuery(`CREATE (:${p!} {a: 1, b: 'x'}), (:${p!} {a: 1, b: 'y'}), (:${o!} {id: 7, a: 1})`);
    store = await neo4jStore('big', storeOptions(server(), { pool: 2, queueLimit: 4 }));
    const { entities } = buildEntities('big', await store.introspect(signal), {
      include: [`${PREFIX}*`],
      relations: [
        { from: `${PREFIX}one`, to: `${PREFIX}pair`, on: [{ from: 'a', to: 'a' }], as: 'only', many: false },
        { from: `${PREFIX}many`, to: `${PREFIX}many`, on: [{ from: 'z', to: 'z' }], as: 'same', many: true },
      ],
    });
    [many, pair, one] = ['many', 'pair', 'one'].map((name) => entities.get(PREFIX + name)!) as [Entity, Entity, Entity];
  }, 120_000);

  afterAll(async () => {
    await store.close();
    await driver.close();
  });

  function all(entity: Entity, more: Partial<Select> = {}): Select {
    return {
      from: place(entity),
      where: TRUE,
      output: [...entity.fields.values()].map(own),
      groups: null,
      orderBy: [],
      limit: null,
      offset: null,
      keyset: [],
      within: null,
      ...more,
    };
  }

  /** Each row with each: minutes of work. */
  const slow = (): Select => {
    const m = {
      fn: 'SUM',
      operand: own(fieldOf(many, 'n')),
      q: null,
      where: TRUE,
      collate: 'STORE',
      approximate: false,
      type: { kind: 'float', bits: 64 },
    } as const;
    const leaf = { kind: 'related', step: step(many.relations.get('same')!), measure: m } as const;
    const total: Operand = { steps: [], leaf, type: m.type, nullable: true };
    return all(many, { output: [own(fieldOf(many, 'id')), total] });
  };

  /** Transactions of the gateway that the server still runs. */
  async function running(): Promise<number> {
    const text = `SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery CONTAINS $prefix AND NOT currentQuery STARTS WITH 'SHOW' RETURN count(*) AS n`;
    const { records } = await driver.executeQuery(text, { prefix: PREFIX });
    return Number(records[0]!.get('n'));
  }

  async function untilNone(): Promise<number> {
    for (let i = 0; i < 50 && (await running()) > 0; i += 1) await new Promise((resolve) => setTimeout(resolve, 100));
    return running();
  }

  describe('cancels', () => {
    test('a read that nobody waits for any more, on the server too', async () => {
      const controller = new AbortController();
      const reading = store.read([slow()], { args: [], form: 'TEXT', signal: controller.signal });
      const refused = expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
      while ((await running()) === 0) await new Promise((resolve) => setTimeout(resolve, 50));
      controller.abort();
      await refused;
      expect(await untilNone()).toBe(0);
    }, 60_000);

    test('a read whose time is over', async () => {
      const hasty = await neo4jStore('hasty', storeOptions(server(), { timeouts: { connectMs: 5_000, readMs: 300 } }));
      await expect(hasty.read([slow()], { args: [], form: 'TEXT', signal })).rejects.toMatchObject({ code: 'TIMEOUT' });
      await hasty.close();
      expect(await untilNone()).toBe(0);
    }, 60_000);

    test('the others when one of several fails', async () => {
      const only = one.relations.get('only')!;
      const wrong = all(one, { output: [{ ...own(fieldOf(pair, 'b')), steps: [step(only)], nullable: true }] });
      const reading = store.read([slow(), wrong], { args: [], form: 'TEXT', signal });
      await expect(reading).rejects.toMatchObject({ code: 'INTEGRITY' });
      expect(await untilNone()).toBe(0);
    }, 60_000);
  });

  describe('streams', () => {
    test('every row in batches of bounded size', async () => {
      const seen = new Set<unknown>();
      let [largest, told, calls] = [0, 0, 0];
      const observe = (call: { readonly rows: number; readonly calls: number }): void => {
        told += call.rows;
        calls += call.calls;
      };
      for await (const batch of store.stream(all(many), { args: [], form: 'TYPED', signal, observe })) {
        largest = Math.max(largest, batch.rows.length);
        for (const row of batch.rows) seen.add(row[0]);
      }
      expect([seen.size, told, calls]).toEqual([ROWS, ROWS, 1]);
      expect(largest).toBeLessThanOrEqual(2_000);
    });

    test('the server waits while the consumer does', async () => {
      const stream = store.stream(all(many), { args: [], form: 'TEXT', signal })[Symbol.asyncIterator]();
      expect((await stream.next()).done).toBe(false);
      await new Promise((resolve) => setTimeout(resolve, 300));
      // Had the driver taken all rows, the server were done.
      expect(await running()).toBe(1);
      await stream.return!();
      expect(await untilNone()).toBe(0);
    });

    test('a consumer that stops gives its connection back, and so does one that is aborted', async () => {
      for (let i = 0; i < 8; i += 1) {
        for await (const batch of store.stream(all(many), { args: [], form: 'TEXT', signal })) {
          expect(batch.rows.length).toBeGreaterThan(0);
          break;
        }
        const controller = new AbortController();
        const stopped = (async () => {
          for await (const batch of store.stream(all(many), { args: [], form: 'TEXT', signal: controller.signal })) {
            if (batch.rows.length > 0) controller.abort();
          }
        })();
        await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
      }
      expect(await untilNone()).toBe(0);
    }, 60_000);

    test('what comes after an abort is not asked at all', async () => {
      const stream = store.stream(all(many), { args: [], form: 'TEXT', signal: AbortSignal.abort() });
      await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'CANCELLED' });
    });
  });

  describe('reads', () => {
    test('several selects in their order, a call each', async () => {
      const calls: number[] = [];
      const observe = (call: { readonly calls: number }): number => calls.push(call.calls);
      const batches = await store.read([all(pair), all(one)], { args: [], form: 'TEXT', signal, observe });
      expect(batches.map((b) => b.rows.length)).toEqual([2, 1]);
      expect(calls).toEqual([1, 1]);
    });

    test('a session reads again', async () => {
      const session = await store.session({ signal });
      const [first] = await session.read([all(pair)], { args: [], form: 'TYPED', signal });
      const [second] = await session.read([all(pair)], { args: [], form: 'TYPED', signal });
      await session.close();
      expect(second).toEqual(first);
    });

    test('two rows where one was declared are an INTEGRITY error', async () => {
      const operand = {
        ...own(fieldOf(pair, 'b')),
        steps: [step(one.relations.get('only')!)],
        nullable: true,
      };
      const question = all(one, { output: [operand] });
      await expect(store.read([question], { args: [], form: 'TEXT', signal })).rejects.toMatchObject({
        code: 'INTEGRITY',
      });
    });

    test('more than may wait are OVERLOADED, and the others are answered', async () => {
      const reads = Array.from({ length: 10 }, () => store.read([all(pair)], { args: [], form: 'TEXT', signal }));
      const settled = await Promise.allSettled(reads);
      const codes = settled.map((each) =>
        each.status === 'fulfilled' ? 'fine' : (each.reason as { readonly code: string }).code,
      );
      expect(codes).toEqual([...Array<string>(6).fill('fine'), ...Array<string>(4).fill('OVERLOADED')]);
    });

    test('a value of another type than was found before is an INTEGRITY error', async () => {
      await driver.executeQuery(`MATCH (n:${quote(`${PREFIX}pair`)} {b: 'y'}) SET n.b = 5`);
      try {
        const question = all(pair, { output: [own(fieldOf(pair, 'b'))] });
        for (const form of ['TEXT', 'TYPED'] as const) {
          await expect(store.read([question], { args: [], form, signal })).rejects.toMatchObject({
            code: 'INTEGRITY',
            detail: { hint: expect.stringContaining('reload') as unknown },
          });
        }
      } finally {
        await driver.executeQuery(`MATCH (n:${quote(`${PREFIX}pair`)} {b: 5}) SET n.b = 'y'`);
      }
    });
  });

  describe('what else a store tells', () => {
    test('estimates by its statistics, with parameters that are not known', async () => {
      const operand = own(fieldOf(many, 'id'));
      const where = { kind: 'compare', operand, op: 'eq', value: parameter(INT64, 0), collate: 'STORE' } as const;
      expect(await store.estimate(all(many), signal)).toBe(ROWS);
      expect(await store.estimate(all(many, { where }), signal)).toBe(1);
    });

    test('explains with types, never values', () => {
      const value = literal(TEXT, 'secret');
      const operand = own(fieldOf(many, 'name'));
      const { language, text, parameters } = store.explain(
        all(many, { where: { kind: 'compare', operand, op: 'eq', value, collate: 'STORE' } }),
      );
      expect({ language, parameters }).toEqual({ language: 'cypher', parameters: ['STRING'] });
      expect(text).not.toContain('secret');
    });

    test('is up', async () => {
      expect(await store.health()).toMatchObject({ status: 'UP', lastError: null });
    });

    test('wrong credentials, and a server that is not there, are STORE_UNAVAILABLE', async () => {
      const reasons: string[] = [];
      for (const more of [{ password: 'wrong-secret' }, { url: 'bolt://127.0.0.1:1' }]) {
        const timeouts = { connectMs: 500, readMs: 500 };
        const nowhere = await neo4jStore('nowhere', storeOptions(server(), { timeouts, ...more }));
        const refused = await nowhere
          .read([all(one)], { args: [], form: 'TEXT', signal })
          .catch((error: unknown) => error as { readonly code: string; readonly message: string });
        expect(refused).toMatchObject({ code: 'STORE_UNAVAILABLE' });
        reasons.push((refused as { readonly message: string }).message);
        expect(await nowhere.health()).toMatchObject({ status: 'DOWN', latencyMs: null });
        await nowhere.close();
      }
      expect(reasons[0]).toMatch(/refused the connection \(ClientError\.Security\.Unauthorized\)/);
      expect(reasons[1]).toMatch(/the connection failed/);
      expect(reasons.join()).not.toContain('secret');
    }, 60_000);

    test('a label that is gone reads as no rows', async () => {
      const gone = { ...one, native: { kind: 'node', label: `${PREFIX}gone`, unique: [] } };
      const [batch] = await store.read([all(gone)], { args: [], form: 'TEXT', signal });
      expect(batch!.rows).toEqual([]);
    });
  });
});

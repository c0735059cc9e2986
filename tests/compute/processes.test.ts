import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canHold } from '../../datasources/duckdb/workbench.js';
import { memoryStore, type MemoryConfig } from '../../datasources/memory/index.js';
import { isAlive } from '../../src/alive.js';
import { ANONYMOUS } from '../../src/auth/caller.js';
import { openCompute, type Compute, type ComputeOptions } from '../../src/compute/answer.js';
import { scratchFolder } from '../../src/compute/scratch.js';
import type { StreamedScan } from '../../src/compute/scanned.js';
import { GatewayError } from '../../src/errors.js';
import type { Entity } from '../../src/ir/entity.js';
import type { Select } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import { bind } from '../../src/planner/bind.js';
import { NO_POLICY } from '../../src/planner/scope.js';
import { Slots } from '../../src/planner/slots.js';
import { tableQuery } from '../../src/planner/table.js';
import { buildEntities } from '../../src/sources/model.js';
import type { Batch, Row } from '../../src/store/batch.js';
import { NO_CAPABILITIES } from '../../src/store/capabilities.js';
import type { EntityShape } from '../../src/store/shape.js';
import { restricted } from '../conformance/abilities.js';
import { isInOrder, sorted } from '../conformance/answers.js';
import { BAZAAR, BAZAAR_NAMING } from '../conformance/bazaar.js';
import { samplesOf } from '../conformance/differential.js';
import { heldFixture } from '../conformance/harness/holding.js';
import { sharedModel } from '../conformance/harness/model.js';
import { readStreamed } from '../conformance/planned.js';
import { Selects } from '../conformance/selects.js';
import { cases, Random, seed } from '../random.js';
import { WORKER } from './from-sources.js';

const SEED = seed();
const folder = mkdtempSync(join(tmpdir(), 'trainyard-processes-'));
const OPTIONS: ComputeOptions = {
  memory: '100MB',
  disk: '2GB',
  temporary: folder,
  threads: 2,
  concurrency: 2,
  queueLimit: 1,
  readMs: 30_000,
  processes: 2,
  worker: WORKER,
};
const own = join(folder, String(process.pid));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Processes of a process that join rows. */
function working(parent = process.pid): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(parent)], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => line.includes('compute/worker.mjs'))
    .map((line) => Number.parseInt(line, 10));
}

/** Nothing is left of answers that were read or given up. */
function expectNothingLeft(): void {
  expect(working()).toEqual([]);
  expect(existsSync(own) ? readdirSync(own) : []).toEqual([]);
}

describe('what a process answers', () => {
  const fixture: MemoryConfig = heldFixture(BAZAAR, { lacks: (type) => (canHold(type) ? null : 'not held') });
  const compute = openCompute(OPTIONS, -1);
  afterAll(() => compute.close());

  test(`is what the memory engine answers (SEED=${SEED})`, async () => {
    const store = await memoryStore('fixture', fixture);
    const model = sharedModel(await store.introspect(new AbortController().signal), BAZAAR_NAMING);
    const entities = [...model.entities.values()];
    let asked = 0;
    for (let i = 0; asked < cases(20, 300); i += 1) {
      const selects = new Selects(new Random(SEED + i), entities, samplesOf(fixture));
      const select = selects.select();
      if (select.within !== null) continue;
      asked += 1;
      const run = { args: selects.args, form: 'TYPED' as const, signal: new AbortController().signal };
      const [expected] = await store.read([select], run);
      const scanned = restricted(store, NO_CAPABILITIES);
      const got = await readStreamed(select, selects.args, { storeOf: () => scanned, compute });
      expect({ seed: SEED + i, rows: sorted(select, got), ordered: isInOrder(select, got) }).toEqual({
        seed: SEED + i,
        rows: sorted(select, expected!.rows),
        ordered: true,
      });
    }
    expectNothingLeft();
  }, 600_000);
});

const INT: DataType = { kind: 'int', bits: 64 };
const TEXT: DataType = { kind: 'text' };
const CUSTOMERS = 50_000;
const ORDERS = 200_000;

function shape(name: string, fields: Record<string, DataType>, references: EntityShape['references']): EntityShape {
  const column = ([field, type]: [string, DataType]): EntityShape['fields'][number] => ({
    name: field,
    type,
    nullable: field !== 'id',
    description: null,
    native: null,
  });
  const facts = { kind: 'TABLE' as const, description: null, unique: [], estimatedRows: null, native: null };
  return { ...facts, name, id: name, fields: Object.entries(fields).map(column), key: ['id'], references };
}

describe('many rows', () => {
  let entities: ReadonlyMap<string, Entity>;
  let select: Select;
  const compute = openCompute(OPTIONS);

  beforeAll(() => {
    const customer = { name: 'customer', fields: ['customer_id'], to: 'customer', toFields: ['id'], enforced: false };
    const model = buildEntities('shop', {
      entities: [
        shape('customer', { id: INT, name: TEXT }, []),
        shape('order', { id: INT, customer_id: INT }, [customer]),
      ],
      problems: [],
    });
    entities = model.entities;
    select = asked(['id', 'customer__name']);
  });
  afterAll(() => compute.close());

  function asked(fields: string[], orderBy: unknown = null): Select {
    const all = { resolve: ({ entity }: { entity: string }) => entities.get(entity) ?? null };
    const query = tableQuery({ source: 'shop', entity: 'order', fields, orderBy }, all);
    const scope = { entities: all, caller: ANONYMOUS, policyOf: NO_POLICY, limits: null, slots: new Slots() };
    return bind(query, { ...scope, cursors: null }).select;
  }

  /** Scans that say when they were ended. */
  function scans(ended: string[] = [], orders: number = ORDERS): StreamedScan[] {
    const scan = (name: string, columns: string[], count: number, row: (i: number) => Row): StreamedScan => ({
      entity: entities.get(name)!,
      columns,
      async *batches() {
        try {
          for (let at = 0; at < count; at += 1_000) {
            await Promise.resolve();
            yield Array.from({ length: Math.min(1_000, count - at) }, (_, i) => row(at + i));
          }
        } finally {
          ended.push(name);
        }
      },
    });
    return [
      scan('order', ['id', 'customer_id'], orders, (i) => [
        BigInt(i),
        i % 7 === 0 ? null : BigInt((i * 31) % (CUSTOMERS + 50)),
      ]),
      scan('customer', ['id', 'name'], CUSTOMERS, (i) => [BigInt(i), `${'x'.repeat(300)}${i}`]),
    ];
  }

  function stream(
    of: StreamedScan[],
    signal = new AbortController().signal,
    by: Compute = compute,
    what = select,
  ): AsyncIterable<Batch> {
    return by.stream(what, of, [], 1_000, signal);
  }

  test('few rows are answered without a process', async () => {
    let rows = 0;
    let most = 0;
    const few = scans([], 1_000).map((scan) => (scan.entity.entity === 'order' ? scan : { ...scan, batches: none }));
    for await (const batch of stream(few)) {
      rows += batch.rows.length;
      most = Math.max(most, working().length);
    }
    expect([rows, most]).toEqual([1_000, 0]);
  });

  async function* none(): AsyncIterable<readonly Row[]> {
    // There are no such rows.
  }

  const ordered = (): Select => asked(['id', 'customer__name'], [{ customer: { name: 'DESC' } }, { id: 'ASC' }]);

  test('are joined on the disk where memory does not hold them, in order', async () => {
    let rows = 0;
    let named = 0;
    let written = 0;
    let [last, lastId]: [unknown, bigint] = [undefined, -1n];
    for await (const batch of stream(scans(), undefined, compute, ordered())) {
      if (rows === 0) written = readdirSync(own).flatMap((name) => readdirSync(join(own, name))).length;
      for (const [id, name] of batch.rows as [bigint, string | null][]) {
        const customer = (Number(id) * 31) % (CUSTOMERS + 50);
        const expected = Number(id) % 7 === 0 || customer >= CUSTOMERS ? null : `${'x'.repeat(300)}${customer}`;
        if (name !== expected) throw new Error(`${id} has ${String(name)}`);
        if (name === last && id <= lastId) throw new Error(`${id} comes after ${lastId}`);
        [last, lastId] = [name, id];
        rows += 1;
        if (name !== null) named += 1;
      }
    }
    expect(rows).toBe(ORDERS);
    expect(named).toBeGreaterThan(ORDERS / 2);
    expect(written).toBeGreaterThan(0);
    expectNothingLeft();
  }, 120_000);

  test('more than the disk may take are refused with what helps', async () => {
    const small = openCompute({ ...OPTIONS, memory: '30MB', disk: '1MB' });
    const reading = (async () => {
      for await (const _ of stream(scans(), undefined, small, ordered())) continue;
    })();
    await expect(reading).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
      detail: { hint: expect.stringContaining('limits.computeDisk') },
    });
    expectNothingLeft();
    await small.close();
  }, 60_000);

  test('a folder that cannot be made fails its stream, and takes no place from those that come after', async () => {
    const taken = join(folder, 'taken');
    writeFileSync(taken, 'not a folder');
    const one = openCompute({ ...OPTIONS, processes: 1, queueLimit: 0, temporary: taken });
    const read = async (): Promise<number> => {
      let rows = 0;
      for await (const batch of stream(scans([], 20_000), undefined, one)) rows += batch.rows.length;
      return rows;
    };
    const refused = { code: expect.stringMatching(/^(EEXIST|ENOTDIR)$/) };
    await expect(read()).rejects.toMatchObject(refused);
    await expect(read()).rejects.toMatchObject(refused);
    rmSync(taken);
    expect(await read()).toBe(20_000);
    rmSync(taken, { recursive: true });
    await one.close();
  }, 60_000);

  test('a reader that stops, and one that is cancelled, end process and scans', async () => {
    const ended: string[] = [];
    for await (const batch of stream(scans(ended))) {
      expect(batch.rows.length).toBeGreaterThan(0);
      expect(working()).toHaveLength(1);
      break;
    }
    expect(ended).toEqual(['order', 'customer']);
    expectNothingLeft();

    const controller = new AbortController();
    const early: string[] = [];
    const [orders, customers] = scans(early) as [StreamedScan, StreamedScan];
    const stopping: StreamedScan = {
      ...orders,
      async *batches() {
        let batches = 0;
        for await (const rows of orders.batches()) {
          if ((batches += 1) === 50) controller.abort();
          yield rows;
        }
      },
    };
    const reading = (async () => {
      for await (const _ of stream([stopping, customers], controller.signal)) continue;
    })();
    await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(early).toEqual(['order']);
    expectNothingLeft();
  }, 60_000);

  test('a process that is killed is an error of its stream alone', async () => {
    const reading = async (kill: boolean): Promise<number> => {
      let rows = 0;
      for await (const batch of stream(scans())) {
        rows += batch.rows.length;
        if (kill && rows > 10_000) for (const pid of working()) process.kill(pid, 'SIGKILL');
      }
      return rows;
    };
    await expect(reading(true)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: /SIGKILL/ });
    expectNothingLeft();
    expect(await reading(false)).toBe(ORDERS);
  }, 60_000);

  test('a scan that fails is told as it is', async () => {
    const [orders, customers] = scans() as [StreamedScan, StreamedScan];
    const broken: StreamedScan = {
      ...customers,
      async *batches() {
        yield* [[[1n, 'a']]];
        await Promise.resolve();
        throw new GatewayError('STORE_UNAVAILABLE', 'crm: the store is gone', { source: 'crm' });
      },
    };
    const reading = (async () => {
      for await (const _ of stream([orders, broken])) continue;
    })();
    await expect(reading).rejects.toMatchObject({ message: 'crm: the store is gone' });
    expectNothingLeft();
  }, 60_000);

  test('so many at a time as there may be; more wait, and more than may wait are refused', async () => {
    let most = 0;
    const read = async (): Promise<number> => {
      let rows = 0;
      for await (const batch of stream(scans([], 20_000))) {
        if (rows === 0) most = Math.max(most, working().length);
        rows += batch.rows.length;
      }
      return rows;
    };
    const four = await Promise.allSettled([read(), read(), read(), read()]);
    expect(
      four.filter(({ status }) => status === 'fulfilled').map((each) => each.status === 'fulfilled' && each.value),
    ).toEqual([20_000, 20_000, 20_000]);
    expect(four.filter(({ status }) => status === 'rejected')).toMatchObject([{ reason: { code: 'OVERLOADED' } }]);
    expect(most).toBe(2);
    expectNothingLeft();
  }, 60_000);
});

test('a gateway that is killed takes its processes with it', async () => {
  const flags = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning'];
  const script = fileURLToPath(new URL('holder.mjs', import.meta.url));
  const gateway = spawn(process.execPath, [...flags, script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(gateway.stdout, 'data');
  const joining = working(gateway.pid);
  expect(joining).toHaveLength(1);
  gateway.kill('SIGKILL');
  await once(gateway, 'exit');
  for (let i = 0; i < 100 && isAlive(joining[0]!); i += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(isAlive(joining[0]!)).toBe(false);
  // What it wrote goes with the next one that has the folder.
  expect(readdirSync(folder)).toContain(String(gateway.pid));
  await scratchFolder(folder);
  expect(readdirSync(folder)).not.toContain(String(gateway.pid));
}, 30_000);

import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type Database } from '../../datasources/duckdb/database.js';
import { duckdbStore, type DuckdbOptions } from '../../datasources/duckdb/index.js';
import { valueOfText, textOf } from '../../datasources/duckdb/values.js';
import { fieldOf, type Entity } from '../../src/ir/entity.js';
import { own, place, step, type Operand } from '../../src/ir/operand.js';
import { TRUE } from '../../src/ir/predicate.js';
import { measureType, type Select } from '../../src/ir/select.js';
import { FLOAT64, INT64 } from '../../src/ir/types.js';
import { parameter } from '../../src/ir/value.js';
import { buildEntities } from '../../src/sources/model.js';
import type { Store } from '../../src/store/store.js';

const ROWS = 300_000;
const { signal } = new AbortController();
const folder = mkdtempSync(join(tmpdir(), 'trainyard-client-'));
const stores: Store[] = [];
let store: Store;
let entities: ReadonlyMap<string, Entity>;

async function open(more: Partial<DuckdbOptions> = {}): Promise<Store> {
  const opened = await duckdbStore('files', {
    path: folder,
    memory: '300MB',
    temporary: null,
    threads: 2,
    concurrency: 2,
    queueLimit: 10,
    readMs: 20_000,
    entities: {},
    ...more,
  });
  stores.push(opened);
  return opened;
}

beforeAll(async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const write = (name: string, select: string) =>
    connection.run(`copy (${select}) to '${join(folder, name)}.parquet' (format parquet)`);
  await write(
    'many',
    `select i as id, 'row ' || i as name, i / 4.0::double as n, 1 as "like" from range(${ROWS}) t(i)`,
  );
  await write('pair', `select * from (values (1::bigint, 'x'), (1, 'y')) t(a, b)`);
  await write('one', 'select 7::bigint as id, 1::bigint as a');
  connection.closeSync();
  instance.closeSync();
  store = await open();
  const shape = await store.introspect(signal);
  ({ entities } = buildEntities('files', { ...shape, entities: shape.entities.map(referring) }));
});

/** `one` refers to `pair`, of which it is only said that `a` is its key. */
function referring(shape: Awaited<ReturnType<Store['introspect']>>['entities'][number]) {
  if (shape.name === 'pair') return { ...shape, key: ['a'] };
  const reference = { name: 'one_pair', fields: ['a'], to: 'pair.parquet', toFields: ['a'], enforced: false };
  return shape.name === 'one' ? { ...shape, references: [reference] } : shape;
}

afterAll(async () => {
  for (const each of stores) await each.close();
  rmSync(folder, { recursive: true, force: true });
});

function all(name: string, more: Partial<Select> = {}): Select {
  const entity = entities.get(name)!;
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

/** For each row the rows behind each row that is like it, which are all of them: more than can be counted in time. */
function endless(): Select {
  const select = all('many');
  const { entity } = select.from;
  const like = fieldOf(entity, 'like');
  const on = [{ from: like, to: like }];
  const relation = {
    name: 'all',
    from: entity,
    to: entity,
    many: true,
    on,
    through: { entity, on },
    description: null,
  };
  const id = own(fieldOf(entity, 'id'));
  const sum = { fn: 'SUM', operand: id, q: null, where: TRUE, collate: 'STORE', approximate: false } as const;
  const measure = { ...sum, type: measureType('SUM', INT64) };
  const operand: Operand = {
    steps: [],
    leaf: { kind: 'related', step: step(relation), measure },
    type: measure.type,
    nullable: true,
  };
  return { ...select, output: [operand] };
}

describe('streams', () => {
  test('every row in batches of bounded size, in both forms', async () => {
    for (const form of ['TYPED', 'TEXT'] as const) {
      const seen = new Set<unknown>();
      let [largest, told, calls] = [0, 0, 0];
      const observe = (call: { readonly rows: number; readonly calls: number }): void => {
        told += call.rows;
        calls += call.calls;
      };
      for await (const batch of store.stream(all('many'), { args: [], form, signal, observe })) {
        largest = Math.max(largest, batch.rows.length);
        for (const row of batch.rows) seen.add(row[0]);
      }
      expect([seen.size, told, calls]).toEqual([ROWS, ROWS, 1]);
      expect(largest).toBeLessThanOrEqual(5_000);
    }
  });

  test('the store waits while the consumer does', async () => {
    const database = await openDatabase({
      source: 'files',
      root: folder,
      memory: '60MB',
      temporary: null,
      threads: 1,
      concurrency: 1,
      queueLimit: 0,
      readMs: 60_000,
    });
    // Far more than the memory: were it made before it is taken, there would be no room for it.
    const rows = database.stream(signal, async function* (connection) {
      const result = await connection.stream(`select i, repeat('x', 1000) as t from range(1000000) t(i)`);
      for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk())
        yield chunk.rowCount;
    });
    let taken = 0;
    for await (const count of rows) {
      taken += count;
      if (taken < 100_000) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(taken).toBe(1_000_000);
    await database.close();
  }, 60_000);

  test('a consumer that stops gives its connection back, and so does one that is aborted', async () => {
    for (let i = 0; i < 6; i += 1) {
      for await (const batch of store.stream(all('many'), { args: [], form: 'TEXT', signal })) {
        expect(batch.rows.length).toBeGreaterThan(0);
        break;
      }
      const controller = new AbortController();
      const stopped = (async () => {
        for await (const batch of store.stream(all('many'), { args: [], form: 'TEXT', signal: controller.signal })) {
          if (batch.rows.length > 0) controller.abort();
        }
      })();
      await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
    }
  }, 60_000);
});

describe('reads', () => {
  test('several selects in their order, and a session', async () => {
    const run = { args: [], form: 'TYPED', signal } as const;
    const [pair, one] = await store.read([all('pair'), all('one')], run);
    expect([pair!.rows, one!.rows]).toEqual([[[1n, 'x'], [1n, 'y']], [[7n, 1n]]]); // prettier-ignore
    const session = await store.session({ signal });
    expect((await session.read([all('one')], run))[0]!.rows).toEqual([[7n, 1n]]);
    await session.close();
  });

  test('an aborted query is interrupted, and its connection is of use again', async () => {
    const controller = new AbortController();
    const began = performance.now();
    setTimeout(() => controller.abort(), 200);
    await expect(store.read([endless()], { args: [], form: 'TEXT', signal: controller.signal })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(performance.now() - began).toBeLessThan(5_000);
    const [one] = await store.read([all('one')], { args: [], form: 'TYPED', signal });
    expect(one!.rows).toHaveLength(1);
  });

  test('a query that takes too long is a TIMEOUT', async () => {
    const hasty = await open({ readMs: 150 });
    await expect(hasty.read([endless()], { args: [], form: 'TEXT', signal })).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
  });

  test('more than the source takes is OVERLOADED, and the others are answered', async () => {
    const narrow = await open({ concurrency: 1, queueLimit: 2 });
    const run = { args: [], form: 'TYPED', signal } as const;
    const answers = await Promise.allSettled(Array.from({ length: 6 }, () => narrow.read([all('many')], run)));
    const refused = answers.filter((each) => each.status === 'rejected');
    expect(refused.map((each) => (each.reason as { code: string }).code)).toEqual(Array(3).fill('OVERLOADED'));
    expect(answers.filter((each) => each.status === 'fulfilled')).toHaveLength(3);
  });

  test('a declared row that is two is INTEGRITY', async () => {
    const { relations } = entities.get('one')!;
    const relation = [...relations.values()][0]!;
    const behind: Operand = { ...own(fieldOf(relation.to, 'b')), steps: [step(relation)], nullable: true };
    await expect(
      store.read([all('one', { output: [behind] })], { args: [], form: 'TEXT', signal }),
    ).rejects.toMatchObject({ code: 'INTEGRITY' });
  });

  test('what does not fit into memory is BUDGET_EXCEEDED, or goes to the temporary folder', async () => {
    const limits = { memory: '40MB', threads: 1, concurrency: 1, queueLimit: 0, readMs: 30_000 };
    const groups = 'select count(*) from (select hash(i) as h, count(*) from range(2000000) t(i) group by h)';
    const counted = async (temporary: string | null): Promise<unknown> => {
      const database = await openDatabase({ source: 'files', root: folder, temporary, ...limits });
      try {
        const result = await database.run(signal, (connection) => connection.runAndReadAll(groups));
        return result.getRows()[0]![0];
      } finally {
        await database.close();
      }
    };
    await expect(counted(null)).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' });
    expect(await counted(join(folder, 'spill'))).toBe(2_000_000n);
  }, 60_000);
});

describe('the instance', () => {
  let database: Database;
  beforeAll(async () => {
    const limits = { memory: '100MB', temporary: null, threads: 1, concurrency: 1, queueLimit: 0, readMs: 5_000 };
    database = await openDatabase({ source: 'files', root: folder, ...limits });
  });
  afterAll(() => database.close());

  test.each([
    `select * from read_text('/etc/hostname')`,
    `select * from read_csv('${join(folder, '..')}/*.csv')`,
    `copy (select 1) to '${join(tmpdir(), 'trainyard-out.csv')}'`,
    `attach '${join(tmpdir(), 'trainyard-out.db')}'`,
    'install httpfs',
    'load spatial',
    'set enable_external_access = true',
    `set allowed_directories = ['/']`,
    'set threads = 8',
  ])('does not do %s', async (text) => {
    await expect(database.run(signal, (connection) => connection.run(text))).rejects.toMatchObject({
      code: expect.stringMatching(/STORE_ERROR|STORE_UNAVAILABLE/),
    });
  });

  test('reads its folder', async () => {
    const count = `select count(*) from read_parquet('${join(folder, 'many.parquet')}')`;
    const result = await database.run(signal, (connection) => connection.runAndReadAll(count));
    expect(result.getRows()).toEqual([[BigInt(ROWS)]]);
  });
});

test('a float that JSON has not goes through a text and back', () => {
  const [text, value] = [textOf(FLOAT64), valueOfText(FLOAT64)];
  for (const number of [NaN, Infinity, -Infinity, 0.1]) expect(value(text(number)!)).toBe(number);
});

test('a parameter is a value of its own type', async () => {
  const where = {
    kind: 'compare',
    operand: own(fieldOf(entities.get('many')!, 'id')),
    op: 'lte',
    value: parameter(INT64, 0),
    collate: 'STORE',
  } as const;
  const [batch] = await store.read([all('many', { where })], { args: [7n], form: 'TEXT', signal });
  expect(batch!.rows).toHaveLength(8);
});

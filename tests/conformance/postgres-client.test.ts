import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { postgresStore } from '../../datasources/postgres/index.js';
import { decode, decodePosition, encode, jsonText } from '../../datasources/postgres/values.js';
import { coerceValue } from '../../src/ir/coerce.js';
import { fieldOf, type Entity } from '../../src/ir/entity.js';
import { own, place, step, type Operand } from '../../src/ir/operand.js';
import { jsonText as typedJson } from '../../src/ir/print.js';
import { TRUE } from '../../src/ir/predicate.js';
import type { Select } from '../../src/ir/select.js';
import { INT32, INT64, TEXT, type DataType } from '../../src/ir/types.js';
import { literal, literals, parameter } from '../../src/ir/value.js';
import { buildEntities } from '../../src/sources/model.js';
import type { Store } from '../../src/store/store.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';

const ROWS = 120_000;
const { signal } = new AbortController();
let server: TestServer;
let url: string;
let store: Store;
let many: Entity;
let pair: Entity;
let one: Entity;

beforeAll(async () => {
  server = await openTestServer();
  url = await server.freshDatabase();
  const pools = openPools(url);
  const setUp = `create table many as select i::int8 as id, 'row ' || i as name, i / 4.0 as n from generate_series(1, ${ROWS}) i;
    alter table many add primary key (id); analyze many;
    create table pair (a int, b text); insert into pair values (1, 'x'), (1, 'y');
    create table one (id int primary key, a int); insert into one values (7, 1);`;
  await pools.run({ text: setUp, values: [] }, { signal });
  await pools.close();
  store = await postgresStore('big', {
    url,
    schemas: ['public'],
    pool: 2,
    timeouts: { connectMs: 5_000, readMs: 30_000 },
    queueLimit: 50,
  });
  const { entities } = buildEntities('big', await store.introspect(signal), {
    relations: [{ from: 'one', to: 'pair', on: [{ from: 'a', to: 'a' }], as: 'only', many: false }],
  });
  [many, pair, one] = ['many', 'pair', 'one'].map((name) => entities.get(name)!) as [Entity, Entity, Entity];
});

afterAll(async () => {
  await store.close();
  await server.close();
});

function all(entity: Entity, more: Partial<Select> = {}): Select {
  const output = [...entity.fields.values()].map(own);
  return {
    from: place(entity),
    where: TRUE,
    output,
    groups: null,
    orderBy: [],
    limit: null,
    offset: null,
    keyset: [],
    within: null,
    ...more,
  };
}

describe('streams', () => {
  test('every row in batches of bounded size', async () => {
    const seen = new Set<unknown>();
    let largest = 0;
    let told = 0;
    const observe = (call: { readonly rows: number; readonly bytes: number }): void => {
      told += call.rows;
      expect(call.bytes).toBeGreaterThan(0);
    };
    for await (const batch of store.stream(all(many), { args: [], form: 'TYPED', signal, observe })) {
      largest = Math.max(largest, batch.rows.length);
      for (const row of batch.rows) seen.add(row[0]);
    }
    expect(seen.size).toBe(ROWS);
    expect(told).toBe(ROWS);
    expect(largest).toBeLessThanOrEqual(5_000);
  });

  test('values of the question are parameters there too', async () => {
    const where = {
      kind: 'compare',
      operand: own(fieldOf(many, 'id')),
      op: 'lte',
      value: parameter(INT64, 0),
      collate: 'STORE',
    } as const;
    let n = 0;
    for await (const batch of store.stream(all(many, { where }), { args: [7n], form: 'TEXT', signal }))
      n += batch.rows.length;
    expect(n).toBe(7);
  });

  test('a consumer that stops gives its connection back, and so does one that is aborted', async () => {
    for (let i = 0; i < 12; i += 1) {
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
  }, 60_000);
});

describe('reads', () => {
  test('several selects are one call of one snapshot, in their order', async () => {
    const calls: number[] = [];
    const batches = await store.read([all(pair), all(one)], {
      args: [],
      form: 'TEXT',
      signal,
      observe: (c) => calls.push(c.calls),
    });
    expect(batches.map((b) => b.rows.length)).toEqual([2, 1]);
    expect(calls).toEqual([1]);
  });

  test('a question asked again and again gives the same, prepared or not', async () => {
    const question = all(many, {
      where: { kind: 'in', operand: own(fieldOf(many, 'id')), value: parameter(INT64, 0, true), negated: false },
    });
    for (let i = 0; i < 8; i += 1) {
      const [batch] = await store.read([question], { args: [[BigInt(i + 1), 99n]], form: 'TYPED', signal });
      expect(batch!.rows.map((row) => row[0])).toEqual([BigInt(i + 1), 99n]);
    }
  });

  test('a session reads again in the same snapshot', async () => {
    const session = await store.session({ signal });
    try {
      const [first] = await session.read([all(pair)], { args: [], form: 'TYPED', signal });
      const [second] = await session.read([all(pair)], { args: [], form: 'TYPED', signal });
      expect(second).toEqual(first);
    } finally {
      await session.close();
    }
  });

  test('two rows where one was declared are an INTEGRITY error', async () => {
    const only = one.relations.get('only')!;
    const operand = { ...own(fieldOf(pair, 'b')), steps: [step(only)], nullable: true };
    await expect(
      store.read([all(one, { output: [operand] })], { args: [], form: 'TEXT', signal }),
    ).rejects.toMatchObject({ code: 'INTEGRITY' });
  });

  test('values beyond what the native type holds narrow nothing wrongly and fail nothing', async () => {
    const at = (value: bigint, op: 'lt' | 'gt') =>
      all(one, {
        where: { kind: 'compare', operand: own(fieldOf(one, 'a')), op, value: literal(INT32, value), collate: 'STORE' },
      });
    const run = { args: [], form: 'TYPED', signal } as const;
    const batches = await store.read([at(2n ** 40n, 'lt'), at(2n ** 40n, 'gt')], run);
    expect(batches.map((b) => b.rows.length)).toEqual([1, 0]);
    const among = (values: readonly bigint[], negated: boolean) =>
      all(one, { where: { kind: 'in', operand: own(fieldOf(one, 'a')), value: literals(INT32, values), negated } });
    const lists = [
      among([1n, 2n ** 40n], false),
      among([2n ** 40n], false),
      among([2n ** 40n], true),
      among([1n, 2n ** 40n], true),
    ];
    expect((await store.read(lists, run)).map((b) => b.rows.length)).toEqual([1, 0, 1, 0]);
  });

  test('distinct values come in few rows, each as it is', async () => {
    const odd = ['', 'NULL', 'null', '"', '\\', '{}', '{', ',', ' ', 'a"b\\,{}', 'ä😀', '\n'];
    const sources = openPools(url);
    await sources.run({ text: 'create table odd (word text)', values: [] }, { signal });
    await sources.run(
      {
        text: 'insert into odd select unnest($1::text[])',
        values: [encode({ kind: 'list', of: TEXT })([...odd, null])],
      },
      { signal },
    );
    await sources.close();
    const { entities } = buildEntities('big', await store.introspect(signal), {});
    const valuesOf = async (entity: Entity, name: string): Promise<unknown[]> => {
      const field = fieldOf(entity, name);
      const group = { operand: own(field), grouping: { kind: 'value' }, type: field.type } as const;
      const output: Operand[] = [{ steps: [], leaf: { kind: 'groupKey', index: 0 }, type: field.type, nullable: true }];
      const select = all(entity, { output, groups: { keys: [group], measures: [], having: TRUE } });
      let rows = 0;
      const observe = (call: { readonly rows: number }): void => void (rows += call.rows);
      const [batch] = await store.read([select], { args: [], form: 'TYPED', signal, observe });
      expect(rows).toBe(batch!.rows.length);
      const streamed = [];
      for await (const each of store.stream(select, { args: [], form: 'TYPED', signal })) streamed.push(...each.rows);
      const values = batch!.rows.map(([value]) => value);
      expect(new Set(streamed.map(([value]) => value))).toEqual(new Set(values));
      return values;
    };
    const words = await valuesOf(entities.get('odd')!, 'word');
    expect(words).toHaveLength(odd.length + 1);
    expect(new Set(words)).toEqual(new Set([...odd, null]));
    const numbers = await valuesOf(entities.get('many')!, 'id');
    expect(new Set(numbers)).toEqual(new Set(Array.from({ length: ROWS }, (_, i) => BigInt(i + 1))));
  });
});

describe('what else a store tells', () => {
  test('estimates by its statistics, with parameters that are not known', async () => {
    const by = (op: 'eq' | 'gt') =>
      all(many, {
        where: { kind: 'compare', operand: own(fieldOf(many, 'id')), op, value: parameter(INT64, 0), collate: 'STORE' },
      });
    expect(await store.estimate(all(many), signal)).toBe(ROWS);
    expect(await store.estimate(by('eq'), signal)).toBe(1);
    expect(await store.estimate(by('gt'), signal)).toBe(ROWS / 3);
  });

  test('explains with types, never values', () => {
    const question = all(many, {
      where: {
        kind: 'compare',
        operand: own(fieldOf(many, 'name')),
        op: 'eq',
        value: literal(TEXT, 'secret'),
        collate: 'STORE',
      },
    });
    const { language, text, parameters } = store.explain(question);
    expect({ language, parameters }).toEqual({ language: 'sql', parameters: ['text'] });
    expect(text).not.toContain('secret');
  });

  test('is up, and down when it cannot be reached', async () => {
    expect(await store.health()).toMatchObject({ status: 'UP', lastError: null });
    const nowhere = await postgresStore('nowhere', {
      url: 'postgres://nobody@127.0.0.1:1/none',
      schemas: ['public'],
      pool: 1,
      timeouts: { connectMs: 500, readMs: 500 },
      queueLimit: 5,
    });
    expect(await nowhere.health()).toMatchObject({ status: 'DOWN', latencyMs: null });
    await nowhere.close();
  });
});

describe('values', () => {
  const INSTANT: DataType = { kind: 'instant' };
  test.each<[DataType, string, string]>([
    [{ kind: 'bool' }, 't', 'true'],
    [INT32, '-5', '-5'],
    [INT64, '9007199254740993', '"9007199254740993"'],
    [{ kind: 'float', bits: 64 }, 'NaN', 'null'],
    [{ kind: 'float', bits: 64 }, '-Infinity', 'null'],
    [{ kind: 'float', bits: 64 }, '-0', '0'],
    [{ kind: 'float', bits: 64 }, '0.1', '0.1'],
    [{ kind: 'decimal', precision: null, scale: null }, '12.500', '"12.5"'],
    [{ kind: 'decimal', precision: null, scale: null }, '1200', '"1200"'],
    [{ kind: 'decimal', precision: null, scale: null }, '-0.00', '"0"'],
    [{ kind: 'decimal', precision: null, scale: null }, 'NaN', '"NaN"'],
    [TEXT, 'a"b\\\n\u0001😀', '"a\\"b\\\\\\n\\u0001😀"'],
    [{ kind: 'bytes' }, '\\x00ff', '"AP8="'],
    [{ kind: 'date' }, '2024-02-29', '"2024-02-29"'],
    [{ kind: 'date' }, '0044-03-15 BC', '"-000043-03-15"'],
    [{ kind: 'date' }, '12024-02-29', '"+012024-02-29"'],
    [{ kind: 'time' }, '24:00:00', '"24:00:00"'],
    [{ kind: 'localdatetime' }, '2001-01-01 00:00:00.5', '"2001-01-01T00:00:00.5"'],
    [INSTANT, '2001-01-01 00:00:00+00', '"2001-01-01T00:00:00Z"'],
    [INSTANT, '0044-03-15 12:00:00.000001+00 BC', '"-000043-03-15T12:00:00.000001Z"'],
    [{ kind: 'duration' }, '-1 years -1 mons +2 days -00:00:00.000001', '"P-1Y-1M2DT-0.000001S"'],
    [{ kind: 'list', of: TEXT }, '{a,"b\\"\\\\,{}",NULL,"NULL",""}', '["a","b\\"\\\\,{}",null,"NULL",""]'],
    [{ kind: 'list', of: { kind: 'list', of: INT32 } }, '{{1,2},{3,NULL}}', '[[1,2],[3,null]]'],
    [{ kind: 'list', of: INT32 }, '[0:1]={7,8}', '[7,8]'],
    [{ kind: 'list', of: { kind: 'json' } }, '{"{\\"a\\": 1}"}', '[{"a": 1}]'],
    [{ kind: 'json' }, '{"a": 1.0}', '{"a": 1.0}'],
  ])('%o %s → %s, on the fast road and through memory', (type, raw, json) => {
    expect(jsonText(type)(raw)).toBe(json);
    expect(typedJson(type)(decode(type)(raw))).toBe(json);
  });

  test.each<[DataType, string]>([
    [{ kind: 'date' }, 'infinity'],
    [{ kind: 'date' }, '-infinity'],
    [{ kind: 'localdatetime' }, '-infinity'],
    [INSTANT, 'infinity'],
    [{ kind: 'duration' }, 'infinity'],
    [{ kind: 'duration' }, '-infinity'],
  ])('%o %s is null in a page, an INTEGRITY error elsewhere, and a position of its own', (type, raw) => {
    expect(jsonText(type)(raw)).toBe('null');
    expect(jsonText({ kind: 'list', of: type })(`{${raw},NULL}`)).toBe('[null,null]');
    expect(() => decode(type)(raw)).toThrow(expect.objectContaining({ code: 'INTEGRITY' }));
    expect(encode(type)(decodePosition(type)(raw))).toBe(raw);
    // As a cursor has it.
    const kept = coerceValue(type, JSON.parse(typedJson(type)(decodePosition(type)(raw))), 'cursor');
    expect(encode(type)(kept)).toBe(raw);
  });

  test.each<[DataType, string]>([
    [{ kind: 'list', of: INT32 }, '{{1},{2}}'],
    [{ kind: 'list', of: { kind: 'list', of: INT32 } }, '{1,2}'],
  ])('%o %s is an INTEGRITY error', (type, raw) => {
    for (const read of [jsonText(type), decode(type)])
      expect(() => read(raw)).toThrow(expect.objectContaining({ code: 'INTEGRITY' }));
  });

  test.each<[DataType, unknown]>([
    [{ kind: 'date' }, -800_000],
    [{ kind: 'instant' }, -62_200_000_000_000_001n],
    [{ kind: 'localdatetime' }, 253_402_300_800_000_000n],
    [{ kind: 'bytes' }, new Uint8Array([0, 92, 255])],
    [{ kind: 'list', of: TEXT }, ['', '"', '\\', null, 'NULL', '{,}']],
    [{ kind: 'list', of: INT64 }, [-1n, null]],
  ])('%o %p is read as it was written', (type, value) => {
    expect(decode(type)(encode(type)(value))).toEqual(value);
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { elasticsearchStore, type ElasticsearchOptions } from '../../datasources/elasticsearch/index.js';
import { fieldOf, type Entity } from '../../src/ir/entity.js';
import { own, place, step, type Operand } from '../../src/ir/operand.js';
import { TRUE, type Predicate } from '../../src/ir/predicate.js';
import { measureType, type Measure, type Select } from '../../src/ir/select.js';
import { INT64, TEXT } from '../../src/ir/types.js';
import { literal, literals, parameter } from '../../src/ir/value.js';
import { buildEntities } from '../../src/sources/model.js';
import type { Row } from '../../src/store/batch.js';
import type { Store } from '../../src/store/store.js';
import { describeWith } from '../servers/describe-with.js';
import { countingProxy } from '../wire/proxy.js';
import { asked } from './harness/elasticsearch.js';

const ROWS = 25_000;
const { signal } = new AbortController();

function optionsOf(url: string, more: Partial<ElasticsearchOptions> = {}): ElasticsearchOptions {
  return {
    ...{ url, apiKey: undefined, caFingerprint: undefined, indices: ['*'], sample: 10, pool: 2, queueLimit: 50 },
    ...{ connectMs: 5_000, readMs: 30_000, lists: () => undefined },
    ...more,
  };
}

function all(entity: Entity, more: Partial<Select> = {}): Select {
  const output = [...entity.fields.values()].map(own);
  return {
    ...{ from: place(entity), where: TRUE, output, groups: null, orderBy: [], limit: null, offset: null },
    ...{ keyset: [], within: null },
    ...more,
  };
}

describeWith('elasticsearch', 'the client of elasticsearch', (server) => {
  const prefix = `client_${process.pid}_${Date.now()}`;
  let store: Store;
  let many: Entity;
  let pair: Entity;

  beforeAll(async () => {
    const { url } = server();
    const mappings = { properties: { nr: { type: 'integer' }, word: { type: 'keyword' }, pair: { type: 'integer' } } };
    for (const name of ['many', 'pair'])
      await asked(url, 'PUT', `/${prefix}_${name}`, JSON.stringify({ settings: { number_of_replicas: 0 }, mappings }));
    for (let from = 0; from < ROWS; from += 5_000) {
      const lines = Array.from({ length: 5_000 }, (_, i) => from + i).map(
        (nr) => `{"index":{"_id":"${nr}"}}\n{"nr":${nr},"word":"w${nr % 7}","pair":${nr % 3}}\n`,
      );
      await asked(url, 'POST', `/${prefix}_many/_bulk?refresh=true`, lines.join(''));
    }
    const pairs = [0, 1, 1].map((pair) => `{"index":{}}\n{"pair":${pair},"word":"p"}\n`);
    await asked(url, 'POST', `/${prefix}_pair/_bulk?refresh=true`, pairs.join(''));
    store = await elasticsearchStore('big', optionsOf(url, { indices: [`${prefix}_*`] }));
    const relation = { from: `${prefix}_many`, to: `${prefix}_pair`, on: [{ from: 'pair', to: 'pair' }], many: false };
    const { entities, shapes } = buildEntities('big', await store.introspect(signal), {
      relations: [
        { ...relation, as: 'only' },
        { ...relation, to: `${prefix}_many`, on: [{ from: 'nr', to: 'nr' }], as: 'self' },
      ],
    });
    const named = (name: string): Entity =>
      entities.get([...shapes].find(([, { id }]) => id === `${prefix}_${name}`)![0])!;
    [many, pair] = [named('many'), named('pair')];
  }, 60_000);

  afterAll(async () => {
    await store.close();
    await asked(server().url, 'DELETE', `/${prefix}_*`);
  });

  /** Searches that the server holds open for somebody. */
  const open = async (): Promise<number> => {
    const stats = (await asked(server().url, 'GET', `/${prefix}_many/_stats/search`)) as {
      _all: { primaries: { search: { open_contexts: number } } };
    };
    return stats._all.primaries.search.open_contexts;
  };
  const byNr = (): Select['orderBy'] => [
    { operand: own(fieldOf(many, 'nr')), direction: 'asc', nulls: 'last', collate: 'STORE' },
  ];

  test('distinct values take little more on the wire than they have', async () => {
    const { hostname, port } = new URL(server().url);
    const proxy = await countingProxy({ host: hostname, port: Number(port) }, () => ({ sent: () => 0 }));
    const near = await elasticsearchStore('near', optionsOf(`http://${proxy.host}`, { indices: [`${prefix}_*`] }));
    const field = fieldOf(many, 'nr');
    const select = all(many, {
      output: [{ steps: [], leaf: { kind: 'groupKey', index: 0 }, type: field.type, nullable: true }],
      groups: {
        keys: [{ operand: own(field), grouping: { kind: 'value' }, type: field.type }],
        measures: [],
        having: TRUE,
      },
    });
    let rows: readonly Row[] = [];
    const { down } = await proxy.during(async () => {
      const [batch] = await near.read([select], { args: [], form: 'TYPED', signal });
      rows = batch!.rows;
    });
    await near.close();
    await proxy.close();
    expect(new Set(rows.map(([nr]) => Number(nr)))).toEqual(new Set(Array.from({ length: ROWS }, (_, i) => i)));
    const digits = rows.map(([nr]) => String(nr)).join('').length;
    console.info(`${rows.length} numbers: ${(down / digits).toFixed(2)} × their digits`);
    expect(down).toBeLessThan(1.5 * digits);
    expect(down).toBeGreaterThan(0.05 * digits);
  });

  describe('streams', () => {
    test('every row in batches of bounded size, ordered or not', async () => {
      for (const orderBy of [[], byNr()]) {
        const seen: unknown[] = [];
        let told = 0;
        const observe = (call: { readonly rows: number }): void => void (told += call.rows);
        for await (const batch of store.stream(all(many, { orderBy }), { args: [], form: 'TYPED', signal, observe })) {
          expect(batch.rows.length).toBeLessThanOrEqual(1_000);
          for (const row of batch.rows) seen.push(row[1]);
        }
        expect(new Set(seen).size).toBe(ROWS);
        expect(told).toBe(ROWS);
        if (orderBy.length > 0) expect(seen).toEqual(Array.from({ length: ROWS }, (_, i) => BigInt(i)));
      }
      expect(await open()).toBe(0);
    }, 60_000);

    test('the store waits while the consumer does', async () => {
      let calls = 0;
      const observe = (call: { readonly calls: number }): void => void (calls += call.calls);
      for await (const _ of store.stream(all(many), { args: [], form: 'TEXT', signal, observe })) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        // The opening, and the page that is looked at.
        expect(calls).toBe(2);
        break;
      }
    });

    test('a consumer that stops, or is aborted, leaves nothing open', async () => {
      for (let i = 0; i < 4; i += 1) {
        for await (const batch of store.stream(all(many), { args: [], form: 'TEXT', signal })) {
          expect(batch.rows.length).toBeGreaterThan(0);
          break;
        }
        const controller = new AbortController();
        const stopped = (async () => {
          for await (const batch of store.stream(all(many), { args: [], form: 'TEXT', signal: controller.signal }))
            if (batch.rows.length > 0) controller.abort();
        })();
        await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
      }
      expect(await open()).toBe(0);
    }, 60_000);
  });

  describe('reads', () => {
    test('beyond ten thousand rows, by limit, offset and without', async () => {
      const page = { limit: literal(INT64, 12_000n), offset: literal(INT64, 11_000n) };
      const [deep, whole] = await store.read([all(many, { orderBy: byNr(), ...page }), all(many)], {
        args: [],
        form: 'TYPED',
        signal,
      });
      expect(deep!.rows.map((row) => row[1])).toEqual(Array.from({ length: 12_000 }, (_, i) => BigInt(11_000 + i)));
      expect(whole!.rows).toHaveLength(ROWS);
      expect(await open()).toBe(0);
    }, 60_000);

    test('groups beyond one page of the store are complete', async () => {
      const operand = own(fieldOf(many, 'nr'));
      const key = { operand, grouping: { kind: 'value' }, type: operand.type } as const;
      const output = [{ steps: [], leaf: { kind: 'groupKey', index: 0 }, type: operand.type, nullable: true } as const];
      const [batch] = await store.read([all(many, { groups: { keys: [key], measures: [], having: TRUE }, output })], {
        args: [],
        form: 'TYPED',
        signal,
      });
      expect(new Set(batch!.rows.map(([nr]) => nr)).size).toBe(ROWS);
    }, 60_000);

    test('two rows where one was declared are an INTEGRITY error', async () => {
      const operand = { ...own(fieldOf(pair, 'word')), steps: [step(many.relations.get('only')!)], nullable: true };
      const where: Predicate = {
        ...{ kind: 'compare', operand: own(fieldOf(many, 'nr')), op: 'lt', value: parameter(INT64, 0) },
        collate: 'STORE',
      };
      const read = (most: bigint) =>
        store.read([all(many, { output: [operand], where })], { args: [most], form: 'TYPED', signal });
      expect((await read(1n))[0]!.rows).toEqual([['p']]);
      await expect(read(2n)).rejects.toMatchObject({ code: 'INTEGRITY' });
    });

    test('several values where one was declared are an INTEGRITY error', async () => {
      await asked(server().url, 'PUT', `/${prefix}_many/_doc/several?refresh=true`, '{"word":["a","b"]}');
      const where: Predicate = {
        ...{ kind: 'compare', operand: own(fieldOf(many, '_id')), op: 'eq', value: literal({ kind: 'id' }, 'several') },
        collate: 'STORE',
      };
      await expect(store.read([all(many, { where })], { args: [], form: 'TYPED', signal })).rejects.toMatchObject({
        code: 'INTEGRITY',
        detail: { hint: expect.stringContaining('list: true') as unknown },
      });
      await asked(server().url, 'DELETE', `/${prefix}_many/_doc/several?refresh=true`);
    });

    test('pages in the order of the documents’ own identifiers', async () => {
      const id = own(fieldOf(many, '_id'));
      const order = {
        orderBy: [{ operand: id, direction: 'asc', nulls: 'last', collate: 'STORE' } as const],
        output: [id],
      };
      const run = { args: [], form: 'TYPED', signal } as const;
      const [first] = await store.read([all(many, { ...order, limit: literal(INT64, 3n) })], run);
      expect(first!.rows).toEqual([['0'], ['1'], ['10']]);
      const keyset = [{ side: 'after', inclusive: false, values: [parameter({ kind: 'id' }, 0)] } as const];
      const next = all(many, { ...order, keyset, limit: literal(INT64, 2n) });
      const [second] = await store.read([next], { ...run, args: ['10'] });
      expect(second!.rows).toEqual([['100'], ['1000']]);
    });

    test('two levels below the same parents, each by its own keys', async () => {
      const where: Predicate = {
        ...{ kind: 'in', operand: own(fieldOf(many, 'nr')), value: literals(INT64, [10n, 11n]), negated: false },
      };
      const parents = all(many, { where, output: [own(fieldOf(many, 'nr'))] });
      const below = (name: string) =>
        ({ step: step(many.relations.get(name)!), parents: { kind: 'select', select: parents } }) as const;
      const children = [
        all(pair, { within: below('only'), output: [own(fieldOf(pair, 'word'))] }),
        all(many, { within: below('self'), output: [own(fieldOf(many, 'nr'))] }),
      ];
      const [, only, self] = await store.read([parents, ...children], { args: [], form: 'TYPED', signal });
      const lines = (rows: readonly (readonly unknown[])[]): string[] => rows.map(String).sort();
      // 10 has pair 1, 11 has pair 2, which is nowhere.
      expect(lines(only!.rows)).toEqual(['1,p', '1,p']);
      expect(lines(self!.rows)).toEqual(['10,10', '11,11']);
    });

    test('totals of the store where they are exact, else sums of counted values', async () => {
      const { url } = server();
      const index = `${prefix}_sums`;
      const mappings = { properties: { big: { type: 'long' }, small: { type: 'integer' }, f: { type: 'double' } } };
      await asked(url, 'PUT', `/${index}`, JSON.stringify({ mappings }));
      const big = ['9007199254740993', '9007199254740993', '1', '-9223372036854775808', '9223372036854775807'];
      const lines = big.map((each, i) => `{"index":{}}\n{"big":${each},"small":${i},"f":${i / 2}}\n`);
      await asked(url, 'POST', `/${index}/_bulk?refresh=true`, lines.join(''));
      const sums = await elasticsearchStore('sums', optionsOf(url, { indices: [index] }));
      const [entity] = [...buildEntities('sums', await sums.introspect(signal)).entities.values()] as [Entity];
      const measures = (['SUM', 'AVG', 'MIN', 'MAX'] as const).flatMap((fn) =>
        ['big', 'small', 'f'].map((name): Measure => {
          const operand = own(fieldOf(entity, name));
          const type = measureType(fn, operand.type);
          return { fn, operand, q: null, where: TRUE, collate: 'STORE', approximate: false, type };
        }),
      );
      const output = measures.map(({ type }, index): Operand => ({
        steps: [],
        leaf: { kind: 'groupMeasure', index },
        type,
        nullable: true,
      }));
      const question = all(entity, { groups: { keys: [], measures, having: TRUE }, output });
      const [batch] = await sums.read([question], { args: [], form: 'TYPED', signal });
      const exact = big.reduce((sum, each) => sum + BigInt(each), 0n);
      expect(batch!.rows[0]).toEqual([
        ...[String(exact), 10n, 5],
        ...[Number(exact) / 5, 2, 1],
        ...[-(2n ** 63n), 0n, 0],
        ...[2n ** 63n - 1n, 4n, 2],
      ]);
      await sums.close();
    });

    test('calls do not grow with the rows', async () => {
      const calls = async (most: bigint): Promise<number> => {
        let told = 0;
        const where: Predicate = {
          ...{ kind: 'compare', operand: own(fieldOf(many, 'nr')), op: 'lt', value: literal(INT64, most) },
          collate: 'STORE',
        };
        const parents = all(many, { where });
        const within = {
          step: step(many.relations.get('only')!),
          parents: { kind: 'select', select: parents },
        } as const;
        const observe = (call: { readonly calls: number }): void => void (told += call.calls);
        await store.read([parents, all(pair, { within })], { args: [], form: 'TYPED', signal, observe });
        return told;
      };
      expect([await calls(1n), await calls(5_000n)]).toEqual([2, 2]);
    });
  });

  describe('failures', () => {
    test('an index that is gone, and what is sent where nothing is mapped', async () => {
      const gone: Entity = { ...many, native: { index: `${prefix}_gone` } };
      const run = { args: [], form: 'TYPED', signal } as const;
      await expect(store.read([all(gone)], run)).rejects.toMatchObject({ code: 'SCHEMA_CHANGED' });
      const other: Entity = { ...many, native: { index: `${prefix}_pair*` } };
      await expect(store.read([all(other, { orderBy: byNr() })], run)).resolves.toBeDefined();
    });

    test('a pattern that is too complex', async () => {
      const where: Predicate = {
        ...{ kind: 'text', operand: own(fieldOf(many, 'word')), test: 'regex', negated: false },
        value: literal(TEXT, '(a|b)*a(a|b){200}'),
      };
      const read = store.read([all(many, { where })], { args: [], form: 'TYPED', signal });
      await expect(read).rejects.toMatchObject({ code: 'BAD_INPUT' });
    });

    test('more that wait than may', async () => {
      const small = await elasticsearchStore('small', optionsOf(server().url, { pool: 1, queueLimit: 1 }));
      const reads = Array.from({ length: 4 }, () => small.read([all(many)], { args: [], form: 'TYPED', signal }));
      const codes = (await Promise.allSettled(reads)).map((each) =>
        each.status === 'fulfilled' ? 'ok' : (each.reason as { code: string }).code,
      );
      expect(codes.filter((code) => code === 'OVERLOADED').length).toBeGreaterThan(0);
      expect(codes.filter((code) => code === 'ok').length).toBeGreaterThan(0);
      await small.close();
    });

    test('is up, and down when it cannot be reached', async () => {
      expect(await store.health()).toMatchObject({ status: 'UP', lastError: null });
      const nowhere = await elasticsearchStore('nowhere', optionsOf('http://127.0.0.1:1'));
      expect(await nowhere.health()).toMatchObject({ status: 'DOWN', latencyMs: null });
      await expect(nowhere.introspect(signal)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      await nowhere.close();
    });

    test('estimates, and explains with types, never values', async () => {
      expect(await store.estimate(all(many), signal)).toBe(ROWS);
      const where: Predicate = {
        ...{ kind: 'compare', operand: own(fieldOf(many, 'word')), op: 'eq', value: literal(TEXT, 'secret') },
        collate: 'STORE',
      };
      const { language, text, parameters } = store.explain(all(many, { where }));
      expect({ language, parameters }).toEqual({ language: 'elasticsearch', parameters: ['text'] });
      expect(text).not.toContain('secret');
    });
  });
});

/** What stands before a cluster answers what no cluster of the tests can be made to. */
describe('answers of a server that is not well', () => {
  let stub: Server;
  let closed = 0;
  let answer: { readonly status: number; readonly body: unknown } | null = null;

  beforeAll(async () => {
    stub = createServer((request, response) => {
      request.resume();
      response.on('close', () => (closed += response.writableFinished ? 0 : 1));
      if (!answer) return;
      response.writeHead(answer.status, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
      response.end(JSON.stringify(answer.body));
    });
    await new Promise<void>((resolve) => stub.listen(0, '127.0.0.1', resolve));
  });

  afterAll(async () => {
    stub.closeAllConnections();
    await new Promise((resolve) => stub.close(resolve));
  });

  const opened = (more: Partial<ElasticsearchOptions> = {}): Promise<Store> =>
    elasticsearchStore(
      'unwell',
      optionsOf(`http://user:secret@127.0.0.1:${(stub.address() as AddressInfo).port}`, more),
    );

  test.each([
    [401, 'security_exception', 'STORE_UNAVAILABLE'],
    [403, 'security_exception', 'STORE_ERROR'],
    [404, 'index_not_found_exception', 'SCHEMA_CHANGED'],
    [429, 'es_rejected_execution_exception', 'OVERLOADED'],
    [503, 'no_shard_available_action_exception', 'STORE_UNAVAILABLE'],
    [504, 'timeout', 'TIMEOUT'],
    [400, 'too_many_clauses', 'UNSUPPORTED'],
    [500, 'null_pointer_exception', 'STORE_ERROR'],
  ])('%d %s is %s, without the reason', async (status, type, code) => {
    const store = await opened();
    answer = { status, body: { error: { type, reason: 'user secret value' }, status } };
    const failed = await store.introspect(signal).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code });
    expect((failed as Error).message).not.toContain('secret');
    await store.close();
  });

  test('an abort closes the request, and so does the time that a read may take', async () => {
    answer = null;
    const store = await opened({ readMs: 300 });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    await expect(store.introspect(controller.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(store.introspect(signal)).rejects.toMatchObject({ code: 'TIMEOUT' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(closed).toBe(2);
    await store.close();
  });
});

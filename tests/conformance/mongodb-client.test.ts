import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  Binary,
  Decimal128,
  Int32,
  Long,
  MongoClient,
  MongoNetworkError,
  MongoServerError,
  ObjectId,
  UUID,
} from 'mongodb';
import { compile } from '../../datasources/mongodb/compile.js';
import { reading } from '../../datasources/mongodb/connection.js';
import { mapError } from '../../datasources/mongodb/errors.js';
import { introspect } from '../../datasources/mongodb/introspect.js';
import { MORE_THAN_ONE } from '../../datasources/mongodb/relation.js';
import { GatewayError } from '../../src/errors.js';
import { fieldOf, type Entity } from '../../src/ir/entity.js';
import { own, place } from '../../src/ir/operand.js';
import { TRUE } from '../../src/ir/predicate.js';
import type { Select } from '../../src/ir/select.js';
import { parameter } from '../../src/ir/value.js';
import { INT32, TEXT } from '../../src/ir/types.js';
import { missing } from '../../src/planner/pushdown.js';
import { buildEntities } from '../../src/sources/model.js';
import type { SourceShape } from '../../src/store/shape.js';
import type { Row } from '../../src/store/batch.js';
import type { Store } from '../../src/store/store.js';
import { documentsOf, toBson, type Document } from '../mongodb/documents.js';
import { databaseOf, openWire } from '../mongodb/wire.js';
import { cases, Random } from '../random.js';
import { describeWith } from '../servers/describe-with.js';
import { ownServer, START_MS } from '../servers/index.js';
import { freeze } from '../servers/process.js';
import { isInOrder, sorted } from './answers.js';
import { meet } from './asked.js';
import { BAZAAR, BAZAAR_NAMING } from './bazaar.js';
import { openSubject, type Subject } from './harness/harness.js';
import { toldOf } from './harness/holding.js';
import { DOCUMENTS, pipelinesOver } from './harness/mongodb.js';
import { Selects } from './selects.js';

const { signal } = new AbortController();
const ROWS = 12_345;

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

function entityOf(shape: SourceShape, name: string): Entity {
  return buildEntities('wire', shape).entities.get(name)!;
}

const REFERENCE = new ObjectId('0123456789abcdef01234567');
const IDENTITY = new UUID('ffffffff-0000-4000-8000-0123456789ab');
const MIXED = [
  {
    _id: REFERENCE,
    int: new Int32(5),
    long: Long.fromBigInt(2n ** 60n),
    double: 1.5,
    decimal: Decimal128.fromString('12.50'),
    text: 'a',
    flag: true,
    at: new Date(1_234),
    uid: IDENTITY,
    bytes: new Binary(Buffer.from('abc')),
    numbers: new Int32(1),
    mixed: new Int32(1),
    inside: { name: 'x', 'a b': new Int32(1), $odd: 'y', deep: { list: [new Int32(1)] } },
    lines: [{ sku: 'a' }, { sku: 'b', n: new Int32(2) }],
    place: { type: 'Point', coordinates: [1.5, 2] },
    'dotted.name': 'z',
    nothing: null,
    empty: [],
  },
  { _id: new ObjectId(), mixed: 'one', numbers: 2.5, text: null, lines: [null] },
];

const TITLE_AND_BODY = [
  { field: 'title', weight: 10 },
  { field: 'body', weight: 1 },
];

describeWith('mongodb', 'over mongo-java-server, which speaks the protocol of MongoDB', (server) => {
  let store: Store;
  let many: Entity;
  let url: string;

  beforeAll(async () => {
    const rows = Array.from({ length: ROWS }, (_, i) => ({ n: new Int32(i), text: `row ${i}` }));
    url = await databaseOf(
      server().url,
      'trainyard_client',
      new Map<string, readonly Document[]>([
        ['many', rows],
        ['mixed', MIXED],
      ]),
    );
    store = await openWire(url);
    many = entityOf(await store.introspect(signal), 'many');
  }, START_MS);

  afterAll(() => store.close());

  describe('streams', () => {
    test('every row in batches of bounded size, and what was read is told', async () => {
      const seen = new Set<unknown>();
      let [largest, rows, calls] = [0, 0, 0];
      const observe = (call: { readonly rows: number; readonly bytes: number; readonly calls: number }): void => {
        rows += call.rows;
        calls += call.calls;
        expect(call.bytes).toBeGreaterThan(call.rows * 10);
      };
      const select = all(many, { output: [own(fieldOf(many, 'n'))] });
      for await (const batch of store.stream(select, { args: [], form: 'TYPED', signal, observe })) {
        largest = Math.max(largest, batch.rows.length);
        for (const [n] of batch.rows) seen.add(n);
      }
      expect(seen.size).toBe(ROWS);
      expect({ rows, calls }).toEqual({ rows: ROWS, calls: 1 });
      expect(largest).toBeLessThanOrEqual(1_000);
    });

    test('a consumer that stops gives its turn back, and so does one that is aborted', async () => {
      const narrow = await openWire(url, { pool: 1, queueLimit: 0 });
      for (let i = 0; i < 12; i += 1) {
        for await (const batch of narrow.stream(all(many), { args: [], form: 'TEXT', signal })) {
          expect(batch.rows.length).toBeGreaterThan(0);
          break;
        }
        const controller = new AbortController();
        const stopped = (async () => {
          for await (const batch of narrow.stream(all(many), { args: [], form: 'TEXT', signal: controller.signal })) {
            if (batch.rows.length > 0) controller.abort();
          }
        })();
        await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
      }
      await narrow.close();
    }, 60_000);
  });

  describe('reads', () => {
    test('several selects side by side, in their order', async () => {
      const few = {
        kind: 'compare',
        operand: own(fieldOf(many, 'n')),
        op: 'lt',
        value: parameter(INT32, 0),
        collate: 'STORE',
      } as const;
      const batches = await store.read([all(many, { where: few }), all(many)], { args: [3n], form: 'TYPED', signal });
      expect(batches.map((batch) => batch.rows.length)).toEqual([3, ROWS]);
    });

    test('more than may wait are OVERLOADED', async () => {
      const narrow = await openWire(url, { pool: 1, queueLimit: 1 });
      const reads = Array.from({ length: 3 }, () => narrow.read([all(many)], { args: [], form: 'TYPED', signal }));
      const outcomes = await Promise.allSettled(reads);
      expect(outcomes.map((each) => each.status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected']);
      expect(outcomes.find((each) => each.status === 'rejected')!.reason).toMatchObject({ code: 'OVERLOADED' });
      await narrow.close();
    });

    test('what the server does not know is UNSUPPORTED, and no value is in the message', async () => {
      const where = {
        kind: 'text',
        operand: own(fieldOf(many, 'text')),
        test: 'contains',
        value: parameter(TEXT, 0),
        negated: false,
      } as const;
      const read = store.read([all(many, { where })], { args: ['secret'], form: 'TYPED', signal });
      const error = await read.then(
        () => null,
        (reason: Error) => reason,
      );
      expect(error).toMatchObject({ code: expect.stringMatching(/UNSUPPORTED|STORE_ERROR/) as unknown });
      expect(error!.message).not.toContain('secret');
    });
  });

  describe('the shape of documents', () => {
    let shape: SourceShape;
    beforeAll(async () => {
      shape = await store.introspect(signal);
    });

    test('types of BSON, mixed ones as json with a note, and the key', () => {
      const mixed = shape.entities.find((each) => each.name === 'mixed')!;
      expect(mixed).toMatchObject({ kind: 'COLLECTION', key: ['_id'], estimatedRows: 2 });
      const types = Object.fromEntries(mixed.fields.map(({ name, type }) => [name, type]));
      expect(types).toMatchObject({
        _id: { kind: 'id' },
        int: { kind: 'int', bits: 32 },
        long: { kind: 'int', bits: 64 },
        double: { kind: 'float' },
        decimal: { kind: 'decimal' },
        text: { kind: 'text' },
        flag: { kind: 'bool' },
        at: { kind: 'instant' },
        uid: { kind: 'uuid' },
        bytes: { kind: 'bytes' },
        numbers: { kind: 'float' },
        mixed: { kind: 'json' },
        place: { kind: 'geopoint' },
        'dotted.name': { kind: 'text' },
        nothing: { kind: 'json' },
        empty: { kind: 'json' },
      });
      expect(types.inside).toMatchObject({
        kind: 'struct',
        fields: [{ name: 'name' }, { name: 'a b' }, { name: '$odd' }, { name: 'deep', type: { kind: 'struct' } }],
      });
      expect(types.lines).toMatchObject({
        kind: 'list',
        of: { kind: 'struct', fields: [{ name: 'sku' }, { name: 'n' }] },
      });
      expect(mixed.fields.find((field) => field.name === 'mixed')!.description).toMatch(/int, string|string, int/);
      expect(mixed.fields.filter((field) => !field.nullable).map((field) => field.name)).toEqual(['_id']);
    });

    test('they are read as they are, and what came later in another type is null', async () => {
      const entity = entityOf(shape, 'mixed');
      // The server has no operator that reads names with dots and dollars.
      const fields = [...entity.fields.values()].filter((field) => field.name !== 'dotted_name');
      const id = { operand: own(fieldOf(entity, '_id')), direction: 'asc', nulls: 'last', collate: 'STORE' } as const;
      const [batch] = await store.read([all(entity, { output: fields.map(own), orderBy: [id] })], {
        args: [],
        form: 'TYPED',
        signal,
      });
      const [first, second] = batch!.rows.map((row) =>
        Object.fromEntries(fields.map((field, i) => [field.name, row[i]])),
      );
      expect(first).toMatchObject({
        _id: REFERENCE.toHexString(),
        int: 5n,
        long: 2n ** 60n,
        double: 1.5,
        decimal: '12.5',
        text: 'a',
        flag: true,
        at: 1_234_000n,
        uid: IDENTITY.toString(),
        bytes: new Uint8Array(Buffer.from('abc')),
        numbers: 1,
        mixed: '1',
        inside: { name: 'x', a_b: 1n, _odd: 'y', deep: { list: [1n] } },
        lines: [
          { sku: 'a', n: null },
          { sku: 'b', n: 2n },
        ],
        place: { lon: 1.5, lat: 2 },
        nothing: null,
        empty: '[]',
      });
      expect(second).toMatchObject({
        int: null,
        numbers: 2.5,
        mixed: '"one"',
        text: null,
        inside: null,
        lines: [null],
      });
    });
  });

  describe('indexes', () => {
    test('those of words and places are found; a server that knows no vector search is asked once', async () => {
      const document = { title: 'a', body: 'b', at: { type: 'Point', coordinates: [1, 2] } };
      const name = 'trainyard_indexes';
      const indexed = await databaseOf(
        server().url,
        name,
        new Map([
          ['one', [document]],
          ['two', [document]],
        ]),
      );
      const client = new MongoClient(indexed, { monitorCommands: true });
      try {
        const one = client.db().collection('one');
        await one.createIndex({ title: 'text', body: 'text' }, { weights: { title: 10 } }, {});
        await one.createIndex({ at: '2dsphere' });
        let asked = 0;
        client.on('commandStarted', ({ command }) => {
          if (JSON.stringify(command).includes('$listSearchIndexes')) asked += 1;
        });
        const { entities, problems } = await introspect(client.db(), 20_000, signal);
        expect({ problems, asked }).toEqual({ problems: [], asked: 1 });
        const searched = entities.map(({ fields }) => fields.filter(({ search }) => search).map((each) => each.name));
        expect(searched).toEqual([['title', 'body'], []]);
        expect(entities[0]!.fields.map(({ native }) => native)).toEqual([
          { name: '_id', sure: true },
          ...['title', 'body'].map((each) => ({ name: each, sure: false, text: TITLE_AND_BODY })),
          { name: 'at', sure: false, sphere: true },
        ]);
      } finally {
        await client.close();
      }
    });
  });

  describe('random selects, as far as the server knows their operators', () => {
    let subject: Subject;
    beforeAll(async () => {
      const load = async (fixture: typeof BAZAAR): Promise<Store> =>
        toldOf(await openWire(await databaseOf(server().url, 'trainyard_bazaar', documentsOf(fixture))), fixture);
      subject = await openSubject({ load, close: () => Promise.resolve() }, BAZAAR, BAZAAR_NAMING, DOCUMENTS);
    });
    afterAll(() => subject.store.close());

    test('they answer as the memory engine does', async () => {
      const { store: wire, memory, fixture, model } = subject;
      const samples = (name: string, kind: string): unknown[] =>
        fixture.shape.entities.flatMap((entity) =>
          entity.fields.some((field) => field.name === name && field.type.kind === kind)
            ? fixture.rows[entity.id]!.map((row) => row[name] ?? null)
            : [],
        );
      const wanted = cases(40, 200);
      const pipelines = await pipelinesOver(fixture);
      let answered = 0;
      let wrong = 0;
      for (let i = 0; answered < wanted && i < 15 * wanted; i += 1) {
        const selects = new Selects(new Random(i), [...model.entities.values()], (field) =>
          samples(field.name, field.type.kind),
        );
        const select = selects.select();
        const run = { args: selects.args, form: 'TYPED', signal } as const;
        const native = wire.explain(select).text;
        if (missing(select, wire.capabilities).length > 0 || !knows(native) || comparesText(select)) continue;
        const [expected] = await memory.read([select], run);
        const got = await wire.read([select], run).catch((error: GatewayError) => {
          // What it refuses it does not know; what it answers must be right.
          if (error.code === 'UNSUPPORTED' || error.code === 'STORE_ERROR') return null;
          throw error;
        });
        if (got === null) continue;
        const right = { native, i, rows: sorted(select, expected!.rows), ordered: true };
        const seen = (rows: readonly Row[]): typeof right => ({
          native,
          i,
          rows: sorted(select, rows),
          ordered: isInOrder(select, rows),
        });
        if (isDeepStrictEqual(seen(got[0]!.rows), right)) answered += 1;
        else {
          // Then the same pipeline must be right elsewhere: a fault of the server, not of what it was sent.
          const [other] = await pipelines.read([select], run);
          expect(seen(other!.rows)).toEqual(right);
          wrong += 1;
        }
      }
      expect(answered).toBe(wanted);
      // In lookups within lookups the server sometimes loses rows.
      expect(wrong).toBeLessThanOrEqual(wanted / 12);
    }, 120_000);
  });
});

/** Operators that mongo-java-server lacks, or has otherwise than MongoDB documents them. */
const UNKNOWN =
  /\$(?:regexMatch|documents|toDecimal|toDouble|let|stdDev|dateTrunc|getField|isoWeek|isoDayOfWeek|millisecond|minute|hour|second|month|year|dayOf|round|sortArray|addToSet|facet|toLong|trunc)/;

function knows(native: string): boolean {
  return !UNKNOWN.test(native.replaceAll('{ $trunc: "$', '"'));
}

/** The server compares text by UTF-16, MongoDB by its bytes. */
function comparesText(select: Select): boolean {
  let found = false;
  meet(select, {
    order: ({ operand }) => {
      found ||= operand.type.kind === 'text';
    },
    predicate: (leaf) => {
      found ||= 'collate' in leaf && leaf.collate === 'BINARY';
    },
    measure: ({ operand }) => {
      found ||= operand?.type.kind === 'text';
    },
  });
  return found;
}

describeWith('mongodb', 'a server of its own that goes away', () => {
  test(
    'is STORE_UNAVAILABLE, then DOWN; one that is frozen is cancelled and then answers again',
    async () => {
      const server = await ownServer('mongodb');
      const url = await databaseOf(server.url, 'away', new Map([['few', [{ n: new Int32(1) }]]]));
      const store = await openWire(url, { pool: 1, timeouts: { connectMs: 1_500, readMs: 3_000 } });
      const few = entityOf(await store.introspect(signal), 'few');
      const read = (ended: AbortSignal = signal): Promise<unknown> =>
        store.read([all(few)], { args: [], form: 'TYPED', signal: ended });
      await expect(read()).resolves.toHaveLength(1);
      await freeze(server.pid);
      try {
        const began = performance.now();
        await expect(read(AbortSignal.timeout(300))).rejects.toMatchObject({ code: 'CANCELLED' });
        expect(performance.now() - began).toBeLessThan(1_400);
      } finally {
        process.kill(server.pid, 'SIGCONT');
      }
      await expect(read()).resolves.toHaveLength(1);
      await server.stop();
      await expect(read()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      expect(await store.health()).toMatchObject({
        status: 'DOWN',
        lastError: expect.stringContaining('wire') as unknown,
      });
      await store.close();
    },
    START_MS,
  );
});

describe('errors of the driver', () => {
  const server = (code: number, message = 'secret'): MongoServerError => new MongoServerError({ message, code, ok: 0 });
  test.each([
    ['a user or a password that is wrong', server(18), 'STORE_UNAVAILABLE'],
    ['a collection that the user may not read', server(13), 'STORE_ERROR'],
    ['what takes longer than the store may', server(50), 'TIMEOUT'],
    ['a server that steps down', server(189), 'STORE_UNAVAILABLE'],
    ['a stage of newer versions', server(40324), 'UNSUPPORTED'],
    ['a text index that was dropped', server(27), 'SCHEMA_CHANGED'],
    ['a server without vector search', server(31082), 'UNSUPPORTED'],
    ['a group that no document holds', server(10334), 'UNSUPPORTED'],
    ['two rows where one was declared', server(241, `Failed to parse number '${MORE_THAN_ONE}'`), 'INTEGRITY'],
    ['anything else', server(2), 'STORE_ERROR'],
    ['a connection that ends', new MongoNetworkError('secret'), 'STORE_UNAVAILABLE'],
  ])('%s', (_, error, code) => {
    const mapped = mapError(error, 'wire');
    expect(mapped).toMatchObject({ code, message: expect.stringMatching(/^wire: /) as unknown });
    expect(mapped.message).not.toContain('secret');
  });

  test('an operation that was aborted says so, whatever the driver said', () => {
    const controller = new AbortController();
    controller.abort(new GatewayError('TIMEOUT', 'the deadline passed'));
    expect(mapError(new MongoNetworkError('secret'), 'wire', controller.signal)).toMatchObject({ code: 'TIMEOUT' });
  });
});

describe('a server that accepts and says nothing', () => {
  let silent: Server;
  let port: number;
  beforeAll(async () => {
    silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    ({ port } = silent.address() as AddressInfo);
  });
  afterAll(() => {
    silent.close();
  });

  test('is given up after the time-out of connections', async () => {
    const store = await openWire(`mongodb://127.0.0.1:${port}/x`, { timeouts: { connectMs: 400, readMs: 400 } });
    await expect(store.introspect(signal)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await store.close();
  });
});

describe('whoever runs pipelines', () => {
  test('is asked for the next batch when the last one is used, and told when no more are wanted', async () => {
    let [given, ended] = [0, false];
    const { stream } = reading({
      async *aggregate() {
        try {
          for (;;) {
            given += 1;
            yield await Promise.resolve([toBson({ c: [given] })]);
          }
        } finally {
          ended = true;
        }
      },
    });
    const entity = entityOf(
      {
        problems: [],
        entities: [
          {
            name: 'few',
            id: 'few',
            kind: 'COLLECTION',
            description: null,
            fields: [{ name: 'n', type: INT32, nullable: true, description: null, native: { name: 'n', sure: false } }],
            key: null,
            unique: [],
            references: [],
            estimatedRows: null,
            native: { collection: 'few' },
          },
        ],
      },
      'few',
    );
    const seen: unknown[] = [];
    for await (const { rows } of stream(compile(all(entity)), { args: [], form: 'TYPED', signal })) {
      seen.push(rows[0]![0]);
      await sleep(5);
      expect(given).toBe(seen.length);
      if (seen.length === 3) break;
    }
    expect(seen).toEqual([1n, 2n, 3n]);
    expect(ended).toBe(true);
  });
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse, type OperationDefinitionNode } from 'graphql';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stretchesOf } from '../../datasources/elasticsearch/offsets.js';
import { loadConfig } from '../../src/config/index.js';
import { openYard } from '../../src/main.js';
import { fieldOf, type Entity } from '../../src/ir/entity.js';
import { own, place, type Operand } from '../../src/ir/operand.js';
import { TRUE, type Predicate } from '../../src/ir/predicate.js';
import {
  groupingType,
  measureType,
  type DatePart,
  type GroupKey,
  type Grouping,
  type Measure,
  type MeasureFn,
  type Select,
  type TimeBucket,
} from '../../src/ir/select.js';
import {
  bucketDate,
  bucketInstant,
  MICROS_PER_DAY,
  offsetAt,
  parseInstant,
  partLocal,
  printDate,
  printInstant,
} from '../../src/ir/time.js';
import { FLOAT64, INT32, TEXT, type DataType } from '../../src/ir/types.js';
import { literal, parameter } from '../../src/ir/value.js';
import { missing } from '../../src/planner/pushdown.js';
import type { Batch } from '../../src/store/batch.js';
import type { Store } from '../../src/store/store.js';
import { Random, seed } from '../random.js';
import { describeWith } from '../servers/describe-with.js';
import { asked, openElasticsearch } from './harness/elasticsearch.js';
import { sharedModel } from './harness/model.js';

const SEED = seed();
const random = new Random(SEED);
const { signal } = new AbortController();
const BUCKETS: readonly TimeBucket[] = ['SECOND', 'MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'];
const PARTS: readonly DatePart[] = [
  ...(['YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAY', 'DAY_OF_WEEK', 'DAY_OF_YEAR', 'HOUR', 'MINUTE', 'SECOND'] as const),
];
/** Clocks that change by half an hour, at midnight, several times a year, by a day, and that were ahead by odd seconds. */
const ZONES = [
  ...['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Havana', 'Africa/Casablanca'],
  ...['Asia/Kathmandu', 'Pacific/Apia', 'America/Sao_Paulo', 'Europe/Dublin', 'Africa/Monrovia'],
];

interface Moment {
  readonly at: bigint | null;
  readonly day: number | null;
  readonly n: number | null;
  readonly x: number | null;
  readonly word: string;
}

const instant = (text: string): bigint => parseInstant(text)!;
const upTo = (most: number): bigint => BigInt(random.int(most));

/** Milliseconds in micros: around changes of clocks, around 1970, and anywhere in 190 years. */
function moments(): Moment[] {
  const [first, last] = [instant('1890-01-01T00:00:00Z'), instant('2079-01-01T00:00:00Z')];
  const changes = ZONES.flatMap((zone) => stretchesOf(zone, first / 1_000n, last / 1_000n)!).flatMap(({ from }) =>
    from === null ? [] : [from * 1_000n],
  );
  const near = (at: bigint): bigint => at + (upTo(14_400_000) - 7_200_000n) * 1_000n;
  const ats = [
    ...Array.from({ length: 2_500 }, () => near(random.pick(changes))),
    ...Array.from({ length: 500 }, () => random.pick(changes) - upTo(2) * 1_000n),
    ...Array.from({ length: 500 }, () => (upTo(10_000) - 5_000n) * 1_000n),
    ...Array.from(
      { length: 2_500 },
      () => first + ((upTo(2_000_000_000) * (last - first)) / 2_000_000_000_000n) * 1_000n,
    ),
  ];
  return ats.map((at, i) => ({
    at: i % 50 === 0 ? null : at - (((at % 1_000n) + 1_000n) % 1_000n),
    day: i % 60 === 0 ? null : random.int(80_000) - 40_000,
    n: i % 70 === 0 ? null : random.int(2_000) - 1_000,
    x: i % 80 === 0 ? null : random.pick([0, -0, 0.1, 0.3, 0.7, -1e-9, 1e15, random.int(10_000) / 77]),
    word: `w${i % 1_700}`,
  }));
}

const MOMENTS = moments();
const TYPES: Readonly<Record<keyof Moment, DataType>> = {
  at: { kind: 'instant' },
  day: { kind: 'date' },
  n: INT32,
  x: FLOAT64,
  word: TEXT,
};

/** What a value is grouped under, said by src/ir alone. */
function keyOf(name: keyof Moment, grouping: Grouping, { [name]: value }: Moment): unknown {
  if (value === null) return null;
  switch (grouping.kind) {
    case 'value':
      return value;
    case 'width':
      return Math.floor(((value as number) - grouping.origin) / grouping.width) * grouping.width + grouping.origin;
    case 'bucket':
      if (name === 'day') return bucketDate(value as number, grouping.bucket);
      return bucketInstant(value as bigint, grouping.bucket, grouping.zone!);
    case 'part': {
      const local =
        name === 'day' ? BigInt(value) * MICROS_PER_DAY : (value as bigint) + offsetAt(value as bigint, grouping.zone!);
      return BigInt(partLocal(local, grouping.part));
    }
  }
}

describeWith('elasticsearch', `groups of elasticsearch (SEED=${SEED})`, (server) => {
  const index = `moments_${process.pid}_${Date.now()}`;
  let store: Store;
  let moment: Entity;

  beforeAll(async () => {
    const day = { type: 'date', format: 'strict_date' };
    const properties = {
      ...{ at: { type: 'date' }, day, n: { type: 'integer' } },
      ...{ x: { type: 'double' }, word: { type: 'keyword' } },
    };
    const settings = { number_of_replicas: 0, number_of_shards: 2 };
    await asked(server().url, 'PUT', `/${index}`, JSON.stringify({ settings, mappings: { properties } }));
    const lines = MOMENTS.map((each) => {
      const [at, date] = [
        each.at === null ? null : printInstant(each.at),
        each.day === null ? null : printDate(each.day),
      ];
      return `{"index":{}}\n${JSON.stringify({ ...each, at, day: date })}\n`;
    });
    await asked(server().url, 'POST', `/${index}/_bulk?refresh=true`, lines.join(''));
    store = await openElasticsearch(server().url, index);
    [moment] = [...sharedModel(await store.introspect(signal)).entities.values()] as [Entity];
  }, 60_000);

  afterAll(async () => {
    await store.close();
    await asked(server().url, 'DELETE', `/${index}`);
  });

  const field = (name: keyof Moment): Operand => own(fieldOf(moment, name));
  const keyed = (name: keyof Moment, grouping: Grouping): GroupKey => ({
    ...{ operand: field(name), grouping, type: groupingType(TYPES[name], grouping) },
  });
  const measured = (fn: MeasureFn, name: keyof Moment | null, approximate = false): Measure => ({
    ...{ fn, operand: name && field(name), q: fn === 'QUANTILE' ? parameter(FLOAT64, 0) : null },
    ...{ where: TRUE, collate: 'STORE', approximate, type: measureType(fn, name && TYPES[name]) },
  });
  const grouped = (keys: readonly GroupKey[], measures: readonly Measure[], where: Predicate = TRUE): Select => ({
    ...{ from: place(moment), where, orderBy: [], limit: null, offset: null, keyset: [], within: null },
    groups: { keys, measures, having: TRUE },
    output: [
      ...keys.map(({ type }, i): Operand => ({
        steps: [],
        leaf: { kind: 'groupKey', index: i },
        type,
        nullable: true,
      })),
      ...measures.map(({ type }, i): Operand => ({
        ...{ steps: [], leaf: { kind: 'groupMeasure', index: i }, type, nullable: true },
      })),
    ],
  });
  const read = async (select: Select, args: readonly unknown[] = []): Promise<Batch & { readonly calls: number }> => {
    expect(missing(select, store.capabilities)).toEqual([]);
    let calls = 0;
    const observe = (): void => void (calls += 1);
    const [batch] = await store.read([select], { args, form: 'TYPED', signal, observe });
    return { ...batch!, calls };
  };
  const counted = (batch: Batch): Map<string, number> =>
    new Map(batch.rows.map((row) => [String(row.slice(0, -1)), Number(row.at(-1))]));
  const sorted = (all: Map<string, number>): [string, number][] => [...all].sort(([a], [b]) => (a < b ? -1 : 1));
  /** Compares with keys made one by one; `few`: of a part of the rows, since the keys of zones are slow to make. */
  const agrees = async (few: boolean, ...keys: (readonly [keyof Moment, Grouping])[]): Promise<number> => {
    const where: Predicate = few
      ? { kind: 'compare', operand: field('n'), op: 'lt', value: literal(INT32, -500n), collate: 'STORE' }
      : TRUE;
    const made = keys.map(([name, grouping]) => keyed(name, grouping));
    const batch = await read(grouped(made, [measured('COUNT', null)], where));
    const some = few ? MOMENTS.filter(({ n }) => n !== null && n < -500) : MOMENTS;
    const expected = Map.groupBy(some, (each) => String(keys.map(([name, grouping]) => keyOf(name, grouping, each))));
    expect(sorted(counted(batch))).toEqual(sorted(new Map([...expected].map(([key, all]) => [key, all.length]))));
    return batch.calls;
  };

  test('buckets of time are those of the zone, on the days on which clocks change too', async () => {
    for (const bucket of BUCKETS) await agrees(false, ['at', { kind: 'bucket', bucket, zone: 'UTC' }]);
    for (const zone of ZONES.filter((each) => each !== 'UTC'))
      for (const bucket of ['HOUR', 'DAY', random.pick(BUCKETS)] as const)
        await agrees(true, ['at', { kind: 'bucket', bucket, zone }]);
    // One look at the ends, and a search for each offset that the zone has had.
    const calls = await agrees(true, ['at', { kind: 'bucket', bucket: 'YEAR', zone: 'Europe/Berlin' }]);
    expect(calls).toBeLessThan(8);
  }, 120_000);

  test('parts of dates are counted by buckets', async () => {
    for (const zone of ['UTC', 'Australia/Lord_Howe'])
      for (const part of PARTS) await agrees(zone !== 'UTC', ['at', { kind: 'part', part, zone }]);
    for (const part of PARTS) await agrees(false, ['day', { kind: 'part', part, zone: null }]);
    for (const bucket of BUCKETS) await agrees(false, ['day', { kind: 'bucket', bucket, zone: null }]);
  }, 60_000);

  test('bins of numbers, with an origin and without', async () => {
    for (const width of [1, 7, 0.1, 0.3, 1e-3])
      for (const origin of [0, 0.5]) {
        await agrees(false, ['x', { kind: 'width', width, origin }]);
        await agrees(false, ['n', { kind: 'width', width, origin }]);
      }
  }, 60_000);

  test('over more centuries than offsets are looked for the values are counted', async () => {
    const far = `far_${index}`;
    const times = ['1500-01-01T12:00:00Z', '1893-03-31T23:30:00Z', '2020-10-25T00:30:00Z', '2020-10-25T22:59:00Z'];
    await asked(server().url, 'PUT', `/${far}`, JSON.stringify({ mappings: { properties: { at: { type: 'date' } } } }));
    const lines = times.map((at) => `{"index":{}}\n${JSON.stringify({ at })}\n`);
    await asked(server().url, 'POST', `/${far}/_bulk?refresh=true`, lines.join(''));
    const source = await openElasticsearch(server().url, far);
    try {
      const [entity] = [...sharedModel(await source.introspect(signal)).entities.values()] as [Entity];
      const grouping = { kind: 'bucket', bucket: 'DAY', zone: 'Europe/Berlin' } as const;
      const key: GroupKey = { operand: own(fieldOf(entity, 'at')), grouping, type: TYPES.at };
      const question = { ...grouped([], [measured('COUNT', null)]), from: place(entity) };
      const output: Operand[] = [{ steps: [], leaf: { kind: 'groupKey', index: 0 }, type: TYPES.at, nullable: true }];
      const select = { ...question, output, groups: { ...question.groups!, keys: [key] } };
      const [batch] = await source.read([select], { args: [], form: 'TYPED', signal });
      const days = new Set(times.map((at) => bucketInstant(instant(at), 'DAY', 'Europe/Berlin')));
      expect(days.size).toBe(3);
      expect(new Set(batch!.rows.map(([day]) => day))).toEqual(days);
      expect(batch!.rows).toHaveLength(3);
    } finally {
      await source.close();
      await asked(server().url, 'DELETE', `/${far}`);
    }
  });

  test('several keys, two zones and one field twice', async () => {
    const berlin = { kind: 'bucket', bucket: 'MONTH', zone: 'Europe/Berlin' } as const;
    const havana = { kind: 'part', part: 'HOUR', zone: 'America/Havana' } as const;
    await agrees(true, ['at', berlin], ['at', havana]);
    await agrees(true, ['at', { kind: 'value' }], ['at', berlin]);
    await agrees(true, ['word', { kind: 'value' }], ['at', { kind: 'bucket', bucket: 'YEAR', zone: 'Asia/Kathmandu' }]);
    await agrees(
      false,
      ['day', { kind: 'bucket', bucket: 'QUARTER', zone: null }],
      ['n', { kind: 'width', width: 250, origin: 0 }],
    );
  }, 60_000);

  test('measures of a bucket that several offsets have are of all of it', async () => {
    const grouping = { kind: 'bucket', bucket: 'YEAR', zone: 'Africa/Casablanca' } as const;
    const fns = ['SUM', 'MIN', 'MAX', 'COUNT_DISTINCT', 'COUNT'] as const;
    const { rows } = await read(
      grouped(
        [keyed('at', grouping)],
        fns.map((fn) => measured(fn, 'n')),
      ),
    );
    const byKey = Map.groupBy(MOMENTS, (each) => keyOf('at', grouping, each));
    expect(rows.length).toBe(byKey.size);
    for (const [key, ...results] of rows) {
      const values = byKey.get(key)!.flatMap(({ n }) => (n === null ? [] : [n]));
      if (values.length === 0) continue;
      const sum = values.reduce((a, b) => a + b, 0);
      const whole = [sum, Math.min(...values), Math.max(...values), new Set(values).size, values.length];
      expect(results.map(Number)).toEqual(whole);
    }
  });

  test('estimates only where they were asked for, and said to be', async () => {
    const exact = await read(grouped([], [measured('COUNT_DISTINCT', 'word'), measured('QUANTILE', 'x')]), [0.5]);
    expect(exact.estimates).toBeUndefined();
    expect(exact.rows[0]![0]).toBe(1_700n);
    const measures = [
      measured('COUNT_DISTINCT', 'word', true),
      measured('COUNT', 'word', true),
      measured('QUANTILE', 'n', true),
      measured('COUNT_DISTINCT', 'word'),
    ];
    const whole = await read(grouped([], measures), [0.25]);
    expect(whole.estimates?.map(({ measure }) => measure)).toEqual([0, 2]);
    expect(whole.estimates?.map(({ by }) => by)).toEqual([
      expect.stringContaining('HyperLogLog++'),
      expect.stringContaining('t-digest'),
    ]);
    expect(whole.rows[0]![3]).toBe(1_700n);
    expect(Math.abs(Number(whole.rows[0]![0]) - 1_700)).toBeLessThan(34);
    const ns = MOMENTS.flatMap(({ n }) => (n === null ? [] : [n])).sort((a, b) => a - b);
    expect(Math.abs((whole.rows[0]![2] as number) - ns[Math.floor(ns.length / 4)]!)).toBeLessThan(40);
    expect(whole.calls).toBeLessThan(6);
  });

  test('groups have estimates of their own; a bucket that is counted in parts has its exact value', async () => {
    const width = { kind: 'width', width: 100, origin: 0 } as const;
    const estimated = await read(
      grouped([keyed('n', width)], [measured('COUNT_DISTINCT', 'word', true), measured('QUANTILE', 'n', true)]),
      [0.5],
    );
    expect(estimated.estimates?.map(({ measure }) => measure)).toEqual([0, 1]);
    const byKey = Map.groupBy(MOMENTS, (each) => keyOf('n', width, each));
    expect(estimated.rows.length).toBe(byKey.size);
    for (const [key, distinct, median] of estimated.rows) {
      const words = new Set(byKey.get(key)!.map(({ word }) => word)).size;
      expect(Math.abs(Number(distinct) - words)).toBeLessThanOrEqual(words * 0.05);
      if (key === null) expect(median).toBeNull();
      else expect(Math.abs((median as number) - (key as number) - 50)).toBeLessThan(25);
    }
    const year = { kind: 'bucket', bucket: 'YEAR', zone: 'Europe/Berlin' } as const;
    const parts = await read(grouped([keyed('at', year)], [measured('COUNT_DISTINCT', 'word', true)]));
    expect(parts.estimates).toBeUndefined();
    const byYear = Map.groupBy(MOMENTS, (each) => keyOf('at', year, each));
    for (const [key, distinct] of parts.rows)
      expect(Number(distinct)).toBe(new Set(byYear.get(key)!.map(({ word }) => word)).size);
  });

  test('an answer names its estimates and no other figure, by the names that it has itself', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trainyard-estimates-'));
    const file = join(folder, 'trainyard.yaml');
    await writeFile(file, `sources: { shop: { engine: elasticsearch, url: '${server().url}', indices: [${index}] } }`);
    const config = loadConfig({ config: file, dataDir: join(folder, 'data') }, {});
    const yard = await openYard(config, () => undefined, { keeps: false });
    try {
      const query = `{ shop {
        all: ${index}_aggregate { words: count(field: word, distinct: true, approximate: true) exact: count(field: word, distinct: true) count(approximate: true) }
        by: ${index}_groups(by: [{ path: n, width: 500 }]) { keys median: quantile(field: n, q: 0.5, approximate: true) }
      } }`;
      const document = parse(query);
      const answer = await yard.plane.execute({
        ...{
          document,
          operation: document.definitions[0] as OperationDefinitionNode,
          operationName: null,
          variables: {},
        },
        ...{ caller: { id: 'test', permissions: 'all' }, signal, controlContext: {} },
      });
      expect(answer.errors).toEqual([]);
      const told = answer.extensions as { trainyard: { estimates: { path: string; by: string }[] } };
      expect(told.trainyard.estimates).toEqual([
        { path: 'shop.all.words', by: expect.stringContaining('HyperLogLog++') as unknown },
        { path: 'shop.by.median', by: expect.stringContaining('t-digest') as unknown },
      ]);
      expect((JSON.parse(String(answer.data)) as { shop: { all: { exact: number } } }).shop.all.exact).toBe(1_700);
    } finally {
      await yard.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

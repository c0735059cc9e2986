import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { metresBetween } from '../../src/ir/geo.js';
import { fieldOf, type Entity } from '../../src/ir/entity.js';
import { own, place, type Operand } from '../../src/ir/operand.js';
import { and, not, TRUE, type Predicate } from '../../src/ir/predicate.js';
import type { OrderTerm, Select } from '../../src/ir/select.js';
import { FLOAT64, INT64, TEXT, type GeoPoint } from '../../src/ir/types.js';
import { literal, literals, parameter } from '../../src/ir/value.js';
import { missing } from '../../src/planner/pushdown.js';
import type { Row } from '../../src/store/batch.js';
import type { Store } from '../../src/store/store.js';
import { Random, seed } from '../random.js';
import { describeWith } from '../servers/describe-with.js';
import { asked, openElasticsearch } from './harness/elasticsearch.js';
import { sharedModel } from './harness/model.js';
import { readPlanned } from './planned.js';

const SEED = seed();
const { signal } = new AbortController();
const WORDS = ['red', 'green', 'blue', 'old', 'new', 'wooden', 'boat', 'house', 'tower', 'river'];
const MAPPINGS = {
  properties: {
    nr: { type: 'integer' },
    title: { type: 'text', fields: { keyword: { type: 'keyword' } } },
    body: { type: 'text' },
    kind: { type: 'keyword' },
    spot: { type: 'geo_point' },
    vector: { type: 'dense_vector', dims: 3, similarity: 'l2_norm', index: true, index_options: { type: 'hnsw' } },
  },
};

interface Thing {
  readonly nr: number;
  readonly title: string;
  readonly body: string | null;
  readonly kind: string;
  readonly spot: GeoPoint | null;
  readonly vector: readonly number[];
}

const random = new Random(SEED);
const sentence = (length: number): string => Array.from({ length }, () => random.pick(WORDS)).join(' ');
const THINGS = Array.from({ length: 400 }, (_, nr): Thing => ({
  nr,
  title: sentence(3),
  body: nr % 7 === 0 ? null : sentence(8),
  kind: random.pick(['a', 'b', 'c']),
  spot: nr % 5 === 0 ? null : { lon: random.int(360) - 180, lat: random.int(180) - 90 },
  vector: [random.int(100) / 10, random.int(100) / 10, random.int(100) / 10],
}));

describeWith('elasticsearch', `searches of elasticsearch (SEED=${SEED})`, (server) => {
  const index = `things-${process.pid}-${Date.now()}`;
  let store: Store;
  let thing: Entity;

  beforeAll(async () => {
    const settings = { number_of_replicas: 0, number_of_shards: 2 };
    await asked(server().url, 'PUT', `/${index}`, JSON.stringify({ settings, mappings: MAPPINGS }));
    const lines = THINGS.map((each) => `{"index":{"_id":"t${each.nr}"}}\n${JSON.stringify(each)}\n`);
    await asked(server().url, 'POST', `/${index}/_bulk?refresh=true`, lines.join(''));
    store = await openElasticsearch(server().url, index);
    [thing] = [...sharedModel(await store.introspect(signal)).entities.values()] as [Entity];
  }, 60_000);

  afterAll(async () => {
    await store.close();
    await asked(server().url, 'DELETE', `/${index}`);
  });

  const field = (name: string): Operand => own(fieldOf(thing, name));
  const SCORE: Operand = { steps: [], leaf: { kind: 'score' }, type: FLOAT64, nullable: true };
  const BY_SCORE: OrderTerm = { operand: SCORE, direction: 'desc', nulls: 'last', collate: 'STORE' };
  const byNr = (): OrderTerm => ({ operand: field('nr'), direction: 'asc', nulls: 'last', collate: 'STORE' });
  const match = (text: string, more: Partial<Extract<Predicate, { kind: 'match' }>> = {}): Predicate => ({
    kind: 'match',
    operands: [field('title')],
    boosts: [1],
    text: literal(TEXT, text),
    mode: 'ANY',
    fuzzy: false,
    negated: false,
    ...more,
  });
  const isKind = (kind: string): Predicate => ({
    kind: 'compare',
    operand: field('kind'),
    op: 'eq',
    value: literal(TEXT, kind),
    collate: 'STORE',
  });
  const selectOf = (where: Predicate, more: Partial<Select> = {}): Select => ({
    from: place(thing),
    where,
    output: [field('nr')],
    groups: null,
    orderBy: [],
    limit: null,
    offset: null,
    keyset: [],
    within: null,
    ...more,
  });
  const rowsOf = async (select: Select, args: readonly unknown[] = []): Promise<readonly Row[]> => {
    expect(missing(select, store.capabilities)).toEqual([]);
    const [batch] = await store.read([select], { args, form: 'TYPED', signal });
    return batch!.rows;
  };
  const numbers = (rows: readonly Row[]): number[] => rows.map(([nr]) => Number(nr)).sort((a, b) => a - b);
  const those = (fits: (each: Thing) => boolean): number[] => THINGS.filter(fits).map(({ nr }) => nr);
  const has = (text: string | null, word: string): boolean => text?.split(' ').includes(word) ?? false;

  test('any of the words, all of them, one after the other', async () => {
    const hits = async (p: Predicate): Promise<number[]> => numbers(await rowsOf(selectOf(p)));
    expect(await hits(match('Red boat'))).toEqual(those(({ title }) => has(title, 'red') || has(title, 'boat')));
    expect(await hits(match('Red boat', { mode: 'ALL' }))).toEqual(
      those(({ title }) => has(title, 'red') && has(title, 'boat')),
    );
    expect(await hits(match('red boat', { mode: 'PHRASE' }))).toEqual(
      those(({ title }) => ` ${title} `.includes(' red boat ')),
    );
    expect(await hits(match('reed', { fuzzy: true }))).toEqual(those(({ title }) => has(title, 'red')));
    expect(await hits(match('reed'))).toEqual([]);
  });

  test('fields are searched each, a null is no hit, negated or not', async () => {
    const both = { operands: [field('title'), field('body')], boosts: [2, 1] };
    const found = numbers(await rowsOf(selectOf(match('tower', both))));
    expect(found).toEqual(those(({ title, body }) => has(title, 'tower') || has(body, 'tower')));
    const inBody = { operands: [field('body')] };
    const without = numbers(await rowsOf(selectOf(not(match('tower', inBody)))));
    expect(without).toEqual(those(({ body }) => body !== null && !has(body, 'tower')));
    expect(numbers(await rowsOf(selectOf(match('a', { operands: [field('kind')] }))))).toEqual(
      those(({ kind }) => kind === 'a'),
    );
  });

  test('filter and match commute, with a parameter as with a literal', async () => {
    const expected = those(({ title, kind }) => has(title, 'old') && kind === 'b');
    expect(expected.length).toBeGreaterThan(3);
    const bound = match('old', { text: parameter(TEXT, 0) });
    for (const where of [and(match('old'), isKind('b')), and(isKind('b'), bound)])
      expect(numbers(await rowsOf(selectOf(where), ['old']))).toEqual(expected);
  });

  test('scores descend, and a filter does not change them; without a match they are null', async () => {
    const scored = { output: [field('nr'), SCORE], orderBy: [BY_SCORE, byNr()] };
    const rows = await rowsOf(selectOf(match('red tower house'), scored));
    const scores = rows.map(([, score]) => score as number);
    expect(scores.length).toBeGreaterThan(50);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(scores.every((score) => score > 0)).toBe(true);
    const filtered = await rowsOf(selectOf(and(isKind('a'), match('red tower house')), scored));
    const byNumber = new Map(rows.map(([nr, score]) => [nr, score]));
    expect(filtered.length).toBeGreaterThan(10);
    for (const [nr, score] of filtered) expect(score).toBeCloseTo(byNumber.get(nr) as number, 5);
    const plain = await rowsOf(selectOf(isKind('a'), { output: [SCORE], limit: literal(INT64, 2n) }));
    expect(plain).toEqual([[null], [null]]);
  });

  test('pages by score follow one another, over positions and over offsets', async () => {
    const orderBy = [BY_SCORE, byNr()];
    const output = [SCORE, field('nr')];
    const where = match('boat river', { operands: [field('title'), field('body')], boosts: [3, 1] });
    const whole = await rowsOf(selectOf(where, { output, orderBy }));
    const first = await rowsOf(selectOf(where, { output, orderBy, limit: literal(INT64, 7n) }));
    const values = [parameter(FLOAT64, 0), parameter(INT64, 1)];
    const keyset = [{ side: 'after', inclusive: false, values } as const];
    const second = await rowsOf(selectOf(where, { output, orderBy, keyset, limit: literal(INT64, 7n) }), first.at(-1));
    const third = await rowsOf(
      selectOf(where, { output, orderBy, limit: literal(INT64, 7n), offset: literal(INT64, 14n) }),
    );
    expect([...first, ...second, ...third]).toEqual(whole.slice(0, 21));
  });

  test('highlights hold what was found, and as many pieces as were asked for', async () => {
    const highlights: Operand = {
      steps: [],
      leaf: { kind: 'highlights', operand: field('body'), fragments: 1 },
      type: { kind: 'list', of: TEXT },
      nullable: true,
    };
    const where = and(match('wooden', { operands: [field('body')] }), isKind('c'));
    const rows = await rowsOf(selectOf(where, { output: [field('nr'), highlights] }));
    expect(rows.length).toBeGreaterThan(10);
    for (const [, pieces] of rows) {
      expect(pieces).toHaveLength(1);
      expect((pieces as string[])[0]).toContain('<em>wooden</em>');
    }
    expect(await rowsOf(selectOf(isKind('c'), { output: [highlights], limit: literal(INT64, 1n) }))).toEqual([[null]]);
  });

  test('the k nearest are those of brute force, policies first', async () => {
    const target = [5, 5, 5];
    const distance = ({ vector }: Thing): number => vector.reduce((sum, v, i) => sum + (v - target[i]!) ** 2, 0);
    const nearest = (k: number, policy: Predicate): Predicate => ({
      kind: 'nearest',
      operand: field('vector'),
      vector: literal({ kind: 'vector', dimensions: 3 }, target),
      k: literal(INT64, BigInt(k)),
      among: place(thing, policy),
      negated: false,
    });
    for (const policy of [TRUE, isKind('b'), match('red')]) {
      const some =
        policy === TRUE
          ? THINGS
          : THINGS.filter(({ kind, title }) => (policy.kind === 'match' ? has(title, 'red') : kind === 'b'));
      const farthest = some.map(distance).sort((a, b) => a - b)[9]!;
      const rows = await rowsOf(selectOf(nearest(10, policy), { output: [field('nr'), SCORE], orderBy: [BY_SCORE] }));
      expect(rows).toHaveLength(10);
      const found = rows.map(([nr]) => THINGS[Number(nr)]!);
      expect(found.every((each) => some.includes(each) && distance(each) <= farthest)).toBe(true);
      // The nearest come first: each score is that of its distance.
      found.forEach((each, i) => expect(rows[i]![1]).toBeCloseTo(1 / (1 + distance(each)), 4));
    }
    const others = await rowsOf(selectOf(not(nearest(10, TRUE))));
    expect(others).toHaveLength(THINGS.length - 10);
    expect(await rowsOf(selectOf(nearest(0, TRUE)))).toEqual([]);
  });

  test('they are those of brute force among more vectors than the index of vectors looks at', async () => {
    const many = `many-${index}`;
    const count = 12_000;
    const vector = { type: 'dense_vector', dims: 4 };
    const properties = {
      nr: { type: 'integer' },
      near: { ...vector, similarity: 'l2_norm' },
      alike: { ...vector, similarity: 'cosine' },
      dot: { ...vector, similarity: 'max_inner_product' },
      plain: { ...vector, index: false },
    };
    const settings = { number_of_replicas: 0, number_of_shards: 1 };
    await asked(server().url, 'PUT', `/${many}`, JSON.stringify({ settings, mappings: { properties } }));
    const coordinate = (): number => (random.int(2_000) + 1) / 1_000 - 1;
    const vectors = Array.from({ length: count }, () => Array.from({ length: 4 }, coordinate));
    const lines = vectors.map((each, nr) => {
      // Some have none.
      const all = nr % 11 === 0 ? {} : { near: each, alike: each, dot: each, plain: each };
      return `{"index":{}}\n${JSON.stringify({ nr, ...all })}\n`;
    });
    for (const some of [lines.slice(0, count / 2), lines.slice(count / 2)])
      await asked(server().url, 'POST', `/${many}/_bulk?refresh=true`, some.join(''));
    const source = await openElasticsearch(server().url, many);
    try {
      const [entity] = [...sharedModel(await source.introspect(signal)).entities.values()] as [Entity];
      const target = Array.from({ length: 4 }, coordinate);
      const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
      const cosine = (a: readonly number[]): number => dot(a, target) / Math.sqrt(dot(a, a) * dot(target, target));
      const scores: Readonly<Record<string, (each: readonly number[]) => number>> = {
        near: (each) => 1 / (1 + each.reduce((sum, v, i) => sum + (v - target[i]!) ** 2, 0)),
        alike: (each) => (1 + cosine(each)) / 2,
        dot: (each) => (dot(each, target) < 0 ? 1 / (1 - dot(each, target)) : dot(each, target) + 1),
        plain: (each) => (1 + cosine(each)) / 2,
      };
      for (const [name, score] of Object.entries(scores)) {
        const policy: Predicate = {
          ...{ kind: 'compare', operand: own(fieldOf(entity, 'nr')), op: 'gte' },
          ...{ value: literal(INT64, 500n), collate: 'STORE' },
        } as const;
        const where: Predicate = {
          ...{ kind: 'nearest', operand: own(fieldOf(entity, name)), negated: false, among: place(entity, policy) },
          ...{ vector: parameter({ kind: 'vector', dimensions: 4 }, 0), k: literal(INT64, 50n) },
        } as const;
        const select = {
          ...{ from: place(entity), where, output: [own(fieldOf(entity, 'nr')), SCORE], groups: null },
          ...{ orderBy: [BY_SCORE], limit: null, offset: null, keyset: [], within: null },
        };
        expect(missing(select, source.capabilities)).toEqual([]);
        const [batch] = await source.read([select], { args: [target], form: 'TYPED', signal });
        const best = vectors
          .map((each, nr) => ({ nr, score: score(each) }))
          .filter(({ nr }) => nr % 11 !== 0 && nr >= 500)
          .sort((a, b) => b.score - a.score)
          .slice(0, 50);
        expect(batch!.rows).toHaveLength(50);
        batch!.rows.forEach(([nr, found], i) => {
          // The store's scores are floats of 32 bits.
          expect(found).toBeCloseTo(best[i]!.score, 5);
          expect(score(vectors[Number(nr)]!)).toBeCloseTo(best[i]!.score, 5);
        });
      }
    } finally {
      await source.close();
      await asked(server().url, 'DELETE', `/${many}`);
    }
  }, 60_000);

  test('places nearby and within a polygon are those of the great circle and of the plane', async () => {
    const point = { kind: 'geopoint' } as const;
    const planned = async (where: Predicate): Promise<number[]> =>
      numbers(await readPlanned(selectOf(where), [], store, store.capabilities));
    const home = { lon: 10, lat: 50 };
    const geo = { kind: 'geo', operand: field('spot'), negated: false } as const;
    const near: Predicate = { ...geo, test: 'near', value: literal(point, home), metres: literal(FLOAT64, 3_000_000) };
    const close = those(({ spot }) => spot !== null && metresBetween(spot, home) <= 3_000_000);
    expect(close.length).toBeGreaterThan(3);
    expect(await planned(near)).toEqual(close);
    expect(await planned(not(near))).toEqual(those(({ spot, nr }) => spot !== null && !close.includes(nr)));
    const corners = [
      { lon: -100.5, lat: -50.5 },
      { lon: 100.5, lat: -50.5 },
      { lon: 0.5, lat: 60.5 },
    ];
    const within: Predicate = { ...geo, test: 'within', value: literals(point, corners), metres: null };
    const sent = selectOf(within);
    expect(store.capabilities.predicate(within)).toBe('superset');
    const candidates = numbers((await store.read([sent], { args: [], form: 'TYPED', signal }))[0]!.rows);
    const inside = await planned(within);
    expect(inside.length).toBeGreaterThan(20);
    expect(candidates.length).toBeLessThan(THINGS.length / 2);
    expect(inside.filter((nr) => !candidates.includes(nr))).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { postgresStore } from '../../datasources/postgres/index.js';
import { fieldOf, type Entity } from '../../src/ir/entity.js';
import { own, place, type Operand } from '../../src/ir/operand.js';
import { and, not, or, type Predicate } from '../../src/ir/predicate.js';
import type { OrderTerm, Select } from '../../src/ir/select.js';
import { FLOAT64, INT64, TEXT } from '../../src/ir/types.js';
import { literal, parameter } from '../../src/ir/value.js';
import { missing } from '../../src/planner/pushdown.js';
import type { Row } from '../../src/store/batch.js';
import type { Store } from '../../src/store/store.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';
import { Random, seed } from '../random.js';
import { sharedModel } from './harness/model.js';

const SEED = seed();
const { signal } = new AbortController();
const WORDS = ['red', 'green', 'blue', 'old', 'new', 'wooden', 'boat', 'house', 'tower', 'river'];
const TABLE = `create table thing (nr integer primary key, title text not null, body text, kind varchar(1),
  words tsvector generated always as (to_tsvector('english', title)) stored)`;

interface Thing {
  readonly nr: number;
  readonly title: string;
  readonly body: string | null;
  readonly kind: string;
}

const random = new Random(SEED);
const sentence = (length: number): string => Array.from({ length }, () => random.pick(WORDS)).join(' ');
const THINGS = Array.from({ length: 400 }, (_, nr): Thing => ({
  nr,
  title: sentence(3),
  body: nr % 7 === 0 ? null : sentence(8),
  kind: random.pick(['a', 'b', 'c']),
}));

describe(`searches of postgres (SEED=${SEED})`, () => {
  let server: TestServer;
  let url: string;
  let store: Store;
  let thing: Entity;

  const run = async (...texts: readonly string[]): Promise<void> => {
    const pools = openPools(url, { connections: { page: 1, stream: 1 } });
    try {
      for (const text of texts) await pools.run({ text, values: [] }, { signal });
    } finally {
      await pools.close();
    }
  };
  const storeOf = (language: string, fields?: Readonly<Record<string, 'A' | 'B' | 'C' | 'D'>>): Promise<Store> =>
    postgresStore('things', {
      url,
      schemas: ['public'],
      pool: 2,
      timeouts: { connectMs: 5_000, readMs: 30_000 },
      queueLimit: 100,
      reading: { kind: 'SEARCH', language, entities: fields ? { thing: { fields } } : {} },
    });
  const thingOf = async (from: Store): Promise<Entity> => {
    const { entities, problems } = sharedModel(await from.introspect(signal));
    expect(problems).toEqual([]);
    return entities.get('thing')!;
  };

  beforeAll(async () => {
    server = await openTestServer();
    url = await server.freshDatabase();
    const rows = THINGS.map(
      ({ nr, title, body, kind }) => `(${nr}, '${title}', ${body === null ? 'null' : `'${body}'`}, '${kind}')`,
    );
    await run(
      'create schema tools',
      'create extension pg_trgm schema tools',
      TABLE,
      `insert into thing (nr, title, body, kind) values ${rows.join(', ')}`,
      `create index thing_body on thing using gin (to_tsvector('simple', body))`,
      `create index thing_trigrams on thing using gin (title tools.gin_trgm_ops)`,
      'analyze thing',
    );
    store = await storeOf('simple');
    thing = await thingOf(store);
  }, 60_000);

  afterAll(async () => {
    await store.close();
    await server.close();
  });

  const field = (name: string): Operand => own(fieldOf(thing, name));
  const SCORE: Operand = { steps: [], leaf: { kind: 'score' }, type: FLOAT64, nullable: true };
  const BY_SCORE: OrderTerm = { operand: SCORE, direction: 'desc', nulls: 'last', collate: 'STORE' };
  const byNr = (): OrderTerm => ({ operand: field('nr'), direction: 'asc', nulls: 'last', collate: 'STORE' });
  const highlightsOf = (name: string, fragments: number): Operand => ({
    steps: [],
    leaf: { kind: 'highlights', operand: field(name), fragments },
    type: { kind: 'list', of: TEXT },
    nullable: true,
  });
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
  const hits = async (p: Predicate): Promise<number[]> => numbers(await rowsOf(selectOf(p)));
  const those = (fits: (each: Thing) => boolean): number[] => THINGS.filter(fits).map(({ nr }) => nr);
  const has = (text: string | null, word: string): boolean => text?.split(' ').includes(word) ?? false;

  test('texts and vectors of words are searchable', () => {
    const found = [...thing.fields.values()].filter(({ search }) => search);
    expect(found.map(({ name }) => name)).toEqual(['title', 'body', 'kind', 'words']);
  });

  test('any of the words, all of them, one after the other', async () => {
    const either = those(({ title }) => has(title, 'red') || has(title, 'boat'));
    const both = those(({ title }) => has(title, 'red') && has(title, 'boat'));
    const words = { operands: [field('words')] };
    expect(await hits(match('Red boat'))).toEqual(either);
    expect(await hits(match('Red boat', words))).toEqual(either);
    expect(await hits(match('Red boat', { mode: 'ALL' }))).toEqual(both);
    expect(await hits(match('Red, boat!', { mode: 'ALL', ...words }))).toEqual(both);
    expect(await hits(match('red boat', { mode: 'PHRASE' }))).toEqual(
      those(({ title }) => ` ${title} `.includes(' red boat ')),
    );
    expect(await hits(match('woden', { fuzzy: true }))).toEqual(those(({ title }) => has(title, 'wooden')));
    expect(await hits(match('Woden, hous', { fuzzy: true, mode: 'ALL' }))).toEqual(
      those(({ title }) => has(title, 'wooden') && has(title, 'house')),
    );
    expect(await hits(match('woden'))).toEqual([]);
  });

  test('what is no word finds nothing, and is no syntax', async () => {
    for (const text of ['&|!', "'", "red' | 'boat", '\\', 'red:*', '!red', '" or "', '$1']) {
      for (const mode of ['ANY', 'ALL', 'PHRASE'] as const) {
        const words = WORDS.filter((word) => text.includes(word));
        const found = await hits(match(text, { mode }));
        const wanted = (title: string): boolean =>
          words.length > 0 &&
          (mode === 'ANY'
            ? words.some((w) => has(title, w))
            : mode === 'ALL'
              ? words.every((w) => has(title, w))
              : title.includes(words.join(' ')));
        expect([text, mode, found]).toEqual([text, mode, those(({ title }) => wanted(title))]);
      }
      for (const mode of ['ANY', 'ALL'] as const) {
        const found = await hits(match(text.replace(/[a-z]/g, ''), { mode, fuzzy: true }));
        expect(found).toEqual([]);
      }
    }
  });

  test('fields are searched each, a null is no hit, negated or not', async () => {
    const both = { operands: [field('title'), field('body')], boosts: [2, 1] };
    expect(await hits(match('tower', both))).toEqual(
      those(({ title, body }) => has(title, 'tower') || has(body, 'tower')),
    );
    expect(await hits(not(match('tower', { operands: [field('body')] })))).toEqual(
      those(({ body }) => body !== null && !has(body, 'tower')),
    );
    expect(await hits(not(match('&', { operands: [field('body')] })))).toEqual(those(({ body }) => body !== null));
    expect(await hits(match('a', { operands: [field('kind')] }))).toEqual(those(({ kind }) => kind === 'a'));
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
    for (const fuzzy of [false, true]) {
      const rows = await rowsOf(selectOf(match('red tower house', { fuzzy }), scored));
      const scores = rows.map(([, each]) => each as number);
      expect(scores.length).toBeGreaterThan(50);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
      expect(scores.every((each) => each > 0)).toBe(true);
      const filtered = await rowsOf(selectOf(and(isKind('a'), match('red tower house', { fuzzy })), scored));
      const byNumber = new Map(rows.map(([nr, each]) => [nr, each]));
      expect(filtered.length).toBeGreaterThan(10);
      for (const [nr, each] of filtered) expect(each).toBe(byNumber.get(nr));
    }
    const plain = await rowsOf(selectOf(isKind('a'), { output: [SCORE], limit: literal(INT64, 2n) }));
    expect(plain).toEqual([[null], [null]]);
  });

  test('a boost counts more, and so does a weight of the config', async () => {
    const [title, body] = [field('title'), field('body')];
    const scoreOf = async (from: Store, where: Predicate): Promise<number> => {
      const [batch] = await from.read(
        [selectOf(where, { output: [SCORE], orderBy: [BY_SCORE], limit: literal(INT64, 1n) })],
        { args: [], form: 'TYPED', signal },
      );
      return batch!.rows[0]![0] as number;
    };
    const plain = await scoreOf(store, match('boat'));
    expect(await scoreOf(store, match('boat', { boosts: [3] }))).toBeCloseTo(3 * plain, 6);
    const weighing = await storeOf('simple', { title: 'A', body: 'C' });
    try {
      const weighed = await thingOf(weighing);
      expect([...weighed.fields.values()].filter(({ search }) => search).map(({ name }) => name)).toEqual([
        'title',
        'body',
      ]);
      const [heavy, light] = [own(fieldOf(weighed, 'title')), own(fieldOf(weighed, 'body'))];
      expect(await scoreOf(weighing, match('boat', { operands: [heavy] }))).toBeCloseTo(10 * plain, 6);
      const bodies = await scoreOf(store, match('boat', { operands: [body] }));
      expect(await scoreOf(weighing, match('boat', { operands: [light] }))).toBeCloseTo(2 * bodies, 6);
      expect(title).toBeDefined();
    } finally {
      await weighing.close();
    }
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
    const where = and(match('wooden', { operands: [field('body')] }), isKind('c'));
    const rows = await rowsOf(selectOf(where, { output: [field('nr'), highlightsOf('body', 1)] }));
    expect(rows.length).toBeGreaterThan(10);
    for (const [, pieces] of rows) {
      expect(pieces).toHaveLength(1);
      expect((pieces as string[])[0]).toContain('<em>wooden</em>');
    }
    const other = await rowsOf(selectOf(where, { output: [highlightsOf('title', 1)], limit: literal(INT64, 1n) }));
    expect(other).toEqual([[null]]);
    expect(
      await rowsOf(selectOf(isKind('c'), { output: [highlightsOf('body', 2)], limit: literal(INT64, 1n) })),
    ).toEqual([[null]]);
  });

  test('a long text has several pieces', async () => {
    const filler = Array.from({ length: 80 }, (_, i) => `word${i}`).join(' ');
    await run(
      `insert into thing (nr, title, body, kind) values (1000, 'long', 'zebra ${filler} zebra ${filler} zebra', 'a')`,
    );
    try {
      const where = match('zebra', { operands: [field('body')] });
      const pieces = async (most: number): Promise<unknown> =>
        (await rowsOf(selectOf(where, { output: [highlightsOf('body', most)] })))[0]![0];
      expect(await pieces(2)).toHaveLength(2);
      expect(await pieces(5)).toHaveLength(3);
      for (const piece of (await pieces(5)) as string[]) expect(piece).toContain('<em>zebra</em>');
    } finally {
      await run('delete from thing where nr = 1000');
    }
  });

  test('a language has its own words', async () => {
    const english = await storeOf('english');
    try {
      const entity = await thingOf(english);
      const select = selectOf(match('boats', { operands: [own(fieldOf(entity, 'title'))] }));
      const [batch] = await english.read([select], { args: [], form: 'TYPED', signal });
      expect(numbers(batch!.rows)).toEqual(those(({ title }) => has(title, 'boat')));
      expect(await hits(match('boats'))).toEqual([]);
    } finally {
      await english.close();
    }
    const unknown = await storeOf('klingon');
    const { problems } = await unknown.introspect(signal);
    await unknown.close();
    expect(problems).toEqual([{ subject: 'public.thing', message: expect.stringContaining('klingon') as unknown }]);
  });

  test('indexes of words and of trigrams serve', async () => {
    const planOf = async (where: Predicate): Promise<string> => {
      const { text, parameters } = store.explain(selectOf(where));
      expect(parameters).toHaveLength(1);
      const given = parameters[0] === 'text[]' ? `'{house}'` : `'house'`;
      const pools = openPools(url, { connections: { page: 1, stream: 1 } });
      try {
        const [, , , plan] = await pools.page(
          [
            'set local enable_seqscan = off',
            'set local plan_cache_mode = force_generic_plan',
            `prepare x as ${text}`,
            `explain execute x(${given})`,
            'deallocate x',
          ].map((each) => ({ text: each, values: [] })),
          { signal },
        );
        return plan!.rows.map(([line]) => line).join('\n');
      } finally {
        await pools.close();
      }
    };
    for (const mode of ['ANY', 'ALL', 'PHRASE'] as const)
      expect(await planOf(match('house', { operands: [field('body')], mode }))).toContain('thing_body');
    expect(await planOf(match('house', { fuzzy: true }))).toContain('thing_trigrams');
  });

  test('without pg_trgm a fuzzy match is refused with a hint, and the nearest without vectors', async () => {
    const bare = await server.freshDatabase();
    const kept = url;
    url = bare;
    let poor: Store | null = null;
    try {
      await run(TABLE);
      poor = await storeOf('simple');
      const entity = await thingOf(poor);
      const select = selectOf(match('red', { operands: [own(fieldOf(entity, 'title'))], fuzzy: true }), { output: [] });
      expect(missing(select, poor.capabilities)).toEqual(['where']);
      const read = async (of: Store): Promise<unknown> => of.read([select], { args: [], form: 'TYPED', signal });
      await expect(read(poor)).rejects.toMatchObject({
        code: 'UNSUPPORTED',
        detail: { hint: expect.stringContaining('pg_trgm') as unknown },
      });
    } finally {
      url = kept;
      await poor?.close();
    }
  });

  test('a match beside another condition of an or is scored too', async () => {
    const rows = await rowsOf(selectOf(or(match('red'), isKind('a')), { output: [field('title'), SCORE] }));
    for (const [title, each] of rows) expect((each as number) > 0).toBe(has(title as string, 'red'));
  });
});

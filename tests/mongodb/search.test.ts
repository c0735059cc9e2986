import { beforeAll, describe, expect, test } from '@jest/globals';
import type { MemoryConfig } from '../../datasources/memory/index.js';
import { compile } from '../../datasources/mongodb/compile.js';
import { slotsOf } from '../../datasources/mongodb/expression.js';
import { searchString } from '../../datasources/mongodb/words.js';
import { fieldOf, type Entity } from '../../src/ir/entity.js';
import { own, place, step, type Operand } from '../../src/ir/operand.js';
import { and, not, or, TRUE, type Predicate, type Search } from '../../src/ir/predicate.js';
import type { OrderTerm, Select } from '../../src/ir/select.js';
import { FLOAT64, INT32, INT64, TEXT, type DataType } from '../../src/ir/types.js';
import { literal, parameter } from '../../src/ir/value.js';
import { missing } from '../../src/planner/pushdown.js';
import type { Row } from '../../src/store/batch.js';
import type { Store } from '../../src/store/store.js';
import { pipelinesOver } from '../conformance/harness/mongodb.js';
import { sharedModel } from '../conformance/harness/model.js';
import { readPlanned } from '../conformance/planned.js';
import { Random } from '../random.js';
import { parseSearch } from './stand-in.js';

const { signal } = new AbortController();
const random = new Random(11);
const WORDS = ['red', 'green', 'blue', 'old', 'new', 'wooden', 'boat', 'house', 'tower', 'river'];
const VECTOR: DataType = { kind: 'vector', dimensions: 3 };
const SCORE: Operand = { steps: [], leaf: { kind: 'score' }, type: FLOAT64, nullable: true };
const BEST: OrderTerm = { operand: SCORE, direction: 'desc', nulls: 'last', collate: 'STORE' };
const sentence = (length: number): string => Array.from({ length }, () => random.pick(WORDS)).join(' ');

interface Thing {
  readonly nr: bigint;
  readonly title: string;
  readonly kind: string;
  readonly tags: readonly string[] | null;
  readonly likeness: readonly number[] | null;
  readonly owner: bigint;
}

const THINGS = Array.from({ length: 200 }, (_, nr): Thing => ({
  nr: BigInt(nr),
  title: sentence(4),
  kind: random.pick(['a', 'b', 'c']),
  tags: nr % 3 === 0 ? null : [random.pick(WORDS), random.pick(WORDS)],
  likeness: nr % 10 === 0 ? null : [random.int(100) / 10, random.int(100) / 10, random.int(100) / 10],
  owner: BigInt(nr % 7),
}));
const OWNERS = Array.from({ length: 7 }, (_, nr) => ({ nr: BigInt(nr), name: `owner ${nr}` }));
const column = (name: string, type: DataType, nullable = false) => ({
  ...{ name, type, nullable, description: null, native: null },
});

// Every other field is one of which a validator promises the type: nr, kind, owner.
const FIXTURE: MemoryConfig = {
  shape: {
    problems: [],
    entities: [
      {
        ...{ name: 'thing', id: 'thing', kind: 'COLLECTION', description: null, native: null, estimatedRows: null },
        fields: [
          ...[column('nr', INT32), column('title', TEXT), column('kind', TEXT)],
          ...[column('tags', { kind: 'list', of: TEXT }, true), column('owner', INT32)],
          column('likeness', { kind: 'list', of: FLOAT64 }, true),
        ],
        ...{ key: ['nr'], unique: [] },
        references: [{ name: 'owner', fields: ['owner'], to: 'owner', toFields: ['nr'], enforced: true }],
      },
      {
        ...{ name: 'owner', id: 'owner', kind: 'COLLECTION', description: null, native: null, estimatedRows: null },
        ...{ fields: [column('nr', INT32), column('name', TEXT)], key: ['nr'], unique: [], references: [] },
      },
    ],
  },
  rows: { thing: THINGS.map((each) => ({ ...each })), owner: OWNERS },
};

const TOLD = new Map([
  [
    'thing',
    {
      indexes: [{ name: 'words', key: { _fts: 'text', _ftsx: 1 }, weights: { title: 10, tags: 1 } }],
      searches: [
        {
          ...{ name: 'likenesses', type: 'vectorSearch', queryable: true },
          latestDefinition: {
            fields: [
              { type: 'vector', path: 'likeness', numDimensions: 3, similarity: 'euclidean' },
              { type: 'filter', path: 'kind' },
              { type: 'filter', path: 'title' },
            ],
          },
        },
      ],
    },
  ],
]);

describe('searches of mongodb, whose pipelines mingo runs over what stands in for $text and $vectorSearch', () => {
  let store: Store;
  let thing: Entity;
  let owner: Entity;

  beforeAll(async () => {
    store = await pipelinesOver(FIXTURE, TOLD);
    const { entities } = sharedModel(await store.introspect(signal));
    [thing, owner] = [entities.get('thing')!, entities.get('owner')!];
  });

  const field = (name: string): Operand => own(fieldOf(thing, name));
  const match = (text: string, more: Partial<Extract<Search, { kind: 'match' }>> = {}): Search => ({
    ...{ kind: 'match', operands: [field('title'), field('tags')], boosts: [1, 1], text: literal(TEXT, text) },
    ...{ mode: 'ANY', fuzzy: false, negated: false, ...more },
  });
  const nearest = (k: number, among: Predicate = TRUE): Search => ({
    ...{
      kind: 'nearest',
      operand: field('likeness'),
      vector: literal(VECTOR, [5, 5, 5]),
      k: literal(INT64, BigInt(k)),
    },
    ...{ among: place(thing, among), negated: false },
  });
  const isKind = (kind: string, name = 'kind'): Predicate => ({
    ...{ kind: 'compare', operand: field(name), op: 'eq', value: literal(TEXT, kind), collate: 'STORE' },
  });
  const selectOf = (where: Predicate, more: Partial<Select> = {}): Select => ({
    ...{ from: place(thing), where, output: [field('nr')], groups: null, orderBy: [], limit: null, offset: null },
    ...{ keyset: [], within: null, ...more },
  });
  const rowsOf = async (select: Select, args: readonly unknown[] = []): Promise<readonly Row[]> => {
    expect(missing(select, store.capabilities)).toEqual([]);
    const [batch] = await store.read([select], { args, form: 'TYPED', signal });
    return batch!.rows;
  };
  const numbers = (rows: readonly Row[]): number[] => rows.map(([nr]) => Number(nr)).sort((a, b) => a - b);
  const hits = async (p: Predicate, args: readonly unknown[] = []): Promise<number[]> =>
    numbers(await rowsOf(selectOf(p), args));
  const those = (fits: (each: Thing) => boolean): number[] => THINGS.filter(fits).map(({ nr }) => Number(nr));
  const has = ({ title, tags }: Thing, word: string): boolean => [...title.split(' '), ...(tags ?? [])].includes(word);

  test('what indexes know is on the fields', () => {
    const found = [...thing.fields.values()].filter(({ search }) => search).map(({ name }) => name);
    expect(found).toEqual(['title', 'tags']);
    expect(fieldOf(thing, 'likeness').type).toEqual(VECTOR);
  });

  test('any of the words, all of them, one after the other', async () => {
    expect(await hits(match('Red, boat!'))).toEqual(those((each) => has(each, 'red') || has(each, 'boat')));
    const both = those((each) => has(each, 'red') && has(each, 'boat'));
    expect(both.length).toBeGreaterThan(3);
    expect(await hits(match('Red, boat!', { mode: 'ALL' }))).toEqual(both);
    const phrase = those(({ title }) => ` ${title} `.includes(' red boat '));
    expect(phrase.length).toBeGreaterThan(1);
    expect(await hits(match('red  boat', { mode: 'PHRASE' }))).toEqual(phrase);
  });

  test('filter and match commute, with a parameter as with a literal', async () => {
    const expected = those((each) => has(each, 'old') && each.kind === 'b');
    expect(expected.length).toBeGreaterThan(3);
    const bound = match('', { text: parameter(TEXT, 0) });
    for (const where of [and(match('old'), isKind('b')), and(isKind('b'), bound)])
      expect(await hits(where, ['old'])).toEqual(expected);
  });

  test('a filter over a relation beside it, and a policy', async () => {
    const related: Predicate = {
      ...{ kind: 'related', step: step(thing.relations.get('owner_owner') ?? [...thing.relations.values()][0]!) },
      ...{ quantifier: 'some', negated: false },
      where: {
        ...{ kind: 'compare', operand: own(fieldOf(owner, 'name')), op: 'eq', value: literal(TEXT, 'owner 3') },
        collate: 'STORE',
      },
    };
    const scored = { output: [field('nr'), SCORE], orderBy: [BEST] };
    const rows = await rowsOf(selectOf(and(match('old'), related), { ...scored, from: place(thing, isKind('a')) }));
    expect(numbers(rows)).toEqual(those((each) => has(each, 'old') && each.kind === 'a' && each.owner === 3n));
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every(([, score]) => (score as number) > 0)).toBe(true);
  });

  test('scores descend, pages follow one another, and without a search they are null', async () => {
    const orderBy: OrderTerm[] = [BEST, { operand: field('nr'), direction: 'asc', nulls: 'last', collate: 'STORE' }];
    const output = [SCORE, field('nr')];
    const where = match('red tower house');
    const whole = await rowsOf(selectOf(where, { output, orderBy }));
    const scores = whole.map(([score]) => score as number);
    expect(scores.length).toBeGreaterThan(50);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    const limit = literal(INT64, 7n);
    const first = await rowsOf(selectOf(where, { output, orderBy, limit }));
    const values = [parameter(FLOAT64, 0), parameter(INT32, 1)];
    const keyset = [{ side: 'after', inclusive: false, values } as const];
    const second = await rowsOf(selectOf(where, { output, orderBy, limit, keyset }), first.at(-1));
    expect([...first, ...second]).toEqual(whole.slice(0, 14));
    expect(await rowsOf(selectOf(isKind('a'), { output: [SCORE], limit: literal(INT64, 2n) }))).toEqual([
      [null],
      [null],
    ]);
  });

  test('counts and groups of what is found, and children of it', async () => {
    const counted = selectOf(match('boat'), {
      output: [{ steps: [], leaf: { kind: 'groupMeasure', index: 0 }, type: INT64, nullable: false }],
      groups: {
        keys: [],
        measures: [
          {
            ...{ fn: 'COUNT', operand: null, q: null, where: TRUE, collate: 'STORE', approximate: false, type: INT64 },
          },
        ],
        having: TRUE,
      },
    });
    const expected = those((each) => has(each, 'boat'));
    expect(await rowsOf(counted)).toEqual([[BigInt(expected.length)]]);
    const parents = selectOf(match('boat'), { orderBy: [BEST], limit: literal(INT64, 5n) });
    const toOwner = [...thing.relations.values()][0]!;
    const children = {
      ...selectOf(TRUE, { output: [own(fieldOf(owner, 'name'))] }),
      from: place(owner),
      within: { step: step(toOwner), parents: { kind: 'select', select: parents } as const },
    };
    const found = (await rowsOf({ ...parents, output: [field('owner')] })).map(([nr]) => nr as bigint);
    const rows = await rowsOf(children);
    expect(rows.map(([nr]) => nr).sort()).toEqual([...new Set(found)].sort());
  });

  test('the k nearest of those that the filter leaves, the best first', async () => {
    const distance = (each: Thing): number => each.likeness!.reduce((sum, v) => sum + (v - 5) ** 2, 0);
    for (const among of [TRUE, isKind('b')]) {
      const some = THINGS.filter((each) => each.likeness && (among === TRUE || each.kind === 'b'));
      const best = some.sort((a, b) => distance(a) - distance(b)).slice(0, 10);
      const rows = await rowsOf(
        selectOf(and(nearest(10, among), among), { output: [field('nr'), SCORE], orderBy: [BEST] }),
      );
      expect(rows.map(([, score]) => score)).toEqual(best.map((each) => 1 / (1 + distance(each))));
    }
    expect(await rowsOf(selectOf(nearest(0)))).toEqual([]);
  });

  describe('what cannot be is refused with a hint, planned or asked all the same', () => {
    const CASES: Readonly<Record<string, [ask: () => Partial<Select>, message: RegExp, hint: RegExp]>> = {
      'some of the fields': [
        () => ({ where: match('red', { operands: [field('title')], boosts: [1] }) }),
        /^mongodb cannot search some of the fields/,
        /leave fields out/,
      ],
      'a field without an index': [
        () => ({ where: match('red', { operands: [field('kind')], boosts: [1] }) }),
        /^mongodb cannot search text that no text index has/,
        /create one/,
      ],
      'a fuzzy search': [() => ({ where: match('red', { fuzzy: true }) }), /written otherwise/, /without fuzzy/],
      'other weights': [() => ({ where: match('red', { boosts: [2, 1] }) }), /weigh/, /title 10, tags 1/],
      negated: [() => ({ where: not(match('red')) }), /^mongodb cannot search text here/, /not inside of _or/],
      'one of several ways': [() => ({ where: or(match('red'), isKind('b')) }), /search text here/, /_or/],
      'two searches': [() => ({ where: and(match('red'), match('boat')) }), /search text here/, /one search/],
      'text and the nearest': [() => ({ where: and(match('red'), nearest(3)) }), /here/, /one search/],
      'behind a relation': [
        () => ({
          from: place(owner),
          output: [own(fieldOf(owner, 'nr'))],
          where: {
            ...{ kind: 'related', step: step([...owner.relations.values()][0]!), quantifier: 'some' },
            ...{ where: match('red'), negated: false },
          },
        }),
        /search text here/,
        /relations/,
      ],
      'with parents': [
        () => ({
          where: match('red'),
          within: {
            step: step([...owner.relations.values()][0]!),
            parents: {
              kind: 'select',
              select: { ...selectOf(TRUE), from: place(owner), output: [own(fieldOf(owner, 'nr'))] },
            },
          },
        }),
        /search text here/,
        /without parents/,
      ],
      'the nearest of what no filter tells': [
        () => ({
          where: nearest(3, { ...isKind('3'), operand: field('owner'), value: literal(INT32, 3n) } as Predicate),
        }),
        /other conditions choose/,
        /filters \(kind, title\)/,
      ],
      'the nearest of a type that nobody promises': [
        () => ({ where: nearest(3, isKind('red', 'title')) }),
        /other conditions choose/,
        /validator/,
      ],
    };

    test.each(Object.keys(CASES))('%s', async (name) => {
      const [ask, message, hint] = CASES[name]!;
      const select = selectOf(TRUE, ask());
      expect(missing(select, store.capabilities)).toContain('where');
      const refused = { code: 'UNSUPPORTED', message: expect.stringMatching(message) as unknown };
      const detail = { hint: expect.stringMatching(hint) as unknown };
      expect(() => compile(select)).toThrow(
        expect.objectContaining({ ...refused, detail: expect.objectContaining(detail) as unknown }),
      );
      await expect(readPlanned(select, [], store, store.capabilities)).rejects.toMatchObject({ ...refused, detail });
    });

    test('what is left to the gateway beside a search is named', async () => {
      const highlights: Operand = {
        ...{ steps: [], leaf: { kind: 'highlights', operand: field('title'), fragments: 1 } },
        ...{ type: { kind: 'list', of: TEXT }, nullable: true },
      };
      await expect(
        readPlanned(selectOf(match('red'), { output: [highlights] }), [], store, store.capabilities),
      ).rejects.toMatchObject({ code: 'UNSUPPORTED', message: expect.stringContaining('output') as unknown });
    });
  });
});

/** What a search string could be made of: quotes, minus signs, their likenesses, escapes, ends of words. */
const TYPED = [
  '-red',
  'boat -red',
  'boat --red',
  'boat - red',
  '"red" -"boat"',
  '"',
  '""',
  '-',
  '-"',
  '\\"red\\" -boat',
  'red\\',
  '\\',
  'boat\n-red',
  'boat\t-red',
  'boat\u00a0-red',
  'boat\u2028-red',
  'boat\u0000-red',
  'boat \u2212red \u2013blue \u2014old',
  '\u201cred\u201d \u201eboat\u201c',
  "'-red' don't '",
  'pre-market -',
  '{"$search": "x"} $text $regex',
  'a"b"-c"-d',
  '😀 -😀',
  '',
];

describe('whatever is typed, the search string says what was asked and negates nothing', () => {
  const words = (text: string): string[] => text.match(/[\p{L}\p{N}😀]+(?:'[\p{L}\p{N}]+)*/gu) ?? [];

  test.each(TYPED)('%j', (text) => {
    const any = parseSearch(searchString('ANY')(text));
    expect({ phrases: any.phrases, negated: any.negated }).toEqual({ phrases: [], negated: [] });
    const all = parseSearch(searchString('ALL')(text));
    expect({ phrases: all.phrases, negated: all.negated }).toEqual({
      phrases: words(text).map((w) => w.toLowerCase()),
      negated: [],
    });
    const phrase = parseSearch(searchString('PHRASE')(text));
    expect(phrase.negated).toEqual([]);
    expect(phrase.phrases).toHaveLength(words(text).length > 0 ? 1 : 0);
    expect(any.terms).toEqual(all.terms);
    expect(phrase.terms).toEqual(all.terms);
  });

  test('at random too', () => {
    const pieces = ['"', '-', ' ', 'a', "'", '\\', '\t', '–', '\u0000', 'b', '“', '$', '{', '\n'];
    let negations = 0;
    for (let i = 0; i < 600; i += 1) {
      const text = Array.from({ length: 1 + random.int(12) }, () => random.pick(pieces)).join('');
      negations += parseSearch(text).negated.length;
      for (const mode of ['ANY', 'ALL', 'PHRASE'] as const) {
        const { negated, phrases } = parseSearch(searchString(mode)(text));
        expect([text, mode, negated]).toEqual([text, mode, []]);
        if (mode === 'ANY') expect([text, phrases]).toEqual([text, []]);
        if (mode === 'PHRASE') expect(phrases.length).toBeLessThanOrEqual(1);
      }
    }
    // The text as it was typed would have been read so.
    expect(negations).toBeGreaterThan(30);
  });
});

test('what was typed is a value of $search, and is nowhere else', async () => {
  const store = await pipelinesOver(FIXTURE, TOLD);
  const thing = sharedModel(await store.introspect(signal)).entities.get('thing')!;
  const p: Search = {
    ...{ kind: 'match', operands: ['title', 'tags'].map((name) => own(fieldOf(thing, name))), boosts: [1, 1] },
    ...{ text: parameter(TEXT, 0), mode: 'ANY', fuzzy: false, negated: false },
  };
  const select: Select = {
    ...{ from: place(thing), where: p, output: [own(fieldOf(thing, 'nr'))], groups: null, orderBy: [] },
    ...{ limit: null, offset: null, keyset: [], within: null },
  };
  const { pipeline } = compile(select);
  expect(slotsOf(pipeline as never)).toHaveLength(1);
  expect(JSON.stringify(pipeline[0])).toMatch(/^\{"\$match":\{"\$text":\{"\$search":/);
});

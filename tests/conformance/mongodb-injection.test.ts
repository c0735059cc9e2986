import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { memoryStore, type MemoryConfig } from '../../datasources/memory/index.js';
import { compile } from '../../datasources/mongodb/compile.js';
import { fill } from '../../datasources/mongodb/expression.js';
import { fieldOf, type Entity } from '../../src/ir/entity.js';
import { own, place, step } from '../../src/ir/operand.js';
import { TRUE, type Predicate, type TextTest } from '../../src/ir/predicate.js';
import type { Select } from '../../src/ir/select.js';
import { INT64, TEXT, type DataType } from '../../src/ir/types.js';
import { literal, literals, parameter } from '../../src/ir/value.js';
import type { Row } from '../../src/store/batch.js';
import type { Store } from '../../src/store/store.js';
import { parseSearch } from '../mongodb/stand-in.js';
import { sharedModel } from './harness/model.js';
import { pipelinesOver } from './harness/mongodb.js';

/** Strings that are paths, variables, operators, scripts, patterns or ends of literals where somebody forgot to say that they are values. */
const CORPUS = [
  '$word',
  '$$ROOT',
  '$$REMOVE',
  '$',
  '$$',
  '{"$gt": ""}',
  '{ $where: "sleep(1000)" }',
  '$where',
  '$expr',
  '$literal',
  "'; while (true) {} //",
  'a.b.c',
  '.',
  '..',
  '*)(word=*',
  '.*',
  '(?i)(?s).*',
  '\\E.*\\Q',
  '[[:alpha:]]',
  '^$',
  '%_\\',
  '\u2019 or 1 = 1',
  '😀"\'\\`',
  'r',
  'c',
  '_id',
  '__proto__',
  '_bsontype',
  'constructor',
  ' ',
  '-r',
  'word -r "c" -"where"',
];

/** Names of collections may not hold dollars, and no document a field without a name. */
const NAMES = CORPUS.filter((text) => text !== '__proto__' && text !== '_bsontype');
const WORDS: DataType = { kind: 'list', of: TEXT };

const field = (name: string, type: DataType, nullable = true) => ({
  name,
  type,
  nullable,
  description: null,
  native: null,
});
const HOSTILE: MemoryConfig = {
  shape: {
    problems: [],
    entities: [
      {
        name: 'words',
        id: 'public.words',
        kind: 'TABLE',
        description: null,
        fields: [field('id', INT64, false), field('word', TEXT), field('list', WORDS)],
        key: ['id'],
        unique: [],
        references: [],
        estimatedRows: null,
        native: null,
      },
      ...NAMES.map((name, i) => ({
        name,
        id: `public.${name}`,
        kind: 'COLLECTION' as const,
        description: null,
        fields: [field(name, INT64, false), field(`${name} up`, INT64)],
        key: [name],
        unique: [],
        references: [
          {
            name: `key ${name}`,
            fields: [`${name} up`],
            to: i === 0 ? `public.${name}` : `public.${NAMES[i - 1]!}`,
            toFields: [i === 0 ? name : NAMES[i - 1]!],
            enforced: true,
          },
        ],
        estimatedRows: null,
        native: null,
      })),
    ],
  },
  rows: {
    'public.words': CORPUS.map((word, i) => ({
      id: BigInt(i),
      word,
      list: [word, null, 'x'],
    })),
    ...Object.fromEntries(
      NAMES.map((name, i) => [
        `public.${name}`,
        [1n, 2n].map((id) => ({ [name]: id, [`${name} up`]: i === 0 ? null : id })),
      ]),
    ),
  },
};

interface Searching {
  readonly $match: { readonly $text: { readonly $search: string } };
}

const SEARCHED = new Map([
  ['words', { indexes: [{ key: { _fts: 'text', _ftsx: 1 }, weights: { word: 1 } }], searches: [] }],
]);

const { signal } = new AbortController();
let pipelines: Store;
let memory: Store;
let words: Entity;
let byId: Map<string, Entity>;

beforeAll(async () => {
  pipelines = await pipelinesOver(HOSTILE, SEARCHED);
  memory = await memoryStore('hostile', HOSTILE);
  const { entities, shapes } = sharedModel(await pipelines.introspect(signal), {
    // Many of the names are the same once they are made legal.
    entities: Object.fromEntries(NAMES.map((name, i) => [`public.${name}`, { rename: `hostile_${i}` }])),
  });
  byId = new Map([...shapes].map(([name, shape]) => [shape.id, entities.get(name)!]));
  words = byId.get('public.words')!;
});

afterAll(async () => {
  await pipelines.close();
});

function select(entity: Entity, more: Partial<Select>): Select {
  const output = [...entity.fields.values()].map(own);
  const orderBy = entity.key!.map(
    (name) => ({ operand: own(fieldOf(entity, name)), direction: 'asc', nulls: 'last', collate: 'STORE' }) as const,
  );
  return {
    from: place(entity),
    where: TRUE,
    output,
    groups: null,
    orderBy,
    limit: null,
    offset: null,
    keyset: [],
    within: null,
    ...more,
  };
}

async function same(question: Select, args: readonly unknown[] = []): Promise<number> {
  const run = { args, form: 'TYPED', signal } as const;
  const [[got], [expected]] = await Promise.all([pipelines.read([question], run), memory.read([question], run)]);
  // Parents come in any order.
  const shown = (rows: readonly Row[]) => (question.within ? rows.map(String).sort() : rows);
  expect(shown(got!.rows)).toEqual(shown(expected!.rows));
  return got!.rows.length;
}

describe.each(CORPUS)('%j as a value', (text) => {
  const word = () => own(fieldOf(words, 'word'));
  const list = () => own(fieldOf(words, 'list'));

  test('in comparisons and lists, literal or parameter', async () => {
    expect(
      await same(
        select(words, {
          where: { kind: 'compare', operand: word(), op: 'eq', value: literal(TEXT, text), collate: 'STORE' },
        }),
      ),
    ).toBe(1);
    expect(
      await same(
        select(words, {
          where: { kind: 'compare', operand: word(), op: 'lt', value: parameter(TEXT, 0), collate: 'BINARY' },
        }),
        [text],
      ),
    ).toBeLessThan(CORPUS.length);
    expect(
      await same(
        select(words, { where: { kind: 'in', operand: word(), value: literals(TEXT, [text, 'no']), negated: false } }),
      ),
    ).toBe(1);
    expect(
      await same(
        select(words, {
          where: { kind: 'list', operand: list(), test: 'has', value: literal(TEXT, text), negated: false },
        }),
      ),
    ).toBe(1);
    expect(
      await same(
        select(words, {
          where: { kind: 'list', operand: list(), test: 'hasAll', value: parameter(TEXT, 0, true), negated: false },
        }),
        [[text, 'x']],
      ),
    ).toBe(1);
  });

  test.each<TextTest>(['like', 'ilike', 'startsWith', 'endsWith', 'contains', 'regex'])('in %s', async (kind) => {
    const literalText =
      kind === 'like' || kind === 'ilike'
        ? text.replace(/[\\%_]/g, '\\$&')
        : kind === 'regex'
          ? text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
          : text;
    const where: Predicate = { kind: 'text', operand: word(), test: kind, value: parameter(TEXT, 0), negated: false };
    expect(await same(select(words, { where }), [literalText])).toBeGreaterThan(0);
  });

  test.each(['ANY', 'ALL', 'PHRASE'] as const)('in a search for %s, over what stands in for $text', async (mode) => {
    const match = { kind: 'match', operands: [word()], boosts: [1], mode, fuzzy: false, negated: false } as const;
    const question = select(words, { where: { ...match, text: parameter(TEXT, 0) }, orderBy: [] });
    const [first, ...others] = fill(compile(question).pipeline, [text]) as [Searching, ...unknown[]];
    const { $search: asked, ...options } = first.$match.$text;
    expect([options, Object.keys(first), Object.keys(first.$match)]).toEqual([{}, ['$match'], ['$text']]);
    expect(JSON.stringify(others)).not.toMatch(/\$(text|search)"/);
    const { terms, phrases, negated } = parseSearch(asked);
    expect(negated).toEqual([]);
    if (mode === 'ANY') expect(phrases).toEqual([]);
    const [found] = await pipelines.read([question], { args: [text], form: 'TYPED', signal });
    const ids = found!.rows.map(([id]) => id);
    // Its own row has its words, if there are any; a sign that was taken away may be missing from a phrase.
    if (mode !== 'PHRASE') expect(ids.includes(BigInt(CORPUS.indexOf(text)))).toBe(terms.length > 0);
    expect(ids.length).toBeLessThan(CORPUS.length);
  });

  test('as a position and as a key of parents', async () => {
    const binary = { operand: word(), direction: 'asc', nulls: 'last', collate: 'BINARY' } as const;
    await same(
      select(words, { orderBy: [binary], keyset: [{ side: 'after', inclusive: false, values: [parameter(TEXT, 0)] }] }),
      [text],
    );
  });
});

test.each(NAMES)('%j as the name of a collection, a field and a key', async (name) => {
  const entity = byId.get(`public.${name}`)!;
  expect(
    await same(
      select(entity, { where: { kind: 'isNull', operand: own(fieldOf(entity, entity.key![0]!)), negated: true } }),
    ),
  ).toBe(2);
  const up = [...entity.relations.values()].find((r) => !r.many)!;
  const parents = select(entity, {});
  const children = select(up.to, {
    within: { step: step(up), parents: { kind: 'select', select: parents } },
    limit: literal(INT64, 5n),
  });
  await same(children);
});

test('no value of a question is in a pipeline but where `$literal` or a condition takes it as it is', () => {
  const where: Predicate = {
    kind: 'compare',
    operand: own(fieldOf(words, 'word')),
    op: 'eq',
    value: literal(TEXT, 'hidden'),
    collate: 'STORE',
  };
  expect(pipelines.explain(select(words, { where })).text).not.toContain('hidden');
  const filled = JSON.stringify(fill(compile(select(words, { where })).pipeline, []));
  expect(filled.match(/"[^"]*":"hidden"/g)).toEqual(['"$eq":"hidden"', '"$literal":"hidden"']);
});

test('nothing was changed', async () => {
  expect(await same(select(words, {}))).toBe(CORPUS.length);
});

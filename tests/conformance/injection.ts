import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { memoryStore, type MemoryConfig } from '../../datasources/memory/index.js';
import { fieldOf, type Entity } from '../../src/ir/entity.js';
import { own, place, step } from '../../src/ir/operand.js';
import { TRUE, type Predicate, type TextTest } from '../../src/ir/predicate.js';
import type { Select } from '../../src/ir/select.js';
import { INT64, TEXT, type DataType } from '../../src/ir/types.js';
import { literal, literals, parameter } from '../../src/ir/value.js';
import type { Row } from '../../src/store/batch.js';
import type { Store } from '../../src/store/store.js';
import type { Opened } from './harness/harness.js';
import { sharedModel } from './harness/model.js';

/** Strings that end a literal, a name, a comment, a pattern or an array where somebody forgot to quote. */
const CORPUS = [
  `'; drop table "words"; --`,
  `' or '1'='1`,
  `\\'; select pg_sleep(10); --`,
  `"; drop table words; --`,
  `" or ""="`,
  '$1',
  '$$; drop table words; $$',
  '/* */ -- \n drop table words',
  `{"a",NULL}`,
  `{}","{`,
  'NULL',
  `E'\\x27'`,
  '%_\\',
  `(?i)[[:alpha:]]***:.*`,
  '\u2019; drop table words; --',
  '😀"\'\\',
  'select',
  'a.b',
  ' ',
];

/** PostgreSQL's names may not be longer than 63 bytes. */
const SHORT = CORPUS.map((text) => text.slice(0, 30));
const LABELS = [...SHORT.slice(0, 5), 'ok'];
const MOOD: DataType = { kind: 'enum', name: `mood"; --`, values: LABELS };
const WORDS: DataType = { kind: 'list', of: TEXT };

const field = (name: string, type: DataType, nullable = true) => ({
  name,
  type,
  nullable,
  description: null,
  native: null,
});
const hostile = (names: readonly string[]): MemoryConfig => ({
  shape: {
    problems: [],
    entities: [
      {
        name: 'words',
        id: 'public.words',
        kind: 'TABLE',
        description: null,
        fields: [field('id', INT64, false), field('word', TEXT), field('list', WORDS), field('mood', MOOD)],
        key: ['id'],
        unique: [],
        references: [],
        estimatedRows: null,
        native: null,
      },
      ...names.map((name, i) => ({
        name,
        id: `public.${name}`,
        kind: 'TABLE' as const,
        description: null,
        fields: [field(`id ${name}`, INT64, false), field(`up ${name}`, INT64)],
        key: [`id ${name}`],
        unique: [],
        references: [
          {
            name: `key ${name}`,
            fields: [`up ${name}`],
            to: i === 0 ? `public.${name}` : `public.${names[i - 1]!}`,
            toFields: [`id ${i === 0 ? name : names[i - 1]!}`],
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
      mood: LABELS[i % LABELS.length],
    })),
    ...Object.fromEntries(
      names.map((name, i) => [
        `public.${name}`,
        [1n, 2n].map((id) => ({ [`id ${name}`]: id, [`up ${name}`]: i === 0 ? null : id })),
      ]),
    ),
  },
});

const { signal } = new AbortController();

/** What the corpus leaves of itself as a name of a table, where some characters cannot be. */
export interface Injected {
  readonly open: () => Promise<Opened>;
  readonly nameOf?: (text: string) => string;
}

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

/** The corpus in every place of a value, of a label, and of a name: each answer is that of the memory engine. */
export function injection({ open, nameOf = String }: Injected): void {
  const names = SHORT.map(nameOf);
  const fixture = hostile(names);
  let opened: Opened;
  let store: Store;
  let memory: Store;
  let words: Entity;
  let byId: Map<string, Entity>;

  beforeAll(async () => {
    opened = await open();
    store = await opened.load(fixture, fixture);
    memory = await memoryStore('hostile', fixture);
    const { entities, shapes } = sharedModel(await store.introspect(signal), {
      // Many of the names are the same once they are made legal.
      entities: Object.fromEntries(names.map((name, i) => [`public.${name}`, { rename: `hostile_${i}` }])),
    });
    byId = new Map([...shapes].map(([name, shape]) => [shape.id, entities.get(name)!]));
    words = byId.get('public.words')!;
  });

  afterAll(async () => {
    await store.close();
    await opened.close();
  });

  async function same(question: Select, args: readonly unknown[] = []): Promise<number> {
    const run = { args, form: 'TYPED', signal } as const;
    const [[got], [expected]] = await Promise.all([store.read([question], run), memory.read([question], run)]);
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
          select(words, {
            where: { kind: 'in', operand: word(), value: literals(TEXT, [text, 'no']), negated: false },
          }),
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

    test('as a position and as a key of parents', async () => {
      const binary = { operand: word(), direction: 'asc', nulls: 'last', collate: 'BINARY' } as const;
      await same(
        select(words, {
          orderBy: [binary],
          keyset: [{ side: 'after', inclusive: false, values: [parameter(TEXT, 0)] }],
        }),
        [text],
      );
    });
  });

  test.each(LABELS)('%j as a label of an enum', async (label) => {
    const operand = own(fieldOf(words, 'mood'));
    expect(
      await same(
        select(words, { where: { kind: 'compare', operand, op: 'eq', value: literal(MOOD, label), collate: 'STORE' } }),
      ),
    ).toBeGreaterThan(0);
    expect(
      await same(select(words, { where: { kind: 'in', operand, value: literals(MOOD, [label]), negated: true } })),
    ).toBeGreaterThan(0);
  });

  test.each(names)('%j as the name of a table, a column and a key', async (name) => {
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

  test('nothing was dropped', async () => {
    expect(await same(select(words, {}))).toBe(CORPUS.length);
  });
}

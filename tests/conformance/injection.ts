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
import { sharedModel } from './harness/model.js';

/** Where hostile texts go, and which they are: an engine's own language decides what is hostile to it. */
export interface Injected {
  readonly open: (fixture: MemoryConfig) => Promise<Store>;
  readonly close?: () => Promise<void>;
  readonly corpus: readonly string[];
  /** What of it can be names of tables, as it can be one. */
  readonly names: readonly string[];
  /** The columns of such a table; without it `id …` and `up …`. */
  readonly columns?: (name: string) => { readonly id: string; readonly up: string };
  /** Labels of an enum, where the store has enums. */
  readonly labels?: readonly string[];
  /** A list with a word in it, where the store has lists. */
  readonly list?: (word: string) => readonly unknown[];
  /** What else is asked of each text. */
  readonly more?: (text: string, suite: Hostile) => void;
}

export interface Hostile {
  readonly store: () => Store;
  readonly words: () => Entity;
  readonly select: (entity: Entity, more: Partial<Select>) => Select;
}

const WORDS: DataType = { kind: 'list', of: TEXT };
const moodOf = (labels: readonly string[]): DataType => ({ kind: 'enum', name: `mood"; --`, values: labels });

const field = (name: string, type: DataType, nullable = true) => ({
  name,
  type,
  nullable,
  description: null,
  native: null,
});
const base = { kind: 'TABLE', description: null, unique: [], estimatedRows: null, native: null } as const;
const columnsOf = (name: string) => ({ id: `id ${name}`, up: `up ${name}` });

/** A table of the texts, and a table named by each, whose rows lead to those of the one before. */
function hostile({ corpus, names, columns = columnsOf, labels, list }: Injected): MemoryConfig {
  const before = (i: number): string => names[Math.max(0, i - 1)]!;
  return {
    shape: {
      problems: [],
      entities: [
        {
          ...base,
          name: 'words',
          id: 'public.words',
          fields: [
            field('id', INT64, false),
            field('word', TEXT),
            ...(list ? [field('list', WORDS)] : []),
            ...(labels ? [field('mood', moodOf(labels))] : []),
          ],
          key: ['id'],
          references: [],
        },
        ...names.map((name, i) => ({
          ...base,
          name,
          id: `public.${name}`,
          fields: [field(columns(name).id, INT64, false), field(columns(name).up, INT64)],
          key: [columns(name).id],
          references: [
            {
              name: `key ${name}`,
              fields: [columns(name).up],
              to: `public.${before(i)}`,
              toFields: [columns(before(i)).id],
              enforced: true,
            },
          ],
        })),
      ],
    },
    rows: {
      'public.words': corpus.map((word, i) => ({
        id: BigInt(i),
        word,
        ...(list ? { list: list(word) } : {}),
        ...(labels ? { mood: labels[i % labels.length] } : {}),
      })),
      ...Object.fromEntries(
        names.map((name) => [
          `public.${name}`,
          [1n, 2n].map((id) => ({ [columns(name).id]: id, [columns(name).up]: id })),
        ]),
      ),
    },
  };
}

const { signal } = new AbortController();

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

/** The texts in every place of a value, of a label, and of a name: each answer is that of the memory engine. */
export function injection(injected: Injected): void {
  const { open, close, corpus, names, labels, list: lists, more } = injected;
  const fixture = hostile(injected);
  let store: Store;
  let memory: Store;
  let words: Entity;
  let byId: Map<string, Entity>;

  beforeAll(async () => {
    store = await open(fixture);
    memory = await memoryStore('hostile', fixture);
    const { entities, shapes } = sharedModel(await store.introspect(signal), {
      // Many of the names are the same once they are made legal.
      entities: Object.fromEntries(names.map((name, i) => [`public.${name}`, { rename: `hostile_${i}` }])),
    });
    byId = new Map([...shapes].map(([name, shape]) => [shape.id, entities.get(name)!]));
    words = byId.get('public.words')!;
  }, 120_000);

  afterAll(async () => {
    await store.close();
    await close?.();
  });

  async function same(question: Select, args: readonly unknown[] = []): Promise<number> {
    const run = { args, form: 'TYPED', signal } as const;
    const [[got], [expected]] = await Promise.all([store.read([question], run), memory.read([question], run)]);
    // Parents come in any order.
    const shown = (rows: readonly Row[]) => (question.within ? rows.map(String).sort() : rows);
    expect(shown(got!.rows)).toEqual(shown(expected!.rows));
    return got!.rows.length;
  }

  const where = (predicate: Predicate, args: readonly unknown[] = []): Promise<number> =>
    same(select(words, { where: predicate }), args);

  describe.each(corpus)('%j as a value', (text) => {
    const word = () => own(fieldOf(words, 'word'));

    test('in comparisons and lists, literal or parameter', async () => {
      const equal = { kind: 'compare', operand: word(), op: 'eq', collate: 'STORE' } as const;
      expect(await where({ ...equal, value: literal(TEXT, text) })).toBe(1);
      const below = { kind: 'compare', operand: word(), op: 'lt', collate: 'BINARY' } as const;
      expect(await where({ ...below, value: parameter(TEXT, 0) }, [text])).toBeLessThan(corpus.length);
      const among = { kind: 'in', operand: word(), negated: false } as const;
      expect(await where({ ...among, value: literals(TEXT, [text, 'no']) })).toBe(1);
      if (!lists) return;
      const has = { kind: 'list', operand: own(fieldOf(words, 'list')), negated: false } as const;
      expect(await where({ ...has, test: 'has', value: literal(TEXT, text) })).toBe(1);
      expect(await where({ ...has, test: 'hasAll', value: parameter(TEXT, 0, true) }, [[text, 'x']])).toBe(1);
    });

    test.each<TextTest>(['like', 'ilike', 'startsWith', 'endsWith', 'contains', 'regex'])('in %s', async (kind) => {
      const escaped =
        kind === 'like' || kind === 'ilike'
          ? text.replace(/[\\%_]/g, '\\$&')
          : kind === 'regex'
            ? text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
            : text;
      const asked = { kind: 'text', operand: word(), test: kind, negated: false } as const;
      expect(await where({ ...asked, value: parameter(TEXT, 0) }, [escaped])).toBeGreaterThan(0);
    });

    test('as a position', async () => {
      const binary = { operand: word(), direction: 'asc', nulls: 'last', collate: 'BINARY' } as const;
      const keyset = [{ side: 'after', inclusive: true, values: [parameter(TEXT, 0)] }] as const;
      expect(await same(select(words, { orderBy: [binary], keyset }), [text])).toBeGreaterThan(0);
    });

    more?.(text, { store: () => store, words: () => words, select });
  });

  // Jest refuses an empty table.
  for (const label of labels ?? []) {
    test(`${JSON.stringify(label)} as a label of an enum`, async () => {
      const operand = own(fieldOf(words, 'mood'));
      const equal = { kind: 'compare', operand, op: 'eq', collate: 'STORE' } as const;
      expect(await where({ ...equal, value: literal(operand.type, label) })).toBeGreaterThan(0);
      const others = { kind: 'in', operand, value: literals(operand.type, [label]), negated: true } as const;
      expect(await where(others)).toBeGreaterThan(0);
    });
  }

  test.each(names)('%j as the name of a table, a column and a key', async (name) => {
    const entity = byId.get(`public.${name}`)!;
    const present: Predicate = { kind: 'isNull', operand: own(fieldOf(entity, entity.key![0]!)), negated: true };
    expect(await same(select(entity, { where: present }))).toBe(2);
    const up = [...entity.relations.values()].find((r) => !r.many)!;
    const parents = select(entity, {});
    const children = select(up.to, {
      within: { step: step(up), parents: { kind: 'select', select: parents } },
      limit: literal(INT64, 5n),
    });
    expect(await same(children)).toBe(2);
  });

  test('nothing was changed', async () => {
    expect(await same(select(words, {}))).toBe(corpus.length);
  });
}

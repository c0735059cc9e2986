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
import { describeWith } from '../servers/describe-with.js';
import { sharedModel } from './harness/model.js';
import { openMysqlFixture } from './harness/mysql.js';

/** Strings that end a literal, a name, a comment, a pattern or an array where somebody forgot to quote. */
const CORPUS = [
  `'; drop table words; --`,
  `' or '1'='1`,
  `\\'; do sleep(10); --`,
  '`; drop table words; --',
  '``.``',
  `" or ""="`,
  '?',
  ':0',
  '/*! drop table words */ -- \n #',
  `["a",null]`,
  `"]') as t; --`,
  '$[*]',
  'NULL',
  `_binary'x'`,
  '0x27',
  '%_\\',
  `(?i)[[:alpha:]]*:.*`,
  '\u2019; drop table words; --',
  '😀"\'\\',
  'select',
  'a.b',
  ' x',
];

/** Names may have at most 64 characters of the first plane, and no blank at their end. */
const NAMES = CORPUS.map((text) => text.replace('😀', '☺').slice(0, 30).trimEnd());
const LABELS = [...NAMES.slice(0, 6), 'ok'];
const MOOD: DataType = { kind: 'enum', name: `mood"; --`, values: LABELS };

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
        fields: [field('id', INT64, false), field('word', TEXT), field('mood', MOOD)],
        key: ['id'],
        unique: [],
        references: [],
        estimatedRows: null,
        native: null,
      },
      ...NAMES.map((name, i) => ({
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
            to: i === 0 ? `public.${name}` : `public.${NAMES[i - 1]!}`,
            toFields: [`id ${i === 0 ? name : NAMES[i - 1]!}`],
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
      mood: LABELS[i % LABELS.length],
    })),
    ...Object.fromEntries(
      NAMES.map((name, i) => [
        `public.${name}`,
        [1n, 2n].map((id) => ({ [`id ${name}`]: id, [`up ${name}`]: i === 0 ? null : id })),
      ]),
    ),
  },
};

const { signal } = new AbortController();
let store: Store;
let memory: Store;
let words: Entity;
let byId: Map<string, Entity>;

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
  const [[got], [expected]] = await Promise.all([store.read([question], run), memory.read([question], run)]);
  // Parents come in any order.
  const shown = (rows: readonly Row[]) => (question.within ? rows.map(String).sort() : rows);
  expect(shown(got!.rows)).toEqual(shown(expected!.rows));
  return got!.rows.length;
}

describeWith('mariadb', 'hostile texts and names', (server) => {
  beforeAll(async () => {
    store = await openMysqlFixture(server(), HOSTILE);
    memory = await memoryStore('hostile', HOSTILE);
    const { entities, shapes } = sharedModel(await store.introspect(signal), {
      // Many of the names are the same once they are made legal.
      entities: Object.fromEntries(NAMES.map((name, i) => [`public.${name}`, { rename: `hostile_${i}` }])),
    });
    byId = new Map([...shapes].map(([name, shape]) => [shape.id, entities.get(name)!]));
    words = byId.get('public.words')!;
  });

  afterAll(() => store.close());

  describe.each(CORPUS)('%j as a value', (text) => {
    const word = () => own(fieldOf(words, 'word'));

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

  test.each(NAMES)('%j as the name of a table, a column and a key', async (name) => {
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
});

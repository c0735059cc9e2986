import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { memoryStore, type MemoryConfig } from '../../datasources/memory/index.js';
import { fieldOf, type Entity } from '../../src/ir/entity.js';
import { own, place, step } from '../../src/ir/operand.js';
import { TRUE, type Predicate, type TextTest } from '../../src/ir/predicate.js';
import type { Select } from '../../src/ir/select.js';
import { INT64, TEXT, type DataType } from '../../src/ir/types.js';
import { literal, literals, parameter } from '../../src/ir/value.js';
import { buildEntities } from '../../src/sources/model.js';
import type { Store } from '../../src/store/store.js';
import { describeWith } from '../servers/describe-with.js';
import { openElasticsearchFixture } from './harness/elasticsearch.js';

/** Strings that end a value, a name, a script or a pattern, or begin an operator, where somebody forgot that they are values. */
const CORPUS = [
  '{"match_all":{}}',
  '"}},{"match_all":{}}',
  '{"script":{"source":"System.exit(1)"}}',
  "'); System.exit(1); //",
  "doc['word'].value",
  'params._source',
  'ctx._source.word = null',
  '${word}',
  '{{word}}',
  '*',
  '?*',
  '.*',
  '(a|b)',
  '~"<1-9>#&@',
  '_all',
  '_exists_:word OR *:*',
  'word:* AND NOT a',
  '\\"\\u0000',
  '\u2019 "quoted" \\',
  '😀\\*?',
  'now-1d/d',
  ' ',
  '__proto__',
  'constructor',
];

/** A mapping allows everything in a name but dots at the ends and nothing between them; names with * are not read. */
const NAMES = CORPUS.filter((text) => text.trim() !== '' && !text.includes('*')).map((text) =>
  text.replaceAll('.', ',').slice(0, 40),
);
const WORDS: DataType = { kind: 'list', of: TEXT };

const field = (name: string, type: DataType, nullable = true) => ({
  ...{ name, type, nullable, description: null, native: null },
});
const HOSTILE: MemoryConfig = {
  shape: {
    problems: [],
    entities: [
      {
        ...{ name: 'words', id: 'words', kind: 'INDEX', description: null, key: ['id'], unique: [], references: [] },
        ...{ estimatedRows: null, native: null },
        fields: [field('id', INT64, false), field('word', TEXT), field('list', WORDS)],
      },
      {
        ...{ name: 'names', id: 'names', kind: 'INDEX', description: null, key: ['id'], unique: [] },
        ...{ estimatedRows: null, native: null },
        fields: [field('id', INT64, false), ...NAMES.map((name) => field(name, TEXT))],
        references: NAMES.map((name) => ({
          ...{ name: `key ${name}`, fields: [name], to: 'words', toFields: ['word'], enforced: false },
        })),
      },
    ],
  },
  rows: {
    words: CORPUS.map((word, i) => ({ id: BigInt(i), word, list: [word, 'x'] })),
    names: CORPUS.map((word, i) => ({
      id: BigInt(i),
      ...Object.fromEntries(NAMES.map((name, n) => [name, n % 3 === 0 ? null : word])),
    })),
  },
};

const { signal } = new AbortController();

describeWith('elasticsearch', 'hostile words', (server) => {
  let store: Store;
  let memory: Store;
  let words: Entity;
  let names: Entity;

  beforeAll(async () => {
    store = await openElasticsearchFixture(server().url, HOSTILE);
    memory = await memoryStore('hostile', HOSTILE);
    // Many of the names are the same once they are made legal.
    const fields = Object.fromEntries(NAMES.map((name, i) => [name, { rename: `hostile_${i}` }]));
    const shape = await store.introspect(signal);
    // Memory finds its columns by the names of the schema.
    const shared = shape.entities.map((each) => {
      const columns = each.fields.map(({ name }) => (NAMES.includes(name) ? `hostile_${NAMES.indexOf(name)}` : name));
      return { ...each, native: { ...(each.native as object), id: each.id, columns } };
    });
    const { entities } = buildEntities('fixture', { ...shape, entities: shared }, { entities: { names: { fields } } });
    [words, names] = [entities.get('words')!, entities.get('names')!];
  }, 60_000);

  afterAll(async () => {
    await store.close();
  });

  function select(entity: Entity, more: Partial<Select>): Select {
    const id = own(fieldOf(entity, 'id'));
    return {
      ...{ from: place(entity), where: TRUE, output: [...entity.fields.values()].map(own), groups: null },
      orderBy: [{ operand: id, direction: 'asc', nulls: 'last', collate: 'STORE' }],
      ...{ limit: null, offset: null, keyset: [], within: null },
      ...more,
    };
  }

  async function same(question: Select, args: readonly unknown[] = []): Promise<number> {
    const run = { args, form: 'TYPED', signal } as const;
    const [[got], [expected]] = await Promise.all([store.read([question], run), memory.read([question], run)]);
    expect(got!.rows).toEqual(expected!.rows);
    return got!.rows.length;
  }

  describe.each(CORPUS)('%j as a value', (text) => {
    const word = () => own(fieldOf(words, 'word'));
    const list = () => own(fieldOf(words, 'list'));

    test('in comparisons and lists, literal or parameter', async () => {
      const compare = { kind: 'compare', operand: word() } as const;
      const eq: Predicate = { ...compare, op: 'eq', value: literal(TEXT, text), collate: 'STORE' };
      expect(await same(select(words, { where: eq }))).toBe(1);
      const lt: Predicate = { ...compare, op: 'lt', value: parameter(TEXT, 0), collate: 'BINARY' };
      expect(await same(select(words, { where: lt }), [text])).toBeLessThan(CORPUS.length);
      const among: Predicate = { kind: 'in', operand: word(), value: literals(TEXT, [text, 'no']), negated: false };
      expect(await same(select(words, { where: among }))).toBe(1);
      const has: Predicate = { kind: 'list', operand: list(), test: 'has', value: literal(TEXT, text), negated: false };
      expect(await same(select(words, { where: has }))).toBe(1);
      const all: Predicate = { ...has, test: 'hasAll', value: parameter(TEXT, 0, true) };
      expect(await same(select(words, { where: all }), [[text, 'x']])).toBe(1);
    });

    test.each<TextTest>(['like', 'ilike', 'startsWith', 'endsWith', 'contains', 'regex'])('in %s', async (kind) => {
      const escaped =
        kind === 'like' || kind === 'ilike'
          ? text.replace(/[\\%_]/g, '\\$&')
          : kind === 'regex'
            ? text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
            : text;
      const where: Predicate = { kind: 'text', operand: word(), test: kind, value: parameter(TEXT, 0), negated: false };
      expect(await same(select(words, { where }), [escaped])).toBeGreaterThan(0);
    });

    test('as a position, and as the words of a text match', async () => {
      const binary = { operand: word(), direction: 'asc', nulls: 'last', collate: 'BINARY' } as const;
      const keyset = [{ side: 'after', inclusive: false, values: [parameter(TEXT, 0)] } as const];
      await same(select(words, { orderBy: [binary], keyset }), [text]);
      const where: Predicate = {
        ...{ kind: 'match', operands: [word()], boosts: [1], text: parameter(TEXT, 0), mode: 'ANY' },
        ...{ fuzzy: false, negated: false },
      };
      const run = { args: [text], form: 'TYPED', signal } as const;
      const [found] = await store.read([select(words, { where, output: [word()] })], run);
      // A keyword is one word.
      expect(found!.rows).toEqual([[text]]);
    });
  });

  test.each(NAMES.map((name, i) => [name, i] as const))('%j as the name of a field and of a key', async (name, i) => {
    const operand = own(fieldOf(names, `hostile_${i}`));
    const there = NAMES.indexOf(name) % 3 === 0 ? 0 : CORPUS.length;
    expect(await same(select(names, { where: { kind: 'isNull', operand, negated: true } }))).toBe(there);
    const value = literal(TEXT, CORPUS[0]!);
    const eq: Predicate = { kind: 'compare', operand, op: 'eq', value, collate: 'STORE' };
    expect(await same(select(names, { where: eq, output: [operand] }))).toBe(there === 0 ? 0 : 1);
    const left: Predicate = { kind: 'compareOperands', left: operand, op: 'lte', right: operand, collate: 'BINARY' };
    expect(await same(select(names, { where: left, output: [operand] }))).toBe(there);
    const byName = { operand, direction: 'desc', nulls: 'first', collate: 'BINARY' } as const;
    const id = { operand: own(fieldOf(names, 'id')), direction: 'asc', nulls: 'last', collate: 'STORE' } as const;
    await same(select(names, { orderBy: [byName, id], output: [operand], limit: literal(INT64, 5n) }));
    const key = { operand, grouping: { kind: 'value' }, type: TEXT } as const;
    const keyOf = { steps: [], leaf: { kind: 'groupKey', index: 0 }, type: TEXT, nullable: true } as const;
    const order = [{ operand: keyOf, direction: 'asc', nulls: 'last', collate: 'BINARY' } as const];
    const groups = { keys: [key], measures: [], having: TRUE };
    await same(select(names, { groups, output: [keyOf], orderBy: order }));
    const over = [...names.relations.values()].find((each) => each.on[0]!.from === fieldOf(names, `hostile_${i}`))!;
    const far = { ...own(fieldOf(words, 'id')), steps: [step(over)], nullable: true };
    await same(select(names, { output: [far] }));
  });

  test('nothing was changed', async () => {
    expect(await same(select(words, {}))).toBe(CORPUS.length);
    expect(await same(select(names, {}))).toBe(CORPUS.length);
  });
});

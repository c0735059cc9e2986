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
import { heldFixture } from './harness/holding.js';
import { sharedModel } from './harness/model.js';
import { openNeo4jFixture, PROPERTIES } from './harness/neo4j.js';

/** Strings that end a literal, a name, a comment or a pattern where somebody forgot to quote; the store reads \u0060 as a backtick. */
const CORPUS = [
  `' OR 1=1 //`,
  `'}) DETACH DELETE n //`,
  `\\'; MATCH (n) DETACH DELETE n //`,
  `" OR ""="`,
  '`) DETACH DELETE n //',
  '``) RETURN 1 //',
  '\\u0060) DETACH DELETE n //',
  '\\u0027 OR true //',
  '\\\\u0060',
  'a\\',
  '$p0',
  '{x: 1}',
  '/* */ // \n RETURN 1',
  ':Label|Other',
  '*1..',
  'NULL',
  'apoc.load.json("x")',
  '%_\\',
  `(?i).*`,
  '\u2019 OR 1=1 //',
  '\uff40) RETURN 1 //',
  '😀"\'\\`',
  'MATCH',
  'a.b',
  ' ',
];

const WORDS: DataType = { kind: 'list', of: TEXT };
const field = (name: string, type: DataType, nullable = true) => ({
  name,
  type,
  nullable,
  description: null,
  native: null,
});
const base = { kind: 'LABEL', description: null, unique: [], estimatedRows: null, native: null } as const;

const HOSTILE: MemoryConfig = {
  shape: {
    problems: [],
    entities: [
      {
        ...base,
        name: 'words',
        id: 'public.words',
        fields: [field('id', INT64, false), field('word', TEXT), field('list', WORDS)],
        key: ['id'],
        references: [],
      },
      ...CORPUS.map((name, i) => ({
        ...base,
        name,
        id: `public.${name}`,
        fields: [field(`id ${name}`, INT64, false), field(`up ${name}`, INT64)],
        key: [`id ${name}`],
        references: [
          {
            name: `key ${name}`,
            fields: [`up ${name}`],
            to: i === 0 ? `public.${name}` : `public.${CORPUS[i - 1]!}`,
            toFields: [`id ${i === 0 ? name : CORPUS[i - 1]!}`],
            enforced: true,
          },
        ],
      })),
    ],
  },
  rows: {
    'public.words': CORPUS.map((word, i) => ({ id: BigInt(i), word, list: [word, 'x'] })),
    ...Object.fromEntries(
      CORPUS.map((name) => [`public.${name}`, [1n, 2n].map((id) => ({ [`id ${name}`]: id, [`up ${name}`]: id }))]),
    ),
  },
};

const { signal } = new AbortController();

describeWith('neo4j', 'nothing of a value or a name is read as Cypher', (server) => {
  let neo4j: Store;
  let memory: Store;
  let words: Entity;
  let byId: Map<string, Entity>;

  beforeAll(async () => {
    const fixture = heldFixture(HOSTILE, PROPERTIES);
    neo4j = await openNeo4jFixture(server(), fixture);
    memory = await memoryStore('hostile', fixture);
    const { entities, shapes } = sharedModel(await neo4j.introspect(signal), {
      // Many of the names are the same once they are made legal.
      entities: Object.fromEntries(CORPUS.map((name, i) => [`public.${name}`, { rename: `hostile_${i}` }])),
    });
    byId = new Map([...shapes].map(([name, shape]) => [shape.id, entities.get(name)!]));
    words = byId.get('public.words')!;
  }, 120_000);

  afterAll(() => neo4j.close());

  function select(entity: Entity, more: Partial<Select>): Select {
    const orderBy = entity.key!.map(
      (name) => ({ operand: own(fieldOf(entity, name)), direction: 'asc', nulls: 'last', collate: 'STORE' }) as const,
    );
    return {
      from: place(entity),
      where: TRUE,
      output: [...entity.fields.values()].map(own),
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
    const [[got], [expected]] = await Promise.all([neo4j.read([question], run), memory.read([question], run)]);
    // Parents come in any order.
    const shown = (rows: readonly Row[]) => (question.within ? rows.map(String).sort() : rows);
    expect(shown(got!.rows)).toEqual(shown(expected!.rows));
    return got!.rows.length;
  }

  describe.each(CORPUS)('%j as a value', (text) => {
    const word = () => own(fieldOf(words, 'word'));
    const list = () => own(fieldOf(words, 'list'));
    const where = (predicate: Predicate, args: readonly unknown[] = []): Promise<number> =>
      same(select(words, { where: predicate }), args);

    test('in comparisons and lists, literal or parameter', async () => {
      const equal = { kind: 'compare', operand: word(), op: 'eq', collate: 'STORE' } as const;
      expect(await where({ ...equal, value: literal(TEXT, text) })).toBe(1);
      const below = { kind: 'compare', operand: word(), op: 'lt', collate: 'BINARY' } as const;
      expect(await where({ ...below, value: parameter(TEXT, 0) }, [text])).toBeLessThan(CORPUS.length);
      const among = { kind: 'in', operand: word(), negated: false } as const;
      expect(await where({ ...among, value: literals(TEXT, [text, 'no']) })).toBe(1);
      const has = { kind: 'list', operand: list(), negated: false } as const;
      expect(await where({ ...has, test: 'has', value: literal(TEXT, text) })).toBe(1);
      expect(await where({ ...has, test: 'hasAll', value: parameter(TEXT, 0, true) }, [[text, 'x']])).toBe(1);
    });

    test('in tests of text', async () => {
      const literalTexts: Readonly<Record<TextTest, string>> = {
        like: text.replace(/[\\%_]/g, '\\$&'),
        ilike: text.replace(/[\\%_]/g, '\\$&'),
        regex: text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
        startsWith: text,
        endsWith: text,
        contains: text,
      };
      for (const [kind, wanted] of Object.entries(literalTexts)) {
        const asked = { kind: 'text', operand: word(), test: kind as TextTest, negated: false } as const;
        expect(await where({ ...asked, value: parameter(TEXT, 0) }, [wanted])).toBeGreaterThan(0);
      }
    });

    test('as a position', async () => {
      const binary = { operand: word(), direction: 'asc', nulls: 'last', collate: 'BINARY' } as const;
      const keyset = [{ side: 'after', inclusive: true, values: [parameter(TEXT, 0)] }] as const;
      expect(await same(select(words, { orderBy: [binary], keyset }), [text])).toBeGreaterThan(0);
    });
  });

  test.each(CORPUS)('%j as the name of a label and of properties', async (name) => {
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

  test('nothing was deleted', async () => {
    expect(await same(select(words, {}))).toBe(CORPUS.length);
  });
});

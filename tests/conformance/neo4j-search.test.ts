import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { quote } from '../../datasources/neo4j/cypher.js';
import { luceneOf } from '../../datasources/neo4j/lucene.js';
import { neo4jStore } from '../../datasources/neo4j/index.js';
import { fieldOf, type Entity } from '../../src/ir/entity.js';
import { own, place, step, type Operand } from '../../src/ir/operand.js';
import { and, not, or, TRUE, type Predicate } from '../../src/ir/predicate.js';
import type { Select } from '../../src/ir/select.js';
import { FLOAT64, INT64, TEXT } from '../../src/ir/types.js';
import { literal, parameter } from '../../src/ir/value.js';
import { missing } from '../../src/planner/pushdown.js';
import { buildEntities } from '../../src/sources/model.js';
import type { Row } from '../../src/store/batch.js';
import type { Store } from '../../src/store/store.js';
import { describeWith } from '../servers/describe-with.js';
import { openDriver, storeOptions } from './harness/neo4j.js';

const PREFIX = `s${randomBytes(4).toString('hex')}_`;
const { signal } = new AbortController();
const WORDS = ['love', 'war', 'robots', 'trains', 'Übersee'];
const COUNT = 60;
const plot = (i: number): string => `A tale of ${WORDS[i % 5]!} and ${WORDS[(i * 3 + 1) % 5]!}`;
const embedding = (i: number): number[] => [Math.sin(i), Math.cos(i), (i % 7) / 7];
const SCORE: Operand = { steps: [], leaf: { kind: 'score' }, type: FLOAT64, nullable: true };

describeWith('neo4j', 'searches', (server) => {
  let store: Store;
  let film: Entity;
  let maker: Entity;

  beforeAll(async () => {
    const driver = openDriver(server());
    const [f, m, made] = ['film', 'maker', 'made'].map((name) => quote(PREFIX + name)) as [string, string, string];
    const films = Array.from({ length: COUNT }, (_, i) => ({
      nr: BigInt(i),
      title: `t${i} ${i % 2 ? 'odd' : 'even'}`,
      plot: plot(i),
      embedding: embedding(i),
      lon: i * 2 - 60,
      lat: i - 30,
    }));
    try {
      await driver.executeQuery(
        `UNWIND $films AS film CREATE (n:${f} {nr: film.nr, title: film.title, plot: film.plot, embedding: film.embedding,
          place: point({longitude: film.lon, latitude: film.lat})})
         MERGE (m:${m} {nr: film.nr % 3}) CREATE (m)-[:${made}]->(n)`,
        { films },
      );
      await driver.executeQuery(
        `CREATE FULLTEXT INDEX ${quote(`${PREFIX}text \`odd\``)} FOR (n:${f}) ON EACH [n.plot, n.title]`,
      );
      const config = `\`vector.dimensions\`: 3, \`vector.similarity_function\`: 'cosine', \`vector.quantization.enabled\`: false`;
      await driver.executeQuery(
        `CREATE VECTOR INDEX ${quote(`${PREFIX}vector`)} FOR (n:${f}) ON n.embedding OPTIONS {indexConfig: {${config}}}`,
      );
      await driver.executeQuery('CALL db.awaitIndexes()');
    } finally {
      await driver.close();
    }
    store = await neo4jStore('search', storeOptions(server()));
    const { entities } = buildEntities('search', await store.introspect(signal), { include: [`*${PREFIX}*`] });
    [film, maker] = ['film', 'maker'].map((name) => entities.get(PREFIX + name)!) as [Entity, Entity];
  }, 120_000);

  afterAll(() => store.close());

  const f = (name: string): Operand => own(fieldOf(film, name));

  function films(where: Predicate, more: Partial<Select> = {}): Select {
    return {
      from: place(film),
      where,
      output: [f('nr')],
      groups: null,
      orderBy: [],
      limit: null,
      offset: null,
      keyset: [],
      within: null,
      ...more,
    };
  }

  async function rowsOf(select: Select, args: readonly unknown[] = []): Promise<readonly Row[]> {
    expect(missing(select, store.capabilities)).toEqual([]);
    const [batch] = await store.read([select], { args, form: 'TYPED', signal });
    return batch!.rows;
  }

  async function numbersOf(select: Select, args: readonly unknown[] = []): Promise<number[]> {
    return (await rowsOf(select, args)).map((row) => Number(row.at(-1))).sort((a, b) => a - b);
  }

  const match = (text: string, more: Partial<Extract<Predicate, { kind: 'match' }>> = {}): Predicate => ({
    kind: 'match',
    operands: [f('plot')],
    boosts: [1],
    text: literal(TEXT, text),
    mode: 'ANY',
    fuzzy: false,
    negated: false,
    ...more,
  });
  const every = Array.from({ length: COUNT }, (_, i) => i);
  const having = (...words: string[]): number[] => every.filter((i) => words.every((word) => plot(i).includes(word)));

  test('the schema is told what can be searched', () => {
    expect([...film.fields.values()].filter((field) => field.search).map((field) => field.name)).toEqual([
      'plot',
      'title',
    ]);
    expect(fieldOf(film, 'embedding').type).toEqual({ kind: 'vector', dimensions: 3 });
  });

  describe('text', () => {
    test('every hit has the words: any, all, or in a row', async () => {
      expect(await numbersOf(films(match('robots')))).toEqual(having('robots'));
      expect(await numbersOf(films(match('übersee')))).toEqual(having('Übersee'));
      expect(await numbersOf(films(match('robots war', { mode: 'ALL' })))).toEqual(having('robots', 'war'));
      const any = new Set([...having('robots'), ...having('war')]);
      expect(await numbersOf(films(match('robots war')))).toEqual(every.filter((i) => any.has(i)));
      expect(await numbersOf(films(match('tale of war', { mode: 'PHRASE' })))).toEqual(having('tale of war'));
      expect(await numbersOf(films(match('robotz', { fuzzy: true })))).toEqual(having('robots'));
      const both = { operands: [f('plot'), f('title')], boosts: [2, 1] };
      expect(await numbersOf(films(match('odd', both)))).toEqual(every.filter((i) => i % 2 === 1));
      expect(await numbersOf(films(match('even robots', { ...both, mode: 'ALL' })))).toEqual(
        having('robots').filter((i) => i % 2 === 0),
      );
    });

    test('conditions and match commute, at the top and inside others', async () => {
      const small: Predicate = {
        kind: 'compare',
        operand: f('nr'),
        op: 'lt',
        value: parameter(INT64, 0),
        collate: 'STORE',
      };
      const expected = having('war').filter((i) => i < 20);
      for (const where of [and(match('war'), small), and(small, match('war'))]) {
        expect(await numbersOf(films(where), [20n])).toEqual(expected);
      }
      expect(await numbersOf(films(match('war'), { from: place(film, small) }), [20n])).toEqual(expected);
      const either = or(match('war'), small);
      expect(await numbersOf(films(either), [20n])).toEqual(every.filter((i) => i < 20 || having('war').includes(i)));
      expect(await numbersOf(films(not(match('war'))))).toEqual(every.filter((i) => !having('war').includes(i)));
    });

    test('the best come first, and within parents too', async () => {
      const order = { operand: SCORE, direction: 'desc', nulls: 'last', collate: 'STORE' } as const;
      const rows = await rowsOf(films(match('robots trains'), { output: [SCORE, f('nr')], orderBy: [order] }));
      const scores = rows.map((row) => row[0] as number);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
      expect(scores.at(-1)).toBeGreaterThan(0);
      const made = [...maker.relations.values()].find((relation) => relation.to === film)!;
      const parents = { ...films(TRUE), from: place(maker), output: [] };
      const within = { step: step(made), parents: { kind: 'select', select: parents } } as const;
      const limit = literal(INT64, 2n);
      const nested = films(match('robots'), { within, orderBy: [order], limit, output: [SCORE, f('nr')] });
      const best = await rowsOf(nested);
      expect(best).toHaveLength(6);
      for (const row of best)
        expect([row[1], having('robots').includes(Number(row[2]))]).toEqual([expect.any(Number), true]);
      const [unscored] = await rowsOf(films(TRUE, { output: [SCORE], limit }));
      expect(unscored).toEqual([null]);
    });

    test.each([
      'robots) OR (war',
      '+war -love',
      'plot:war',
      'w*',
      'AND',
      'OR NOT',
      '"',
      '\\',
      '/war/',
      'a^2~',
      '[a TO b]',
      '😀',
      '*:*',
    ])('%j is words, not a query', async (text) => {
      const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
      const got = await numbersOf(films(match(text)));
      for (const i of got) {
        const own = plot(i).toLowerCase().split(/\s+/);
        expect(words.some((word) => own.includes(word))).toBe(true);
      }
    });

    test('words of the query language are escaped', () => {
      const plain = { mode: 'ALL', fuzzy: false, boosts: [1] } as const;
      expect(luceneOf('AND x:y', ['a b'], plain)).toBe('(\\a\\ b:\\AND) AND (\\a\\ b:\\x\\:y)');
      expect(luceneOf('a b', ['p', 'q'], { mode: 'PHRASE', fuzzy: false, boosts: [1, 2] })).toBe(
        '\\p:"\\a \\b" OR \\q:"\\a \\b"^2',
      );
    });
  });

  test('the nearest are those of comparing with each, among all or some', async () => {
    const wanted = [0.3, 0.8, 0.2];
    const cosine = (a: readonly number[]): number => {
      const dot = (x: readonly number[], y: readonly number[]): number => x.reduce((sum, v, i) => sum + v * y[i]!, 0);
      return dot(a, wanted) / Math.sqrt(dot(a, a) * dot(wanted, wanted));
    };
    const nearest = (some: readonly number[]): number[] =>
      [...some]
        .sort((a, b) => cosine(embedding(b)) - cosine(embedding(a)))
        .slice(0, 5)
        .sort((a, b) => a - b);
    const odd = match('odd', { operands: [f('title')] });
    const by = (among: Predicate): Predicate => ({
      kind: 'nearest',
      operand: f('embedding'),
      vector: literal(fieldOf(film, 'embedding').type, wanted),
      k: literal(INT64, 5n),
      among: place(film, among),
      negated: false,
    });
    expect(await numbersOf(films(by(TRUE)))).toEqual(nearest(every));
    expect(await numbersOf(films(by(odd)))).toEqual(nearest(every.filter((i) => i % 2 === 1)));
    expect(await numbersOf(films(or(by(TRUE), by(odd))))).toEqual(
      every.filter((i) => nearest(every).includes(i) || nearest(every.filter((n) => n % 2 === 1)).includes(i)),
    );
  });

  test('what is near a place', async () => {
    const near: Predicate = {
      kind: 'geo',
      operand: f('place'),
      test: 'near',
      value: literal({ kind: 'geopoint' }, { lon: 0, lat: 0 }),
      metres: literal(FLOAT64, 1_000_000),
      negated: false,
    };
    const metres = (i: number): number => {
      const [lon, lat] = [((i * 2 - 60) * Math.PI) / 180, ((i - 30) * Math.PI) / 180];
      return 6_378_140 * Math.acos(Math.cos(lat) * Math.cos(lon));
    };
    expect(await numbersOf(films(near))).toEqual(every.filter((i) => metres(i) <= 1_000_000));
    expect(await numbersOf(films(not(near)))).toEqual(every.filter((i) => metres(i) > 1_000_000));
  });
});

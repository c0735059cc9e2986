import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { memoryStore } from '../../datasources/memory/index.js';
import { quote } from '../../datasources/neo4j/cypher.js';
import { neo4jStore } from '../../datasources/neo4j/index.js';
import { fieldOf, type Entity, type Field, type Relation } from '../../src/ir/entity.js';
import { own, place, step, type Operand, type Walk } from '../../src/ir/operand.js';
import { TRUE, type Predicate } from '../../src/ir/predicate.js';
import { WAY_POINT, type OrderTerm, type Select } from '../../src/ir/select.js';
import { INT32, INT64 } from '../../src/ir/types.js';
import { literal } from '../../src/ir/value.js';
import { missing } from '../../src/planner/pushdown.js';
import type { SourceModel } from '../../src/sources/model.js';
import type { SourceShape } from '../../src/store/shape.js';
import type { Store } from '../../src/store/store.js';
import { cases, Random, seed } from '../random.js';
import { describeWith } from '../servers/describe-with.js';
import { isInOrder, sorted } from './answers.js';
import { sharedModel } from './harness/model.js';
import { openDriver, storeOptions } from './harness/neo4j.js';
import { Selects } from './selects.js';

const SEED = seed();
const { signal } = new AbortController();
const PREFIX = `g${randomBytes(4).toString('hex')}_`;
const label = (name: string): string => quote(PREFIX + name);

/** People who know each other, both ways and one of them herself; films; who acted in which, twice even. */
const GRAPH = `
UNWIND range(0, 13) AS i
CREATE (:${label('person')} {nr: i, name: ['Ann', 'Bo', null, 'Cy', 'ann'][i % 5], born: CASE WHEN i % 4 = 3 THEN null ELSE 1950 + i * 3 END})
WITH count(*) AS people
UNWIND range(0, 5) AS i
CREATE (:${label('film')} {title: 'f' + i, year: [1999, 2005, null][i % 3], rating: [7.5, NaN, 3.0, null][i % 4]})
WITH count(*) AS films
MATCH (a:${label('person')}), (b:${label('person')})
WHERE (a.nr + 1 = b.nr AND b.nr % 4 <> 0) OR (b.nr * 2 + 1 = a.nr) OR (a = b AND a.nr = 5)
CREATE (a)-[:${label('knows')} {since: 2000 + a.nr, close: a.nr % 2 = 0}]->(b)
WITH count(*) AS known
MATCH (a:${label('person')}), (f:${label('film')})
WHERE (a.nr * 7 + size(f.title) + toInteger(substring(f.title, 1))) % 4 = 0
CREATE (a)-[:${label('acted')} {role: ['lead', 'extra', null][a.nr % 3]}]->(f)
WITH a, f, count(*) AS acted WHERE a.nr = 4 OR a.nr = 8
CREATE (a)-[:${label('acted')} {role: 'again'}]->(f)`;

describeWith('neo4j', 'relations over edges', (server) => {
  let store: Store;
  let memory: Store;
  let model: SourceModel;
  let rows: Record<string, Record<string, unknown>[]>;

  beforeAll(async () => {
    const driver = openDriver(server());
    try {
      await driver.executeQuery(GRAPH);
    } finally {
      await driver.close();
    }
    store = await neo4jStore('graph', storeOptions(server()));
    const shape = ownShape(await store.introspect(signal));
    model = sharedModel(shape);
    rows = {};
    for (const [name, entity] of model.entities) {
      const fields = [...entity.fields.values()];
      const [batch] = await store.read([all(entity)], { args: [], form: 'TYPED', signal });
      rows[model.shapes.get(name)!.id] = batch!.rows.map((row) =>
        Object.fromEntries(fields.map((field, i) => [field.name, row[i]])),
      );
    }
    memory = await memoryStore('memory', { shape, rows });
  }, 120_000);

  afterAll(() => store.close());

  const entity = (name: string): Entity => model.entities.get(name)!;

  async function expectSame(select: Select, args: readonly unknown[], at: number | string): Promise<number> {
    const run = { args, form: 'TYPED', signal } as const;
    const native = store.explain(select).text;
    const [expected] = await memory.read([select], run);
    const [got] = await store.read([select], run).catch((error: unknown) => {
      throw new Error(`${at}\n${native}`, { cause: error });
    });
    expect({ at, native, rows: sorted(select, got!.rows), ordered: isInOrder(select, got!.rows) }).toEqual({
      at,
      native,
      rows: sorted(select, expected!.rows),
      ordered: true,
    });
    return expected!.rows.length;
  }

  test('labels and relationships are entities, followed both ways and as rows', () => {
    expect([...model.entities.keys()].sort()).toEqual(['acted', 'film', 'knows', 'person']);
    expect([...entity('person').relations.keys()]).toEqual(['acted', 'knows', 'knows_in']);
    expect([...entity('film').relations.keys()]).toEqual(['acted_in']);
    expect([...entity('acted').relations.keys()]).toEqual(['_start', '_end']);
    expect([...entity('acted').fields.keys()]).toEqual(['_id', '_from', '_to', 'role']);
    expect(model.problems).toEqual([]);
    const { text } = store.explain(following(entity('person').relations.get('acted')!));
    expect(text).toMatch(/\)-\[\w+:`\w+acted`\]->\(\w+:`\w+film`\)/);
  });

  function following(relation: Relation): Select {
    const parents = all(relation.from);
    return { ...all(relation.to), within: { step: step(relation), parents: { kind: 'select', select: parents } } };
  }

  test.each(['person.acted', 'person.knows', 'person.knows_in', 'film.acted_in', 'acted._start', 'acted._end'])(
    'what %s leads to',
    async (way) => {
      const [from, name] = way.split('.') as [string, string];
      const relation = entity(from).relations.get(name)!;
      const ids = rows[model.shapes.get(from)!.id]!.slice(0, 4);
      const keys = [...new Set(ids.map((row) => row[relation.on[0]!.from.name]))].map((id) => [id]);
      const byKeys: Select = {
        ...all(relation.to),
        within: { step: step(relation), parents: { kind: 'keys', slot: 0 } },
      };
      expect(await expectSame(following(relation), [], way)).toBeGreaterThan(0);
      expect(await expectSame(byKeys, [keys], way)).toBeGreaterThan(0);
    },
  );

  test(`random questions (SEED=${SEED})`, async () => {
    const wanted = cases(60, 600);
    let [asked, whole] = [0, 0];
    for (let i = 0; asked < wanted; i += 1) {
      const selects = new Selects(new Random(SEED + i), [...model.entities.values()], samples);
      const select = selects.select();
      asked += 1;
      if (missing(select, store.capabilities).length > 0) continue;
      whole += 1;
      await expectSame(select, selects.args, SEED + i);
    }
    expect(whole / asked).toBeGreaterThanOrEqual(0.95);
  }, 600_000);

  function samples(field: Field): readonly unknown[] {
    return Object.values(rows).flatMap((some) => some.flatMap((row) => (field.name in row ? [row[field.name]] : [])));
  }

  describe('walks', () => {
    const hops = (...ways: readonly string[]): Walk['hops'] =>
      ways.map((way) => {
        const [from, name] = way.split('.') as [string, string];
        return step(entity(from).relations.get(name)!);
      });
    const term = (operand: Operand): OrderTerm => ({ operand, direction: 'asc', nulls: 'last', collate: 'STORE' });
    const distance: Operand = { steps: [], leaf: { kind: 'distance' }, type: INT32, nullable: false };
    const path: Operand = {
      steps: [],
      leaf: { kind: 'path' },
      type: { kind: 'list', of: WAY_POINT },
      nullable: false,
    };

    function reachedFrom(nr: bigint, end: string, walk: Walk, more: Partial<Select> = {}): Select {
      const person = entity('person');
      const on = person.key!.map((key) => ({ from: fieldOf(person, key), to: fieldOf(person, key) }));
      const self: Relation = {
        name: 'self',
        from: person,
        to: person,
        many: true,
        on,
        through: null,
        description: null,
      };
      const select = { ...all(person), where: is(own(fieldOf(person, 'nr')), nr) };
      const base = all(entity(end));
      const within = { step: step(self), parents: { kind: 'select', select } as const, walk };
      return { ...base, output: [...base.output, distance], within, ...more };
    }

    test.each([
      ['person', 1, ['person.knows']],
      ['person', 3, ['person.knows']],
      ['person', 2, ['person.knows', 'person.knows_in']],
      ['person', 4, ['person.acted', 'film.acted_in']],
      ['film', 3, ['person.knows', 'person.acted']],
    ] as const)('to each %s within %d hops over %j', async (end, depth, ways) => {
      const walk = { hops: hops(...ways), depth };
      for (const nr of [1n, 4n, 12n]) await expectSame(reachedFrom(nr, end, walk), [], String(ways));
      const limit = literal(INT64, 2n);
      const orderBy = [term(distance), term(own(fieldOf(entity(end), '_id')))];
      expect(await expectSame(reachedFrom(4n, end, walk, { orderBy, limit }), [], 'limited')).toBeGreaterThan(0);
      const reached: Predicate = { kind: 'reach', walk, end: place(entity(end)), where: TRUE, negated: false };
      await expectSame({ ...all(entity('person')), where: reached }, [], 'reach');
      const counted: Operand = { steps: [], leaf: { kind: 'degree', hops: walk.hops }, type: INT64, nullable: false };
      await expectSame({ ...all(entity('person')), output: [counted] }, [], 'degree');
    });

    const above = (of: string, name: string, value: bigint): Predicate => ({
      kind: 'compare',
      operand: own(fieldOf(entity(of), name)),
      op: 'gt',
      value: literal(INT64, value),
      collate: 'STORE',
    });

    test.each([
      ['away', ['person.knows']],
      ['here', ['person.knows_in']],
      ['both ways', ['person.knows', 'person.knows_in']],
      ['over two types', ['person.knows', 'person.knows_in', 'person.acted', 'film.acted_in']],
      ['one type both ways, one away', ['person.knows', 'person.knows_in', 'person.acted']],
    ] as const)('what policies hide of nodes and edges is not walked over: %s', async (_how, ways) => {
      const acting: Predicate = {
        kind: 'related',
        step: step(entity('person').relations.get('acted')!),
        quantifier: 'some',
        where: TRUE,
        negated: false,
      };
      const [young, later] = [above('person', 'born', 1960n), above('knows', 'since', 2003n)];
      const hidden = (node: Predicate, edge: Predicate): Walk['hops'] =>
        hops(...ways).map(({ relation }) =>
          step(
            relation,
            relation.to === entity('person') ? node : TRUE,
            relation.through!.entity === entity('knows') ? edge : TRUE,
          ),
        );
      let found = 0;
      for (const [node, edge] of [
        [young, TRUE],
        [TRUE, later],
        [young, later],
        [acting, TRUE],
      ] as const) {
        const [far, near] = [4, 3].map((depth): Walk => ({ hops: hidden(node, edge), depth }));
        for (const nr of [0n, 4n, 12n]) found += await expectSame(reachedFrom(nr, 'person', far!), [], String(nr));
        const end = place(entity('person'));
        const ninth = is(own(fieldOf(entity('person'), 'nr')), 9n);
        const reached: Predicate = { kind: 'reach', walk: near!, end, where: ninth, negated: false };
        await expectSame({ ...all(entity('person')), where: reached }, [], 'reach');
      }
      expect(found).toBeGreaterThan(3);
    });

    test('the store follows a walk itself, in a text that does not grow with its depth', () => {
      const text = (depth: number, ...ways: string[]): string =>
        store.explain(reachedFrom(4n, 'person', { hops: hops(...ways), depth })).text;
      for (const ways of [['person.knows'], ['person.acted', 'film.acted_in']]) {
        expect(text(9, ...ways)).toBe(text(2, ...ways).replaceAll('*1..2]', '*1..9]'));
      }
      // What goes one way here and both there, it does not.
      expect(text(9, 'person.knows', 'person.acted', 'film.acted_in')).not.toContain('*1..');
    });

    test.each([
      ['all of them', {}],
      ['a page of them', { limit: literal(INT64, 5n), offset: literal(INT64, 1n) }],
      ['one by its key', 'key'],
    ] as const)('a shortest way is as long as its distance says and leads over edges: %s', async (_which, more) => {
      for (const ways of [
        ['person.knows', 'person.knows_in'],
        ['person.knows', 'person.acted', 'film.acted_in'],
      ]) {
        const walk = { hops: hops(...ways), depth: 6 };
        const orderBy = [term(distance), term(own(fieldOf(entity('person'), '_id')))];
        const [whole] = await memory.read(
          [{ ...reachedFrom(12n, 'person', walk), output: [distance, own(fieldOf(entity('person'), '_id'))], orderBy }],
          { args: [], form: 'TYPED', signal },
        );
        const [, furthest, id] = whole!.rows.at(-1) as [unknown, bigint, string];
        const key: Predicate = {
          kind: 'compare',
          operand: own(fieldOf(entity('person'), '_id')),
          op: 'eq',
          value: literal({ kind: 'id' }, id),
          collate: 'STORE',
        };
        const chosen = more === 'key' ? { where: key } : more;
        const select = { ...reachedFrom(12n, 'person', walk), output: [distance, path], orderBy, ...chosen };
        const run = { args: [], form: 'TYPED', signal } as const;
        const [batch] = await store.read([select], run);
        const [expected] = await memory.read([select], run);
        expect(batch!.rows.map((row) => row[1])).toEqual(expected!.rows.map((row) => row[1]));
        expect(batch!.rows.length).toBeGreaterThan(0);
        if (more === 'key') expect(batch!.rows.map((row) => row[1])).toEqual([furthest]);
        const edges = ['knows', 'acted'].flatMap((name) =>
          rows[model.shapes.get(name)!.id]!.map((row) => `${String(row._from)} ${String(row._to)}`),
        );
        for (const row of batch!.rows) {
          const [length, way] = row.slice(1) as [bigint, { entity: string; key: string }[]];
          expect(BigInt(way.length)).toBe(length + 1n);
          for (const [i, { key: to }] of way.slice(1).entries()) {
            const before = way[i]!.key;
            expect(edges.includes(`${before} ${to}`) || edges.includes(`${to} ${before}`)).toBe(true);
          }
          expect(way.at(-1)!.entity).toBe('person');
        }
      }
    });
  });
});

function is(operand: Operand, value: bigint): Predicate {
  return { kind: 'compare', operand, op: 'eq', value: literal(INT64, value), collate: 'STORE' };
}

function all(entity: Entity): Select {
  return {
    from: place(entity),
    where: TRUE,
    output: [...entity.fields.values()].map(own),
    groups: null,
    orderBy: [],
    limit: null,
    offset: null,
    keyset: [],
    within: null,
  };
}

/** What is of this suite in the server, without the prefix in names. */
function ownShape({ entities, problems }: SourceShape): SourceShape {
  const plain = (text: string): string => text.replaceAll(PREFIX, '');
  return {
    entities: entities
      .filter((entity) => entity.id.includes(PREFIX))
      .map((entity) => ({
        ...entity,
        name: plain(entity.name),
        ...(entity.edge ? { edge: { ...entity.edge, type: plain(entity.edge.type) } } : {}),
      })),
    problems: problems.filter(({ subject }) => subject.includes(PREFIX)),
  };
}

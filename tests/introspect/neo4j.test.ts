import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { quote } from '../../datasources/neo4j/cypher.js';
import { neo4jStore } from '../../datasources/neo4j/index.js';
import { fieldOf } from '../../src/ir/entity.js';
import { own, place } from '../../src/ir/operand.js';
import { TRUE } from '../../src/ir/predicate.js';
import { typeName } from '../../src/ir/types.js';
import { buildEntities } from '../../src/sources/model.js';
import type { EntityShape, SourceShape } from '../../src/store/shape.js';
import type { Store } from '../../src/store/store.js';
import { openDriver, storeOptions } from '../conformance/harness/neo4j.js';
import { describeWith } from '../servers/describe-with.js';

const PREFIX = `i${randomBytes(4).toString('hex')}_`;
const { signal } = new AbortController();
const label = (name: string): string => quote(PREFIX + name);

const SETUP = [
  `CREATE (:${label('everything')} {
    b: true, i: 9007199254740993, f: 0.5, s: 'a', d: date('2024-02-29'), lt: localtime('12:00:00.000001'),
    zt: time('12:00+02:00'), ldt: localdatetime('2024-02-29T12:00'), zdt: datetime('2024-02-29T12:00+02:00'),
    dur: duration('P1M2DT3S'), geo: point({longitude: 13.4, latitude: 52.5}), flat: point({x: 1, y: 2}),
    bs: $bytes, il: [1, 2], fl: [0.5], sl: ['a'], dl: [date('2024-02-29')], zl: [datetime('2024-02-29T12:00+02:00')],
    pl: [point({x: 1, y: 2})], empty: []})`,
  `CREATE (:${label('mixed')} {number: 1, some: 1, sizes: [1], tags: []}),
    (:${label('mixed')} {number: 0.5, some: 'a', sizes: [0.5], tags: ['a'], rare: 1})`,
  `CREATE (:${label('odd `name`')} {\`a b\`: 1, \`\\u005Cu0060\`: 2, _id: 'taken', \`1st\`: 3})`,
  `CREATE CONSTRAINT ${label('k2')} FOR (n:${label('keyed')}) REQUIRE (n.b, n.a) IS UNIQUE`,
  `CREATE CONSTRAINT ${label('k1')} FOR (n:${label('keyed')}) REQUIRE n.code IS UNIQUE`,
  `CREATE CONSTRAINT ${label('k3')} FOR (n:${label('keyed')}) REQUIRE n.sparse IS UNIQUE`,
  `CREATE (:${label('keyed')} {code: 'x', a: 1, b: 2, sparse: 1}), (:${label('keyed')} {code: 'y', a: 1, b: 3})`,
  `MATCH (a:${label('keyed')}), (b:${label('mixed')}) CREATE (a)-[:${label('LIKES')} {since: 2020}]->(b)`,
  `MATCH (a:${label('keyed')}) CREATE (a)-[:${label('SEES')}]->(a) WITH a MATCH (b:${label('mixed')}) CREATE (b)-[:${label('SEES')}]->(a)`,
];

describeWith('neo4j', 'introspection of Neo4j', (server) => {
  let store: Store;
  let shape: SourceShape;

  beforeAll(async () => {
    const driver = openDriver(server());
    try {
      for (const text of SETUP) await driver.executeQuery(text, { bytes: Int8Array.from([0, -1]) });
    } finally {
      await driver.close();
    }
    store = await neo4jStore('graph', storeOptions(server()));
    shape = await store.introspect(signal);
  }, 120_000);

  afterAll(() => store.close());

  function entity(name: string): EntityShape {
    const found = shape.entities.find((each) => each.name === PREFIX + name);
    if (!found) throw new Error(`${name} is not among ${shape.entities.map((each) => each.name).join(', ')}`);
    return found;
  }

  const types = (name: string): Record<string, string> =>
    Object.fromEntries(entity(name).fields.map((field) => [field.name, typeName(field.type)]));

  test('the type of each property, and the id of each node', () => {
    expect(entity('everything')).toMatchObject({ kind: 'LABEL', key: ['_id'], estimatedRows: 1 });
    expect(types('everything')).toEqual({
      _id: 'id',
      b: 'bool',
      i: 'int64',
      f: 'float64',
      s: 'text',
      d: 'date',
      lt: 'time',
      zt: 'json',
      ldt: 'localdatetime',
      zdt: 'instant',
      dur: 'duration',
      geo: 'geopoint',
      flat: 'json',
      bs: 'bytes',
      il: '[int64]',
      fl: '[float64]',
      sl: '[text]',
      dl: '[date]',
      zl: '[instant]',
      pl: 'json',
      empty: '[text]',
    });
  });

  test('values come back in these types', async () => {
    const { entities } = buildEntities('graph', shape);
    const everything = entities.get(`${PREFIX}everything`)!;
    const fields = ['b', 'i', 'f', 'd', 'lt', 'zt', 'ldt', 'zdt', 'dur', 'geo', 'flat', 'bs', 'il', 'dl', 'zl', 'pl'];
    const base = { groups: null, orderBy: [], limit: null, offset: null, keyset: [], within: null, where: TRUE };
    const output = fields.map((name) => own(fieldOf(everything, name)));
    const select = { ...base, from: place(everything), output };
    const [text] = await store.read([select], { args: [], form: 'TEXT', signal });
    const shown = output.map(({ type }, i) => store.jsonText(type)(text!.rows[0]![i] as string));
    expect(Object.fromEntries(fields.map((name, i) => [name, shown[i]]))).toEqual({
      b: 'true',
      i: '"9007199254740993"',
      f: '0.5',
      d: '"2024-02-29"',
      lt: '"12:00:00.000001"',
      zt: '"12:00:00+02:00"',
      ldt: '"2024-02-29T12:00:00"',
      zdt: '"2024-02-29T10:00:00Z"',
      dur: '"P1M2DT3S"',
      geo: expect.stringMatching(/"lon":13.4,"lat":52.5/) as unknown,
      flat: '{"srid":7203,"x":1,"y":2}',
      bs: '"AP8="',
      il: '["1","2"]',
      dl: '["2024-02-29"]',
      zl: '["2024-02-29T10:00:00Z"]',
      pl: '[{"srid":7203,"x":1,"y":2}]',
    });
  });

  test('mixtures: numbers are floats, all else is JSON, with a note', () => {
    expect(types('mixed')).toEqual({
      _id: 'id',
      number: 'float64',
      rare: 'int64',
      sizes: '[float64]',
      some: 'json',
      tags: '[text]',
    });
    expect(
      entity('mixed')
        .fields.filter((field) => field.nullable)
        .map((field) => field.name),
    ).toEqual(['rare']);
    expect(shape.problems.filter(({ subject }) => subject.startsWith(`${PREFIX}mixed`))).toEqual([
      { subject: `${PREFIX}mixed.some`, message: 'shown as JSON: its values are of several types (integer, string)' },
    ]);
  });

  test('a constraint gives the key: the smallest whose properties all nodes have', () => {
    expect(entity('keyed')).toMatchObject({ key: ['code'], unique: [['sparse'], ['b', 'a'], ['_id']] });
  });

  test('odd names are read and quoted; a property called as a field of ours is left out', async () => {
    expect(types('odd `name`')).toEqual({ _id: 'id', '1st': 'int64', '\\u0060': 'int64', 'a b': 'int64' });
    expect(shape.problems).toContainEqual({
      subject: `${PREFIX}odd \`name\`._id`,
      message: 'left out: its name is taken by a field of the gateway',
    });
    const { entities } = buildEntities('graph', shape);
    const odd = [...entities.values()].find((each) => each.entity.startsWith(`${PREFIX}odd`))!;
    const base = { groups: null, orderBy: [], limit: null, offset: null, keyset: [], within: null, where: TRUE };
    const output = ['_1st', '_u0060', 'a_b'].map((name) => own(fieldOf(odd, name)));
    const [batch] = await store.read([{ ...base, from: place(odd), output }], { args: [], form: 'TYPED', signal });
    expect(batch!.rows).toEqual([[3n, 2n, 1n]]);
  });

  test('a relationship type is an entity, between several labels one for each', () => {
    expect(entity('LIKES')).toMatchObject({
      kind: 'RELATIONSHIP',
      key: ['_id'],
      edge: {
        type: `${PREFIX}LIKES`,
        from: { fields: ['_from'], to: `${PREFIX}keyed`, toFields: ['_id'] },
        to: { fields: ['_to'], to: `${PREFIX}mixed`, toFields: ['_id'] },
      },
    });
    expect(types('LIKES')).toEqual({ _id: 'id', _from: 'id', _to: 'id', since: 'int64' });
    const seen = shape.entities.filter(({ name }) => name.startsWith(`${PREFIX}SEES`)).map(({ name }) => name);
    expect(seen).toEqual([
      `${PREFIX}SEES_${PREFIX}keyed_${PREFIX}keyed`,
      `${PREFIX}SEES_${PREFIX}mixed_${PREFIX}keyed`,
    ]);
  });
});

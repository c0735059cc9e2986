import { describe, expect, test } from '@jest/globals';

import { join } from 'node:path';
import { compile } from '../../datasources/neo4j/compile.js';
import type { NativeEntity } from '../../datasources/neo4j/native.js';
import { fieldOf, type Relation } from '../../src/ir/entity.js';
import { place, step, type Operand } from '../../src/ir/operand.js';
import { and, or, TRUE, type Predicate } from '../../src/ir/predicate.js';
import { type Measure, type Select, type Within } from '../../src/ir/select.js';
import { FLOAT64, INT64, TEXT, type DataType } from '../../src/ir/types.js';
import { literal, parameter } from '../../src/ir/value.js';
import { buildEntities } from '../../src/sources/model.js';
import type { EntityShape, FieldShape } from '../../src/store/shape.js';
import { asc, behind, compare, desc, expectGolden, goldensIn, grouped, key, limit, measure, within, wordsOf, outputOf } from './words.js';

const FOLDER = join('tests', 'golden', 'neo4j');

const ID: DataType = { kind: 'id' };
const end = (name: string): FieldShape => ({
  name,
  type: ID,
  nullable: false,
  description: null,
  native: { kind: name.slice(1) },
});

function entity(name: string, types: Readonly<Record<string, DataType>>, native: NativeEntity): EntityShape {
  const properties = Object.entries(types).map(([property, type]): FieldShape => ({
    name: property,
    type,
    nullable: property !== 'iata',
    description: null,
    native: { kind: 'property', property, whole: false },
  }));
  const edge = native.kind === 'edge';
  return {
    name,
    id: name,
    kind: edge ? 'RELATIONSHIP' : 'LABEL',
    description: null,
    fields: [end('_id'), ...(edge ? [end('_from'), end('_to')] : []), ...properties],
    key: native.kind === 'node' && native.unique[0] ? native.unique[0] : ['_id'],
    unique: [['_id']],
    references: [],
    ...(edge
      ? {
          edge: {
            type: native.type,
            from: { fields: ['_from'], to: native.start, toFields: ['_id'] },
            to: { fields: ['_to'], to: native.end, toFields: ['_id'] },
          },
        }
      : {}),
    estimatedRows: null,
    native,
  };
}

const AIRPORT = { iata: TEXT, name: TEXT, state: TEXT, latitude: FLOAT64, tags: { kind: 'list', of: TEXT } } as const;
const FLIGHT = {
  nr: INT64,
  delay: INT64,
  carrier: TEXT,
  date: { kind: 'date' },
  departs: { kind: 'instant' },
  taxi: { kind: 'duration' },
  distance: FLOAT64,
} as const;

const { entities } = buildEntities(
  'aviation',
  {
    problems: [],
    entities: [
      entity('Airport', AIRPORT, { kind: 'node', label: 'Airport', unique: [['iata']] }),
      entity('Flight', FLIGHT, { kind: 'node', label: 'Flight', unique: [] }),
      entity('Carrier', { code: TEXT, name: TEXT }, { kind: 'node', label: 'Air`Carrier', unique: [['code']] }),
      entity('FROM', { gate: TEXT }, { kind: 'edge', type: 'FROM', start: 'Flight', end: 'Airport' }),
    ],
  },
  {
    relations: [
      { from: 'Flight', to: 'Carrier', on: [{ from: 'carrier', to: 'code' }], as: 'operator', reverse: 'flights' },
    ],
  },
);

const { e, f, r, select } = wordsOf(entities);

const flights = (more: Partial<Select> = {}): Select =>
  select('Flight', { output: [f('Flight', 'nr'), f('Flight', 'delay')], ...more });
const airports = (more: Partial<Select> = {}): Select => select('Airport', { output: [f('Airport', 'iata')], ...more });
const operator = r('Flight', 'operator');
const from = r('Flight', 'FROM');
const departures = r('Airport', 'FROM_in');
const operated = r('Carrier', 'flights');
const page = airports({ orderBy: [asc(f('Airport', 'iata'))], limit: parameter(INT64, 0) });
const related = (relation: Relation, m: Measure): Operand => ({
  steps: [],
  leaf: { kind: 'related', step: step(relation), measure: m },
  type: m.type,
  nullable: true,
});
const counted = measure('COUNT', null);
const after = (...values: DataType[]): Select['keyset'] => [
  { side: 'after', inclusive: false, values: values.map((type, i) => parameter(type, i)) },
];

const DISTANCE: Operand = { steps: [], leaf: { kind: 'distance' }, type: INT64, nullable: false };
const walkedOutput: readonly Operand[] = [
  f('Airport', 'iata'),
  DISTANCE,
  { steps: [], leaf: { kind: 'path' }, type: { kind: 'list', of: TEXT }, nullable: false },
];

/** From airports to flights that depart there and on, back too. */
function walked(depth: number, flight: Predicate = TRUE, edge: Predicate = TRUE): Within {
  const iata = fieldOf(e('Airport'), 'iata');
  const self: Relation = {
    name: 'self',
    from: e('Airport'),
    to: e('Airport'),
    many: true,
    on: [{ from: iata, to: iata }],
    through: null,
    description: null,
  };
  const hops = [step(departures, flight, edge), step(from, TRUE, edge)];
  return { step: step(self), parents: { kind: 'select', select: page }, walk: { hops, depth } };
}

const CASES: Readonly<Record<string, Select>> = {
  'row-by-key': airports({ where: compare(f('Airport', 'iata'), 'eq', 0) }),
  'row-by-id': flights({ where: compare(f('Flight', '_id'), 'eq', 0) }),
  'first-rows': flights({
    orderBy: [desc(f('Flight', 'departs')), asc(f('Flight', '_id'))],
    limit: parameter(INT64, 0),
    offset: parameter(INT64, 1),
  }),
  'nulls-against-default': flights({
    orderBy: [desc(f('Flight', 'delay')), asc(f('Flight', 'carrier'), { nulls: 'first' })],
  }),
  'in-and-not-in': flights({
    where: or(
      { kind: 'in', operand: f('Flight', 'delay'), value: parameter(INT64, 0, true), negated: false },
      { kind: 'in', operand: f('Flight', 'date'), value: parameter({ kind: 'date' }, 1, true), negated: true },
    ),
  }),
  'text-tests': airports({
    where: and(
      ...(['like', 'ilike', 'startsWith', 'endsWith', 'contains', 'regex'] as const).map((test, i): Predicate => ({
        kind: 'text',
        operand: f('Airport', 'name'),
        test,
        value: parameter(TEXT, i),
        negated: test === 'regex',
      })),
    ),
  }),
  'text-in-order-of-bytes': airports({ where: compare(f('Airport', 'name'), 'lt', 0, 'BINARY') }),
  'floats-and-nan': flights({
    where: and(compare(f('Flight', 'distance'), 'eq', 0), compare(f('Flight', 'distance'), 'gt', 1)),
  }),
  'times-and-durations': flights({
    output: [f('Flight', 'departs'), f('Flight', 'taxi')],
    where: and(compare(f('Flight', 'departs'), 'gte', 0), compare(f('Flight', 'taxi'), 'lt', 1)),
  }),
  lists: airports({
    output: [f('Airport', 'tags')],
    where: or(
      { kind: 'list', operand: f('Airport', 'tags'), test: 'has', value: parameter(TEXT, 0), negated: false },
      { kind: 'list', operand: f('Airport', 'tags'), test: 'hasAny', value: parameter(TEXT, 1, true), negated: true },
    ),
  }),
  'to-one-paths': flights({
    output: [f('Flight', 'nr'), behind(operator, 'name')],
    where: compare(behind(operator, 'name'), 'eq', 0),
    orderBy: [asc(behind(operator, 'name')), asc(f('Flight', '_id'))],
  }),
  'to-one-policy': flights({ output: [behind(operator, 'name', compare(f('Carrier', 'code'), 'ne', 0))] }),
  'an-end-of-an-edge': select('FROM', { output: [f('FROM', 'gate'), behind(r('FROM', '_start'), 'nr')] }),
  'related-by-edge': flights({
    where: {
      kind: 'related',
      step: step(from, undefined, compare(f('FROM', 'gate'), 'ne', 1)),
      quantifier: 'some',
      where: compare(f('Airport', 'state'), 'eq', 0),
      negated: true,
    },
  }),
  'related-every': select('Carrier', {
    output: [f('Carrier', 'code')],
    where: {
      kind: 'related',
      step: step(operated),
      quantifier: 'every',
      where: compare(f('Flight', 'delay'), 'lt', 0),
      negated: false,
    },
  }),
  'related-measures': airports({
    output: [
      f('Airport', 'iata'),
      related(departures, counted),
      related(departures, measure('AVG', f('Flight', 'delay'))),
    ],
    orderBy: [desc(related(departures, measure('MAX', f('Flight', 'departs'))))],
  }),
  'position-with-nulls': flights({
    orderBy: [desc(f('Flight', 'delay')), asc(f('Flight', '_id'))],
    keyset: after(INT64, ID),
    limit,
  }),
  'position-in-text': airports({
    orderBy: [asc(f('Airport', 'name'), { collate: 'BINARY' })],
    keyset: after(TEXT),
    limit,
  }),
  aggregate: flights(
    grouped([
      counted,
      measure('SUM', f('Flight', 'delay')),
      measure('AVG', f('Flight', 'distance')),
      measure('COUNT', null, compare(f('Flight', 'delay'), 'gt', 0)),
      measure('COUNT_DISTINCT', f('Flight', 'carrier')),
      measure('STDDEV', f('Flight', 'delay')),
      measure('QUANTILE', f('Flight', 'distance')),
      measure('MIN', f('Flight', 'taxi')),
    ]),
  ),
  'groups-having': flights({
    ...grouped(
      [counted],
      [
        key(behind(operator, 'name'), { kind: 'value' }),
        key(f('Flight', 'departs'), { kind: 'bucket', bucket: 'MONTH', zone: 'Europe/Berlin' }),
      ],
      compare(outputOf([counted])[0]!, 'gt', 0),
    ),
    orderBy: [desc(outputOf([counted])[0]!)],
    limit,
  }),
  'groups-part-and-width': flights(
    grouped(
      [],
      [
        key(f('Flight', 'date'), { kind: 'part', part: 'DAY_OF_WEEK', zone: null }),
        key(f('Flight', 'delay'), { kind: 'width', width: 15, origin: 0 }),
      ],
    ),
  ),
  'children-of-a-page': flights({ within: within(departures, page), orderBy: [asc(f('Flight', '_id'))] }),
  'first-children-of-each': flights({ within: within(departures, page), orderBy: [asc(f('Flight', '_id'))], limit }),
  'parents-of-children': select('Carrier', {
    output: [f('Carrier', 'name')],
    within: within(operator, flights({ within: within(departures, page) })),
  }),
  'aggregate-of-each': flights({
    ...grouped([counted, measure('MAX', f('Flight', 'delay'))]),
    within: within(departures, page),
  }),
  'children-of-keys': flights({ within: { step: step(departures), parents: { kind: 'keys', slot: 0 } } }),
  'first-children-of-keys': flights({ within: { step: step(operated), parents: { kind: 'keys', slot: 0 } }, limit }),
  'a-walk': airports({ output: walkedOutput, within: walked(2) }),
  'a-page-of-a-walk': airports({ output: walkedOutput, orderBy: [asc(DISTANCE)], limit, within: walked(6) }),
  'a-walk-to-a-key': airports({
    output: walkedOutput,
    where: compare(f('Airport', 'iata'), 'eq', 1),
    within: walked(6),
  }),
  'a-walk-past-policies': airports({
    output: [DISTANCE],
    within: walked(3, compare(f('Flight', 'nr'), 'gt', 1), compare(f('FROM', 'gate'), 'ne', 2)),
  }),
  reached: airports({
    where: {
      kind: 'reach',
      walk: walked(4).walk!,
      end: place(e('Flight')),
      where: compare(f('Flight', 'nr'), 'eq', 1),
      negated: true,
    },
  }),
  'edges-counted': airports({
    output: [{ steps: [], leaf: { kind: 'degree', hops: [step(departures)] }, type: INT64, nullable: false }],
  }),
};

/** One clause a line, so that a change can be read. */
function layout(cypher: string): string {
  return cypher.replace(/ (MATCH|WITH|WHERE|RETURN|ORDER BY|SKIP|LIMIT|CALL|UNWIND|UNION) (?!WITH )/g, '\n$1 ');
}

describe('statements for Neo4j', () => {
  test.each(Object.entries(CASES))('%s', (name, question) => {
    const query = compile(question);
    expectGolden(FOLDER, `${name}.cypher`, `${layout(query.text)};\n`);
  });

  test('every golden has its case', () => {
    expect(goldensIn(FOLDER, '.cypher')).toEqual(Object.keys(CASES).sort());
  });

  test('the same question has the same text, whatever its values', () => {
    const [a, b] = [11n, 22n].map((n) =>
      compile(
        flights({
          where: { kind: 'compare', operand: f('Flight', 'nr'), op: 'eq', value: literal(INT64, n), collate: 'STORE' },
        }),
      ),
    );
    expect(a!.text).toBe(b!.text);
    expect(a!.text).not.toMatch(/11|22/);
  });

  test('what Neo4j cannot do is refused', () => {
    const operand = f('Airport', 'name');
    const cannot: Predicate[] = [
      { kind: 'elements', operand, quantifier: 'some', where: TRUE, negated: false },
      {
        kind: 'geo',
        operand: f('Airport', 'name'),
        test: 'within',
        value: parameter({ kind: 'geopoint' }, 0, true),
        metres: null,
        negated: false,
      },
    ];
    for (const where of cannot) {
      expect(() => compile(airports({ where }))).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
    }
    const element: Operand = { steps: [], leaf: { kind: 'element', nested: [] }, type: FLOAT64, nullable: true };
    expect(() => compile(airports({ output: [element] }))).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  });
});

import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { print } from '../../datasources/mongodb/print.js';
import { compile } from '../../datasources/mongodb/compile.js';
import type { NativeField, TextIndex } from '../../datasources/mongodb/native.js';
import { type Field } from '../../src/ir/entity.js';
import { place, step, type Operand } from '../../src/ir/operand.js';
import { and, or, TRUE, type Predicate, type Search } from '../../src/ir/predicate.js';
import { type MeasureFn, type Select } from '../../src/ir/select.js';
import { INT64, TEXT, type DataType } from '../../src/ir/types.js';
import { literal, parameter } from '../../src/ir/value.js';
import { buildEntities } from '../../src/sources/model.js';
import type { EntityShape, ReferenceShape } from '../../src/store/shape.js';
import { asc, behind, compare, desc, expectGolden, goldensIn, grouped, key, limit, measure, outputOf, within, wordsOf } from './words.js';

const FOLDER = join('tests', 'golden', 'mongodb');

interface Column {
  readonly type: DataType;
  readonly nullable?: boolean;
  /** Whether a validator promises the type. */
  readonly sure?: boolean;
  /** What indexes know of it. */
  readonly indexed?: Partial<NativeField>;
}

function entity(name: string, key: string[], columns: Record<string, Column>, references: ReferenceShape[] = []): EntityShape {
  return {
    name,
    id: name,
    kind: 'COLLECTION',
    description: null,
    fields: Object.entries(columns).map(([column, { type, nullable = true, sure = false, indexed = {} }]) => ({
      name: column,
      type,
      nullable,
      description: null,
      native: { name: column, sure, ...indexed } satisfies NativeField,
    })),
    key,
    unique: [],
    references,
    estimatedRows: null,
    native: { collection: name },
  };
}

const int = (nullable = true): Column => ({ type: { kind: 'int', bits: 32 }, nullable, sure: !nullable });
const text = (nullable = true): Column => ({ type: TEXT, nullable, sure: !nullable });
const LINE: DataType = {
  kind: 'struct',
  fields: [
    { name: 'seat', type: TEXT, nullable: true },
    { name: 'weight_kg', native: 'weight kg', type: { kind: 'int', bits: 32 }, nullable: true },
  ],
};

const WORDS: TextIndex = [
  { field: 'title', weight: 10 },
  { field: 'body', weight: 1 },
];
const VECTOR: DataType = { kind: 'vector', dimensions: 3 };

function reference(name: string, fields: string[], to: string, toFields: string[]): ReferenceShape {
  return { name, fields, to, toFields, enforced: true };
}

const { entities } = buildEntities('aviation', {
  problems: [],
  entities: [
    entity('airport', ['_id'], {
      _id: { type: { kind: 'id' }, nullable: false, sure: true },
      iata: text(false),
      name: text(),
      state: text(),
      'odd.name': text(),
      latitude: { type: { kind: 'float', bits: 64 } },
      place: { type: { kind: 'geopoint' } },
      uid: { type: { kind: 'uuid' } },
      notes: { type: { kind: 'json' } },
      tags: { type: { kind: 'list', of: TEXT } },
    }),
    entity(
      'flight',
      ['id'],
      {
        id: int(false),
        delay: int(),
        distance: { type: { kind: 'int', bits: 64 } },
        origin: text(),
        destination: text(),
        date: { type: { kind: 'instant' }, nullable: false, sure: true },
        fare: { type: { kind: 'decimal', precision: null, scale: null } },
        ratio: { type: { kind: 'float', bits: 64 } },
        crew: { type: { kind: 'struct', fields: [{ name: 'captain', type: TEXT, nullable: true }] } },
        lines: { type: { kind: 'list', of: LINE } },
      },
      [reference('flight_origin', ['origin'], 'airport', ['iata']), reference('flight_destination', ['destination'], 'airport', ['iata'])],
    ),
    entity('crew', ['id'], { id: int(false), name: text(false) }),
    entity('article', ['_id'], {
      _id: { type: { kind: 'id' }, nullable: false, sure: true },
      title: { type: TEXT, indexed: { text: WORDS } },
      body: { type: TEXT, indexed: { text: WORDS } },
      topic: text(false),
      year: int(false),
      odd: text(false),
      place: { type: { kind: 'geopoint' }, indexed: { sphere: true } },
      likeness: { type: VECTOR, indexed: { vector: { name: 'likenesses', filters: ['topic', 'year'] } } },
    }),
    entity('duty', ['crew_id', 'flight_id'], { crew_id: int(false), flight_id: int(false) }, [
      reference('duty_crew', ['crew_id'], 'crew', ['id']),
      reference('duty_flight', ['flight_id'], 'flight', ['id']),
    ]),
  ],
});

const { e, f, r, select } = wordsOf(entities);

const flights = (more: Partial<Select> = {}): Select => select('flight', { output: [f('flight', 'id'), f('flight', 'delay')], ...more });
const originOf = r('flight', 'origin_airport');
const departures = r('airport', 'flight_by_origin');
const crewOf = r('flight', 'crew_by_duty');
const page = select('airport', { output: [f('airport', 'iata')], orderBy: [asc(f('airport', 'iata'))], limit: parameter(INT64, 0) });
const state = key(behind(originOf, 'state'), { kind: 'value' });
const counted = measure('COUNT', null);
const related = (fn: MeasureFn, field: string | null): Operand => {
  const m = measure(fn, field === null ? null : f('flight', field));
  return { steps: [], leaf: { kind: 'related', step: step(departures), measure: m }, type: m.type, nullable: fn !== 'COUNT' };
};

const inside = (field: Operand, ...nested: string[]): Operand => ({ ...field, leaf: { kind: 'field', field: (field.leaf as { readonly field: Field }).field, nested }, type: TEXT, nullable: true });
const element = (nested: readonly string[], type: DataType): Operand => ({ steps: [], leaf: { kind: 'element', nested }, type, nullable: true });
const INT: DataType = { kind: 'int', bits: 32 };
const DATE: DataType = { kind: 'instant' };
const after = (types: readonly DataType[], side: 'after' | 'before' = 'after'): Select['keyset'] => [{ side, inclusive: false, values: types.map((type, slot) => parameter(type, slot)) }];

const score: Operand = { steps: [], leaf: { kind: 'score' }, type: { kind: 'float', bits: 64 }, nullable: true };
const match = (more: Partial<Extract<Search, { kind: 'match' }>> = {}): Search => ({
  ...{ kind: 'match', operands: [f('article', 'title'), f('article', 'body')], boosts: [1, 1], text: parameter(TEXT, 0), mode: 'ALL', fuzzy: false, negated: false },
  ...more,
});
const nearest = (among: Predicate = TRUE): Search => ({
  ...{ kind: 'nearest', operand: f('article', 'likeness'), vector: parameter(VECTOR, 0), k: parameter(INT64, 1) },
  ...{ among: place(e('article'), among), negated: false },
});
const articles = (where: Predicate, more: Partial<Select> = {}): Select => select('article', { output: [f('article', '_id')], where, ...more });
const best = [desc(score), asc(f('article', '_id'))];
const ofTopic = compare(f('article', 'topic'), 'eq', 2);

const CASES: Readonly<Record<string, Select>> = {
  'row-by-key': select('airport', { output: [f('airport', '_id'), f('airport', 'name')], where: compare(f('airport', '_id'), 'eq', 0) }),
  'a-promised-type': flights({ where: and(compare(f('flight', 'id'), 'gte', 0), compare(f('flight', 'date'), 'lt', 1)) }),
  'a-sampled-type': flights({ where: and(compare(f('flight', 'delay'), 'gte', 0), compare(f('flight', 'delay'), 'ne', 1)) }),
  'nan-is-above': flights({ where: or(compare(f('flight', 'ratio'), 'gt', 0), compare(f('flight', 'fare'), 'lt', 1)) }),
  'first-rows-of-an-index': flights({ orderBy: [desc(f('flight', 'date')), asc(f('flight', 'id'))], limit: parameter(INT64, 0), offset: parameter(INT64, 1) }),
  'nulls-against-default': flights({ orderBy: [desc(f('flight', 'delay')), asc(f('flight', 'origin'), { nulls: 'first' })] }),
  'in-and-not-in': flights({
    where: or(
      { kind: 'in', operand: f('flight', 'delay'), value: parameter(INT, 0, true), negated: false },
      { kind: 'in', operand: f('flight', 'origin'), value: parameter(TEXT, 1, true), negated: true },
    ),
  }),
  'text-tests': select('airport', {
    output: [f('airport', 'iata')],
    where: and(
      ...(['like', 'ilike', 'startsWith', 'endsWith', 'contains', 'regex'] as const).map((t, i): Predicate => ({ kind: 'text', operand: f('airport', 'name'), test: t, value: parameter(TEXT, i), negated: t === 'regex' })),
    ),
  }),
  'odd-names': select('airport', { output: [f('airport', 'odd_name')], where: compare(f('airport', 'odd_name'), 'eq', 0), orderBy: [asc(f('airport', 'odd_name'))] }),
  lists: select('airport', {
    output: [f('airport', 'tags')],
    where: or(
      { kind: 'list', operand: f('airport', 'tags'), test: 'has', value: parameter(TEXT, 0), negated: false },
      { kind: 'list', operand: f('airport', 'tags'), test: 'hasAny', value: parameter(TEXT, 1, true), negated: true },
    ),
  }),
  'inside-a-struct': flights({ output: [inside(f('flight', 'crew'), 'captain')], where: compare(inside(f('flight', 'crew'), 'captain'), 'eq', 0) }),
  elements: flights({ where: { kind: 'elements', operand: f('flight', 'lines'), quantifier: 'some', where: and(compare(element(['seat'], TEXT), 'eq', 0), compare(element(['weight_kg'], INT), 'gt', 1)), negated: false } }),
  'a-place-near': select('airport', { output: [f('airport', 'place')], where: { kind: 'geo', operand: f('airport', 'place'), test: 'near', value: parameter({ kind: 'geopoint' }, 0), metres: parameter({ kind: 'float', bits: 64 }, 1), negated: false } }),
  'a-place-within': select('airport', { output: [f('airport', 'place')], where: { kind: 'geo', operand: f('airport', 'place'), test: 'within', value: parameter({ kind: 'geopoint' }, 0, true), metres: null, negated: false } }),
  'mixed-values': select('airport', { output: [f('airport', 'notes')], where: { kind: 'isNull', operand: f('airport', 'notes'), negated: true } }),
  'to-one-paths-join-once': flights({
    output: [f('flight', 'id'), behind(originOf, 'name')],
    where: compare(behind(originOf, 'state'), 'eq', 0),
    orderBy: [asc(behind(originOf, 'name')), asc(f('flight', 'id'))],
  }),
  'to-one-policy': flights({ output: [behind(originOf, 'name', compare(f('airport', 'state'), 'ne', 0))] }),
  'related-some': flights({ where: { kind: 'related', step: step(originOf), quantifier: 'some', where: compare(f('airport', 'state'), 'eq', 0), negated: false } }),
  'related-every': select('airport', { output: [f('airport', 'iata')], where: { kind: 'related', step: step(departures), quantifier: 'every', where: compare(f('flight', 'delay'), 'lt', 0), negated: false } }),
  'related-through': flights({ where: { kind: 'related', step: step(crewOf, undefined, compare(f('duty', 'crew_id'), 'gt', 1)), quantifier: 'some', where: compare(f('crew', 'name'), 'eq', 0), negated: true } }),
  'related-measures': select('airport', { output: [f('airport', 'iata'), related('COUNT', null), related('AVG', 'delay')], orderBy: [desc(related('COUNT', null))] }),
  'keyset-one-direction': flights({ orderBy: [asc(f('flight', 'date')), asc(f('flight', 'id'))], keyset: after([DATE, INT]), limit }),
  'keyset-nulls': flights({ orderBy: [desc(f('flight', 'delay')), asc(f('flight', 'id'))], keyset: after([INT, INT], 'before'), limit }),
  aggregate: flights(grouped([counted, measure('SUM', f('flight', 'distance')), measure('AVG', f('flight', 'delay')), measure('COUNT', null, compare(f('flight', 'delay'), 'gt', 0)), measure('STDDEV', f('flight', 'delay')), measure('VARIANCE_POP', f('flight', 'ratio')), measure('MAX', f('flight', 'ratio')), measure('COUNT_DISTINCT', f('flight', 'origin'))])),
  quantile: flights(grouped([measure('QUANTILE', f('flight', 'fare'))])),
  'average-of-decimals': flights(grouped([measure('AVG', f('flight', 'fare'))])),
  'groups-having': flights({
    ...grouped([counted], [state, key(f('flight', 'date'), { kind: 'bucket', bucket: 'MONTH', zone: 'Europe/Berlin' })], compare(outputOf([counted])[0]!, 'gt', 0)),
    orderBy: [desc(outputOf([counted])[0]!)],
    limit,
  }),
  'groups-part-and-width': flights(grouped([], [key(f('flight', 'date'), { kind: 'part', part: 'DAY_OF_WEEK', zone: null }), key(f('flight', 'date'), { kind: 'bucket', bucket: 'HOUR', zone: 'Asia/Kolkata' }), key(f('flight', 'delay'), { kind: 'width', width: 15, origin: 0 })])),
  'children-of-a-page': flights({ within: within(departures, page), orderBy: [asc(f('flight', 'id'))] }),
  'first-children-of-each': flights({ within: within(departures, page), orderBy: [asc(f('flight', 'id'))], limit }),
  'parents-of-children': select('airport', { output: [f('airport', 'iata'), f('airport', 'name')], within: within(originOf, flights({ within: within(departures, page) })) }),
  'through-a-junction': select('crew', { output: [f('crew', 'name')], within: within(crewOf, flights({ limit })) }),
  'aggregate-of-each': flights({ ...grouped([counted, measure('MAX', f('flight', 'delay'))]), within: within(departures, page) }),
  'children-of-keys': flights({ within: { step: step(departures), parents: { kind: 'keys', slot: 0 } } }),
  'a-search-compiled-only': articles(match()),
  'a-search-compiled-only-and-scores': articles(and(match({ mode: 'PHRASE' }), ofTopic, compare(f('article', 'body'), 'ne', 3)), { output: [f('article', '_id'), score], orderBy: best, limit }),
  'a-search-compiled-only-counted': articles(match({ boosts: [10, 1] }), grouped([counted], [key(f('article', 'topic'), { kind: 'value' })])),
  'the-nearest-compiled-only': articles(nearest(), { output: [f('article', '_id'), score], orderBy: best }),
  'the-nearest-compiled-only-of-some': articles(and(nearest(and(ofTopic, compare(f('article', 'year'), 'gte', 3))), ofTopic)),
  'a-place-near-by-an-index-compiled-only': articles({ kind: 'geo', operand: f('article', 'place'), test: 'near', value: parameter({ kind: 'geopoint' }, 0), metres: parameter({ kind: 'float', bits: 64 }, 1), negated: false }),
  'a-place-within-by-an-index-compiled-only': articles({ kind: 'geo', operand: f('article', 'place'), test: 'within', value: parameter({ kind: 'geopoint' }, 0, true), metres: null, negated: false }),
  'first-children-of-keys': flights({ within: { step: step(departures), parents: { kind: 'keys', slot: 0 } }, limit }),
};

describe('pipelines for MongoDB, as they are written; no server runs them here', () => {
  test.each(Object.entries(CASES))('%s', (name, question) => {
    const { text: pipeline, parameters } = print(compile(question));
    const shown = `${pipeline}\n-- ${parameters.join(', ')}\n`;
    expectGolden(FOLDER, `${name}.txt`, shown);
  });

  test('every golden has its case', () => {
    expect(goldensIn(FOLDER, '.txt')).toEqual(Object.keys(CASES).sort());
  });

  test('the same question has the same text, whatever its values', () => {
    const [a, b] = [1n, 2n].map((n) => print(compile(flights({ where: { kind: 'compare', operand: f('flight', 'delay'), op: 'eq', value: literal(INT64, n), collate: 'STORE' } }))));
    expect(a).toEqual(b);
  });

  test('what the engine cannot do is refused', () => {
    const operand = f('airport', 'name');
    const cannot: Predicate[] = [
      { kind: 'match', operands: [operand], boosts: [1], text: parameter(TEXT, 0), mode: 'ANY', fuzzy: false, negated: false },
      { kind: 'geo', operand, test: 'near', value: parameter({ kind: 'geopoint' }, 0), metres: null, negated: false },
      { kind: 'elements', operand: f('airport', 'tags'), quantifier: 'some', where: TRUE, negated: false },
      { kind: 'nearest', operand, vector: parameter({ kind: 'vector', dimensions: null }, 0), k: limit, among: place(e('airport')), negated: false },
    ];
    for (const where of cannot) expect(() => compile(select('airport', { output: [operand], where }))).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
    const highlights: Operand = { steps: [], leaf: { kind: 'highlights', operand, fragments: 1 }, type: { kind: 'list', of: TEXT }, nullable: true };
    expect(() => compile(select('airport', { output: [highlights] }))).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  });
});

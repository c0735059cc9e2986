import { describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compile, print } from '../../datasources/elasticsearch/compile.js';
import { DOCUMENT_ID, mappedField, type Mapping, type MappedField } from '../../datasources/elasticsearch/mapping.js';
import { Among, filled, Late, waiting, type Query } from '../../datasources/elasticsearch/query.js';
import { fieldOf, type Entity, type Relation } from '../../src/ir/entity.js';
import { own, place, step, type Operand } from '../../src/ir/operand.js';
import { and, not, or, TRUE, type Comparison, type Predicate } from '../../src/ir/predicate.js';
import {
  groupingType,
  measureType,
  type Grouping,
  type GroupKey,
  type Measure,
  type MeasureFn,
  type OrderTerm,
  type Select,
} from '../../src/ir/select.js';
import { FLOAT64, INT64, TEXT, type DataType } from '../../src/ir/types.js';
import { literal, parameter } from '../../src/ir/value.js';
import { buildEntities } from '../../src/sources/model.js';
import type { EntityShape, ReferenceShape } from '../../src/store/shape.js';

const FOLDER = join('tests', 'golden', 'elasticsearch');
/** Written on demand, and never where nobody reads what changed. */
const update = process.env['UPDATE_GOLDENS'] === '1' && process.env['CI'] === undefined;

const LISTS = new Set(['tags']);
const seen = { isList: (path: string) => LISTS.has(path), isCut: (path: string) => path === 'remark.keyword' };

function index(
  name: string,
  key: string[],
  mappings: Record<string, Mapping>,
  references: ReferenceShape[] = [],
): EntityShape {
  const fields = Object.entries(mappings).map(([field, mapping]) => {
    const { type, native } = mappedField(field, mapping, seen) as MappedField;
    return { name: field, type, nullable: !key.includes(field), description: null, native };
  });
  const id = { name: '_id', type: { kind: 'id' }, nullable: false, description: null, native: DOCUMENT_ID } as const;
  return {
    ...{ name, id: name, kind: 'INDEX', description: null, fields: [id, ...fields], key, unique: [], references },
    ...{ estimatedRows: null, native: { index: name } },
  };
}

function reference(name: string, fields: string[], to: string, toFields: string[]): ReferenceShape {
  return { name, fields, to, toFields, enforced: false };
}

const keyword: Mapping = { type: 'keyword' };
const { entities } = buildEntities('aviation', {
  problems: [],
  entities: [
    index('airport', ['iata'], {
      iata: keyword,
      name: { type: 'text', fields: { raw: keyword } },
      state: keyword,
      motto: { type: 'text' },
      tags: keyword,
      spot: { type: 'geo_point' },
      like: { type: 'dense_vector', dims: 3 },
      runways: { type: 'nested', properties: { length: { type: 'integer' }, surface: keyword } },
      owner: { properties: { name: keyword, since: { type: 'date' } } },
    }),
    index(
      'flight',
      ['id'],
      {
        id: { type: 'long' },
        delay: { type: 'integer' },
        distance: { type: 'float' },
        origin: keyword,
        date: { type: 'date' },
        seen: { type: 'date_nanos' },
        remark: { type: 'text', fields: { keyword: { type: 'keyword', ignore_above: 256 } } },
      },
      [reference('flight_origin', ['origin'], 'airport', ['iata'])],
    ),
    index('crew', ['id'], { id: { type: 'integer' }, name: keyword }),
    index('duty', ['crew_id', 'flight_id'], { crew_id: { type: 'integer' }, flight_id: { type: 'long' } }, [
      reference('duty_crew', ['crew_id'], 'crew', ['id']),
      reference('duty_flight', ['flight_id'], 'flight', ['id']),
    ]),
  ],
});

const e = (name: string): Entity => entities.get(name)!;
const f = (name: string, field: string): Operand => own(fieldOf(e(name), field));
const relation = (name: string, to: string): Relation => {
  const found = [...e(name).relations.values()].find((each) => each.to === e(to));
  if (!found) throw new Error(`${name} leads nowhere to ${to}`);
  return found;
};
const compare = (operand: Operand, op: Comparison, slot: number): Predicate => ({
  kind: 'compare',
  operand,
  op,
  value: parameter(operand.type, slot),
  collate: 'STORE',
});
const asc = (operand: Operand, more: Partial<OrderTerm> = {}): OrderTerm => ({
  operand,
  direction: 'asc',
  nulls: 'last',
  collate: 'STORE',
  ...more,
});
const desc = (operand: Operand): OrderTerm => asc(operand, { direction: 'desc', nulls: 'first' });
const limit = literal(INT64, 10n);
const select = (name: string, more: Partial<Select>): Select => ({
  ...{ from: place(e(name)), where: TRUE, output: [], groups: null, orderBy: [], limit: null, offset: null },
  ...{ keyset: [], within: null },
  ...more,
});
const flights = (more: Partial<Select> = {}): Select => select('flight', { output: [f('flight', 'id')], ...more });
const airports = (more: Partial<Select> = {}): Select => select('airport', { output: [f('airport', 'iata')], ...more });

const measure = (fn: MeasureFn, operand: Operand | null, where: Predicate = TRUE): Measure => ({
  ...{ fn, operand, q: fn === 'QUANTILE' ? parameter(FLOAT64, 9) : null, where, collate: 'STORE', approximate: false },
  type: measureType(fn, operand?.type ?? null),
});
const key = (operand: Operand, grouping: Grouping): GroupKey => ({
  ...{ operand, grouping },
  type: groupingType(operand.type, grouping),
});
const grouped = (measures: Measure[], keys: GroupKey[] = [], having: Predicate = TRUE): Partial<Select> => ({
  groups: { keys, measures, having },
  output: [
    ...keys.map((k, i): Operand => ({ steps: [], leaf: { kind: 'groupKey', index: i }, type: k.type, nullable: true })),
    ...measures.map(
      (m, i): Operand => ({ steps: [], leaf: { kind: 'groupMeasure', index: i }, type: m.type, nullable: true }),
    ),
  ],
});

const originOf = relation('flight', 'airport');
const departures = relation('airport', 'flight');
const crewOf = relation('flight', 'crew');
const behind = (field: string, policy?: Predicate): Operand => ({
  ...own(fieldOf(originOf.to, field)),
  steps: [step(originOf, policy)],
  nullable: true,
});
const counted = (where: Predicate = TRUE): Operand => ({
  steps: [],
  leaf: { kind: 'related', step: step(departures), measure: measure('COUNT', null, where) },
  type: INT64,
  nullable: false,
});
const page = airports({ orderBy: [asc(f('airport', 'iata'))], limit: parameter(INT64, 0) });
const within = { step: step(departures), parents: { kind: 'select', select: page } } as const;
const match: Predicate = {
  kind: 'match',
  operands: [f('airport', 'name'), f('airport', 'motto')],
  boosts: [2, 1],
  text: parameter(TEXT, 0),
  mode: 'ALL',
  fuzzy: true,
  negated: false,
};
const SCORE: Operand = { steps: [], leaf: { kind: 'score' }, type: FLOAT64, nullable: true };
const HIGHLIGHTS: Operand = {
  steps: [],
  leaf: { kind: 'highlights', operand: f('airport', 'motto'), fragments: 2 },
  type: { kind: 'list', of: TEXT },
  nullable: true,
};
const runways = (where: Predicate, quantifier: 'some' | 'every', negated = false): Predicate => ({
  ...{ kind: 'elements', operand: f('airport', 'runways'), quantifier, where, negated },
});
const inRunway = (name: string): Operand => {
  const { type } = f('airport', 'runways');
  if (type.kind !== 'list' || type.of.kind !== 'struct') throw new Error('runways are a list of objects');
  const member = type.of.fields.find((each) => each.name === name)!;
  return { steps: [], leaf: { kind: 'element', nested: [name] }, type: member.type, nullable: true };
};
const isNull = (operand: Operand, negated = false): Predicate => ({ kind: 'isNull', operand, negated });
const related = (over: Relation, where: Predicate, quantifier: 'some' | 'every' = 'some'): Predicate => ({
  ...{ kind: 'related', step: step(over), quantifier, where, negated: false },
});

const CASES: Readonly<Record<string, Select>> = {
  'row-by-key': flights({ where: compare(f('flight', 'id'), 'eq', 0) }),
  'document-by-id': flights({ output: [f('flight', '_id')], where: compare(f('flight', '_id'), 'eq', 0) }),
  'first-rows': flights({ orderBy: [desc(f('flight', 'date')), asc(f('flight', 'id'))], limit, offset: limit }),
  'order-of-nullable-numbers': flights({ orderBy: [desc(f('flight', 'delay'))] }),
  'order-of-ids': flights({ orderBy: [asc(f('flight', '_id'))] }),
  'negation-leaves-nulls-out': flights({
    where: or(
      compare(f('flight', 'delay'), 'ne', 0),
      {
        kind: 'in',
        operand: f('flight', 'origin'),
        value: parameter(TEXT, 1, true),
        negated: true,
      },
      isNull(f('flight', 'date')),
    ),
  }),
  'keyword-of-a-text': airports({
    where: compare(f('airport', 'name'), 'gt', 0),
    orderBy: [asc(f('airport', 'name'))],
  }),
  'text-tests': airports({
    where: and(
      ...(['like', 'ilike', 'startsWith', 'endsWith', 'contains'] as const).map(
        (each, i): Predicate => ({
          ...{ kind: 'text', operand: f('airport', 'state'), test: each, value: parameter(TEXT, i) },
          negated: each === 'contains',
        }),
      ),
    ),
  }),
  'values-too-long': flights({
    where: or(compare(f('flight', 'remark'), 'eq', 0), isNull(f('flight', 'remark'), true)),
  }),
  lists: airports({
    output: [f('airport', 'tags')],
    where: or(
      { kind: 'list', operand: f('airport', 'tags'), test: 'hasAny', value: parameter(TEXT, 0, true), negated: true },
      { kind: 'list', operand: f('airport', 'tags'), test: 'has', value: parameter(TEXT, 1), negated: false },
    ),
  }),
  objects: airports({
    output: [f('airport', 'owner')],
    where: {
      ...compare(f('airport', 'state'), 'eq', 0),
      operand: { ...f('airport', 'owner'), type: TEXT, leaf: { kind: 'field', field: fieldOf(e('airport'), 'owner'), nested: ['name'] } },
    } as Predicate,
  }),
  elements: airports({
    output: [f('airport', 'runways')],
    where: or(
      runways(and(compare(inRunway('length'), 'gt', 0), isNull(inRunway('surface'))), 'some'),
      runways(compare(inRunway('length'), 'gt', 1), 'every', true),
    ),
  }),
  'fields-compared': flights({
    where: {
      ...{ kind: 'compareOperands', left: f('flight', 'delay'), op: 'gt', right: f('flight', 'delay') },
      collate: 'STORE',
    },
  }),
  'to-one-read': flights({ output: [f('flight', 'id'), behind('name', compare(f('airport', 'state'), 'ne', 0))] }),
  'to-one-asked': flights({ where: and(compare(behind('state'), 'eq', 0), isNull(behind('motto'))) }),
  'to-one-ordered': flights({ orderBy: [asc(behind('name')), asc(f('flight', 'id'))], limit }),
  'related-some': airports({ where: related(departures, compare(f('flight', 'delay'), 'gt', 0)) }),
  'related-every': airports({ where: related(departures, compare(f('flight', 'delay'), 'gt', 0), 'every') }),
  'related-through': flights({ where: not(related(crewOf, compare(f('crew', 'name'), 'eq', 0))) }),
  'counts-of-related': airports({
    output: [counted(compare(f('flight', 'delay'), 'gt', 0))],
    where: compare(counted(), 'lt', 1),
  }),
  'keyset-with-nulls': flights({
    orderBy: [asc(f('flight', 'delay')), asc(f('flight', 'id'))],
    keyset: [{ side: 'after', inclusive: false, values: [parameter(INT64, 0), parameter(INT64, 1)] }],
    limit,
  }),
  aggregate: flights(
    grouped([
      measure('COUNT', null),
      measure('COUNT', f('flight', 'delay')),
      measure('AVG', f('flight', 'distance'), compare(f('flight', 'delay'), 'gt', 0)),
      measure('QUANTILE', f('flight', 'delay')),
    ]),
  ),
  groups: flights({
    ...grouped(
      [measure('SUM', f('flight', 'delay'))],
      [
        key(behind('state'), { kind: 'value' }),
        key(f('flight', 'date'), { kind: 'bucket', bucket: 'MONTH', zone: 'Europe/Berlin' }),
        key(f('flight', 'delay'), { kind: 'width', width: 15, origin: 0 }),
      ],
    ),
    limit,
  }),
  'first-children-of-a-page': flights({ within, orderBy: [asc(f('flight', 'id'))], limit }),
  'through-a-junction': select('crew', {
    output: [f('crew', 'name')],
    within: { step: step(crewOf), parents: { kind: 'keys', slot: 0 } },
  }),
  'aggregate-of-each': flights({ ...grouped([measure('MAX', f('flight', 'delay'))]), within }),
  'match-score-highlights': airports({
    output: [SCORE, HIGHLIGHTS],
    where: and(match, compare(f('airport', 'state'), 'eq', 1)),
    orderBy: [{ ...desc(SCORE) }, asc(f('airport', 'iata'))],
    limit,
  }),
  'match-negated': airports({ where: not(match) }),
  nearest: airports({
    output: [f('airport', 'iata'), SCORE],
    where: {
      ...{ kind: 'nearest', operand: f('airport', 'like'), vector: parameter(f('airport', 'like').type, 0) },
      ...{ k: parameter(INT64, 1), among: place(e('airport'), compare(f('airport', 'state'), 'eq', 2)), negated: false },
    },
  }),
  'places-nearby': airports({
    where: {
      ...{ kind: 'geo', operand: f('airport', 'spot'), test: 'near', value: parameter({ kind: 'geopoint' }, 0) },
      ...{ metres: parameter(FLOAT64, 1), negated: false },
    },
  }),
};

const SAMPLES: Partial<Record<DataType['kind'], unknown>> = {
  ...{ int: 7n, text: 'a*b', id: 'a', float: 0.5, instant: 1_700_000_000_123_456n },
  ...{ vector: [1, 2, 3], geopoint: { lon: 4, lat: 52 } },
};

/** The query as it is sent: a value for each parameter, and a mark for the keys that another search finds. */
function sent(query: Query): unknown {
  const args: unknown[] = [];
  const late = (part: unknown): void => {
    if (part instanceof Late) {
      for (const value of part.values) {
        if (value.kind !== 'parameter') continue;
        const sample = SAMPLES[value.type.kind];
        args[value.slot] = value.many ? [sample] : sample;
      }
    } else if (!(part instanceof Among) && typeof part === 'object' && part !== null) Object.values(part).forEach(late);
  };
  late(query);
  return filled(query, args, new Map(waiting(query).map((among) => [among, { keys: 'of another search' }])));
}

describe('searches of Elasticsearch', () => {
  test.each(Object.entries(CASES))('%s', (name, question) => {
    const query = compile(question);
    const { text, parameters } = print(query);
    const file = join(FOLDER, `${name}.json`);
    const shown = `${JSON.stringify({ search: JSON.parse(text) as unknown, parameters, sent: sent(query.level.query) }, null, 2)}\n`;
    if (update) {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(file, shown);
    }
    if (!existsSync(file)) throw new Error(`${file} is missing: look at it, then write it with UPDATE_GOLDENS=1\n${shown}`);
    expect(shown).toBe(readFileSync(file, 'utf8'));
  });

  test('every golden has its case', () => {
    const files = readdirSync(FOLDER).map((file) => basename(file, '.json'));
    expect(files.sort()).toEqual(Object.keys(CASES).sort());
  });

  test('the same question has the same text, whatever its values', () => {
    const [a, b] = [7_654_321n, 1_234_567n].map((n) =>
      print(
        compile(
          flights({
            where: { kind: 'compare', operand: f('flight', 'id'), op: 'eq', value: literal(INT64, n), collate: 'STORE' },
          }),
        ),
      ),
    );
    expect(a).toEqual(b);
    expect(a!.text).not.toMatch(/7654321|1234567/);
  });
});

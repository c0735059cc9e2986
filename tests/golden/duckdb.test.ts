import { describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compile } from '../../datasources/duckdb/compile.js';
import type { NativeEntity, NativeField } from '../../datasources/duckdb/native.js';
import { nativeOf } from '../../datasources/duckdb/parameters.js';
import { option, typesOption, viewText } from '../../datasources/duckdb/view.js';
import { place, type Operand } from '../../src/ir/operand.js';
import { TRUE, type Predicate } from '../../src/ir/predicate.js';
import { TEXT } from '../../src/ir/types.js';
import { parameter } from '../../src/ir/value.js';
import { buildEntities } from '../../src/sources/model.js';
import {
  all,
  any,
  asc,
  bin,
  bucket,
  Build,
  by,
  compare,
  count,
  desc,
  elements,
  eq,
  every,
  float,
  from,
  groups,
  inside,
  is,
  isNot,
  isNull,
  list,
  measure,
  measureAt,
  ne,
  noneOf,
  oneOf,
  over,
  part,
  rows,
  some,
  text,
  within,
  withinKeys,
  type Question,
} from '../conformance/ask.js';
import { FAIR } from '../conformance/fair.js';

const FOLDER = join('tests', 'golden', 'duckdb');
/** Written on demand, and never where nobody reads what changed. */
const update = process.env['UPDATE_GOLDENS'] === '1' && process.env['CI'] === undefined;

const { entities } = buildEntities('fair', {
  ...FAIR.shape,
  entities: FAIR.shape.entities.map((entity) => ({
    ...entity,
    native: { view: entity.name, format: 'PARQUET', files: [], options: [], casts: [], unique: [] } satisfies NativeEntity,
    fields: entity.fields.map((field) => ({
      ...field,
      native: {
        column: field.name,
        type: nativeOf(field.type),
        nullable: true,
        loose: false,
        binary: true,
        opaque: false,
      } satisfies NativeField,
    })),
  })),
});

const page: Question = from('town', rows(['id'], { orderBy: [asc('id')], limit: 2 }));

const CASES: Readonly<Record<string, Question>> = {
  'first-rows': from('shop', rows(['id', 'name'], { orderBy: [desc('size'), asc('name', 'first')], limit: 3, offset: 1 })),
  conditions: from(
    'reading',
    rows(['id'], { where: any(all(is('n', 'gt', 1n), ne('big', 2n)), isNull('f', true), compare('n', 'lt', 'big'), float('f', 'isNaN')) }),
  ),
  'in-and-not-in': from('shop', rows(['id'], { where: all(oneOf('id', [1n, 2n]), noneOf('name', ['a'])) })),
  'an-enum-has-its-order': from('town', rows(['id'], { where: is('grade', 'gt', 'low'), orderBy: [asc('grade')] })),
  'decimals-at-one-digit-more': from('item', rows(['nr'], { where: eq('cost', '0.0015') })),
  'text-tests': from(
    'word',
    rows(['id'], {
      where: all(
        text('text', 'like', 'a%'),
        text('text', 'ilike', 'a%'),
        text('text', 'startsWith', 'a'),
        text('text', 'endsWith', 'a'),
        text('text', 'contains', 'a'),
        text('text', 'regex', 'a', true),
      ),
    }),
  ),
  lists: from('word', rows(['id'], { where: any(list('tags', 'has', 'a'), list('sizes', 'hasAll', [1n]), isNot(list('tags', 'hasAny', ['a'])), list('tags', 'isEmpty', true)) })),
  structs: from('parcel', rows(['owner>home>city'], { where: eq('owner>name', 'Ann'), orderBy: [asc('owner>age')] })),
  elements: from(
    'parcel',
    rows(['id'], {
      where: all(
        elements('lines', 'some', all(eq(inside('sku'), 'a'), oneOf(inside('n'), [1n]))),
        elements('lines', 'every', is(inside('price'), 'gt', '1')),
        elements('lines', 'every', isNull(inside('lot>code')), true),
      ),
    }),
  ),
  'to-one-paths-are-sub-selects': from('shop', rows(['id', 'town.name'], { where: eq('town.mother.name', 'Aach') })),
  related: from('town', rows(['id'], { where: all(some('shop_by_town_id', is('size', 'gt', 1n)), isNot(every('shop_by_town_id', eq('open', true)))) })),
  'related-measures': from('town', rows(['id', over('shop_by_town_id', count()), over('shop_by_town_id', measure('AVG', 'size', { where: eq('open', true) }))])),
  'a-position-without-rows-of-values': from('reading', rows(['id'], { orderBy: [asc('f'), asc('id')], after: [1, 1n], limit: 2 })),
  aggregate: from(
    'reading',
    groups({
      measures: [
        count(is('n', 'gt', 0n)),
        measure('COUNT_DISTINCT', 'series'),
        measure('SUM', 'n'),
        measure('SUM', 'big'),
        measure('AVG', 'n'),
        measure('AVG', 'f'),
        measure('MAX', 'series'),
        measure('QUANTILE', 'f', { q: 0.5 }),
      ],
    }),
  ),
  'average-of-decimals': from('reading', groups({ measures: [measure('AVG', 'd')] })),
  'variances': from('reading', groups({ measures: [measure('VARIANCE', 'n'), measure('STDDEV_POP', 'f'), measure('STDDEV', 'big')] })),
  'groups-having': from(
    'event',
    groups({ by: [bucket('at', 'MONTH', 'Europe/Berlin'), bucket('at', 'HOUR', 'Europe/Berlin'), bucket('day', 'WEEK')], measures: [count()], having: is(measureAt(0), 'gt', 1n), orderBy: [desc(measureAt(0))], limit: 3 }),
  ),
  'groups-part-and-width': from('event', groups({ by: [part('at', 'DAY_OF_WEEK', 'Asia/Tokyo'), part('local', 'YEAR'), bin('id', 2)] })),
  'groups-by-what-lies-behind': from('shop', groups({ by: [by('town.name')], measures: [count()] })),
  'children-of-a-page': within(page, 'shop_by_town_id', rows(['id'], { orderBy: [asc('id')] })),
  'first-children-of-each': within(page, 'shop_by_town_id', rows(['id', 'town.name'], { orderBy: [desc('size'), asc('id')], limit: 2, offset: 1 })),
  'aggregate-of-each': within(page, 'shop_by_town_id', groups({ measures: [count(), measure('SUM', 'size')] })),
  'first-groups-of-each': within(page, 'shop_by_town_id', groups({ by: [by('open')], measures: [count()], orderBy: [desc(measureAt(0))], limit: 1 })),
  'through-a-junction': within(from('item', rows(['nr'])), 'badge', rows(['word'])),
  'first-children-of-keys': withinKeys('town', 'shop_by_town_id', [[1n], [2n]], rows(['id'], { limit: 1 })),
};

/** One clause a line, so that a change can be read. */
function layout(sql: string): string {
  return sql.replace(/(?<! distinct|\(isodow|\(year) (from|where|group by|order by|limit|offset|cross join) /g, '\n$1 ');
}

function expectGolden(name: string, shown: string): void {
  const file = join(FOLDER, `${name}.sql`);
  if (update) {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, shown);
  }
  if (!existsSync(file)) throw new Error(`${file} is missing: look at the statement, then write it with UPDATE_GOLDENS=1\n${shown}`);
  expect(shown).toBe(readFileSync(file, 'utf8'));
}

const VIEWS: Readonly<Record<string, NativeEntity>> = {
  'view-of-parquet': {
    view: 'sales',
    format: 'PARQUET',
    files: ['/data/sales/**/*.parquet'],
    options: [option('hive_partitioning', true), typesOption('hive_types', [['year', 'BIGINT']])],
    casts: [
      { column: 'id', cast: null },
      { column: 'total', cast: 'DECIMAL(38,0)' },
    ],
    unique: [],
  },
  'view-of-odd-names': {
    view: `it's "odd"`,
    format: 'CSV',
    files: [`/data/it's "odd".csv`],
    options: [option('auto_detect', false), option('delim', "'"), typesOption('columns', [[`a"b'c`, 'VARCHAR']])],
    casts: [{ column: `a"b'c`, cast: null }],
    unique: [],
  },
};

describe('statements for DuckDB', () => {
  test.each(Object.entries(CASES))('%s', (name, question) => {
    expectGolden(name, `${layout(compile(question(new Build(entities, true))).text)};\n`);
  });

  test.each(Object.entries(VIEWS))('%s', (name, entity) => {
    expectGolden(name, `${layout(viewText(entity))};\n`);
  });

  test('every golden has its case', () => {
    const files = readdirSync(FOLDER).map((file) => basename(file, '.sql'));
    expect(files.sort()).toEqual([...Object.keys(CASES), ...Object.keys(VIEWS)].sort());
  });

  test('values are no part of a text', () => {
    const asked = (name: string): Question => from('shop', rows(['id'], { where: eq('name', name), limit: 7 }));
    const [a, b] = ['Anna', `'; drop view shop; --`].map((name) => compile(asked(name)(new Build(entities, false))));
    expect(a!.text).toBe(b!.text);
    expect(a!.parameters.map(({ native }) => native)).toEqual(['VARCHAR', 'BIGINT']);
  });

  test('a statement says whose files it reads', () => {
    const { entities: read } = compile(from('shop', rows(['town.name'], { where: some('item') }))(new Build(entities, true)));
    expect(read.map(({ view }) => view).sort()).toEqual(['item', 'shop', 'town']);
  });

  test('what DuckDB cannot do here is refused', () => {
    const build = new Build(entities, true);
    const operand = from('shop', rows(['name']))(build).output[0]!;
    const cannot: Predicate[] = [
      { kind: 'match', operands: [operand], text: parameter(TEXT, 0), boosts: [1], mode: 'ANY', fuzzy: false, negated: false },
      { kind: 'geo', operand, test: 'near', value: parameter({ kind: 'geopoint' }, 0), metres: null, negated: false },
      { kind: 'reach', walk: { hops: [], depth: 1 }, end: place(build.entity('town')), where: TRUE, negated: false },
      { kind: 'nearest', operand, vector: parameter({ kind: 'vector', dimensions: null }, 0), k: parameter(TEXT, 1), among: place(build.entity('shop')), negated: false },
    ];
    const plain = from('shop', rows(['id']))(build);
    for (const where of cannot) {
      expect(() => compile({ ...plain, where })).toThrow(expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringMatching(/^duckdb /) }));
    }
    const score: Operand = { steps: [], leaf: { kind: 'score' }, type: { kind: 'float', bits: 64 }, nullable: true };
    expect(() => compile({ ...plain, output: [score] })).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  });
});

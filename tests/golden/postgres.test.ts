import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { compile } from '../../datasources/postgres/compile.js';
import { binder } from '../../datasources/postgres/statements.js';
import { fieldOf } from '../../src/ir/entity.js';
import { place, step, type Operand } from '../../src/ir/operand.js';
import { and, or, TRUE, type Predicate } from '../../src/ir/predicate.js';
import { type MeasureFn, type Select } from '../../src/ir/select.js';
import { INT64, TEXT, type DataType } from '../../src/ir/types.js';
import { literal, parameter } from '../../src/ir/value.js';
import { buildEntities } from '../../src/sources/model.js';
import type { EntityShape, ReferenceShape } from '../../src/store/shape.js';
import { asc, behind, compare, desc, expectGolden, goldensIn, grouped, key, limit, measure, outputOf, within, wordsOf } from './words.js';

const FOLDER = join('tests', 'golden', 'postgres');

interface Column {
  readonly type: DataType;
  readonly native: string;
  readonly nullable?: boolean;
  readonly loose?: boolean;
  readonly collation?: readonly [string, string];
}

function entity(name: string, key: string[], columns: Record<string, Column>, references: ReferenceShape[] = []): EntityShape {
  return {
    name,
    id: `public.${name}`,
    kind: 'TABLE',
    description: null,
    fields: Object.entries(columns).map(([column, { type, native, nullable = true, loose = false, collation = null }]) => ({
      name: column,
      type,
      nullable,
      description: null,
      native: { column, type: native, nullable, loose, binary: false, collation, opaque: type.kind === 'opaque', wrapped: null },
    })),
    key,
    unique: [],
    references,
    estimatedRows: null,
    native: { schema: 'public', table: name, leads: ['delay'], unique: [key] },
  };
}

const int = (nullable = true): Column => ({ type: { kind: 'int', bits: 32 }, native: 'integer', nullable });
const text = (nullable = true): Column => ({ type: TEXT, native: 'text', nullable });

function reference(name: string, fields: string[], to: string, toFields: string[]): ReferenceShape {
  return { name, fields, to: `public.${to}`, toFields, enforced: true };
}

const { entities } = buildEntities('aviation', {
  problems: [],
  entities: [
    entity('airport', ['iata'], {
      iata: text(false),
      name: text(),
      state: text(),
      latitude: { type: { kind: 'float', bits: 64 }, native: 'double precision', nullable: false },
      motto: { type: TEXT, native: 'citext', loose: true },
      address: { type: { kind: 'opaque', native: 'inet' }, native: 'inet' },
      tags: { type: { kind: 'list', of: TEXT }, native: 'text[]' },
    }),
    entity(
      'flight',
      ['id'],
      {
        id: int(false),
        delay: int(),
        origin: text(),
        destination: text(),
        date: { type: { kind: 'instant' }, native: 'timestamp with time zone', nullable: false },
        fare: { type: { kind: 'decimal', precision: 10, scale: 2 }, native: 'numeric' },
        distance: { type: { kind: 'float', bits: 32 }, native: 'real' },
        class: { type: { kind: 'enum', name: 'class', values: ['eco', 'first'] }, native: 'class' },
      },
      [reference('flight_origin', ['origin'], 'airport', ['iata']), reference('flight_destination', ['destination'], 'airport', ['iata'])],
    ),
    entity('crew', ['id'], { id: int(false), name: text(false) }),
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
const crewOf = r('flight', 'crew');
const page = select('airport', { output: [f('airport', 'iata')], orderBy: [asc(f('airport', 'iata'))], limit: parameter(INT64, 0) });
const state = key(behind(originOf, 'state'), { kind: 'value' });
const counted = measure('COUNT', null);
const related = (fn: MeasureFn, field: string | null): Operand => {
  const m = measure(fn, field === null ? null : f('flight', field));
  return { steps: [], leaf: { kind: 'related', step: step(departures), measure: m }, type: m.type, nullable: fn !== 'COUNT' };
};

const CASES: Readonly<Record<string, Select>> = {
  'row-by-key': flights({ where: compare(f('flight', 'id'), 'eq', 0) }),
  'first-rows': flights({ orderBy: [desc(f('flight', 'date')), asc(f('flight', 'id'))], limit: parameter(INT64, 0), offset: parameter(INT64, 1) }),
  'nulls-against-default': flights({ orderBy: [desc(f('flight', 'delay')), asc(f('flight', 'origin'), { nulls: 'first' })] }),
  'binary-order': flights({ orderBy: [asc(f('flight', 'origin'), { collate: 'BINARY' })] }),
  'in-and-not-in': flights({
    where: or(
      { kind: 'in', operand: f('flight', 'delay'), value: parameter({ kind: 'int', bits: 32 }, 0, true), negated: false },
      { kind: 'in', operand: f('flight', 'class'), value: parameter(fieldOf(e('flight'), 'class').type, 1, true), negated: true },
    ),
  }),
  'text-tests': select('airport', {
    output: [f('airport', 'iata')],
    where: and(
      ...(['like', 'ilike', 'startsWith', 'endsWith', 'contains', 'regex'] as const).map((t, i): Predicate => ({ kind: 'text', operand: f('airport', 'name'), test: t, value: parameter(TEXT, i), negated: t === 'regex' })),
    ),
  }),
  'loose-text-equality': select('airport', { output: [f('airport', 'motto')], where: and(compare(f('airport', 'motto'), 'eq', 0), compare(f('airport', 'motto'), 'ne', 1)) }),
  'unknown-type': select('airport', { output: [f('airport', 'address')], where: compare(f('airport', 'address'), 'eq', 0) }),
  lists: select('airport', {
    output: [f('airport', 'tags')],
    where: or(
      { kind: 'list', operand: f('airport', 'tags'), test: 'has', value: parameter(TEXT, 0), negated: false },
      { kind: 'list', operand: f('airport', 'tags'), test: 'hasAny', value: parameter(TEXT, 1, true), negated: true },
    ),
  }),
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
  'keyset-one-direction': flights({ orderBy: [asc(f('flight', 'date')), asc(f('flight', 'id'))], keyset: [{ side: 'after', inclusive: false, values: [parameter({ kind: 'instant' }, 0), parameter({ kind: 'int', bits: 32 }, 1)] }], limit }),
  'keyset-mixed': flights({ orderBy: [desc(f('flight', 'date')), asc(f('flight', 'id'))], keyset: [{ side: 'before', inclusive: false, values: [parameter({ kind: 'instant' }, 0), parameter({ kind: 'int', bits: 32 }, 1)] }], limit }),
  'keyset-nulls': flights({ orderBy: [asc(f('flight', 'delay')), asc(f('flight', 'id'))], keyset: [{ side: 'after', inclusive: false, values: [parameter({ kind: 'int', bits: 32 }, 0), parameter({ kind: 'int', bits: 32 }, 1)] }], limit }),
  'keyset-nulls-without-index': flights({ orderBy: [asc(f('flight', 'distance')), asc(f('flight', 'id'))], keyset: [{ side: 'after', inclusive: false, values: [parameter({ kind: 'float', bits: 32 }, 0), parameter({ kind: 'int', bits: 32 }, 1)] }], limit }),
  'page-nulls-against-index': flights({ orderBy: [desc(f('flight', 'delay')), desc(f('flight', 'id'))], limit }),
  aggregate: flights(grouped([counted, measure('SUM', f('flight', 'delay')), measure('AVG', f('flight', 'delay')), measure('AVG', f('flight', 'distance')), measure('COUNT', null, compare(f('flight', 'delay'), 'gt', 0)), measure('STDDEV', f('flight', 'delay')), measure('QUANTILE', f('flight', 'fare'))])),
  'average-of-decimals': flights(grouped([measure('AVG', f('flight', 'fare'))])),
  'groups-having': flights({
    ...grouped([counted], [state, key(f('flight', 'date'), { kind: 'bucket', bucket: 'MONTH', zone: 'Europe/Berlin' })], compare(outputOf([counted])[0]!, 'gt', 0)),
    orderBy: [desc(outputOf([counted])[0]!)],
    limit,
  }),
  'groups-part-and-width': flights(grouped([], [key(f('flight', 'date'), { kind: 'part', part: 'DAY_OF_WEEK', zone: null }), key(f('flight', 'delay'), { kind: 'width', width: 15, origin: 0 })])),
  'children-of-a-page': flights({ within: within(departures, page), orderBy: [asc(f('flight', 'id'))] }),
  'first-children-of-each': flights({ within: within(departures, page), orderBy: [asc(f('flight', 'id'))], limit }),
  'parents-of-children': select('airport', { output: [f('airport', 'iata'), f('airport', 'name')], within: within(originOf, flights({ within: within(departures, page) })) }),
  'through-a-junction': select('crew', { output: [f('crew', 'name')], within: within(crewOf, flights({ limit })) }),
  'aggregate-of-each': flights({ ...grouped([counted, measure('MAX', f('flight', 'delay'))]), within: within(departures, page) }),
  'children-of-keys': flights({ within: { step: step(departures), parents: { kind: 'keys', slot: 0 } } }),
  'first-children-of-keys': flights({ within: { step: step(departures), parents: { kind: 'keys', slot: 0 } }, limit }),
};

/** One clause a line, so that a change can be read. */
function layout(sql: string): string {
  return sql.replace(/(?<! distinct| isodow) (from|where|group by|order by|limit|offset|left join|cross join) /g, '\n$1 ');
}

describe('statements for PostgreSQL', () => {
  test.each(Object.entries(CASES))('%s', (name, question) => {
    const query = compile(question);
    const shown = `${layout(query.text)};\n`;
    expectGolden(FOLDER, `${name}.sql`, shown);
  });

  test('every golden has its case', () => {
    expect(goldensIn(FOLDER, '.sql')).toEqual(Object.keys(CASES).sort());
  });

  describe('what a page is told of its length', () => {
  const query = compile(CASES['first-rows']!);
  const boundIn = (args: readonly unknown[]): string | undefined =>
    /^with "t2" as materialized \(.* limit (\d+)\) select \* from "t2" limit \$1::bigint offset \$2::bigint$/.exec(query.sentFor(args).text)?.[1];

  test.each([
    [1n, 0n, '2'],
    [2n, 0n, '2'],
    [2n, 1n, '20'],
    [20n, 0n, '20'],
    [20n, 1n, '200'],
    [50n, 150n, '200'],
    [50n, 151n, '2000'],
    [20_000n, 0n, '20000'],
  ])('%s rows from %s on: %s', (limit, offset, bound) => {
    expect(boundIn([limit, offset])).toBe(bound);
  });

  test('one text for pages of about one length', () => {
    expect(query.sentFor([50n, 0n])).toBe(query.sentFor([120n, 30n]));
    expect(query.sentFor([50n, 0n]).name).not.toBe(query.sentFor([5n, 0n]).name);
  });

  test('nothing of a page that is longer than any of them, or has no end', () => {
    for (const args of [[20_001n, 0n], [20_000n, 1n], [null, 0n]]) expect(query.sentFor(args).text).toBe(query.text);
  });

  test('each page of a level has its own, and what is counted per parent has none', () => {
    const within10 = select('flight', { output: [f('flight', 'id')], within: within(departures, page), limit: parameter(INT64, 1) });
    const { text } = compile(within10).sentFor([50n, 5n]);
    expect(text.match(/ limit \S+?(?=\)| |$)/g)).toEqual([' limit 200', ' limit $1::bigint', ' limit $2::bigint']);
  });
});

describe('what is prepared', () => {
  const among = (more: Partial<Select> = {}): Select => flights({ where: { kind: 'in', operand: f('flight', 'delay'), value: parameter({ kind: 'int', bits: 32 }, 0, true), negated: false }, ...more });
  const numbers = (count: number): bigint[] => Array.from({ length: count }, (_, i) => BigInt(i));

  test('what is asked again, but for a long list: its plan is made for that', () => {
    const [bind, query] = [binder(), compile(among())];
    const isNamed = (count: number): boolean => bind(query, [numbers(count)]).name !== undefined;
    expect([100, 100, 101, 5].map(isNamed)).toEqual([false, true, false, true]);
  });

  test('pages of each length for themselves', () => {
    const [bind, query] = [binder(), compile(among({ limit: parameter(INT64, 1) }))];
    const isNamed = (limit: bigint): boolean => bind(query, [numbers(1), limit]).name !== undefined;
    expect([20n, 50n, 60n, 5n].map(isNamed)).toEqual([false, false, true, true]);
  });

  test('a list has the type of its column, and what that cannot hold is not in it', () => {
    expect(compile(among()).parameters.map(({ native }) => native)).toEqual(['integer[]']);
    expect(binder()(compile(among()), [[1n, 2n ** 40n, -(2n ** 31n)]]).values).toEqual(['{1,-2147483648}']);
  });
});

describe('values that another store is to have', () => {
  const values = (more: Partial<Select> = {}): Select => flights({ ...grouped([], [key(f('flight', 'origin'), { kind: 'value' })]), limit, ...more });
  const { isPacked, text, sentFor } = compile(values());

  test('many are sent in one row', () => {
    expect({ isPacked, plain: text.includes('array_agg') }).toEqual({ isPacked: true, plain: false });
    expect(sentFor([]).text).toContain(`from (${text}) as t (c0)`);
  });

  test.each([
    ['an order', values({ orderBy: [asc({ steps: [], leaf: { kind: 'groupKey', index: 0 }, type: TEXT, nullable: true })] })],
    ['a measure', flights(grouped([counted], [key(f('flight', 'origin'), { kind: 'value' })]))],
    ['a list in each', select('airport', grouped([], [key(f('airport', 'tags'), { kind: 'value' })]))],
    ['rows', flights()],
  ])('not with %s', (_, other) => {
    expect(compile(other).isPacked).toBe(false);
  });
});

test('the same question has the same text and name, whatever its values', () => {
    const [a, b] = [1n, 2n].map((n) => compile(flights({ where: { kind: 'compare', operand: f('flight', 'id'), op: 'eq', value: literal(INT64, n), collate: 'STORE' } })));
    expect(a!.text).toBe(b!.text);
    expect(a!.name).toBe(b!.name);
    expect(a!.text).not.toMatch(/\b[12]\b(?!::)/);
  });

  test('what PostgreSQL cannot do is refused', () => {
    const operand = f('airport', 'name');
    const cannot: Predicate[] = [
      { kind: 'match', operands: [operand], text: parameter(TEXT, 0), boosts: [1], mode: 'ANY', fuzzy: false, negated: false },
      { kind: 'geo', operand, test: 'near', value: parameter({ kind: 'geopoint' }, 0), metres: null, negated: false },
      { kind: 'elements', operand, quantifier: 'some', where: TRUE, negated: false },
      { kind: 'nearest', operand, vector: parameter({ kind: 'vector', dimensions: null }, 0), k: limit, among: place(e('airport')), negated: false },
    ];
    for (const where of cannot) expect(() => compile(select('airport', { output: [operand], where }))).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
    const pieces: Operand = { steps: [], leaf: { kind: 'highlights', operand, fragments: 1 }, type: { kind: 'list', of: TEXT }, nullable: true };
    expect(() => compile(select('airport', { output: [pieces] }))).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  });
});

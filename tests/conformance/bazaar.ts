import type { MemoryConfig } from '../../datasources/memory/index.js';
import { daysFromCivil, MICROS_PER_DAY } from '../../src/ir/time.js';
import { LINE, OWNER } from './fair.js';
import type { SourceNaming } from '../../src/sources/model.js';
import type { DataType } from '../../src/ir/types.js';
import type { EntityShape, ReferenceShape } from '../../src/store/shape.js';

const INT: DataType = { kind: 'int', bits: 32 };
const TEXT: DataType = { kind: 'text' };
const GRADE: DataType = { kind: 'enum', name: 'Grade "A"', values: ['zero', 'a', 'B "b"'] };
const list = (of: DataType): DataType => ({ kind: 'list', of });

function entity(
  name: string,
  key: string[] | null,
  fields: Record<string, DataType>,
  more: Partial<EntityShape> = {},
): EntityShape {
  return {
    name,
    id: `public.${name}`,
    kind: 'TABLE',
    description: null,
    fields: Object.entries(fields).map(([field, type]) => ({
      name: field,
      type,
      nullable: !(key ?? []).includes(field),
      description: null,
      native: null,
    })),
    key,
    unique: [],
    references: [],
    estimatedRows: null,
    native: null,
    ...more,
  };
}

function reference(name: string, fields: string[], to: string, toFields: string[], enforced = true): ReferenceShape {
  return { name, fields, to: `public.${to}`, toFields, enforced };
}

const day = (year: number, month: number, date: number): number => daysFromCivil({ year, month, day: date });
const at = (days: number, micros: bigint): bigint => BigInt(days) * MICROS_PER_DAY + micros;
/** The n-th of some values, round and round: lists of different lengths meet in every way. */
const nth = <T>(i: number, of: readonly T[]): T => of[i % of.length]!;

export const TEXTS = [
  '',
  'a',
  'A',
  'ä',
  'Ä',
  'ab',
  'aB%',
  'a_b',
  'a\\b',
  '😀',
  '\uffff',
  'ſ',
  'K',
  'k',
  'ß',
  "o'b",
  'x\ny',
  null,
];
const FLOATS = [0, -0, 0.5, -2.25, 8, NaN, Infinity, -Infinity, null, 1024];
const DATES = [0, day(2024, 2, 29), day(1999, 12, 31), day(-43, 3, 15), day(2021, 1, 3), null, day(2020, 12, 31)];
const TIMES = [0n, 86_399_999_999n, 43_200_000_000n, null, 1n];

/** What the config says of `stall.doc`; the rows keep it or not. */
export const BAZAAR_NAMING: SourceNaming = {
  entities: {
    stall: {
      fields: {
        doc: {
          json: {
            kind: 'text',
            n: 'int',
            'in.big': 'bigint',
            'in.rate': 'float',
            'in.price': 'decimal',
            'in.ok': 'bool',
            rest: 'json',
          },
        },
      },
    },
  },
};

/** Members in the order in which jsonb keeps them. */
const DOCUMENTS = [
  '{"a": [1, null, "x\\"y"], "n": 3, "in": {"ok": true, "big": 9007199254740993, "rate": 0.5, "price": 12.50}, "kind": "b"}',
  '{"n": 3.0, "in": {"ok": false, "big": -1, "rate": 2, "price": 1e2}, "kind": "a", "rest": {"x": 1}}',
  '[]',
  '{"n": 2147483648, "in": {"ok": "true", "big": 9223372036854775808, "rate": 1e400}, "kind": "ü"}',
  'null',
  '{"n": 1.5, "in": [1], "kind": 7, "rest": null}',
  null,
  '{"n": -3, "in": {"ok": true, "big": 9007199254740992, "rate": -0.25, "price": 0.000000000000000000001}, "kind": ""}',
  '"ü"',
  '{"n": null, "in": null, "kind": "b"}',
];

function lineOf(i: number): unknown {
  return {
    sku: nth(i, ['a', 'b', null, 'A', '']),
    n: nth(i, [1n, null, -7n, 2_147_483_647n]),
    price: nth(i, ['0.01', '2.5', null]),
    lot: nth(i, [{ code: 'x' }, null, { code: null }]),
    tags: nth(i, [['t'], [], null, ['t', 'u']]),
  };
}

/** One table with every type, its odd values and nulls, and relations of every sort around it. */
export const BAZAAR: MemoryConfig = {
  shape: {
    problems: [],
    entities: [
      entity(
        'region',
        ['id'],
        { id: INT, name: TEXT, grade: GRADE, mother: INT },
        {
          references: [reference('region_mother', ['mother'], 'region', ['id'])],
        },
      ),
      entity(
        'stall',
        ['id'],
        {
          id: { kind: 'int', bits: 64 },
          region_id: INT,
          second_id: INT,
          code: TEXT,
          word: TEXT,
          fixed: TEXT,
          folded: TEXT,
          sorted: TEXT,
          open: { kind: 'bool' },
          small: { kind: 'int', bits: 16 },
          size: INT,
          big: { kind: 'int', bits: 64 },
          ratio: { kind: 'float', bits: 64 },
          half: { kind: 'float', bits: 32 },
          price: { kind: 'decimal', precision: 10, scale: 2 },
          exact: { kind: 'decimal', precision: null, scale: null },
          grade: GRADE,
          uid: { kind: 'uuid' },
          bytes: { kind: 'bytes' },
          day: { kind: 'date' },
          clock: { kind: 'time' },
          local: { kind: 'localdatetime' },
          moment: { kind: 'instant' },
          span: { kind: 'duration' },
          doc: { kind: 'json' },
          tags: list(TEXT),
          sizes: list(INT),
          grades: list(GRADE),
          ratios: list({ kind: 'float', bits: 64 }),
          address: { kind: 'opaque', native: 'inet' },
        },
        {
          unique: [['code']],
          references: [
            reference('stall_region', ['region_id'], 'region', ['id']),
            reference('stall_second', ['second_id'], 'region', ['id'], false),
          ],
        },
      ),
      entity(
        'item',
        ['stall_id', 'nr'],
        {
          stall_id: { kind: 'int', bits: 64 },
          nr: INT,
          name: TEXT,
          cost: { kind: 'decimal', precision: 12, scale: 3 },
          made: { kind: 'instant' },
        },
        {
          references: [reference('item_stall', ['stall_id'], 'stall', ['id'])],
        },
      ),
      entity(
        'parcel',
        ['id'],
        { id: INT, region_id: INT, owner: OWNER, lines: list(LINE) },
        {
          references: [reference('parcel_region', ['region_id'], 'region', ['id'])],
        },
      ),
      entity('label', ['word'], { word: TEXT, weight: { kind: 'float', bits: 64 } }),
      entity(
        'item_label',
        ['stall_id', 'nr', 'word'],
        { stall_id: { kind: 'int', bits: 64 }, nr: INT, word: TEXT },
        {
          references: [
            reference('tagging_item', ['stall_id', 'nr'], 'item', ['stall_id', 'nr']),
            reference('tagging_label', ['word'], 'label', ['word']),
          ],
        },
      ),
      entity(
        'licence',
        ['stall_id'],
        { stall_id: { kind: 'int', bits: 64 }, until: { kind: 'date' } },
        {
          references: [reference('licence_stall', ['stall_id'], 'stall', ['id'])],
        },
      ),
      entity(
        'note',
        null,
        { code: TEXT, body: TEXT, price: { kind: 'decimal', precision: 10, scale: 2 } },
        {
          references: [reference('note_stall', ['code'], 'stall', ['code'])],
        },
      ),
    ],
  },
  rows: {
    'public.region': Array.from({ length: 6 }, (_, i) => ({
      id: BigInt(i),
      name: nth(i, ['Nord', 'süd', null, 'Nord', '', 'z']),
      grade: nth(i, ['zero', 'a', 'B "b"', null]),
      mother: i % 3 === 0 ? null : BigInt(i - 1),
    })),
    'public.stall': Array.from({ length: 36 }, (_, i) => ({
      id: BigInt(i) + (i > 30 ? 2n ** 53n : 0n),
      region_id: i % 5 === 4 ? null : BigInt(i % 5),
      second_id: nth(i, [0n, null, 3n]),
      code: i % 7 === 6 ? null : `c${i}${nth(i, ['', 'É', 'é'])}`,
      word: nth(i, TEXTS),
      fixed: nth(i, ['ab', 'abcdef', '', 'AB', null]),
      folded: nth(i, ['Alpha', 'alpha', 'ALPHA', 'Beta', null, 'ä', 'Ä']),
      sorted: nth(i, ['b', 'A', 'a', 'B', 'é', 'e', null]),
      open: nth(i, [true, false, null]),
      small: nth(i, [1n, -32_768n, null, 7n]),
      size: nth(i, [3n, null, -5n, 2_147_483_647n, 0n]),
      big: nth(i, [9_007_199_254_740_993n, -(2n ** 63n), 2n ** 63n - 1n, 5n, null, 9_007_199_254_740_992n]),
      ratio: nth(i, FLOATS),
      half: nth(i, [0.5, null, NaN, -3.75, 0, Infinity]),
      price: nth(i, ['0.01', '-12.5', '100', null, '0', '99999999.99', '0.02']),
      exact: nth(i, ['1.5', '0.125', null, '12345678901234567890.000000001', '-3']),
      grade: nth(i, ['a', 'B "b"', null, 'zero', 'a']),
      uid: nth(i, [
        '00000000-0000-0000-0000-000000000001',
        'ffffffff-0000-4000-8000-0123456789ab',
        null,
        '7f000000-0000-0000-0000-000000000000',
      ]),
      bytes: nth(i, [
        new Uint8Array([]),
        new Uint8Array([0, 255]),
        null,
        new Uint8Array([92, 34, 39]),
        new Uint8Array([0]),
      ]),
      day: nth(i, DATES),
      clock: nth(i, TIMES),
      local: i % 6 === 5 ? null : at(nth(i, DATES) ?? 0, nth(i, TIMES) ?? 12n),
      moment: i % 7 === 3 ? null : at(nth(i + 1, DATES) ?? 10_000, nth(i, TIMES) ?? 3_600_000_000n),
      span: nth(i, [
        { months: 1, days: 0, micros: 0n },
        { months: 0, days: 30, micros: 0n },
        { months: -13, days: 2, micros: -1n },
        null,
        { months: 0, days: 0, micros: 90_061_000_001n },
      ]),
      doc: nth(i, DOCUMENTS),
      tags: nth(i, [[], ['a'], ['a', null, 'b"\\,{}'], null, ['NULL', ''], ['A', 'a']]),
      sizes: nth(i, [[1n, 2n], null, [], [2n, null], [2_147_483_647n]]),
      grades: nth(i, [['a', 'zero'], [], null, ['B "b"', null]]),
      ratios: nth(i, [[NaN, 0.5], [-0], null, [Infinity]]),
      address: nth(i, ['10.0.0.1', '10.0.0.0/8', null, '::1']),
    })),
    'public.item': Array.from({ length: 40 }, (_, i) => ({
      stall_id: BigInt(nth(i, [0, 1, 2, 2, 7, 9, 11])),
      nr: BigInt(Math.floor(i / 3)),
      name: nth(i, ['pear', 'Pear', null, 'fig', '']),
      cost: nth(i, ['0.001', '2.5', null, '-7.125', '2.5']),
      made: i % 4 === 0 ? null : at(19_700 + i, BigInt(i) * 3_600_000_000n),
    })).filter((row, i, all) => all.findIndex((o) => o.stall_id === row.stall_id && o.nr === row.nr) === i),
    'public.parcel': Array.from({ length: 24 }, (_, i) => ({
      id: BigInt(i),
      region_id: nth(i, [0n, 1n, null, 3n]),
      owner: nth(i, [
        {
          name: nth(i, TEXTS),
          age: BigInt(i % 4),
          home: { city: nth(i, ['Nord', null, 'süd']), since: at(19_700 + i, 0n) },
        },
        { name: nth(i, TEXTS), age: null, home: null },
        null,
      ]),
      lines: nth(i, [
        [lineOf(i), lineOf(i + 3)],
        [],
        null,
        [lineOf(i + 1)],
        [{ sku: null, n: null, price: null, lot: null, tags: null }, lineOf(i + 2), lineOf(i + 5)],
      ]),
    })),
    'public.label': ['red', 'Red', 'ürün', ''].map((word, i) => ({ word, weight: nth(i, [0.25, null, NaN]) })),
    'public.item_label': Array.from({ length: 18 }, (_, i) => ({
      stall_id: BigInt(nth(i, [0, 1, 2])),
      nr: nth(i, [0n, 0n, 0n, 2n, 2n, 3n]),
      word: nth(i, ['red', 'Red', '', 'ürün', 'red']),
    })).filter(
      (row, i, all) =>
        all.findIndex((o) => o.stall_id === row.stall_id && o.nr === row.nr && o.word === row.word) === i,
    ),
    'public.licence': [0, 3, 8].map((id, i) => ({ stall_id: BigInt(id), until: nth(i, [day(2030, 1, 1), null]) })),
    'public.note': Array.from({ length: 9 }, (_, i) => ({
      code: nth(i, ['c0', 'c1É', null, 'c0']),
      body: `n${i % 4}`,
      price: nth(i, ['0.01', '100', null]),
    })),
  },
};

import type { MemoryConfig } from '../../datasources/memory/index.js';
import type { DataType } from '../../src/ir/types.js';
import type { SourceNaming } from '../../src/sources/model.js';
import type { EntityShape, ReferenceShape } from '../../src/store/shape.js';

const INT: DataType = { kind: 'int', bits: 32 };
const BIG: DataType = { kind: 'int', bits: 64 };
const FLOAT: DataType = { kind: 'float', bits: 64 };
const TEXT: DataType = { kind: 'text' };
const decimal = (precision: number | null, scale: number | null): DataType => ({ kind: 'decimal', precision, scale });

function entity(
  name: string,
  key: readonly string[] | null,
  fields: Readonly<Record<string, DataType>>,
  references: readonly ReferenceShape[] = [],
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
    references,
    estimatedRows: null,
    native: null,
  };
}

function reference(name: string, fields: string[], to: string, toFields: string[], enforced = true): ReferenceShape {
  return { name, fields, to: `public.${to}`, toFields, enforced };
}

/** Rows of an entity from lines of values, in the order of its fields. */
function table(names: readonly string[], lines: readonly (readonly unknown[])[]): Record<string, unknown>[] {
  return lines.map((line) => Object.fromEntries(names.map((name, i) => [name, line[i] ?? null])));
}

/** Microseconds of an ISO time in UTC. */
export function micros(iso: string): bigint {
  return BigInt(Date.parse(`${iso}${iso.includes('T') ? '' : 'T00:00'}Z`)) * 1_000n;
}

/** Days of an ISO date. */
export function day(iso: string): number {
  return Date.parse(`${iso}T00:00Z`) / 86_400_000;
}

export const BIGGEST = 2n ** 63n - 1n;
export const KELVIN = '\u212a';
/** The last character of the first plane: after every other there in bytes, before all others in UTF-16. */
export const LAST = '\uffff';

const struct = (fields: Readonly<Record<string, DataType>>): DataType => ({
  kind: 'struct',
  fields: Object.entries(fields).map(([name, type]) => ({ name, type, nullable: true })),
});

/** What stands in parcels. */
export const OWNER = struct({ name: TEXT, age: INT, home: struct({ city: TEXT, since: { kind: 'instant' } }) });
export const LINE = struct({
  sku: TEXT,
  n: INT,
  price: decimal(10, 2),
  lot: struct({ code: TEXT }),
  tags: { kind: 'list', of: TEXT },
});

/** An element of `lines`. */
function line(
  sku: string | null,
  n: bigint | null,
  price: string | null,
  code?: string | null,
  tags: unknown = null,
): unknown {
  return { sku, n, price, lot: code === undefined ? null : { code }, tags };
}

/**
 * The small fixture that the cases speak of: a few rows of everything odd, so that the rows of each answer can be
 * written down by hand.
 */
export const FAIR: MemoryConfig = {
  shape: {
    problems: [],
    entities: [
      entity(
        'town',
        ['id'],
        { id: INT, name: TEXT, grade: { kind: 'enum', name: 'Grade', values: ['low', 'mid', 'high'] }, mother_id: INT },
        [reference('town_mother', ['mother_id'], 'town', ['id'])],
      ),
      entity('shop', ['id'], { id: BIG, town_id: INT, twin_id: INT, name: TEXT, size: INT, open: { kind: 'bool' } }, [
        reference('shop_town', ['town_id'], 'town', ['id']),
        reference('shop_twin', ['twin_id'], 'town', ['id'], false),
      ]),
      entity('item', ['shop_id', 'nr'], { shop_id: BIG, nr: INT, name: TEXT, cost: decimal(12, 3) }, [
        reference('item_shop', ['shop_id'], 'shop', ['id']),
      ]),
      entity('badge', ['word'], { word: TEXT, weight: FLOAT }),
      entity('item_badge', ['shop_id', 'nr', 'word'], { shop_id: BIG, nr: INT, word: TEXT }, [
        reference('tag_item', ['shop_id', 'nr'], 'item', ['shop_id', 'nr']),
        reference('tag_badge', ['word'], 'badge', ['word']),
      ]),
      entity('licence', ['shop_id'], { shop_id: BIG, until: { kind: 'date' } }, [
        reference('licence_shop', ['shop_id'], 'shop', ['id']),
      ]),
      entity('visit', null, { shop_id: BIG, word: TEXT }, [
        reference('visit_shop', ['shop_id'], 'shop', ['id']),
        reference('visit_badge', ['word'], 'badge', ['word']),
      ]),
      entity('reading', ['id'], {
        id: INT,
        series: TEXT,
        n: INT,
        big: BIG,
        f: FLOAT,
        d: decimal(10, 2),
        e: decimal(null, null),
      }),
      entity('tick', ['id'], { id: INT, low: decimal(6, 2), high: decimal(6, 2), minus: decimal(6, 2) }),
      entity('event', ['id'], {
        id: INT,
        at: { kind: 'instant' },
        local: { kind: 'localdatetime' },
        day: { kind: 'date' },
      }),
      entity('parcel', ['id'], {
        id: INT,
        owner: OWNER,
        lines: { kind: 'list', of: LINE },
        marks: { kind: 'list', of: INT },
      }),
      entity('word', ['id'], {
        id: INT,
        text: TEXT,
        other: TEXT,
        tags: { kind: 'list', of: TEXT },
        sizes: { kind: 'list', of: INT },
      }),
    ],
  },
  rows: {
    'public.town': table(
      ['id', 'name', 'grade', 'mother_id'],
      [
        [1n, 'Aach', 'low', null],
        [2n, 'Élan', 'mid', 1n],
        [3n, null, 'high', 1n],
        [4n, 'Zell', null, 3n],
      ],
    ),
    // Shop 4 has no town, shop 3 a twin that is nowhere; 4 and 5 have no items.
    'public.shop': table(
      ['id', 'town_id', 'twin_id', 'name', 'size', 'open'],
      [
        [1n, 1n, 2n, 'Anna', 3n, true],
        [2n, 1n, null, 'Bert', null, false],
        [3n, 2n, 9n, null, -5n, null],
        [4n, null, 1n, '', 3n, true],
        [5n, 3n, 3n, 'anna', 0n, false],
        [6n, 2n, null, 'Zoë', 2_147_483_647n, true],
      ],
    ),
    'public.item': table(
      ['shop_id', 'nr', 'name', 'cost'],
      [
        [1n, 1n, 'pear', '2.5'],
        [1n, 2n, 'fig', null],
        [1n, 3n, null, '0.125'],
        [2n, 1n, 'pear', '-1'],
        [3n, 1n, 'nut', null],
        [6n, 1n, 'kiwi', '1'],
        [6n, 2n, 'kiwi', '3'],
      ],
    ),
    'public.badge': table(
      ['word', 'weight'],
      [
        ['red', 0.25],
        ['Red', null],
        ['ürün', NaN],
        ['dull', -2],
      ],
    ),
    'public.item_badge': table(
      ['shop_id', 'nr', 'word'],
      [
        [1n, 1n, 'red'],
        [1n, 1n, 'Red'],
        [1n, 2n, 'red'],
        [2n, 1n, 'ürün'],
        [6n, 1n, 'red'],
        [6n, 2n, 'red'],
      ],
    ),
    'public.licence': table(
      ['shop_id', 'until'],
      [
        [1n, day('2030-01-01')],
        [5n, null],
      ],
    ),
    // A junction without a key of its own: shop 1 is joined to red twice.
    'public.visit': table(
      ['shop_id', 'word'],
      [
        [1n, 'red'],
        [1n, 'red'],
        [1n, 'dull'],
        [2n, 'red'],
        [5n, 'dull'],
        [null, 'red'],
      ],
    ),
    'public.reading': table(
      ['id', 'series', 'n', 'big', 'f', 'd', 'e'],
      [
        [1n, 'a', 1n, 9_007_199_254_740_993n, 1, '0.01', '1.5'],
        [2n, 'a', 2n, 1n, 2, '0.02', '0.125'],
        [3n, 'a', 4n, null, 4, null, null],
        [4n, 'a', 8n, null, 8, '100', '12345678901234567890.000000001'],
        [5n, 'b', null, BIGGEST, null, null, null],
        [6n, 'b', 2_147_483_647n, BIGGEST, NaN, '-12.5', '-3'],
        [7n, 'c', 5n, null, -0, '0', null],
        [8n, null, 2_147_483_647n, -(2n ** 63n), Infinity, null, null],
        [9n, 'd', null, null, -Infinity, null, null],
        [10n, 'c', null, null, 0, null, null],
      ],
    ),
    'public.tick': Array.from({ length: 128 }, (_, i) => ({
      id: BigInt(i),
      low: i === 5 ? '0.01' : '0',
      high: i === 5 ? '0.03' : '0',
      minus: i === 5 ? '-0.01' : '0',
    })),
    'public.event': table(
      ['id', 'at', 'local', 'day'],
      [
        [1n, micros('2024-03-30T22:30'), micros('2024-03-30T22:30'), day('2024-02-29')],
        [2n, micros('2024-03-30T23:30'), micros('2024-02-29T23:59:59.999'), day('2021-01-03')],
        [3n, micros('2024-03-31T00:30'), null, day('2024-12-30')],
        [4n, micros('2024-03-31T01:30'), micros('1969-12-31T23:59:59.5'), day('1969-12-31')],
        [5n, micros('2024-03-31T22:30'), null, null],
        [6n, micros('2024-10-27T00:30'), null, null],
        [7n, micros('2024-10-27T01:30'), null, null],
        [8n, micros('2024-10-27T23:30'), null, null],
        [9n, null, null, null],
        [10n, micros('2018-11-04T05:00'), null, null],
      ],
    ),
    'public.parcel': table(
      ['id', 'owner', 'lines', 'marks'],
      [
        [
          1n,
          { name: 'Ann', age: 30n, home: { city: 'Aach', since: micros('2024-02-29T12:00') } },
          [line('a', 1n, '2.5', 'x', ['t', 'u']), line('b', null, null, undefined, [])],
          [7n, 8n],
        ],
        [2n, { name: null, age: 5n, home: null }, [], []],
        [3n, null, null, null],
        [4n, { name: '', age: -1n, home: { city: null, since: null } }, [line('a', 7n, '-1', null)], [1n]],
        [
          5n,
          { name: 'ann', age: 30n, home: { city: 'Zell', since: null } },
          [line(null, null, null), line('b', 3n, '4', 'y')],
          null,
        ],
        [6n, null, [null], [7n]],
      ],
    ),
    'public.word': table(
      ['id', 'text', 'other', 'tags', 'sizes'],
      [
        [1n, 'a', 'a', ['a'], [1n, 2n]],
        [2n, 'A', 'a', ['a', null, 'b'], [2n, null]],
        [3n, 'ä', null, [], []],
        [4n, 'a%b', 'a_b', null, null],
        [5n, 'a_b', 'a%b', ['A'], [2n]],
        [6n, 'a\\b', 'a', ['b'], [1n]],
        [7n, KELVIN, 'k', [null], [null]],
        [8n, 'ſ', 's', null, null],
        [9n, 'Σ', 'σ', null, null],
        [10n, 'σ', 'ς', null, null],
        [11n, 'ς', 'Σ', null, null],
        [12n, 'İ', 'i', null, null],
        [13n, '😀', LAST, null, null],
        [14n, LAST, '😀', null, null],
        [15n, 'x\ny', 'xy', null, null],
        [16n, '', '', null, null],
        [17n, null, null, null, null],
        [18n, 'room 101', null, null, null],
        [19n, 'ß', 'ẞ', null, null],
        [20n, '\u0390', '\u1fd3', null, null],
      ],
    ),
  },
};

/** The junction without a key is told to the model, as a config would. */
export const FAIR_NAMING: SourceNaming = { entities: { visit: { key: ['shop_id', 'word'] } } };

import { describe, expect, test } from '@jest/globals';
import { Binary, Decimal128, Double, Int32, Long, ObjectId, Timestamp, UUID } from 'mongodb';
import { inferFields } from '../../datasources/mongodb/infer.js';
import { validated } from '../../datasources/mongodb/validator.js';
import { typeName } from '../../src/ir/types.js';

const int = (n: number): Int32 => new Int32(n);

/** The type of a field over documents in which it has these values. */
function typeOf(...values: readonly unknown[]): string {
  const [field] = inferFields(values.map((value) => ({ value })));
  return field ? typeName(field.type) : 'nothing';
}

describe('the type of a field, from documents', () => {
  test.each<[string, readonly unknown[], string]>([
    ['one type', ['a', 'b'], 'text'],
    ['nulls beside it', [null, true, undefined], 'bool'],
    ['whole numbers', [int(1)], 'int32'],
    ['of 64 bits too', [int(1), Long.fromNumber(2)], 'int64'],
    ['whole ones and fractions', [int(1), new Double(1.5)], 'float64'],
    ['decimals among them', [new Double(1.5), Decimal128.fromString('1')], 'decimal'],
    ['dates', [new Date(0)], 'instant'],
    ['ids', [new ObjectId()], 'id'],
    ['UUIDs', [new UUID()], 'uuid'],
    ['bytes', [new Binary(Buffer.from('a'))], 'bytes'],
    ['UUIDs and bytes', [new UUID(), new Binary(Buffer.from('a'))], 'json'],
    ['numbers and text', [int(1), 'a'], 'json'],
    ['a scalar and a list', [int(1), [int(1)]], 'json'],
    ['timestamps are no longs', [new Timestamp(1n)], 'json'],
    ['lists', [[int(1)], [], [null, int(2)]], '[int32]'],
    ['empty lists alone', [[]], 'json'],
    ['lists of several types', [[int(1), 'a']], 'json'],
    ['lists of lists', [[[int(1)]]], 'json'],
    ['objects', [{ a: int(1) }, { b: 'x' }], '{a: int32, b: text}'],
    ['empty objects alone', [{}], 'json'],
    ['objects in objects', [{ a: { b: int(1) } }], '{a: {b: int32}}'],
    ['members of several types', [{ a: int(1) }, { a: 'x' }], '{a: json}'],
    ['lists of objects', [[{ a: int(1) }], [{ b: 'x' }]], '[{a: int32, b: text}]'],
    ['places', [{ type: 'Point', coordinates: [new Double(1.5), int(2)] }], 'geopoint'],
    [
      'places and lines',
      [
        { type: 'Point', coordinates: [int(1)] },
        { type: 'LineString', coordinates: [int(1)] },
      ],
      '{type: text, coordinates: [int32]}',
    ],
    [
      'objects that are nested too deep',
      [{ a: { a: { a: { a: { a: { a: { a: { a: { a: int(1) } } } } } } } } }],
      '{a: {a: {a: {a: {a: {a: {a: {a: json}}}}}}}}',
    ],
  ])('%s', (_, values, type) => {
    expect(typeOf(...values)).toBe(type);
  });

  test('what has several types says which', () => {
    const [field] = inferFields([{ value: 'a' }, { value: int(1) }, { value: 'b' }]);
    expect(field!.note).toBe('Its values have several types (string, int): they are read as JSON.');
  });

  test('names of any sort, in the order in which they are met', () => {
    const names = ['_id', 'a.b', '$x', '', '__proto__', 'ü', 'a b'];
    const document = Object.fromEntries(names.map((name) => [name, int(1)]));
    expect(inferFields([document]).map(({ name }) => name)).toEqual(names);
  });
});

describe('what a validator says', () => {
  const schema = (properties: unknown, more: Record<string, unknown> = {}, options: Record<string, unknown> = {}) =>
    validated({ validator: { $jsonSchema: { bsonType: 'object', properties, ...more } }, ...options });

  test('types, what must be there, and words about it', () => {
    const { fields, description } = schema(
      {
        n: { bsonType: 'int', description: 'how many' },
        t: { bsonType: ['string', 'null'] },
        at: { bsonType: 'date' },
      },
      { required: ['n', 't'], title: 'Things' },
    );
    expect(description).toBe('Things');
    expect(fields.get('n')).toEqual({
      type: { kind: 'int', bits: 32 },
      nullable: false,
      description: 'how many',
      sure: true,
    });
    expect(fields.get('t')).toMatchObject({ type: { kind: 'text' }, nullable: true, sure: true });
    expect(fields.get('at')).toMatchObject({ type: { kind: 'instant' }, nullable: true, sure: true });
  });

  test('open types are left to the sample, objects unless they are closed', () => {
    const { fields } = schema({
      any: {},
      two: { bsonType: ['int', 'string'] },
      number: { bsonType: 'number' },
      open: { bsonType: 'object', properties: { a: { bsonType: 'int' } } },
      closed: { bsonType: 'object', properties: { a: { bsonType: 'int' } }, additionalProperties: false },
      list: { bsonType: 'array', items: { bsonType: 'string' } },
    });
    const types = Object.fromEntries([...fields].map(([name, { type }]) => [name, type && typeName(type)]));
    expect(types).toEqual({ any: null, two: null, number: null, open: null, closed: '{a: int32}', list: '[text]' });
    expect([...fields.values()].map(({ sure }) => sure)).toEqual([false, false, false, false, false, false]);
  });

  test.each([{ validationAction: 'warn' }, { validationLevel: 'moderate' }, { validationLevel: 'off' }])(
    'one that only warns promises nothing: %j',
    (options) => {
      const { fields } = schema({ n: { bsonType: 'int' } }, { required: ['n'] }, options);
      expect(fields.get('n')).toMatchObject({ type: { kind: 'int' }, nullable: true, sure: false });
    },
  );

  test('collections without one', () => {
    expect(validated({})).toEqual({ description: null, fields: new Map() });
    expect(validated({ validator: { n: { $gt: 0 } } }).fields.size).toBe(0);
  });
});

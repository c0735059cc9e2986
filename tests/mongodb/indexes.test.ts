import { describe, expect, test } from '@jest/globals';
import { Binary } from 'mongodb';
import { NO_INDEXES, told, vectorsOf, withIndexes, type Indexes } from '../../datasources/mongodb/indexes.js';
import type { NativeField } from '../../datasources/mongodb/native.js';
import { decode } from '../../datasources/mongodb/values.js';
import { FLOAT64, TEXT, type DataType } from '../../src/ir/types.js';
import type { FieldShape } from '../../src/store/shape.js';

const field = (name: string, type: DataType): FieldShape => ({
  ...{ name, type, nullable: true, description: null, native: { name, sure: false } },
});
const META: DataType = { kind: 'struct', fields: [{ name: 'note', type: TEXT, nullable: true }] };
const FIELDS = [
  ...[field('_id', { kind: 'id' }), field('title', TEXT), field('meta', META), field('count', FLOAT64)],
  ...[field('at', { kind: 'geopoint' }), field('likeness', { kind: 'list', of: FLOAT64 })],
];

const with_ = (more: Partial<Indexes>): ReturnType<typeof withIndexes> =>
  withIndexes(FIELDS, { ...NO_INDEXES, ...more });
const nativesOf = ({ fields }: ReturnType<typeof withIndexes>): Record<string, NativeField> =>
  Object.fromEntries(fields.map(({ name, native }) => [name, native as NativeField]));
const searched = ({ fields }: ReturnType<typeof withIndexes>): string[] =>
  fields.filter(({ search }) => search).map(({ name }) => name);

/** As MongoDB's documentation shows them. */
const TEXT_INDEX = {
  ...{
    v: 2,
    key: { _fts: 'text', _ftsx: 1 },
    name: 'title_text_meta.note_text',
    weights: { 'meta.note': 1, title: 10 },
  },
  ...{ default_language: 'english', language_override: 'language', textIndexVersion: 3 },
};

describe('what the indexes of a collection tell', () => {
  test('unique ones that hold for every document', () => {
    const { unique } = told([
      { key: { _id: 1 }, name: '_id_' },
      { key: { a: 1, b: -1 }, unique: true },
      { key: { c: 1 }, unique: true, sparse: true },
      { key: { d: 1 }, unique: true, partialFilterExpression: { e: 1 } },
    ]);
    expect(unique).toEqual([['a', 'b']]);
  });

  test('the fields of the text index, the inside of objects by the object', () => {
    const found = with_(told([TEXT_INDEX]));
    expect(searched(found)).toEqual(['title', 'meta']);
    const index = [
      { field: 'meta', weight: 1 },
      { field: 'title', weight: 10 },
    ];
    expect(nativesOf(found)['title']!.text).toEqual(index);
    expect(nativesOf(found)['meta']!.text).toEqual(index);
    expect(nativesOf(found)['count']!.text).toBeUndefined();
    expect(found.problem).toBeNull();
  });

  test('of a wildcard every field that may hold text', () => {
    const found = with_(told([{ ...TEXT_INDEX, weights: { '$**': 1, title: 5 } }]));
    expect(nativesOf(found)['title']!.text).toEqual([
      { field: 'title', weight: 5 },
      { field: 'meta', weight: 1 },
      { field: 'likeness', weight: 1 },
    ]);
  });

  test.each([
    ['begins with another field', { key: { count: 1, _fts: 'text', _ftsx: 1 } }, /value of other fields/],
    ['has only some documents', { partialFilterExpression: { count: 1 } }, /some of the documents/],
    ['is hidden', { hidden: true }, /hidden/],
  ])('a text index is not used that %s', (_, more, reason) => {
    const { text, problems } = told([{ ...TEXT_INDEX, ...more }]);
    expect(text).toBeNull();
    expect(problems).toEqual([expect.stringMatching(reason)]);
  });

  test('nor one over a field that nobody knows, since all are searched', () => {
    const found = with_(told([{ ...TEXT_INDEX, weights: { title: 1, secret: 1 } }]));
    expect(searched(found)).toEqual([]);
    expect(found.problem).toMatch(/secret/);
  });

  test('places with a 2dsphere index', () => {
    const natives = nativesOf(with_(told([{ key: { at: '2dsphere', count: 1 } }, { key: { title: '2dsphere' } }])));
    const partial = told([{ key: { at: '2dsphere' }, partialFilterExpression: { count: 1 } }]);
    expect(partial.spheres).toEqual([]);
    expect(Object.values(natives).filter(({ sphere }) => sphere)).toEqual([natives['at']]);
  });

  test('vectors, and what can be asked beside them', () => {
    const definition = {
      fields: [
        { type: 'vector', path: 'likeness', numDimensions: 3, similarity: 'cosine' },
        { type: 'vector', path: 'meta.inside', numDimensions: 3, similarity: 'cosine' },
        { type: 'filter', path: 'title' },
      ],
    };
    const index = { name: 'v', type: 'vectorSearch', status: 'READY', queryable: true, latestDefinition: definition };
    const search = { name: 's', type: 'search', queryable: true, latestDefinition: { mappings: { dynamic: true } } };
    const found = with_({ vectors: vectorsOf([search, index]) });
    expect(nativesOf(found)['likeness']!.vector).toEqual({ name: 'v', filters: ['title'] });
    expect(found.fields.find(({ name }) => name === 'likeness')!.type).toEqual({ kind: 'vector', dimensions: 3 });
    expect([...vectorsOf([{ ...index, queryable: false }]).keys()]).toEqual([]);
  });
});

test('vectors are lists of numbers or packed', () => {
  const read = decode({ kind: 'vector', dimensions: 2 });
  expect(read([1, 2.5])).toEqual([1, 2.5]);
  expect(read(Binary.fromFloat32Array(Float32Array.of(1, 2.5)))).toEqual([1, 2.5]);
  expect(read(Binary.fromInt8Array(Int8Array.of(1, -2)))).toEqual([1, -2]);
  for (const other of [['a'], 'a', Binary.fromBits([1, 0]), new Binary(Buffer.from('ab')), null])
    expect(read(other)).toBeNull();
});

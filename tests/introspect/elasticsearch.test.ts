import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { typeName } from '../../src/ir/types.js';
import type { EntityShape, SourceShape } from '../../src/store/shape.js';
import type { Store } from '../../src/store/store.js';
import { asked, openElasticsearch } from '../conformance/harness/elasticsearch.js';
import { describeWith } from '../servers/describe-with.js';

const { signal } = new AbortController();

describeWith('elasticsearch', 'introspection of indices', (server) => {
  const prefix = `seen-${process.pid}-${Date.now()}`;
  const stores: Store[] = [];
  let shape: SourceShape;

  const put = (path: string, body: object): Promise<unknown> =>
    asked(server().url, 'PUT', `/${prefix}-${path}`, JSON.stringify(body));
  const fill = (index: string, ...documents: readonly object[]): Promise<unknown> =>
    asked(
      server().url,
      'POST',
      `/${prefix}-${index}/_bulk?refresh=true`,
      documents.map((each) => `{"index":{}}\n${JSON.stringify(each)}\n`).join(''),
    );

  beforeAll(async () => {
    const { url } = server();
    const keyword = { type: 'keyword' };
    await put('types', {
      mappings: {
        properties: {
          bool: { type: 'boolean' },
          byte: { type: 'byte' },
          long: { type: 'long' },
          half: { type: 'half_float' },
          double: { type: 'double' },
          at: { type: 'date' },
          day: { type: 'date', format: 'yyyy-MM-dd||strict_date' },
          nanos: { type: 'date_nanos' },
          word: keyword,
          folded: { type: 'keyword', normalizer: 'lowercase' },
          both: { type: 'text', fields: { raw: { type: 'keyword', ignore_above: 5 } } },
          text: { type: 'text' },
          kept: { type: 'text', index: false },
          ip: { type: 'ip' },
          bytes: { type: 'binary' },
          flat: { type: 'flattened' },
          hidden: { type: 'object', enabled: false },
          spot: { type: 'geo_point' },
          vector: { type: 'dense_vector', dims: 2 },
          owner: { properties: { name: keyword, home: { properties: { city: keyword } } } },
          lines: { type: 'nested', properties: { sku: keyword, n: { type: 'integer' } } },
          loose: { properties: { n: { type: 'integer' } } },
          tags: keyword,
          said: keyword,
          other: { type: 'alias', path: 'owner.home.city' },
          'a b"c': keyword,
          'star*': keyword,
          empty: { type: 'object' },
          shape: { type: 'join', relations: { a: 'b' } },
        },
      },
    });
    await fill(
      'types',
      { tags: 'one', both: 'short' },
      { tags: ['a', 'b'], both: 'longer than five', loose: [{ n: 1 }, { n: 2 }] },
    );
    await put('one', { mappings: { properties: { n: { type: 'integer' }, word: keyword } } });
    await put('two', {
      mappings: { properties: { n: { type: 'keyword' }, word: { type: 'keyword', ignore_above: 9 }, more: keyword } },
    });
    const actions = ['one', 'two'].map((name) => ({ add: { index: `${prefix}-${name}`, alias: `${prefix}-both` } }));
    await asked(url, 'POST', '/_aliases', JSON.stringify({ actions }));
    await put('hidden', { settings: { 'index.hidden': true }, mappings: { properties: { word: keyword } } });
    const said = new Map([['said', true]]);
    const store = await openElasticsearch(url, `${prefix}-`, (_, path) => said.get(path));
    stores.push(store);
    shape = await store.introspect(signal);
  }, 60_000);

  afterAll(async () => {
    for (const store of stores) await store.close();
    await asked(server().url, 'DELETE', `/${prefix}-*`);
    await asked(server().url, 'DELETE', `/${prefix}-hidden`);
  });

  const entity = (name: string): EntityShape => {
    const found = shape.entities.find((each) => each.name === `${prefix}-${name}`);
    if (!found) throw new Error(`there is no ${name}`);
    return found;
  };
  const typesOf = (name: string): Record<string, string> =>
    Object.fromEntries(entity(name).fields.map((f) => [f.name, typeName(f.type)]));

  test('each type of a mapping, lists by what documents hold or somebody says', () => {
    expect(typesOf('types')).toEqual({
      ...{ _id: 'id', bool: 'bool', byte: 'int16', long: 'int64', half: 'float32', double: 'float64' },
      ...{
        at: 'instant',
        day: 'date',
        nanos: 'instant',
        word: 'text',
        folded: 'text',
        both: 'text',
        text: 'text',
        kept: 'text',
      },
      ...{ ip: 'ip', bytes: 'bytes', flat: 'json', hidden: 'json', spot: 'geopoint', vector: 'vector' },
      ...{ owner: '{home: {city: text}, name: text}', lines: '[{n: int32, sku: text}]', loose: '{n: [int32]}' },
      ...{ tags: '[text]', said: '[text]', other: 'text', 'a b"c': 'text' },
    });
    const searched = entity('types').fields.filter(({ search }) => search === true);
    expect(searched.map(({ name }) => name)).toEqual(['both', 'text']);
    expect(entity('types')).toMatchObject({ kind: 'INDEX', key: ['_id'], estimatedRows: 2 });
  });

  test('what is left out is told, with its reason', () => {
    const told = Object.fromEntries(
      shape.problems.map(({ subject, message }) => [subject.slice(prefix.length + 1), message]),
    );
    expect(told).toEqual({
      'types.star*': expect.stringContaining('pattern') as unknown,
      'types.empty': expect.stringContaining('without fields') as unknown,
      'types.shape': expect.stringContaining('type join') as unknown,
      'both.n': expect.stringContaining('different types') as unknown,
    });
  });

  test('an alias has the fields of all its indices, hidden indices are left out', () => {
    expect(shape.entities.map(({ name }) => name.slice(prefix.length + 1)).sort()).toEqual([
      'both',
      'one',
      'two',
      'types',
    ]);
    expect(typesOf('both')).toEqual({ _id: 'id', word: 'text', more: 'text' });
    expect(entity('both').description).toContain('alias');
  });

  test('values that the index does not keep are known, and told', () => {
    const both = entity('types').fields.find(({ name }) => name === 'both')!;
    expect(both.native).toMatchObject({ exact: 'both.raw', text: 'both', cut: true, ignoreAbove: 5 });
    expect(both.description).toContain('longer than 5');
    const folded = entity('types').fields.find(({ name }) => name === 'folded')!;
    expect(folded.native).toMatchObject({ loose: true });
  });

  test('names that are not there are told', async () => {
    const store = await openElasticsearch(server().url, `${prefix}-nowhere`, () => undefined);
    stores.push(store);
    expect((await store.introspect(signal)).entities).toEqual([]);
  });
});

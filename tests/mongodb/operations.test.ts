import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse, validate, type OperationDefinitionNode } from 'graphql';
import type { MemoryConfig } from '../../datasources/memory/index.js';
import { own } from '../../src/ir/operand.js';
import { FLOAT64, INT32, TEXT, type DataType } from '../../src/ir/types.js';
import { literal } from '../../src/ir/value.js';
import type { Store } from '../../src/store/store.js';
import { pipelinesOver } from '../conformance/harness/mongodb.js';
import { leagueOver } from '../dataplane/league.js';

const column = (name: string, type: DataType, nullable = false) => ({
  ...{ name, type, nullable, description: null, native: null },
});
const rest = { description: null, native: null, estimatedRows: null, unique: [] };

const LIBRARY: MemoryConfig = {
  shape: {
    problems: [],
    entities: [
      {
        ...{ name: 'film', id: 'film', kind: 'COLLECTION', key: ['id'], ...rest },
        fields: [
          ...[column('id', INT32), column('title', TEXT, true), column('studio', TEXT)],
          ...[column('tags', { kind: 'list', of: TEXT }, true), column('maker', INT32)],
          column('likeness', { kind: 'list', of: FLOAT64 }, true),
        ],
        references: [{ name: 'maker', fields: ['maker'], to: 'maker', toFields: ['id'], enforced: true }],
      },
      {
        ...{ name: 'maker', id: 'maker', kind: 'COLLECTION', key: ['id'], references: [], ...rest },
        fields: [column('id', INT32), column('name', TEXT)],
      },
    ],
  },
  rows: {
    film: [
      { id: 1n, title: 'Love and trains', studio: 'A', tags: ['love'], maker: 1n, likeness: [0, 0] },
      { id: 2n, title: 'Trains', studio: 'A', tags: null, maker: 2n, likeness: [1, 1] },
      { id: 3n, title: 'A love', studio: 'B', tags: null, maker: 1n, likeness: [2, 2] },
      { id: 4n, title: 'War', studio: 'A', tags: ['love'], maker: 2n, likeness: [3, 3] },
      { id: 5n, title: null, studio: 'A', tags: ['war'], maker: 1n, likeness: null },
    ],
    maker: [
      { id: 1n, name: 'Ann' },
      { id: 2n, name: 'Bob' },
    ],
  },
};

const TOLD = new Map([
  [
    'film',
    {
      indexes: [{ key: { _fts: 'text', _ftsx: 1 }, weights: { title: 10, tags: 1 } }],
      searches: [
        {
          ...{ name: 'likenesses', type: 'vectorSearch', queryable: true },
          latestDefinition: {
            fields: [
              { type: 'vector', path: 'likeness', numDimensions: 2, similarity: 'euclidean' },
              { type: 'filter', path: 'studio' },
            ],
          },
        },
      ],
    },
  ],
]);

/** Films of studio B are nobody's. */
describe('operations over mongodb: pipelines in mingo, over what stands in for $text and $vectorSearch', () => {
  let reads = 0;
  let ask: (query: string) => Promise<{ readonly data: unknown; readonly errors: readonly unknown[] }>;

  beforeAll(async () => {
    const whole = await pipelinesOver(LIBRARY, TOLD);
    const counted: Pick<Store, 'read' | 'session' | 'stream'> = {
      read: (...asked) => ((reads += 1), whole.read(...asked)),
      session: (...asked) => ((reads += 1), whole.session(...asked)),
      stream: (...asked) => ((reads += 1), whole.stream(...asked)),
    };
    const store = { ...whole, ...counted };
    const { plane, schema } = await leagueOver(store, undefined, {}, (entity) => {
      const studio = entity.fields.get('studio');
      if (!studio) return { kind: 'and', of: [] };
      return { kind: 'compare', operand: own(studio), op: 'eq', value: literal(TEXT, 'A'), collate: 'STORE' };
    });
    ask = async (query) => {
      const document = parse(query);
      expect(validate(schema, document)).toEqual([]);
      const answer = await plane.execute({
        ...{ document, operation: document.definitions[0] as OperationDefinitionNode, operationName: null },
        ...{ variables: {}, caller: { id: 'a', permissions: 'all' }, signal: new AbortController().signal },
        controlContext: {},
      });
      const errors = answer.errors.map(({ message, extensions }) => ({ message, ...extensions }));
      const { league } = (JSON.parse(String(answer.data)) ?? { league: null }) as { readonly league: unknown };
      return { data: league, errors };
    };
  });

  const answered = async (inside: string): Promise<unknown> => {
    reads = 0;
    const { data, errors } = await ask(`{ league { ${inside} } }`);
    expect({ errors, reads }).toEqual({ errors: [], reads: 1 });
    return data;
  };
  const refused = async (inside: string): Promise<unknown> => {
    reads = 0;
    const { errors } = await ask(`{ league { ${inside} } }`);
    expect({ errors: errors.length, reads }).toEqual({ errors: 1, reads: 0 });
    return errors[0];
  };

  test('what is found comes best first, with its score and what belongs to it', async () => {
    expect(await answered('film(search: { text: "-love trains" }) { id _score maker_maker { name } }')).toEqual({
      film: [
        { id: 1, _score: 21, maker_maker: { name: 'Ann' } },
        { id: 2, _score: 10, maker_maker: { name: 'Bob' } },
        { id: 4, _score: 1, maker_maker: { name: 'Bob' } },
      ],
    });
    expect(
      await answered(
        'film(where: { _search: { text: "love", mode: ALL }, maker_maker: { name: { eq: "Bob" } } }) { id }',
      ),
    ).toEqual({ film: [{ id: 4 }] });
  });

  test('pages go on by their cursors, and counts count what is found', async () => {
    const page = (more: string): string =>
      `film_connection(first: 2, search: { text: "love trains" }${more}) { nodes { id } pageInfo { endCursor hasNextPage } totalCount }`;
    interface Page {
      readonly film_connection: { readonly pageInfo: { readonly endCursor: string } };
    }
    const first = (await answered(page(''))) as Page;
    const { endCursor } = first.film_connection.pageInfo;
    const shown = { nodes: [{ id: 1 }, { id: 2 }], pageInfo: { endCursor, hasNextPage: true }, totalCount: 3 };
    expect(first).toEqual({ film_connection: shown });
    expect(await answered(page(`, after: "${endCursor}"`))).toMatchObject({
      film_connection: { nodes: [{ id: 4 }], pageInfo: { hasNextPage: false }, totalCount: 3 },
    });
    expect(await answered('film_aggregate(search: { text: "love" }) { count }')).toEqual({
      film_aggregate: { count: 2 },
    });
  });

  test('the nearest of those that the caller may see', async () => {
    const nearest = 'nearest: { field: likeness, vector: [2, 2], k: 2 }';
    expect(await answered(`film(${nearest}) { id likeness }`)).toEqual({
      film: [
        { id: 4, likeness: [3, 3] },
        { id: 2, likeness: [1, 1] },
      ],
    });
  });

  test.each([
    [
      'film(search: { text: "love", fields: [title] }) { id }',
      /^mongodb cannot search some of the fields/,
      /leave fields out/,
    ],
    [
      'film(where: { title: { matches: "love" } }) { id }',
      /^mongodb cannot search some of the fields/,
      /leave fields out/,
    ],
    ['film(search: { text: "lovv", fuzzy: true }) { id }', /^mongodb cannot find words/, /without fuzzy/],
    ['film(where: { _not: { _search: { text: "love" } } }) { id }', /^mongodb cannot search text here/, /one search/],
    [
      'film(search: { text: "love" }) { _highlights(field: title) }',
      /^mongodb cannot search text here.*output/,
      /one search/,
    ],
    ['maker { film(search: { text: "love" }) { id } }', /^mongodb cannot search text here/, /without parents/],
    [
      'film(nearest: { field: likeness, vector: [1, 1], k: 2 }, where: { maker: { eq: 1 } }) { id }',
      /^mongodb cannot find the nearest/,
      /filters/,
    ],
  ])('%s is UNSUPPORTED, and nothing is read', async (inside, message, hint) => {
    expect(await refused(inside)).toMatchObject({
      ...{ code: 'UNSUPPORTED', message: expect.stringMatching(message) as unknown },
      hint: expect.stringMatching(hint) as unknown,
    });
  });
});

import { describe, expect, test } from '@jest/globals';
import { memoryStore, type MemoryConfig } from '../../datasources/memory/index.js';
import type { DataType } from '../../src/ir/types.js';
import { NO_CAPABILITIES } from '../../src/store/capabilities.js';
import { executed } from './executed.js';
import { labelShape } from './label-shape.js';
import { leagueOver, type League } from './league.js';

const TEXT: DataType = { kind: 'text' };
const INT: DataType = { kind: 'int', bits: 32 };

const end = (field: string, to: string, key: string) => ({ fields: [field], to, toFields: [key] });

/** Airports joined by routes, and cities that they lie in. */
const MAP: MemoryConfig = {
  shape: {
    problems: [],
    entities: [
      labelShape('airport', 'code', { code: TEXT, size: INT }),
      labelShape('city', 'name', { name: TEXT }),
      labelShape(
        'ROUTE',
        'id',
        { id: INT, _from: TEXT, _to: TEXT, miles: INT },
        {
          kind: 'RELATIONSHIP',
          edge: { type: 'ROUTE', from: end('_from', 'airport', 'code'), to: end('_to', 'airport', 'code') },
        },
      ),
      labelShape(
        'LIES_IN',
        'id',
        { id: INT, _from: TEXT, _to: TEXT },
        {
          kind: 'RELATIONSHIP',
          edge: { type: 'LIES IN', from: end('_from', 'airport', 'code'), to: end('_to', 'city', 'name') },
        },
      ),
    ],
  },
  rows: {
    airport: ['TXL', 'MUC', 'JFK', 'LAX', 'XXX'].map((code, i) => ({ code, size: BigInt(i) })),
    city: ['Berlin', 'New York'].map((name) => ({ name })),
    ROUTE: [
      ['TXL', 'MUC', 300n],
      ['MUC', 'JFK', 4000n],
      ['JFK', 'LAX', 2500n],
      ['LAX', 'JFK', 2500n],
      ['TXL', 'MUC', 301n],
    ].map(([_from, _to, miles], i) => ({ id: BigInt(i), _from, _to, miles })),
    LIES_IN: [
      ['TXL', 'Berlin'],
      ['JFK', 'New York'],
    ].map(([_from, _to], i) => ({ id: BigInt(i), _from, _to })),
  },
};

async function ask(league: League, text: string, variables: Record<string, unknown> = {}): Promise<unknown> {
  const answer = await executed(league.plane, text, variables);
  if (answer.errors.length > 0) return { errors: answer.errors.map((e) => e.message) };
  return (JSON.parse(answer.data.toString()) as { league: unknown }).league;
}

describe.each([
  ['the memory engine', undefined],
  ['a store that can only be scanned', NO_CAPABILITIES],
])('edges of a graph: %s', (_name, capabilities) => {
  const open = async (): Promise<League> => leagueOver(await memoryStore('league', MAP), capabilities);

  test('are relations both ways, through a row of their own', async () => {
    const answer = await ask(
      await open(),
      '{ league { airport_by_key(code: "JFK") { ROUTE { code } ROUTE_in(orderBy: [{ code: ASC }]) { code } LIES_IN { name } } ROUTE(orderBy: [{ id: ASC }], first: 1) { miles _start { code } _end { code } } } }',
    );
    expect(answer).toEqual({
      airport_by_key: {
        ROUTE: [{ code: 'LAX' }],
        ROUTE_in: [{ code: 'LAX' }, { code: 'MUC' }],
        LIES_IN: [{ name: 'New York' }],
      },
      ROUTE: [{ miles: 300, _start: { code: 'TXL' }, _end: { code: 'MUC' } }],
    });
  });

  test('are counted, filtered and ordered by', async () => {
    const answer = await ask(
      await open(),
      `{ league {
        airport(orderBy: [{ _degree: { direction: BOTH, order: DESC } }, { code: ASC }]) { code all: _degree(direction: BOTH) out: _degree routes: _degree(types: [ROUTE]) }
        busy: airport(where: { _degree: { types: [ROUTE], direction: IN, count: { gte: 2 } } }, orderBy: [{ code: ASC }]) { code }
      } }`,
    );
    expect(answer).toEqual({
      airport: [
        { code: 'JFK', all: 4, out: 2, routes: 1 },
        { code: 'MUC', all: 3, out: 1, routes: 1 },
        { code: 'TXL', all: 3, out: 3, routes: 2 },
        { code: 'LAX', all: 2, out: 1, routes: 1 },
        { code: 'XXX', all: 0, out: 0, routes: 0 },
      ],
      busy: [{ code: 'JFK' }, { code: 'MUC' }],
    });
  });

  test('lead to neighbours of several entities, nearest first, per row', async () => {
    const answer = await ask(
      await open(),
      `query($depth: Int) { league { airport(where: { code: { in: ["TXL", "LAX"] } }, orderBy: [{ code: ASC }]) { code _neighbours(depth: $depth) {
        airport(first: 2) { distance node { code LIES_IN { name } } }
        city(orderBy: [{ name: ASC }]) { distance path { entity key } node { name } }
      } } } }`,
      { depth: 3 },
    );
    expect(answer).toEqual({
      airport: [
        {
          code: 'LAX',
          _neighbours: {
            airport: [{ distance: 1, node: { code: 'JFK', LIES_IN: [{ name: 'New York' }] } }],
            city: [
              {
                distance: 2,
                path: [
                  { entity: 'airport', key: 'LAX' },
                  { entity: 'airport', key: 'JFK' },
                  { entity: 'city', key: 'New York' },
                ],
                node: { name: 'New York' },
              },
            ],
          },
        },
        {
          code: 'TXL',
          _neighbours: {
            airport: [
              { distance: 1, node: { code: 'MUC', LIES_IN: [] } },
              { distance: 2, node: { code: 'JFK', LIES_IN: [{ name: 'New York' }] } },
            ],
            city: [
              {
                distance: 1,
                path: [
                  { entity: 'airport', key: 'TXL' },
                  { entity: 'city', key: 'Berlin' },
                ],
                node: { name: 'Berlin' },
              },
              {
                distance: 3,
                path: ['TXL', 'MUC', 'JFK']
                  .map((key) => ({ entity: 'airport', key }))
                  .concat({ entity: 'city', key: 'New York' }),
                node: { name: 'New York' },
              },
            ],
          },
        },
      ],
    });
  });

  test('go on over the edges of what they lead to', async () => {
    const answer = await ask(
      await open(),
      `{ league { city(where: { name: { eq: "Berlin" } }) { _neighbours(depth: 2, direction: BOTH) {
        airport(orderBy: [{ code: ASC }]) { distance node { code } }
      } } } }`,
    );
    const airport = [
      { distance: 2, node: { code: 'MUC' } },
      { distance: 1, node: { code: 'TXL' } },
    ];
    expect(answer).toEqual({ city: [{ _neighbours: { airport } }] });
  });

  test('make shortest ways, or none', async () => {
    const answer = await ask(
      await open(),
      `query($to: String!) { league { airport(where: { code: { in: ["TXL", "XXX", "LAX"] } }, orderBy: [{ code: ASC }]) {
        code _path(to: $to) { length rows { key } } far: _path(to: $to, depth: 2, types: [ROUTE], direction: BOTH) { length }
      } } }`,
      { to: 'LAX' },
    );
    expect(answer).toEqual({
      airport: [
        { code: 'LAX', _path: null, far: null },
        { code: 'TXL', _path: { length: 3, rows: ['TXL', 'MUC', 'JFK', 'LAX'].map((key) => ({ key })) }, far: null },
        { code: 'XXX', _path: null, far: null },
      ],
    });
  });

  test('are what rows can be asked to reach', async () => {
    const answer = await ask(
      await open(),
      `{ league { airport(where: { _reach: { city: { name: { eq: "New York" } }, depth: 2 } }, orderBy: [{ code: ASC }]) { code }
         none: airport(where: { _not: { _reach: { airport: {}, city: {} } } }, orderBy: [{ code: ASC }]) { code } } }`,
    );
    expect(answer).toEqual({
      airport: ['JFK', 'LAX', 'MUC'].map((code) => ({ code })),
      none: ['LAX', 'MUC', 'XXX'].map((code) => ({ code })),
    });
  });

  test('and depths are bounded', async () => {
    const answer = await ask(await open(), '{ league { airport { _neighbours(depth: 11) { city { distance } } } } }');
    expect(answer).toEqual({
      errors: [expect.stringContaining('depth: expected a whole number from 1 to 10, got 11')],
    });
  });
});

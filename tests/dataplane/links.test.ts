import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, validate } from 'graphql';
import { randomBytes } from 'node:crypto';
import { memoryStore, type MemoryConfig } from '../../datasources/memory/index.js';
import { quote } from '../../datasources/neo4j/cypher.js';
import { neo4jStore } from '../../datasources/neo4j/index.js';
import { postgresConfig } from '../../datasources/postgres/config.js';
import { openPostgresSource } from '../../datasources/postgres/index.js';
import type { Entity } from '../../src/ir/entity.js';
import { own } from '../../src/ir/operand.js';
import { TRUE } from '../../src/ir/predicate.js';
import { INT64 } from '../../src/ir/types.js';
import { literal } from '../../src/ir/value.js';
import type { PolicyOf } from '../../src/planner/scope.js';
import { NO_CAPABILITIES } from '../../src/store/capabilities.js';
import type { Store } from '../../src/store/store.js';
import { openDriver, storeOptions } from '../conformance/harness/neo4j.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';
import { describeWith } from '../servers/describe-with.js';
import { executed } from './executed.js';
import { labelShape } from './label-shape.js';
import { leagueOver, openLeague, type League } from './league.js';

type Row = Readonly<Record<string, unknown>>;

const AIRPORTS = ['TXL', 'MUC', 'JFK', 'LAX', 'XXX'];
/** Two of a pair, both ways, three from one airport to itself, and one of nothing known. Whole numbers of 64 bits are texts. */
const ROUTES = [
  ['TXL', 'MUC', '300'],
  ['TXL', 'MUC', '301'],
  ['MUC', 'JFK', '4000'],
  ['JFK', 'LAX', '2500'],
  ['LAX', 'JFK', '2501'],
  ['TXL', 'TXL', '0'],
  ['TXL', 'TXL', '1'],
  ['TXL', 'TXL', '2'],
  ['TXL', 'JFK', null],
] as const;

async function ask(league: League, text: string, variables: Row = {}): Promise<unknown> {
  const answer = await executed(league.plane, text, variables);
  const errors = answer.errors.map((e) => ({ message: e.message, path: e.path?.join('.') }));
  return errors.length > 0 ? { errors } : (JSON.parse(answer.data.toString()) as { league: unknown }).league;
}

const byCode = 'orderBy: [{ code: ASC }]';
const sorted = (edges: readonly Row[]): Row[] =>
  [...edges].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** What every store of the map answers. */
function linksOf(open: () => Promise<Store>, capabilities?: typeof NO_CAPABILITIES): void {
  let store: Store;
  beforeAll(async () => {
    store = await open();
  }, 120_000);
  afterAll(() => store.close());

  const league = (policyOf?: PolicyOf): Promise<League> => leagueOver(store, capabilities, {}, policyOf);

  async function connections(arguments_: string, parts: string, of = 'ROUTE', policyOf?: PolicyOf): Promise<Row> {
    const text = `{ league { airport(${byCode}) { code c: ${of}_connection${arguments_} { ${parts} } } } }`;
    const answer = (await ask(await league(policyOf), text)) as { airport: { code: string; c: Row }[] };
    expect(Object.keys(answer)).toEqual(['airport']);
    return Object.fromEntries(answer.airport.map(({ code, c }) => [code, c]));
  }

  const outOf = (code: string): Row[] =>
    ROUTES.filter(([from]) => from === code).map(([, to, miles]) => ({ node: { code: to }, link: { miles } }));
  const into = (code: string): Row[] =>
    ROUTES.filter(([, to]) => to === code).map(([from, , miles]) => ({ node: { code: from }, link: { miles } }));

  test.each([
    ['ROUTE', outOf],
    ['ROUTE_in', into],
  ] as const)('each edge of %s has its node and its own link, parallel ones and loops too', async (of, expected) => {
    const found = await connections(
      `(${byCode})`,
      'totalCount edges { node { code } link { miles } } nodes { code }',
      of,
    );
    for (const code of AIRPORTS) {
      const { totalCount, edges, nodes } = found[code] as { totalCount: number; edges: Row[]; nodes: Row[] };
      expect({ code, edges: sorted(edges) }).toEqual({ code, edges: sorted(expected(code)) });
      expect(totalCount).toBe(edges.length);
      expect(nodes).toEqual(edges.map(({ node }) => node));
      expect(nodes.map((node) => node['code'])).toEqual(nodes.map((node) => node['code'] as string).sort());
    }
  });

  test('a link has the fields and relations of its entity, and may be asked for twice and without node', async () => {
    const found = await connections(
      `(${byCode})`,
      'edges { a: link { miles } b: link { _start { code } _end { code n: ROUTE_aggregate { count } } __typename } }',
    );
    expect(found['JFK']).toEqual({
      edges: [
        {
          a: { miles: '2500' },
          b: {
            _start: { code: 'JFK' },
            _end: { code: 'LAX', n: { count: 1 } },
            __typename: expect.stringMatching(/^League_R/i),
          },
        },
      ],
    });
    expect((found['TXL'] as { edges: Row[] }).edges).toHaveLength(6);
  });

  test('a node is asked for under several names, with what is related to it', async () => {
    const found = await connections(
      `(${byCode})`,
      `edges { link { miles } n: node { code } m: node { ROUTE(${byCode}) { code } } }
       more: edges { cursor node { x: ROUTE_connection(first: 1) { edges { link { miles } node { code } } } } } nodes { size }`,
    );
    const edge = { link: { miles: '4000' }, n: { code: 'JFK' }, m: { ROUTE: [{ code: 'LAX' }] } };
    const x = { edges: [{ link: { miles: '2500' }, node: { code: 'LAX' } }] };
    expect(found['MUC']).toEqual({
      edges: [edge],
      more: [{ cursor: expect.any(String), node: { x } }],
      nodes: [{ size: '3' }],
    });
    expect(found['XXX']).toEqual({ edges: [], more: [], nodes: [] });
  });

  test.each([
    ['with links', 'link { miles }', 'first', 'after'],
    ['with links, from the end', 'link { miles }', 'last', 'before'],
    ['without', '', 'first', 'after'],
    ['without, from the end', '', 'last', 'before'],
  ])('pages of any size are the same edges as the whole, %s', async (_how, link, count, beyond) => {
    const open_ = await league();
    const page = async (size: number, cursor: string | null): Promise<Row> => {
      const text =
        `query($n: Int, $c: String) { league { airport(where: { code: { eq: "TXL" } }) { c: ROUTE_connection(orderBy: [{ size: DESC }], ${count}: $n, ${cursor === null ? '' : `${beyond}: $c`}) {
        edges { cursor node { code } ${link} } nodes { code } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } }`.replace(
          cursor === null ? ', $c: String' : '',
          '',
        );
      const { airport } = (await ask(open_, text, { n: size, c: cursor })) as { airport: { c: Row }[] };
      return airport[0]!.c;
    };
    for (const size of [1, 2, 4, 6]) {
      const got: Row[] = [];
      let cursor: string | null = null;
      for (let more = true; more;) {
        const { edges, pageInfo } = (await page(size, cursor)) as { edges: Row[]; pageInfo: Row };
        expect(edges.length).toBeGreaterThan(0);
        if (count === 'first') got.push(...edges);
        else got.unshift(...edges);
        const [on, back] = count === 'first' ? ['hasNextPage', 'hasPreviousPage'] : ['hasPreviousPage', 'hasNextPage'];
        expect(pageInfo[back]).toBe(cursor !== null);
        more = pageInfo[on] as boolean;
        expect(more).toBe(got.length < 6);
        cursor = pageInfo[count === 'first' ? 'endCursor' : 'startCursor'] as string;
      }
      expect(new Set(got.map(({ cursor: at }) => at)).size).toBe(6);
      expect(got.map(({ node }) => (node as Row)['code'])).toEqual(['JFK', 'MUC', 'MUC', 'TXL', 'TXL', 'TXL']);
      const links = got.map((each) => ({ node: each['node'], ...(link === '' ? {} : { link: each['link'] }) }));
      const expected = outOf('TXL').map((each) => ({
        node: each['node'],
        ...(link === '' ? {} : { link: each['link'] }),
      }));
      expect(sorted(links)).toEqual(sorted(expected));
    }
  });

  test('conditions, orders and pages are of the nodes, per parent', async () => {
    const found = await connections(
      '(where: { size: { gt: 0 }, ROUTE: { some: { code: { eq: "LAX" } } } }, orderBy: [{ ROUTE_aggregate: { count: DESC } }, { size: ASC }], first: 1)',
      'totalCount edges { node { code } link { miles } } pageInfo { hasNextPage }',
    );
    const jfk = (miles: string | null): Row => ({
      totalCount: 1,
      edges: [{ node: { code: 'JFK' }, link: { miles } }],
      pageInfo: { hasNextPage: false },
    });
    const none = { totalCount: 0, edges: [], pageInfo: { hasNextPage: false } };
    expect(found).toEqual({ TXL: jfk(null), MUC: jfk('4000'), LAX: jfk('2501'), JFK: none, XXX: none });
  });

  test('what a policy hides of links or nodes is not there', async () => {
    const policyOf = ({ entity, fields }: Entity): ReturnType<PolicyOf> => {
      const [name, op, value] = entity === 'airport' ? (['size', 'ne', 2n] as const) : (['miles', 'gte', 1n] as const);
      const field = fields.get(name);
      if (!field) return TRUE;
      return { kind: 'compare', operand: own(field), op, value: literal(INT64, value), collate: 'STORE' };
    };
    const parts = 'totalCount edges { node { code } link { miles _end { code } } } nodes { code }';
    const found = await connections(`(${byCode})`, parts, 'ROUTE', policyOf);
    const edge = (code: string, miles: string): Row => ({ node: { code }, link: { miles, _end: { code } } });
    const of = (edges: Row[]): Row => ({
      totalCount: edges.length,
      edges,
      nodes: edges.map(({ node }) => node),
    });
    const { TXL, ...others } = found as { TXL: { edges: Row[] } };
    expect({ ...TXL, edges: sorted(TXL.edges) }).toEqual(of([edge('TXL', '1'), edge('TXL', '2')]));
    const [JFK, LAX] = [of([edge('LAX', '2500')]), of([edge('JFK', '2501')])];
    expect(others).toEqual({ JFK, LAX, XXX: of([]) });
  });
}

function mapInMemory(search = false): Promise<Store> {
  const text = { kind: 'text' } as const;
  const int = { kind: 'int', bits: 64 } as const;
  const end = (field: string) => ({ fields: [field], to: 'airport', toFields: ['code'] });
  const edge = { type: 'ROUTE', from: end('_from'), to: end('_to') };
  const route = labelShape('route', 'id', { id: int, _from: text, _to: text, miles: int });
  const plain = labelShape('airport', 'code', { code: text, size: int });
  const airport = search ? { ...plain, fields: plain.fields.map((f) => ({ ...f, search: f.name === 'code' })) } : plain;
  const map: MemoryConfig = {
    shape: { problems: [], entities: [airport, { ...route, edge }] },
    rows: {
      airport: AIRPORTS.map((code, i) => ({ code, size: BigInt(i + 1) % 5n })),
      route: ROUTES.map(([_from, _to, miles], i) => ({
        id: BigInt(i),
        _from,
        _to,
        miles: miles === null ? null : BigInt(miles),
      })),
    },
  };
  return memoryStore('league', map);
}

describe('links of the memory engine', () => {
  linksOf(() => mapInMemory());
});

describe('links that cannot be shown', () => {
  test('a node that goes away between the levels is null, and a list of nodes with it', async () => {
    const store = await mapInMemory();
    const read: Store['read'] = async (selects, run) => {
      const batches = await store.read(selects, run);
      return batches.map((batch, i) => {
        const { from, within } = selects[i]!;
        const isNode = within?.step.relation.many === false && from.entity.entity === 'airport';
        return isNode ? { ...batch, rows: batch.rows.filter((row) => !String(row[0]).includes('MUC')) } : batch;
      });
    };
    const league = await leagueOver({ ...store, read });
    const of = `ROUTE_connection(${byCode}, first: 2)`;
    const text = `{ league { airport(where: { code: { eq: "TXL" } }) { c: ${of} { edges { node { code } link { miles } } nodes { code } } } } }`;
    const { data, errors } = await executed(league.plane, text);
    const edges = [
      { node: { code: 'JFK' }, link: { miles: null } },
      { node: null, link: { miles: '300' } },
    ];
    expect(JSON.parse(String(data))).toEqual({ league: { airport: [{ c: { edges, nodes: null } }] } });
    const c = 'league.airport.0.c';
    expect(errors.map((e) => [e.path!.join('.'), e.extensions['code']])).toEqual([
      [`${c}.edges.1.node`, 'INTEGRITY'],
      [`${c}.nodes.1`, 'INTEGRITY'],
    ]);
  });

  test('the order of a search is one of rows', async () => {
    const league = await leagueOver(await mapInMemory(true));
    const of = (args: string, parts: string): Promise<unknown> =>
      ask(league, `{ league { airport { ROUTE_connection(${args}) { ${parts} } } } }`);
    const cannot = { errors: [expect.objectContaining({ message: 'links cannot be in the order of a search' })] };
    expect(await of('search: { text: "x" }', 'edges { link { miles } }')).toEqual(cannot);
    expect(await of('where: { _and: [{ code: { matches: "x" } }] }', 'edges { link { miles } }')).toEqual(cannot);
    expect(await of('orderBy: [{ _score: DESC }]', 'edges { link { miles } }')).toEqual(cannot);
    // Without links it goes to the store, and so do links in another order: the memory engine has no search.
    const asked = { errors: [expect.objectContaining({ message: 'memory cannot answer match' })] };
    expect(await of('search: { text: "x" }', 'edges { cursor }')).toEqual(asked);
    expect(await of(`search: { text: "x" }, ${byCode}`, 'edges { link { miles } node { _score } }')).toEqual(asked);
  });
});

describe('links of a store that can only be scanned', () => {
  linksOf(() => mapInMemory(), NO_CAPABILITIES);
});

describe('links of edge tables in PostgreSQL', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServer();
  }, 120_000);
  afterAll(() => server.close());

  linksOf(async () => {
    const url = await server.freshDatabase();
    const pools = openPools(url, { connections: { page: 1, stream: 1 } });
    const { signal } = new AbortController();
    const values = (rows: readonly (readonly unknown[])[]): string =>
      rows.map((row) => `(${row.map((v) => (v === null ? 'null' : `'${String(v)}'`)).join(', ')})`).join(', ');
    for (const text of [
      'create table airport (code text primary key, size bigint)',
      'create table route (id bigint primary key, origin text references airport, destination text references airport, miles bigint)',
      `insert into airport values ${values(AIRPORTS.map((code, i) => [code, (i + 1) % 5]))}`,
      `insert into route values ${values(ROUTES.map((row, i) => [i, ...row]))}`,
    ]) {
      await pools.run({ text, values: [] }, { signal });
    }
    await pools.close();
    const edges = [{ entity: 'route', type: 'ROUTE' }];
    const config = postgresConfig.parse({ engine: 'postgres', kind: 'GRAPH', url, edges });
    return openPostgresSource('league', config, { queueLimit: 10 });
  });
});

describeWith('neo4j', 'links of relationships in Neo4j', (server) => {
  linksOf(async () => {
    const prefix = `l${randomBytes(4).toString('hex')}_`;
    const [airport, route] = [quote(`${prefix}airport`), quote(`${prefix}ROUTE`)];
    const driver = openDriver(server());
    try {
      const sized = AIRPORTS.map((code, i) => ({ code, size: BigInt((i + 1) % 5) }));
      await driver.executeQuery(`UNWIND $sized AS s CREATE (:${airport} {code: s.code, size: s.size})`, { sized });
      await driver.executeQuery(
        `UNWIND $routes AS r MATCH (a:${airport} {code: r[0]}), (b:${airport} {code: r[1]}) CREATE (a)-[:${route} {miles: r[2]}]->(b)`,
        { routes: ROUTES.map(([from, to, miles]) => [from, to, miles === null ? null : BigInt(miles)]) },
      );
    } finally {
      await driver.close();
    }
    const store = await neo4jStore('league', storeOptions(server()));
    const plain = (text: string): string => text.replaceAll(prefix, '');
    return {
      ...store,
      introspect: async (signal) => {
        const { entities } = await store.introspect(signal);
        const own_ = entities.filter(({ id }) => id.includes(prefix));
        return {
          problems: [],
          entities: own_.map((entity) => ({
            ...entity,
            name: plain(entity.name),
            ...(entity.edge ? { edge: { ...entity.edge, type: plain(entity.edge.type) } } : {}),
          })),
        };
      },
    };
  });
});

describe('links over a junction', () => {
  test('are one for each pair, and cursors are the same with and without them', async () => {
    const league = await openLeague();
    const connection = (more: string, parts: string): string =>
      `{ league { player(where: { id: { lt: 3 } }, orderBy: [{ id: ASC }]) { id tag_connection(orderBy: [{ label: ASC }]${more}) { ${parts} pageInfo { endCursor hasNextPage } } } } }`;
    type Found = { player: { id: number; tag_connection: { edges: Row[]; pageInfo: { endCursor: string } } }[] };
    const { player } = (await ask(
      league,
      connection('', 'edges { cursor node { id label } link { player_id tag_id tag { label } } }'),
    )) as Found;
    expect(player.flatMap(({ tag_connection: { edges } }) => edges).length).toBeGreaterThan(3);
    for (const { id, tag_connection: of } of player) {
      for (const { node, link } of of.edges as { node: Row; link: Row }[]) {
        expect(link).toEqual({ player_id: id, tag_id: node['id'], tag: { label: node['label'] } });
      }
    }
    const without = (await ask(league, connection('', 'edges { cursor node { id label } }'))) as Found;
    const places = ({ player: all }: Found): unknown[] =>
      all.map(({ tag_connection: { edges } }) => edges.map(({ node }) => node));
    expect(places(without)).toEqual(places({ player }));
    const first = (await ask(league, connection(', first: 1', 'edges { node { id label } link { tag_id } }'))) as Found;
    const { endCursor } = first.player[0]!.tag_connection.pageInfo;
    const next = (await ask(league, connection(`, after: "${endCursor}"`, 'edges { node { id label } }'))) as Found;
    expect(places(next)[0]).toEqual((places({ player })[0] as Row[]).slice(1));
  });

  test('are described, and there only where something is between', async () => {
    const { schema } = await openLeague();
    const text = 'edges { link { tag_id } }';
    const errors = (of: string): readonly unknown[] =>
      validate(schema, parse(`{ league { player { ${of}_connection { ${text} } } } }`));
    expect(errors('tag')).toEqual([]);
    expect(errors('player_tag')).not.toEqual([]);
    const edge = schema.getType('League_Player_tag_TagEdge') as { getFields?: () => Record<string, Row> } | undefined;
    expect(edge?.getFields?.()['link']?.['description']).toBe(
      'The row of player_tag that leads to the node. Where several do, each has an edge of its own.',
    );
  });
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { postgresConfig } from '../../datasources/postgres/config.js';
import { openPostgresSource } from '../../datasources/postgres/index.js';
import { buildEntities, type SourceModel } from '../../src/sources/model.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';

const { signal } = new AbortController();
const TABLES = [
  'create table airport (iata text primary key)',
  `create table route (id integer primary key, origin text references airport, destination text references airport, miles integer)`,
  'create table friend (a text references airport, b text references airport, since date, primary key (a, b, since))',
  'create table hop (near text, far text)',
];

let server: TestServer;
let url: string;

beforeAll(async () => {
  server = await openTestServer();
  url = await server.freshDatabase();
  const pools = openPools(url, { connections: { page: 1, stream: 1 } });
  for (const text of TABLES) await pools.run({ text, values: [] }, { signal });
  await pools.close();
}, 60_000);

afterAll(() => server.close());

async function modelOf(edges?: readonly unknown[]): Promise<SourceModel> {
  const config = postgresConfig.parse({ engine: 'postgres', kind: 'GRAPH', url, ...(edges ? { edges } : {}) });
  const store = await openPostgresSource('graph', config, { queueLimit: 10 });
  try {
    return buildEntities('graph', await store.introspect(signal));
  } finally {
    await store.close();
  }
}

const edgesIn = ({ entities }: SourceModel): string[] =>
  [...entities.get('airport')!.relations.values()]
    .flatMap(({ name, edge, to }) => (edge ? [`${name}: ${edge.type} ${edge.direction} ${to.entity}`] : []))
    .sort();

test('tables whose key is two foreign keys are edges by themselves', async () => {
  const model = await modelOf();
  expect(model.problems).toEqual([]);
  expect(edgesIn(model)).toEqual(['FRIEND: FRIEND OUT airport', 'FRIEND_in: FRIEND IN airport']);
});

test('the config names edges, and their ends where no foreign key does', async () => {
  const to = 'airport';
  const hop = { entity: 'hop', type: 'HOP', from: { fields: ['near'], to }, to: { fields: ['far'], to } };
  const model = await modelOf([{ entity: 'route', type: 'FLIES' }, hop]);
  expect(model.problems).toEqual([]);
  expect(edgesIn(model)).toEqual([
    'FLIES: FLIES OUT airport',
    'FLIES_in: FLIES IN airport',
    'HOP: HOP OUT airport',
    'HOP_in: HOP IN airport',
  ]);
  const { on, through } = model.entities.get('airport')!.relations.get('FLIES_in')!;
  expect(on.map(({ to: { name } }) => name)).toEqual(['destination']);
  expect(through!.on.map(({ from: { name } }) => name)).toEqual(['origin']);
});

test('what cannot be an edge is told', async () => {
  const end = (field: string, to: string) => ({ fields: [field], to });
  const model = await modelOf([
    { entity: 'hop' },
    { entity: 'ferry' },
    { entity: 'route', from: end('start', 'airport') },
    { entity: 'friend', to: end('b', 'hop') },
  ]);
  expect(edgesIn(model)).toEqual([]);
  expect(Object.fromEntries(model.problems.map(({ subject, message }) => [subject, message]))).toEqual({
    'edge ferry': 'left out: there is no such entity',
    'public.hop': 'its rows are no edges: it has not two foreign keys: the config must say `from` and `to`',
    'public.route': 'its rows are no edges: it has no field start',
    'public.friend': 'its rows are no edges: hop has no key of 1 fields',
  });
});

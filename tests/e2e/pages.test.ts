import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCatalog } from '../../src/catalog/index.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';
import { served, type Served } from './served.js';

const never = new AbortController().signal;
let server: TestServer;
let shop: string;
let catalog: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-pages-'));
  server = await openTestServer();
  shop = await server.freshDatabase('shop');
  catalog = await server.freshDatabase('records');
  const admin = openPools(shop);
  await admin.script('create table sale (id int primary key); insert into sale select generate_series(1, 5)', {
    signal: never,
  });
  await admin.close();
}, 120_000);
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const gateway = (): Promise<Served> => served(shop, (config) => ({ ...config, catalog: { url: catalog } }));

interface Sales {
  readonly shop: {
    readonly sale_connection: { readonly nodes: { id: number }[]; readonly pageInfo: { endCursor: string } };
  };
}

async function page(of: Served, after: string | null): Promise<Sales['shop']['sale_connection']> {
  const { data, errors } = await of.ask(
    'query ($after: String) { shop { sale_connection(first: 2, after: $after) { nodes { id } pageInfo { endCursor } } } }',
    { after },
  );
  expect(errors).toBeUndefined();
  return (data as Sales).shop.sale_connection;
}

test('a cursor outlives its gateway, and another gateway on the catalog takes it', async () => {
  const [first, second] = await Promise.all([gateway(), gateway()]);
  const { nodes, pageInfo } = await page(first, null);
  expect(nodes).toEqual([{ id: 1 }, { id: 2 }]);
  expect((await page(second, pageInfo.endCursor)).nodes).toEqual([{ id: 3 }, { id: 4 }]);
  await Promise.all([first.close(), second.close()]);
  const third = await gateway();
  expect((await page(third, pageInfo.endCursor)).nodes).toEqual([{ id: 3 }, { id: 4 }]);
  await third.close();
}, 120_000);

test('with another secret a cursor is worth nothing', async () => {
  const before = await gateway();
  const { pageInfo } = await page(before, null);
  await before.close();
  const records = openPools(catalog);
  await records.script(`delete from trainyard.secret where name = 'cursor'`, { signal: never });
  await records.close();
  const after = await gateway();
  const { errors } = await after.ask(
    'query ($after: String) { shop { sale_connection(after: $after) { nodes { id } } } }',
    { after: pageInfo.endCursor },
  );
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_INPUT']);
  await after.close();
  const opened = await openCatalog({ url: catalog, version: '0.0.0' });
  expect(await opened.secret('cursor', 64)).toHaveLength(64);
  await opened.close();
}, 120_000);

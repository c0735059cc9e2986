import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANONYMOUS } from '../../src/auth/caller.js';
import { loadConfig } from '../../src/config/index.js';
import type { EntityRef } from '../../src/ir/entity.js';
import { tableQuery, type TableRequest } from '../../src/planner/table.js';
import { served, type Served } from '../e2e/served.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';
import { countingProxy, type CountingProxy } from '../wire/proxy.js';
import { cases } from '../random.js';

const { signal } = new AbortController();
const ROWS = cases(24_000, 120_000);
/** So many of them are marked. */
const MARKED = (ROWS / 6) * 5;
const UUID_BYTES = 36;

/** The same two tables in one database, and in two. */
const ITEM = `create table item (id uuid primary key, nr int unique);
  insert into item select md5(i::text)::uuid, i from generate_series(1, ${ROWS}) i; analyze`;
const MARK = `create table mark (nr int primary key, item uuid, flag boolean);
  insert into mark select i, case when i % 6 = 1 then null else md5(i::text)::uuid end, i % 6 <> 0 from generate_series(1, ${ROWS}) i;
  insert into mark select ${ROWS} + i, md5(i::text)::uuid, true from generate_series(1, ${ROWS} , 6) i;
  create index on mark (item); analyze`;
/** Their numbers as join values: so short that little may stand beside them. */
const DIGITS = String(ROWS).length;

let server: TestServer;
let folder: string;
const proxies: CountingProxy[] = [];

async function database(script: string): Promise<string> {
  const url = await server.freshDatabase();
  const pools = openPools(url, { readTimeoutMs: 120_000 });
  await pools.script(script, { signal });
  await pools.close();
  return url;
}

/** The URL with all that goes to its server counted. */
async function counted(url: string): Promise<{ readonly url: string; readonly proxy: CountingProxy }> {
  const socket = new URL(url);
  const path = `${socket.searchParams.get('host')!}/.s.PGSQL.5432`;
  const proxy = await countingProxy({ path }, () => ({ sent: () => 0 }));
  proxies.push(proxy);
  socket.searchParams.delete('host');
  socket.host = proxy.host;
  return { url: socket.href, proxy };
}

beforeAll(async () => {
  server = await openTestServer();
  folder = await mkdtemp(join(tmpdir(), 'trainyard-keys-'));
}, 120_000);
afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function gatewayOver(config: string): Promise<Served> {
  const place = await mkdtemp(join(folder, 'gateway-'));
  const file = join(place, 'config.yml');
  await writeFile(file, config);
  return served(null, () => loadConfig({ config: file, dataDir: join(place, 'data') }, {}));
}

const FILTERS = {
  'most of them': '{ mark: { some: { flag: { eq: true } } } }',
  'all of them': '{ mark: { some: {} } }',
  'none of them': '{ mark: { some: { nr: { lt: 0 } } } }',
  'those without': '{ mark: { none: { flag: { eq: true } } } }',
  'those that all pass': '{ mark: { every: { flag: { eq: true } } } }',
  'a hundred': '{ mark: { some: { nr: { lte: 120 }, flag: { eq: true } } } }',
};

const STREAMS: Record<string, TableRequest> = {
  'rows by a filter': { source: 'shop', entity: 'item', where: { mark: { some: { flag: { eq: true } } } } },
  'rows that all pass': {
    source: 'shop',
    entity: 'item',
    fields: ['nr'],
    where: { mark: { every: { flag: { eq: true } } } },
    orderBy: [{ nr: 'DESC' }],
  },
  'fields of the other source': { source: 'crm', entity: 'mark', fields: ['nr', 'flag', 'article__nr', 'article__id'] },
  'in its order': {
    source: 'crm',
    entity: 'mark',
    fields: ['nr', 'article__nr'],
    where: { flag: { eq: true } },
    orderBy: [{ article: { nr: 'DESC' } }, { nr: 'ASC' }],
  },
};

describe(`a filter through another source of ${ROWS} rows`, () => {
  let two: Served;
  let one: Served;
  let strict: Served;
  let near: CountingProxy;
  let far: CountingProxy;

  beforeAll(async () => {
    const [items, marks, both] = [await database(ITEM), await database(MARK), await database(`${ITEM};\n${MARK}`)];
    const [nearby, away] = [await counted(items), await counted(marks)];
    [near, far] = [nearby.proxy, away.proxy];
    const sources = `sources:\n  shop: { engine: postgres, url: '${nearby.url}' }\n  crm: { engine: postgres, url: '${away.url}' }
relations:
  - { from: shop.item, to: crm.mark, on: { id: item }, as: mark, reverse: article }
  - { from: shop.item, to: crm.mark, on: { nr: nr }, as: numbered }\n`;
    two = await gatewayOver(`${sources}limits: { semiJoinKeys: ${2 * ROWS} }\n`);
    strict = await gatewayOver(`${sources}limits: { semiJoinKeys: 5000 }\n`);
    one = await gatewayOver(`sources:\n  shop: { engine: postgres, url: '${both}' }
relations: [{ from: shop.item, to: shop.mark, on: { id: item }, as: mark, reverse: article }]\n`);
  }, 240_000);
  afterAll(() => Promise.all([two, one, strict].map((each) => each.close())));

  const asked = (where: string): string =>
    `{ shop { item_aggregate(where: ${where}) { count sum { nr } } item(where: ${where}, orderBy: [{ nr: DESC }], first: 5) { nr } } }`;

  test.each(Object.entries(FILTERS))(
    '%s: as in one store',
    async (_, where) => {
      const [apart, together] = [await two.ask(asked(where)), await one.ask(asked(where))];
      expect([apart.data, apart.errors]).toEqual([together.data, undefined]);
    },
    120_000,
  );

  test('is refused past the budget, whatever side it begins at', async () => {
    const { errors } = await strict.ask(asked(FILTERS['most of them']));
    expect(errors!.map(({ extensions }) => extensions.code)).toEqual(['BUDGET_EXCEEDED', 'BUDGET_EXCEEDED']);
  }, 120_000);

  /** Every row of a stream as text. */
  async function streamed(from: Served, request: TableRequest): Promise<string[]> {
    const models = from.yard.sources;
    const entities = {
      resolve: (ref: EntityRef) => models.get(ref.source)?.model.entities.get(ref.entity) ?? null,
    };
    const rows: string[] = [];
    for await (const batch of from.yard.executor.stream(tableQuery(request, entities), ANONYMOUS, signal))
      for (const row of batch.rows) rows.push(row.map(String).join(' '));
    return rows;
  }

  test.each(Object.entries(STREAMS))(
    'a stream has no budget of keys: %s',
    async (_, { source, ...request }) => {
      const apart = await streamed(strict, { source, ...request });
      const together = await streamed(one, { source: 'shop', ...request });
      if (request.orderBy) expect(apart).toEqual(together);
      else expect(apart.sort()).toEqual(together.sort());
      expect(apart.length).toBeGreaterThan(ROWS / 2);
    },
    240_000,
  );

  test.each([
    ['of uuids', FILTERS['most of them'], MARKED * UUID_BYTES],
    ['of short numbers', '{ numbered: { flag: { eq: true } } }', MARKED * DIGITS],
  ])(
    'moves hardly more bytes than the keys have: %s',
    async (_, where, keys) => {
      const question = asked(where);
      expect((await two.ask(question)).errors).toBeUndefined();
      let up = 0;
      const down = await far.during(async () => {
        up = (await near.during(() => two.ask(question))).up;
      });
      // One list for the count, one for the page; the far side is read once for both.
      console.info(
        `${MARKED} keys: ${(down.down / keys).toFixed(2)} × from the far side, ${(up / 2 / keys).toFixed(2)} × to the near side`,
      );
      expect(down.down).toBeLessThan(1.5 * keys);
      expect(up).toBeLessThan(2 * 1.5 * keys);
      // The proxy saw them at all.
      expect(Math.min(down.down, up / 2)).toBeGreaterThan(keys * 0.4);
    },
    120_000,
  );
});

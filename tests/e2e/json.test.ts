import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/index.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';
import { served, type Served } from './served.js';

const folder = mkdtempSync(join(tmpdir(), 'trainyard-json-'));
let server: TestServer;
let gateway: Served;

const VISITS = `
create table visit (id int primary key, payload jsonb, extra json, label text);
insert into visit values
  (1, '{"page": "home", "seconds": 2.5, "user": {"id": 9007199254740993, "tags": ["a"]}}', '{"n": 1}', 'x'),
  (2, '{"page": "home", "seconds": 10, "user": {"id": 7}}', '{"n": 2}', 'x'),
  (3, '{"page": "shop", "seconds": "long", "user": null}', '{"n": 1, "n": 3}', 'y'),
  (4, '[]', null, null),
  (5, null, '7', 'y'),
  (6, '{"page": "it''s \\"odd\\"", "seconds": 1e400}', '{"n": null}', 'x')`;

beforeAll(async () => {
  server = await openTestServer();
  const url = await server.freshDatabase('visits');
  const admin = openPools(url);
  await admin.script(VISITS, { signal: new AbortController().signal });
  await admin.close();
  const file = join(folder, 'trainyard.yml');
  const json = '{ page: text, seconds: float, user.id: bigint, user.tags: json }';
  writeFileSync(
    file,
    `sources:
  visits:
    engine: postgres
    url: '${url}'
    entities:
      visit: { fields: { payload: { json: ${json} }, extra: { rename: more, json: { n: int } }, label: { json: { a: int } } } }`,
  );
  gateway = await served(url, ({ storage }) => loadConfig({ config: file, dataDir: storage.path }, {}));
}, 120_000);
afterAll(async () => {
  await gateway.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(fields: string): Promise<unknown> {
  const { data, errors } = await gateway.ask(`{ visits { ${fields} } }`);
  expect({ fields, errors }).toEqual({ fields, errors: undefined });
  return (data as { visits: { x: unknown } }).visits.x;
}

const ids = async (where: string): Promise<unknown> =>
  ((await ask(`x: visit(where: ${where}, orderBy: [{ id: ASC }]) { id }`)) as { id: number }[]).map(({ id }) => id);

test('conditions look inside; what is of another type is null', async () => {
  expect(await ids('{ payload: { page: { eq: "home" } } }')).toEqual([1, 2]);
  expect(await ids('{ payload: { page: { eq: "it\'s \\"odd\\"" } } }')).toEqual([6]);
  expect(await ids('{ payload: { user: { id: { eq: "9007199254740993" } } } }')).toEqual([1]);
  expect(await ids('{ payload: { seconds: { gt: 2 }, user: { id: { lt: 10 } } } }')).toEqual([2]);
  expect(await ids('{ payload: { seconds: { isNull: true } } }')).toEqual([3, 4, 5, 6]);
  expect(await ids('{ payload: { isNull: true } }')).toEqual([5]);
  expect(await ids('{ payload: { user: { isNull: false } } }')).toEqual([1, 2]);
  expect(await ids('{ payload: { user: { tags: { isNull: false } } } }')).toEqual([1]);
  expect(await ids('{ _not: { payload: { page: { eq: "home" } } } }')).toEqual([3, 6]);
  expect(await ids('{ more: { n: { eq: 3 } } }')).toEqual([3]);
  expect(await ids('{ _compare: [{ left: more__n, op: LT, right: id }] }')).toEqual([]);
});

test('orders, pages, groups and measures do so too', async () => {
  expect(
    await ask('x: visit(orderBy: [{ payload: { seconds: DESC } }, { id: ASC }], first: 3) { id payload }'),
  ).toEqual([
    { id: 2, payload: { page: 'home', seconds: 10, user: { id: 7 } } },
    { id: 1, payload: { page: 'home', seconds: 2.5, user: { id: 9007199254740992, tags: ['a'] } } },
    { id: 3, payload: { page: 'shop', seconds: 'long', user: null } },
  ]);
  const page = (after: string): Promise<unknown> =>
    ask(
      `x: visit_connection(orderBy: [{ payload: { user: { id: ASC } } }], first: 1${after}) { nodes { id } pageInfo { endCursor } }`,
    );
  const first = (await page('')) as { nodes: unknown; pageInfo: { endCursor: string } };
  const second = (await page(`, after: "${first.pageInfo.endCursor}"`)) as typeof first;
  expect([first.nodes, second.nodes]).toEqual([[{ id: 2 }], [{ id: 1 }]]);
  expect(
    await ask(
      'x: visit_groups(by: [{ path: payload__page, as: "page" }], orderBy: [{ measure: COUNT, order: DESC }, { key: "page", order: ASC }]) { keys key { payload__page } count avg { payload__seconds } max { payload__user__id } }',
    ),
  ).toEqual([
    {
      keys: { page: 'home' },
      key: { payload__page: 'home' },
      count: 2,
      avg: { payload__seconds: 6.25 },
      max: { payload__user__id: '9007199254740993' },
    },
    {
      keys: { page: null },
      key: { payload__page: null },
      count: 2,
      avg: { payload__seconds: null },
      max: { payload__user__id: null },
    },
    {
      keys: { page: 'it\'s "odd"' },
      key: { payload__page: 'it\'s "odd"' },
      count: 1,
      avg: { payload__seconds: null },
      max: { payload__user__id: null },
    },
    {
      keys: { page: 'shop' },
      key: { payload__page: 'shop' },
      count: 1,
      avg: { payload__seconds: null },
      max: { payload__user__id: null },
    },
  ]);
  expect(
    await ask('x: visit_aggregate { count(field: payload__user__id) sum { more__n } min { payload__page } }'),
  ).toEqual({
    count: 2,
    sum: { more__n: '6' },
    min: { payload__page: 'home' },
  });
});

test('tools ask the same in JSON', async () => {
  const question = {
    where: { payload: { user: { id: { gt: 1 } } } },
    orderBy: [{ payload: { seconds: 'ASC' } }],
  };
  const { data, errors } = await gateway.ask(
    'query ($where: JSON, $orderBy: JSON) { records(source: "visits", entity: "visit", where: $where, orderBy: $orderBy) { nodes } }',
    question,
  );
  expect(errors).toBeUndefined();
  const { nodes } = (data as { records: { nodes: { id: number }[] } }).records;
  expect(nodes.map(({ id }) => id)).toEqual([1, 2]);
});

test('what is not there is refused by its name', async () => {
  const refused = async (where: unknown): Promise<string[] | undefined> => {
    const query = 'query ($where: JSON) { records(source: "visits", entity: "visit", where: $where) { nodes } }';
    const { errors } = await gateway.ask(query, { where });
    return errors?.map(({ message, extensions }) => `${extensions.code} ${message}`);
  };
  expect(await refused({ payload: { pages: { eq: 'x' } } })).toEqual([
    'BAD_INPUT records.where.payload.pages: expected page, seconds, user, got "pages"',
  ]);
  expect(await refused({ payload: {} })).toEqual([
    'BAD_INPUT records.where.payload: expected an operator (isNull), got {} (an unset variable leaves an empty filter behind)',
  ]);
  expect(await refused({ payload: { user: { id: { like: 'x' } } } })).toEqual([
    'BAD_INPUT records.where.payload.user.id.like: expected an operator of int64 (eq, ne, in, notIn, isNull, lt, lte, gt, gte, between), got "like"',
  ]);
  const { data } = await gateway.ask('{ source(name: "visits") { problems { subject message } } }');
  expect(data).toEqual({
    source: {
      problems: [{ subject: 'public.visit.label', message: 'the config says what is inside, but it is no json' }],
    },
  });
});

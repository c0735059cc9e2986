import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeLoaders, type ControlPlane } from '../../resolvers/context.js';
import { buildControlPlaneSchema } from '../../resolvers/schema.js';
import { MEMORY_COMPUTE } from '../../src/compute/answer.js';
import { buildPlaneSchema } from '../../src/dataplane/schema.js';
import { explainOperation } from '../../src/dataplane/explain.js';
import { Plane } from '../../src/dataplane/service.js';
import { NO_POLICY } from '../../src/planner/scope.js';
import { CURSOR_SECRET_BYTES, openCursors } from '../../src/planner/cursors.js';
import { viewSource } from '../../src/sources/view.js';
import { openLeague } from '../dataplane/league.js';
import { post, startGateway, type Gateway } from './gateway.js';

let gateway: Gateway;
let served: Plane;
let other: Plane;
let healthCalls = 0;

beforeAll(async () => {
  const { store, model } = await openLeague();
  const control = await buildControlPlaneSchema();
  const planeOver = (name: string): Plane =>
    new Plane({
      schema: buildPlaneSchema(control, [{ name, description: null, entities: model.entities }]),
      entities: { resolve: (ref) => model.entities.get(ref.entity) ?? null },
      policyOf: NO_POLICY,
      limits: { pageSize: 50, maxPageSize: 100 },
      rowBudget: 10_000,
      keyBudget: 10_000,
      compute: MEMORY_COMPUTE,
      planCacheBytes: 10_000_000,
      cursors: openCursors(Buffer.alloc(CURSOR_SECRET_BYTES)),
      storeOf: () => store,
    });
  served = planeOver('league');
  other = planeOver('cup');
  const view = viewSource(store, model, 'RELATIONAL');
  const yard: ControlPlane = {
    sources: () => [view],
    health: (names) => {
      healthCalls += 1;
      return Promise.all(names.map(() => store.health()));
    },
    reloadSource: () => {
      served = other;
      return Promise.resolve(view);
    },
    explain: (request) => explainOperation(served, () => store, request),
  };
  gateway = await startGateway({
    controlContext: () => ({ yard, loaders: makeLoaders(yard) }),
    planeOf: () => served,
  });
});
afterAll(() => gateway.close());

test('one operation reads rows and the control plane, in the order of its fields', async () => {
  const query = `{ viewer { id } league { team(first: 1) { id } } sources { name health { status } } again: source(name: "league") { health { status } }
    explain(query: "{ league { tag { id } } }") { nodes { path } } }`;
  const text = await (await post(gateway.url, { query })).text();
  expect(text).toContain(
    '"data":{"viewer":{"id":"anonymous"},"league":{"team":[{"id":0}]},"sources":[{"name":"league","health":{"status":"UP"}}],"again":{"health":{"status":"UP"}},"explain":{"nodes":[{"path":"league.tag"}]}}',
  );
  expect(healthCalls).toBe(1);
});

test('a mutation runs by POST, never by GET', async () => {
  const mutation = 'mutation { reloadSource(input: { name: "league" }) { source { name } } }';
  const read = await fetch(`${gateway.url}?query=${encodeURIComponent(mutation)}`);
  expect([read.status, await read.text()]).toEqual([405, expect.stringContaining('BAD_REQUEST')]);
  expect(await (await post(gateway.url, { query: '{ league { tag(first: 1) { id } } }' })).json()).not.toHaveProperty(
    'errors',
  );
  const done = await post(gateway.url, { query: mutation });
  expect(await done.json()).toMatchObject({ data: { reloadSource: { source: { name: 'league' } } } });
});

test('a reloaded source brings another schema without a restart', async () => {
  const query = '{ cup { tag(first: 1) { id } } }';
  expect(await (await post(gateway.url, { query })).json()).toMatchObject({ data: { cup: { tag: [{ id: 0 }] } } });
  const gone = await post(gateway.url, { query: '{ league { tag { id } } }' });
  expect(await gone.json()).toMatchObject({ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, type OperationDefinitionNode } from 'graphql';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/index.js';
import { openYard, type Yard } from '../../src/main.js';
import { until } from '../executor/source.js';
import { describeWith } from '../servers/describe-with.js';
import type { TestStore } from '../servers/index.js';
import { WIRED, type OpenedShop, type WiredEngine } from './engines.js';
import { countingProxy, type CountingProxy, type Traffic } from './proxy.js';
import { writeReport, type Measured } from './report.js';
import { configOf, csvOf, expected, PURCHASES, tablesOf } from './shop.js';

const measured: Measured[] = [];
const across: Measured[] = [];

/** Whole numbers of 64 bits are text in answers. */
function plain(answer: string): unknown {
  return JSON.parse(answer, (_, value: unknown) =>
    typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
  );
}

function suite(engine: WiredEngine, server: () => TestStore | null): void {
  const parents = [10, engine.customers === 100 ? 30 : 100, engine.customers];
  let shop: OpenedShop;
  let proxy: CountingProxy;
  let yard: Yard;
  let folder: string;

  beforeAll(async () => {
    shop = await engine.open(server(), `wire_${process.pid}_${Date.now()}`, tablesOf(engine.customers));
    proxy = await countingProxy(shop.target, engine.counter);
    folder = await mkdtemp(join(tmpdir(), 'trainyard-wire-'));
    const file = join(folder, 'trainyard.yaml');
    await writeFile(join(folder, 'customer.csv'), csvOf(engine.customers));
    await writeFile(file, configOf(shop.prefix, shop.source(proxy.host), folder));
    const config = loadConfig({ config: file, dataDir: join(folder, 'data') }, {});
    yard = await openYard(config, () => undefined, { keeps: false, retryMs: { first: 200, most: 1_000 } });
    // A store that has just been filled may take longer than a start waits for it.
    await until(() => yard.sources.get('shop')!.model.entities.size > 0, 60);
  }, 120_000);

  afterAll(async () => {
    await yard.close();
    await proxy.close();
    await shop.close();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const ask = async (first: number, source = 'shop', name = `${shop.prefix}customer`): Promise<unknown> => {
    const document =
      parse(`query ($first: Int!) { source: ${source} { rows: ${name}(orderBy: [{ id: ASC }], first: $first) {
      name purchases(orderBy: [{ id: ASC }]) { placed lines(orderBy: [{ id: ASC }]) { quantity } } } } }`);
    const answer = await yard.plane.execute({
      document,
      operation: document.definitions[0] as OperationDefinitionNode,
      operationName: null,
      variables: { first },
      caller: { id: 'wire', permissions: 'all' },
      signal: AbortSignal.timeout(60_000),
      controlContext: {},
    });
    expect(answer.errors).toEqual([]);
    return (plain(String(answer.data)) as { source: { rows: unknown } }).source.rows;
  };

  test('requests do not grow with the parents, over two nested levels', async () => {
    const found: Traffic[] = [];
    for (const first of parents) {
      // The first time statements may be prepared, and connections opened.
      expect(await ask(first)).toEqual(expected(first));
      found.push(await proxy.during(() => ask(first)));
    }
    measured.push({ engine, parents, traffic: found });
    const [few, more, many] = found.map(({ requests }) => requests);
    expect(few).toBeGreaterThan(0);
    // What was asked for came through here: ten letters a name at least.
    expect(found[2]!.down).toBeGreaterThan(engine.customers * 10);
    expect([more, many]).toEqual([few, few]);
  }, 120_000);

  // The server for MongoDB's protocol lacks `$documents`, by which children are read by the keys of several parents.
  if (engine.server === 'mongodb') return;

  test('nor with parents of another store, whose keys come here', async () => {
    const found: Traffic[] = [];
    for (const first of parents) {
      for (let i = 0; i < 2; i += 1) expect(await ask(first, 'near', 'customer')).toEqual(expected(first));
      found.push(await proxy.during(() => ask(first, 'near', 'customer')));
    }
    across.push({ engine, parents, traffic: found });
    const [few, more, many] = found.map(({ requests }) => requests);
    expect(few).toBeGreaterThan(0);
    expect(found[2]!.down).toBeGreaterThan(engine.customers * PURCHASES);
    expect([more, many]).toEqual([few, few]);
  }, 120_000);
}

for (const engine of WIRED) {
  const title = `on the wire to ${engine.name}`;
  if (engine.server === null) describe(title, () => suite(engine, () => null));
  else describeWith(engine.server, title, (server) => suite(engine, server));
}

// Last, when all have been measured.
afterAll(() => writeReport(measured, across));

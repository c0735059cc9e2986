// What a store that comes and goes costs those who ask for others: latencies of a steady store's fields while a shaky one
// stands, and while it is stopped and started again and again. Every answer is checked. REQUESTS (10000) in each phase.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { setTimeout as wait } from 'node:timers/promises';
import '../typescript.mjs';
import gql from 'graphql';
import { openGateway } from './compare.mjs';
import { f } from './servers.mjs';

const REQUESTS = Number(process.env.REQUESTS ?? 10_000);
const CALLERS = 8;
const PAUSE_MS = 5;
const STANDS_MS = 2_500;

const { openStoppable } = await import('../postgres/stoppable.ts');

const folder = await mkdtemp(join(tmpdir(), 'trainyard-bench-flapping-'));
const SHOP = [
  'create table item (id int primary key, name text)',
  `insert into item select i, 'item ' || i from generate_series(1, 1000) i`,
];
const [steady, shaky] = [await openStoppable(folder, SHOP), await openStoppable(folder, SHOP)];
const gateway = await openGateway(`sources:
  steady: { engine: postgres, url: '${steady.url}' }
  shaky: { engine: postgres, url: '${shaky.url}', retries: 1, breaker: { failures: 4, rest: 2s } }
`);
try {
  await phase('warm-up', Math.min(REQUESTS, 2_000), false);
  const calm = await phase('both stand', REQUESTS, false);
  const before = await heap();
  const flapping = await phase('one comes and goes', REQUESTS, true);
  const after = await heap();
  console.log(
    `p99 of the others: ${f(flapping.p99 / calm.p99, 2)} times as long (p50: ${f(flapping.p50 / calm.p50, 2)})`,
  );
  console.log(`heap: ${f(before / 2 ** 20, 1)} MiB before, ${f(after / 2 ** 20, 1)} MiB after`);
} finally {
  await gateway.close();
  await Promise.all([steady.stop(), shaky.stop()]);
  await rm(folder, { recursive: true, force: true });
}

/** Half of the callers ask the steady store alone, and are timed; the others ask both. */
async function phase(name, requests, flaps) {
  const alone = gql.parse('{ steady { item(first: 20, orderBy: [{ id: ASC }]) { id name } } }');
  const both = gql.parse(
    '{ steady { item(first: 20, orderBy: [{ id: ASC }]) { id name } } shaky { item(first: 20, orderBy: [{ id: ASC }]) { id name } } }',
  );
  const rows = Array.from({ length: 20 }, (_, i) => ({ id: i + 1, name: `item ${i + 1}` }));
  const times = [];
  const counts = { whole: 0, without: 0, cycles: 0 };
  let asked = 0;
  let running = true;
  const flapper = (async () => {
    while (running && flaps) {
      await shaky.stop();
      await wait(300);
      await shaky.start();
      counts.cycles += 1;
      await wait(STANDS_MS);
    }
  })();
  await Promise.all(
    Array.from({ length: CALLERS }, async (_, caller) => {
      while (asked < requests) {
        asked += 1;
        await wait(PAUSE_MS);
        const began = performance.now();
        const answer = await execute(caller % 2 === 0 ? alone : both);
        const took = performance.now() - began;
        if (!isDeepStrictEqual(answer.data.steady?.item, rows))
          throw new Error(`wrong rows: ${JSON.stringify(answer)}`);
        if (caller % 2 === 0) times.push(took);
        else if (answer.data.shaky.item === null) counts.without += 1;
        else if (isDeepStrictEqual(answer.data.shaky.item, rows)) counts.whole += 1;
        else throw new Error(`wrong rows: ${JSON.stringify(answer)}`);
      }
    }),
  );
  running = false;
  await flapper;
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor(share * (times.length - 1))];
  const told = { p50: at(0.5), p99: at(0.99), most: at(1) };
  console.log(
    `${name}: ${asked} requests, ${counts.whole} with both stores, ${counts.without} without the shaky one, ${counts.cycles} stops; steady alone p50 ${f(told.p50, 2)} ms, p99 ${f(told.p99, 2)} ms, most ${f(told.most, 1)} ms`,
  );
  return told;
}

async function execute(document) {
  const { data } = await gateway.yard.plane.execute({
    ...{ document, operation: document.definitions[0], operationName: null, variables: {} },
    ...{ caller: { id: 'bench', permissions: 'all' }, signal: new AbortController().signal, controlContext: {} },
  });
  return { data: JSON.parse(String(data)) };
}

async function heap() {
  for (let i = 0; i < 4; i += 1) {
    globalThis.gc();
    await wait(50);
  }
  return process.memoryUsage().heapUsed;
}

// Compares the gateway with hand-written code on the same database, in the same run. Prints ratios; judges nothing.
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { WORKS } from './data.mjs';
import { ask, pace, saturate } from './load.mjs';
import { databaseCpu, f, median, openBench, usage } from './servers.mjs';

const CONNECTIONS = 32;
const POOL = 10;
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const SECONDS = Number(process.env.SECONDS ?? 3);
const WARM = Number(process.env.WARM ?? 6);

const bench = await openBench();
try {
  const floor = await bench.start(
    [join(import.meta.dirname, 'floor.mjs')],
    { FLOOR_URL: bench.url, FLOOR_POOL: String(POOL) },
    /listening (\d+)/,
  );
  const gateway = await bench.gateway({ DATABASE_URL: bench.url });
  console.log(
    `${CONNECTIONS} connections, pools of ${POOL}, ${ROUNDS} rounds of ${SECONDS} s in turn after ${WARM} s each, nothing pinned; medians (min–max)`,
  );
  for (const name of (process.env.WORKS ?? 'abcdef').split('')) await compare(name, WORKS[name], floor, gateway);
  console.log(`resident: gateway ${f(usage(gateway.pid).rss)} MiB, floor ${f(usage(floor.pid).rss)} MiB`);
} finally {
  await bench.close();
}

/** Cursors say the same in other words on each side; keys of objects have no order. */
function comparable(data) {
  return JSON.parse(JSON.stringify(data, (key, value) => (key === 'endCursor' ? typeof value : value)));
}

async function compare(name, work, floor, gateway) {
  await work.prepare?.((question) => ask(gateway.port, question, question.variables()));
  for (let i = 0; i < 20; i += 1) {
    const variables = work.variables();
    const [mine, theirs] = await Promise.all([ask(gateway.port, work, variables), ask(floor.port, work, variables)]);
    if (!isDeepStrictEqual(comparable(mine.data), comparable(theirs.data)))
      throw new Error(`${name}: the answers differ: ${JSON.stringify(mine)} ${JSON.stringify(theirs)}`);
  }
  const sides = [
    ['floor', floor],
    ['gateway', gateway],
  ];
  const rates = { floor: [], gateway: [] };
  const cpu = { floor: [], gateway: [] };
  const database = { floor: [], gateway: [] };
  for (const [, server] of sides) await saturate(server.port, work, CONNECTIONS, WARM);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [side, server] of sides) {
      const before = [usage(server.pid).cpu, databaseCpu(bench.postmaster)];
      const { rate, done } = await saturate(server.port, work, CONNECTIONS, SECONDS);
      rates[side].push(rate);
      cpu[side].push(((usage(server.pid).cpu - before[0]) / done) * 1e6);
      database[side].push(((databaseCpu(bench.postmaster) - before[1]) / done) * 1e6);
    }
  }
  const ratios = rates.gateway.map((rate, i) => rate / rates.floor[i]);
  const peak = median(rates.floor);
  const p99 = { floor: [], gateway: [] };
  for (let round = 0; round < 3; round += 1) {
    for (const [side, server] of sides)
      p99[side].push((await pace(server.port, work, CONNECTIONS, peak * 0.4, SECONDS)).p99);
  }
  console.log(
    `(${name}) ${work.title}: ratio ${f(median(ratios), 2)} (${f(Math.min(...ratios), 2)}–${f(Math.max(...ratios), 2)}), ${f(median(rates.gateway))} against ${f(peak)} requests/s; ` +
      `µs of processor a request: server ${f(median(cpu.gateway))} against ${f(median(cpu.floor))}, database ${f(median(database.gateway))} against ${f(median(database.floor))}; ` +
      `p99 at 40 % of the floor's peak ${f(median(p99.gateway), 1)} against ${f(median(p99.floor), 1)} ms`,
  );
}

// What a gateway costs beside requests per second: start-up, memory over time, calls on the wire, planning, a slow neighbour.
import { createServer, connect } from 'node:net';
import { join } from 'node:path';
import gql from 'graphql';
import { loadConfig } from '../../dist/src/config/index.js';
import { openYard } from '../../dist/src/main.js';
import { openPostgres } from '../../dist/src/postgres/pools.js';
import { WORKS } from './data.mjs';
import { ask, pace, saturate } from './load.mjs';
import { f, median, openBench, usage } from './servers.mjs';

const bench = await openBench();
try {
  await startUp();
  await onTheWire();
  await planning();
  await memory();
  await slowNeighbour();
} finally {
  await bench.close();
}

async function startUp() {
  const folder = join(bench.folder, 'demo');
  const times = [];
  for (let i = 0; i < 4; i += 1) {
    const gateway = await bench.gateway({ DATABASE_URL: '' }, folder);
    times.push(gateway.readyMs);
    await bench.stop(gateway);
  }
  console.log(
    `start-up of the demo: first ${f(times[0])} ms, later ${times
      .slice(1)
      .map((t) => f(t))
      .join(', ')} ms`,
  );
}

/** A proxy between gateway and database that counts: a Sync or a simple query is a round trip. */
async function onTheWire() {
  const socketFolder = decodeURIComponent(new URL(bench.url).searchParams.get('host'));
  const counted = { trips: 0, up: 0, down: 0 };
  const proxy = createServer((client) => {
    const server = connect(join(socketFolder, '.s.PGSQL.5432'));
    let rest = Buffer.alloc(0);
    let started = false;
    client.on('data', (chunk) => {
      counted.up += chunk.length;
      rest = Buffer.concat([rest, chunk]);
      for (;;) {
        const head = started ? 1 : 0;
        if (rest.length < head + 4) break;
        const length = rest.readInt32BE(head) + head;
        if (rest.length < length) break;
        if (started && (rest[0] === 0x53 || rest[0] === 0x51)) counted.trips += 1;
        started = true;
        rest = rest.subarray(length);
      }
    });
    server.on('data', (chunk) => (counted.down += chunk.length));
    client.pipe(server).pipe(client);
    client.on('error', () => server.destroy());
    server.on('error', () => client.destroy());
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const url = new URL(bench.url);
  const gateway = await bench.gateway({
    DATABASE_URL: `postgres://${url.username}:${url.password}@127.0.0.1:${proxy.address().port}/shop`,
  });
  const query = `query ($n: Int!) { shop { purchase(first: $n, orderBy: [{ id: ASC }]) { id customer { name } product { name purchase(first: 2) { id } } } } }`;
  for (const n of [10, 100, 1000]) {
    await ask(gateway.port, { query }, { n });
    const before = { ...counted };
    const answer = await ask(gateway.port, { query }, { n });
    if (answer.data.shop.purchase.length !== n) throw new Error('rows are missing');
    console.log(
      `on the wire with ${n} parents and three levels below: ${counted.trips - before.trips} round trip(s), ${counted.up - before.up} bytes up, ${counted.down - before.down} down`,
    );
  }
  await bench.stop(gateway);
  proxy.close();
}

async function planning() {
  const yard = await openYard(loadConfig({ dataDir: join(bench.folder, 'planning') }, { DATABASE_URL: bench.url }));
  try {
    for (const [name, { query, variables }] of Object.entries(WORKS)) {
      const cold = [];
      const cached = [];
      for (let i = 0; i < 200; i += 1) {
        const document = gql.parse(query);
        const request = { document, operation: document.definitions[0], caller: { id: 'bench', permissions: 'all' } };
        for (const times of [cold, cached]) {
          const start = performance.now();
          yard.plane.compile(request, variables());
          times.push((performance.now() - start) * 1000);
        }
      }
      console.log(`planning (${name}): cold ${f(median(cold))} µs, cached ${f(median(cached), 1)} µs`);
    }
  } finally {
    await yard.close();
  }
}

async function memory() {
  const gateway = await bench.gateway({ DATABASE_URL: bench.url });
  const steps = [];
  for (let round = 0; round < 6; round += 1) {
    for (const work of [WORKS.a, WORKS.b, WORKS.c]) {
      let done = 0;
      while (done < 10_000) done += (await saturate(gateway.port, work, 32, 2)).done;
    }
    steps.push(usage(gateway.pid).rss);
  }
  console.log(`resident after each 10,000 requests of (a), (b), (c): ${steps.map((s) => f(s)).join(', ')} MiB`);
  await bench.stop(gateway);
}

async function slowNeighbour() {
  const admin = openPostgres({
    url: bench.url,
    name: 'bench',
    connections: { page: 1, stream: 1 },
    connectTimeoutMs: 5000,
    readTimeoutMs: 60000,
    queueLimit: 1,
  });
  const { signal } = new AbortController();
  await admin.script('create view slow as select 1 as one from pg_sleep(25)', { signal });
  const gateway = await bench.gateway({ DATABASE_URL: bench.url });
  await saturate(gateway.port, WORKS.a, 100, 5);
  const alone = await pace(gateway.port, WORKS.a, 100, 1000, 5);
  const slow = ask(gateway.port, { query: '{ shop { slow { one } } }' }, {});
  const beside = await pace(gateway.port, WORKS.a, 100, 1000, 5);
  const answer = await slow;
  const cancelled =
    answer.data?.shop?.slow?.[0]?.one === 1 ? 'it was answered' : `it failed: ${JSON.stringify(answer.errors)}`;
  console.log(
    `100 callers at 1,000 requests/s of (a): p99 ${f(alone.p99, 1)} ms alone, ${f(beside.p99, 1)} ms beside a query of 25 s; ${cancelled}`,
  );
  await bench.stop(gateway);
  await admin.close();
}

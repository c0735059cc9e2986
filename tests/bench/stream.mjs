// How fast rows stream, by COPY and over a cursor: beside a COPY in the binary format whose bytes are thrown away, in the
// same run. Prints ratios; judges nothing. Wants a build: npm run build.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANONYMOUS } from '../../dist/src/auth/caller.js';
import { loadConfig } from '../../dist/src/config/index.js';
import { openYard } from '../../dist/src/main.js';
import { tableQuery } from '../../dist/src/planner/table.js';
import { openEmbedded } from '../../dist/src/postgres/embedded.js';
import { openPostgres } from '../../dist/src/postgres/pools.js';

const ROWS = Number(process.env.ROWS ?? 1_000_000);
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const TABLES = {
  narrow: `create table narrow as select i as id, i / 7.0::float8 as value from generate_series(1, ${ROWS}) i`,
  wide: `create table wide as select i::int8 as id, 'customer ' || i as name, (i % 100000) / 100.0 as amount, i / 3.0::float8 as score,
    date '2000-01-01' + i % 9000 as day, timestamptz '2000-01-01Z' + i * interval '1 min' as at, i % 2 = 0 as active,
    case when i % 5 = 0 then null else 'note ' || i % 1000 end as note, gen_random_uuid() as ref, i % 50 as kind from generate_series(1, ${ROWS}) i`,
};
const folder = mkdtempSync(join(tmpdir(), 'trainyard-stream-'));
const { signal } = new AbortController();
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

async function rate(batches) {
  const began = performance.now();
  let n = 0;
  for await (const { rows } of batches) n += rows.length;
  if (n !== ROWS) throw new Error(`${n} rows came, not ${ROWS}`);
  return ROWS / (performance.now() - began) / 1000;
}

const embedded = await openEmbedded({ dataDir: folder });
try {
  await embedded.ensureDatabase('shop');
  const url = embedded.url('shop');
  const pools = { page: 1, stream: 1 };
  const admin = openPostgres({
    url,
    name: 'bench',
    connections: pools,
    connectTimeoutMs: 5000,
    readTimeoutMs: 600000,
    queueLimit: 1,
  });
  for (const text of Object.values(TABLES)) await admin.run({ text, values: [] }, { signal });
  await admin.run({ text: 'vacuum analyze', values: [] }, { signal });
  const yard = await openYard(loadConfig({ dataDir: join(folder, 'gateway') }, { DATABASE_URL: url }));
  const entities = { resolve: ({ source, entity }) => yard.sources.get(source)?.model.entities.get(entity) ?? null };
  const stream = (entity, where) =>
    yard.executor.stream(tableQuery({ source: 'shop', entity, where }, entities), ANONYMOUS, signal);
  console.log(`${ROWS} rows, ${ROUNDS} rounds in turn, nothing pinned; medians in million rows a second`);
  for (const table of Object.keys(TABLES)) {
    const rates = { floor: [], copy: [], cursor: [] };
    for (let i = 0; i < ROUNDS; i += 1) {
      const began = performance.now();
      let bytes = 0;
      for await (const chunk of admin.copyOut(`copy ${table} to stdout (format binary)`, { signal }))
        bytes += chunk.length;
      rates.floor.push(ROWS / (performance.now() - began) / 1000);
      if (bytes < ROWS * 10) throw new Error(`${bytes} bytes came`);
      rates.copy.push(await rate(stream(table, null)));
      rates.cursor.push(await rate(stream(table, { id: { gte: 0 } })));
    }
    const [floor, copy, cursor] = [median(rates.floor), median(rates.copy), median(rates.cursor)];
    console.log(
      `${table.padEnd(7)} thrown away ${floor.toFixed(2)}   COPY ${copy.toFixed(2)} (${(copy / floor).toFixed(2)})   cursor ${cursor.toFixed(2)} (${(cursor / floor).toFixed(2)})`,
    );
  }
  await yard.close();
  await admin.close();
} finally {
  await embedded.stop();
  rmSync(folder, { recursive: true, force: true });
}

/* global fetch */
// How a large schema weighs: a gateway over TABLES tables (500) of twelve columns with three foreign keys each, started as
// its users start it. Prints figures; judges nothing. Wants a build: npm run build.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '../../dist/src/postgres/embedded.js';
import { openPostgres } from '../../dist/src/postgres/pools.js';
import { manyTables } from '../scale/tables.mjs';

const TABLES = Number(process.env.TABLES ?? 500);
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const folder = mkdtempSync(join(tmpdir(), 'trainyard-scale-'));
const MiB = 1024 ** 2;

/** Starts the gateway; resolves when it has answered its first question. */
async function start(url) {
  const began = performance.now();
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, '..', '..', 'dist', 'src', 'cli', 'main.js'),
      'serve',
      '--port',
      '0',
      '--data-dir',
      join(folder, 'gateway'),
    ],
    { env: { ...process.env, DATABASE_URL: url, TRAINYARD_CONFIG: '' }, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const address = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const match = /at (http:\S+)/.exec(text);
      if (match) resolve(match[1]);
    });
    child.on('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${text}`)));
  });
  await ask(address, '{ large { table_0001 { id } } }');
  return { child, address, ms: performance.now() - began };
}

async function ask(address, query) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(address, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const text = await response.text();
  if (JSON.parse(text).errors) throw new Error(text.slice(0, 400));
  return text;
}

const stop = (child) =>
  new Promise((resolve) => {
    child.on('exit', resolve);
    child.kill('SIGINT');
  });
const resident = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

const embedded = await openEmbedded({ dataDir: folder });
try {
  await embedded.ensureDatabase('large');
  const url = embedded.url('large');
  const pools = { page: 1, stream: 1 };
  const admin = openPostgres({
    url,
    name: 'bench',
    connections: pools,
    connectTimeoutMs: 5000,
    readTimeoutMs: 60000,
    queueLimit: 1,
  });
  const { signal } = new AbortController();
  await admin.script(manyTables(TABLES).join(';'), { signal });
  await admin.close();
  const starts = [];
  const idle = [];
  for (let i = 0; i < ROUNDS; i += 1) {
    const { child, ms } = await start(url);
    starts.push(ms);
    idle.push(resident(child.pid));
    await stop(child);
  }
  const { child, address } = await start(url);
  const began = performance.now();
  const introspection = await ask(
    address,
    '{ __schema { types { kind name description fields { name description args { name type { name kind ofType { name kind ofType { name kind ofType { name } } } } } type { name kind ofType { name kind ofType { name kind ofType { name } } } } } inputFields { name type { name kind ofType { name kind ofType { name kind } } } } enumValues { name } } } }',
  );
  const took = performance.now() - began;
  const types = JSON.parse(introspection).data.__schema.types.length;
  console.log(`${TABLES} tables × 12 columns, 3 foreign keys each; ${ROUNDS} starts`);
  console.log(
    `start to first answer   ${median(starts).toFixed(0)} ms (${Math.min(...starts).toFixed(0)}–${Math.max(...starts).toFixed(0)})`,
  );
  console.log(`resident after it       ${median(idle).toFixed(0)} MiB`);
  console.log(`types                   ${types}`);
  console.log(
    `introspection           ${(introspection.length / MiB).toFixed(1)} MiB in ${took.toFixed(0)} ms, resident after it ${resident(child.pid).toFixed(0)} MiB`,
  );
  await stop(child);
} finally {
  await embedded.stop();
  rmSync(folder, { recursive: true, force: true });
}

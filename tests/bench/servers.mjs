// What the bench scripts share: a database with the bench's tables, child processes, and what they use.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '../../dist/src/postgres/embedded.js';
import { openPostgres } from '../../dist/src/postgres/pools.js';
import { TABLES } from './data.mjs';

export const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'src', 'cli', 'main.js');

/** A PostgreSQL of its own with the database `shop`, and processes that end with it. */
export async function openBench() {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-bench-'));
  // Root's PostgreSQL runs as another user, who must be able to enter.
  chmodSync(folder, 0o755);
  const children = [];
  const embedded = await openEmbedded({ dataDir: join(folder, 'database') });
  await embedded.ensureDatabase('shop');
  const url = embedded.url('shop');
  const admin = openPostgres({
    url,
    name: 'bench',
    connections: { page: 1, stream: 1 },
    connectTimeoutMs: 5000,
    readTimeoutMs: 60000,
    queueLimit: 1,
  });
  await admin.script(TABLES, { signal: new AbortController().signal });
  await admin.close();
  const pidFile = join(folder, 'database', 'postgres', 'postmaster.pid');
  return {
    folder,
    url,
    postmaster: Number(readFileSync(pidFile, 'utf8').split('\n')[0]),
    /** Runs a script until its output matches `ready`, whose first group is its port. */
    start(args, env, ready) {
      const began = performance.now();
      const child = spawn(process.execPath, args, {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', process.env.SHOW_LOG ? 'inherit' : 'ignore'],
      });
      children.push(child);
      return new Promise((resolve, reject) => {
        let text = '';
        child.stdout.on('data', (chunk) => {
          text += chunk;
          const match = ready.exec(text);
          if (match) resolve({ pid: child.pid, port: Number(match[1]), child, readyMs: performance.now() - began });
        });
        child.on('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}: ${text}`)));
      });
    },
    gateway(env, dataDir = join(folder, 'gateway')) {
      const profile = process.env.PROFILE ? ['--cpu-prof', '--cpu-prof-dir', process.env.PROFILE] : [];
      const args = [...profile, MAIN, 'serve', '--port', '0', '--data-dir', dataDir];
      return this.start(args, { TRAINYARD_CONFIG: '', ...env }, /127\.0\.0\.1:(\d+)\/graphql/);
    },
    async stop(server) {
      const ended = new Promise((resolve) => server.child.on('exit', resolve));
      server.child.kill('SIGTERM');
      await ended;
    },
    async close() {
      for (const child of children) {
        if (child.exitCode !== null) continue;
        const ended = new Promise((resolve) => child.on('exit', resolve));
        child.kill('SIGTERM');
        await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5000))]);
      }
      await embedded.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Seconds of processor that a process has used, and its resident MiB. */
export function usage(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, rss };
}

/** Seconds of processor of a postmaster's backends. */
export function databaseCpu(postmaster) {
  const used = readdirSync('/proc').map((name) => {
    try {
      const fields = readFileSync(`/proc/${Number(name)}/stat`, 'utf8')
        .split(') ')[1]
        .split(' ');
      return fields[1] === String(postmaster) ? (Number(fields[11]) + Number(fields[12])) / 100 : 0;
    } catch {
      return 0;
    }
  });
  return used.reduce((a, b) => a + b, 0);
}

export const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
export const f = (n, digits = 0) => n.toFixed(digits);

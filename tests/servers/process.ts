import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Owner } from '../../src/postgres/embedded/files.js';
import { isAlive } from '../../src/postgres/embedded/process.js';
import type { Place } from './store.js';

const START_MS = 240_000;
const LOOK_MS = 50;

/** As whom a server runs that refuses to run as root; null: as whoever runs the tests. */
export const UNPRIVILEGED: Owner | null = process.geteuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : null;

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly owner?: Owner | null;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

export interface Launched {
  readonly pid: number;
  readonly log: string;
  /** null while it runs. */
  status(): number | NodeJS.Signals | null;
}

/** Starts a process that outlives this one, noted among those that the run ends. */
export async function launch(place: Place, { command, args, owner, env, cwd }: Launch): Promise<Launched> {
  const log = join(place.folder, 'console.log');
  const output = openSync(log, 'a');
  let status: number | NodeJS.Signals | null = null;
  const child = spawn(command, args, {
    ...(owner ?? {}),
    env: env ?? process.env,
    cwd: cwd ?? place.folder,
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.on('exit', (code, signal) => (status = signal ?? code));
  child.unref();
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  const pid = child.pid!;
  await note(place, pid);
  return { pid, log, status: () => status };
}

export async function note({ pids }: Place, pid: number): Promise<void> {
  await writeFile(join(pids, String(pid)), '');
}

/** Waits until the log has it; fails, with the end of the log, when the process ends before or is too slow. */
export async function logged({ log, status }: Launched, pattern: RegExp): Promise<RegExpExecArray> {
  for (const until = Date.now() + START_MS; ; await wait(LOOK_MS)) {
    const ended = status();
    const text = await readFile(log, 'utf8');
    const found = pattern.exec(text);
    if (found) return found;
    if (ended === null && Date.now() < until) continue;
    throw new Error(`${ended === null ? 'it does not start' : `it ended with ${ended}`}:\n${text.slice(-2_000)}`);
  }
}

/** Waits until a process has ended by itself. */
export async function finished(launched: Launched): Promise<void> {
  for (const until = Date.now() + START_MS; launched.status() === null; await wait(LOOK_MS))
    if (Date.now() > until) throw new Error(`it does not end:\n${await readFile(launched.log, 'utf8')}`);
  if (launched.status() !== 0)
    throw new Error(`it ended with ${launched.status()}:\n${(await readFile(launched.log, 'utf8')).slice(-2_000)}`);
}

/** Ends a server: asks, waits, and kills one that stays; a frozen one is woken first. */
export async function end({ pids }: Place, pid: number): Promise<void> {
  for (const [signal, ms] of [
    ['SIGTERM', 20_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!isAlive(pid)) break;
    process.kill(pid, signal);
    process.kill(pid, 'SIGCONT');
    for (const until = Date.now() + ms; isAlive(pid) && Date.now() < until;) await wait(LOOK_MS);
  }
  await rm(join(pids, String(pid)), { force: true });
}

/** Free a moment ago. Another program may take it before the server does, which then says so and ends. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

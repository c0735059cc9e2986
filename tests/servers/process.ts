import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Owner } from '../../src/postgres/embedded/files.js';
import { isAlive } from '../../src/alive.js';
import type { Place } from './store.js';

const START_MS = 240_000;
const LOOK_MS = 50;
const ENDS = [
  ['SIGTERM', 20_000],
  ['SIGKILL', 5_000],
] as const;

/** As whom a server runs that refuses to run as root; null: as whoever runs the tests. */
export const UNPRIVILEGED: Owner | null = process.geteuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : null;

/** Freezes a process until SIGCONT: the signal is on its way a moment, and threads that run answer what comes meanwhile. */
export async function freeze(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await wait(200);
}

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

/** Starts a process that outlives this one. It leads a group, which is noted before it can have started others. */
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
  try {
    await writeFile(join(place.groups, `${place.name}.${pid}`), '');
  } catch (error) {
    process.kill(-pid, 'SIGKILL');
    throw new Error('the run has ended', { cause: error });
  }
  return { pid, log, status: () => status };
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

/** Ends what was started for a place: asks, waits, and kills what stays. */
export async function end({ name, groups }: Place): Promise<void> {
  for (const file of await readdir(groups)) {
    if (!file.startsWith(`${name}.`)) continue;
    // A number below zero means a group.
    const group = -Number(file.slice(name.length + 1));
    for (const [signal, ms] of ENDS) {
      if (!isAlive(group)) break;
      process.kill(group, signal);
      // One that is frozen would not hear it.
      if (isAlive(group)) process.kill(group, 'SIGCONT');
      for (const until = Date.now() + ms; isAlive(group) && Date.now() < until;) await wait(LOOK_MS);
    }
    await rm(join(groups, file), { force: true });
  }
}

/** Free a moment ago. Another program may take it before the server does, which then says so and ends. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

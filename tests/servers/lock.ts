import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { codeOf } from '../../src/postgres/embedded/files.js';
import { startOf } from '../../src/postgres/embedded/process.js';
import { isAlive } from '../../src/alive.js';

/** Longer than any download that a holder may be at. */
const PATIENCE_MS = 20 * 60_000;
const LOOK_MS = 50;
/** For how long a file that says no holder may be one that is just being written. */
const WRITING_MS = 10_000;

/** Does the work while no other process, and nobody else in this one, holds the lock. That of a process which ended is broken. */
export async function locked<T>(file: string, work: () => Promise<T>): Promise<T> {
  const self = `${process.pid} ${await startOf(process.pid)}`;
  for (const until = Date.now() + PATIENCE_MS; !(await created(file, self)); await wait(LOOK_MS)) {
    if (await isStale(file)) await breakLock(file);
    if (Date.now() > until) throw new Error(`${file} is still locked after ${PATIENCE_MS / 60_000} minutes`);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** One at a time, and only after another look: the lock may be broken and taken anew since the first. */
async function breakLock(file: string): Promise<void> {
  const breaking = `${file}.breaking`;
  if (!(await created(breaking, ''))) {
    if (await isStale(breaking)) await rm(breaking, { force: true });
    return;
  }
  if (await isStale(file)) await rm(file, { force: true });
  await rm(breaking, { force: true });
}

async function created(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(file: string): Promise<boolean> {
  try {
    const holder = /^(\d+) (.*)$/.exec(await readFile(file, 'utf8'));
    if (!holder) return Date.now() - (await stat(file)).mtimeMs > WRITING_MS;
    const pid = Number(holder[1]);
    return !isAlive(pid) || (await startOf(pid)) !== holder[2];
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

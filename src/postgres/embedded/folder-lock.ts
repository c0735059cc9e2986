import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { GatewayError } from '../../errors.js';
import { codeOf } from './files.js';
import { startOf } from './process.js';
import { isAlive } from '../../alive.js';

const FILE = /^gateway-.*\.lock$/;
/** How often a holder shows that it lives, and how long it counts as alive for those that cannot see its process. */
const BEAT_MS = 5_000;
const SILENT_MS = 30_000;
const ATTEMPTS = 5;

interface Holder {
  readonly host: string;
  readonly pid: number;
  readonly started: string;
}

/**
 * Makes this process the only gateway on a folder. Each one announces itself by a file of its own name and then looks for
 * others that live: of two that come at once at least the later sees the other, so never both go on; and nobody removes
 * the file of a holder that lives, since no dead one has its name.
 */
export async function lockFolder(dataDir: string): Promise<() => Promise<void>> {
  const self: Holder = { host: hostname(), pid: process.pid, started: await startOf(process.pid) };
  const name = `gateway-${[self.host, self.pid, self.started].join('-').replace(/[^\w.-]/g, '_')}.lock`;
  const file = join(dataDir, name);
  for (let attempt = 1; ; attempt += 1) {
    await announce(file, self, dataDir);
    const other = await otherHolder(dataDir, name, self.host);
    if (other === null) break;
    await rm(file, { force: true });
    if (attempt === ATTEMPTS) throw taken(dataDir, other);
    // Two that started at once saw each other and both stepped back.
    await wait(20 + Math.random() * 100);
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, BEAT_MS);
  beat.unref();
  return async () => {
    clearInterval(beat);
    await rm(file, { force: true });
  };
}

async function announce(file: string, self: Holder, dataDir: string): Promise<void> {
  try {
    await writeFile(file, JSON.stringify(self), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw codeOf(error) === 'EEXIST' ? taken(dataDir, self) : error;
  }
}

/** Another gateway that lives, or null; files of those that do not are removed. */
async function otherHolder(dataDir: string, own: string, host: string): Promise<Holder | null> {
  for (const name of await readdir(dataDir)) {
    if (name === own || !FILE.test(name)) continue;
    const file = join(dataDir, name);
    const holder = await read(file);
    if (holder === null) continue;
    if (await lives(holder, file, host)) return holder;
    await rm(file, { force: true });
  }
  return null;
}

/** null: it is gone. A file that was not written to its end tells nobody, so it counts by its age alone. */
async function read(file: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? null : { host: basename(file), pid: 0, started: '' };
  }
}

/** A process of another machine or container is seen by nothing but its file's age. */
async function lives({ host, pid, started }: Holder, file: string, here: string): Promise<boolean> {
  if (host === here) return isAlive(pid) && (await startOf(pid)) === started;
  const age = await stat(file).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => Infinity,
  );
  return age < SILENT_MS;
}

function taken(dataDir: string, { host, pid }: Holder): GatewayError {
  return new GatewayError(
    'CONFLICT',
    `another gateway (process ${pid} on ${host}) already uses the data folder ${dataDir}; stop it, or give this one its own with --data-dir`,
  );
}

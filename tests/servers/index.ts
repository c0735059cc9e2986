import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../src/postgres/embedded/files.js';
import { isAlive } from '../../src/alive.js';
import { elasticsearch } from './elasticsearch.js';
import { locked } from './lock.js';
import { mariadb } from './mariadb.js';
import { mongodb } from './mongodb.js';
import { neo4j } from './neo4j.js';
import { end } from './process.js';
import { placeIn, runFolder } from './run.js';
import type { Place, Recipe, ServerName, TestStore } from './store.js';

export type { ServerName, TestStore } from './store.js';

const RECIPES: Readonly<Record<ServerName, Recipe>> = { neo4j, elasticsearch, mongodb, mariadb };

/** For a hook that asks for a server first: a first run downloads it. */
export const START_MS = 20 * 60_000;

/** Which of the four cannot be had here, and why, in one sentence (no Java …); null when it can. */
export function lacking(name: ServerName): string | null {
  if (process.platform === 'win32') return `${name} is started for the tests on Linux and macOS only`;
  return RECIPES[name].lacking();
}

/**
 * The one server of this kind of this test run: started by whoever asks first, shared by all suites and jest workers, and
 * ended with the run. What a suite writes into it must have a name of its own.
 */
export async function sharedServer(name: ServerName): Promise<TestStore> {
  const run = await runFolder();
  const file = join(run, `${name}.json`);
  return (
    (await known(file)) ??
    locked(`${file}.lock`, async () => {
      const found = await known(file);
      if (found) return found;
      // One that somebody ended leaves its folder.
      await rm(join(run, name), { recursive: true, force: true });
      try {
        const store = await start(name, await placeIn(run, name));
        await tell(file, { store });
        return store;
      } catch (error) {
        // Those that wait would each wait as long for the same.
        await tell(file, { failure: (error as Error).message });
        throw error;
      }
    })
  );
}

/** A server of one's own, for tests that stop or freeze it. It ends with the run when nobody stops it. */
export async function ownServer(name: ServerName): Promise<TestStore & { stop(): Promise<void> }> {
  const place = await placeIn(await runFolder(), `${name}-${randomBytes(4).toString('hex')}`);
  return { ...(await start(name, place)), stop: () => leave(place) };
}

async function start(name: ServerName, place: Place): Promise<TestStore> {
  try {
    const reason = lacking(name);
    if (reason !== null) throw new Error(reason);
    return await RECIPES[name].start(place);
  } catch (error) {
    await leave(place);
    throw new Error(`${name} for the tests: ${(error as Error).message}`, { cause: error });
  }
}

async function leave(place: Place): Promise<void> {
  await end(place);
  await rm(place.folder, { recursive: true, force: true });
}

interface Told {
  readonly store?: TestStore;
  readonly failure?: string;
}

async function known(file: string): Promise<TestStore | null> {
  try {
    const { store, failure } = JSON.parse(await readFile(file, 'utf8')) as Told;
    if (failure !== undefined) throw new Error(failure);
    return store && isAlive(store.pid) ? store : null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function tell(file: string, told: Told): Promise<void> {
  const beside = `${file}.${process.pid}`;
  await writeFile(beside, JSON.stringify(told), { mode: 0o600 });
  await rename(beside, file);
}

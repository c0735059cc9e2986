import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeOf, ownFolder } from '../../src/postgres/embedded/files.js';
import { startOf } from '../../src/postgres/embedded/process.js';
import type { Place } from './store.js';

const GUARD = fileURLToPath(new URL('guard.sh', import.meta.url));

/**
 * The folder that holds what this run has started. `scripts/test.mjs` makes one for all its workers and names it in
 * TRAINYARD_TEST_SERVERS; without it a process has a folder of its own. With the owner of the folder its servers end.
 */
export async function runFolder(): Promise<string> {
  const given = process.env.TRAINYARD_TEST_SERVERS;
  const folder = given ?? join(tmpdir(), `trainyard-servers-${process.pid}-${await startOf(process.pid)}`);
  // Servers that run as somebody else must come through.
  if (given === undefined) {
    await ownFolder(folder, 0o711, null);
    await mkdir(join(folder, 'groups'), { recursive: true });
  }
  try {
    await writeFile(join(folder, 'guarded'), '', { flag: 'wx' });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return folder;
    throw error;
  }
  const owner = given === undefined ? String(process.pid) : await readFile(join(folder, 'owner'), 'utf8');
  spawn('sh', [GUARD, folder, owner], { cwd: '/', detached: true, stdio: 'ignore' }).unref();
  return folder;
}

/** A new folder for one server. */
export async function placeIn(run: string, name: string): Promise<Place> {
  const folder = join(run, name);
  await mkdir(folder, { mode: 0o755 });
  return { name, folder, groups: join(run, 'groups') };
}

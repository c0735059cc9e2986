import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { locked } from './lock.js';

function cacheFolder(): string {
  return resolve(process.env.TRAINYARD_TEST_CACHE ?? join(homedir(), '.cache', 'trainyard-tests'));
}

export function isCached(name: string): boolean {
  return existsSync(join(cacheFolder(), name));
}

/** A folder of the cache. It is filled once, by whoever comes first, and is there whole or not at all. */
export async function cached(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheFolder(), name);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder(), { recursive: true });
  return locked(`${folder}.lock`, async () => {
    if (existsSync(folder)) return folder;
    const beside = `${folder}.partial`;
    await rm(beside, { recursive: true, force: true });
    await mkdir(beside);
    process.stderr.write(`trainyard: downloading ${name} for the tests, once\n`);
    try {
      await fill(beside);
      await rename(beside, folder);
    } finally {
      await rm(beside, { recursive: true, force: true });
    }
    return folder;
  });
}

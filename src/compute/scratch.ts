import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../alive.js';

/**
 * A folder of this process below another, for what does not fit into memory. What processes left there that were killed
 * goes; two gateways with one data folder do not write into each other's files.
 */
export async function scratchFolder(parent: string): Promise<string> {
  const own = join(parent, String(process.pid));
  await mkdir(own, { recursive: true });
  const dead = (await readdir(parent)).filter((name) => /^\d+$/.test(name) && !isAlive(Number(name)));
  await Promise.all(dead.map((name) => rm(join(parent, name), { recursive: true, force: true })));
  return own;
}

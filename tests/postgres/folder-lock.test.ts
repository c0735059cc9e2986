import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockFolder } from '../../src/postgres/embedded/folder-lock.js';

let folder: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-lock-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function startHolder(): { child: ChildProcess; says: Promise<string> } {
  const script = fileURLToPath(new URL('holder.mjs', import.meta.url));
  const flags = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, script, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  return { child, says: once(child.stdout, 'data').then(([data]) => String(data).trim()) };
}

async function leave(name: string, holder: object, ageMs = 0): Promise<void> {
  const file = join(folder, name);
  await writeFile(file, JSON.stringify(holder));
  const at = new Date(Date.now() - ageMs);
  await utimes(file, at, at);
}

const CONFLICT = expect.objectContaining({ code: 'CONFLICT', message: expect.stringContaining('--data-dir') });

describe('the lock of a data folder', () => {
  test('is held by one, and free again after it', async () => {
    const unlock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toEqual(CONFLICT);
    expect(await startHolder().says).toBe('refused CONFLICT');
    await unlock();
    expect(await readdir(folder)).toEqual([]);
    await (
      await lockFolder(folder)
    )();
  });

  test('of those that come at once over the lock of a dead one, exactly one has it; and so again when it was killed', async () => {
    await leave('gateway-stale.lock', { host: hostname(), pid: 2 ** 22 - 1, started: '1' });
    for (let round = 0; round < 2; round += 1) {
      const holders = Array.from({ length: 5 }, startHolder);
      const said = await Promise.all(holders.map(({ says }) => says));
      expect(said.sort()).toEqual(['holds', ...Array<string>(4).fill('refused CONFLICT')]);
      expect(await readdir(folder)).toHaveLength(1);
      await expect(lockFolder(folder)).rejects.toEqual(CONFLICT);
      const gone = holders.filter(({ child }) => child.exitCode === null).map(({ child }) => once(child, 'exit'));
      for (const { child } of holders) child.kill('SIGKILL');
      await Promise.all(gone);
    }
    await (
      await lockFolder(folder)
    )();
  });

  test('a process number that belongs to another process now holds nothing', async () => {
    await leave('gateway-reused.lock', { host: hostname(), pid: process.ppid, started: 'another time' });
    await (
      await lockFolder(folder)
    )();
  });

  test('a holder on another machine counts while it shows that it lives', async () => {
    await leave('gateway-far.lock', { host: 'elsewhere', pid: 1, started: '1' });
    await expect(lockFolder(folder)).rejects.toMatchObject({
      message: expect.stringContaining('process 1 on elsewhere'),
    });
    await leave('gateway-far.lock', { host: 'elsewhere', pid: 1, started: '1' }, 60_000);
    await (
      await lockFolder(folder)
    )();
  });

  test('a file that a killed one left half-written counts by its age', async () => {
    await leave('gateway-half.lock', {}, 0);
    await writeFile(join(folder, 'gateway-half.lock'), '{"ho');
    await expect(lockFolder(folder)).rejects.toEqual(CONFLICT);
    const old = new Date(Date.now() - 60_000);
    await utimes(join(folder, 'gateway-half.lock'), old, old);
    await (
      await lockFolder(folder)
    )();
  });

  test('other files are none of its business', async () => {
    await writeFile(join(folder, 'notes.lock'), '');
    await (
      await lockFolder(folder)
    )();
    expect(await readdir(folder)).toEqual(['notes.lock']);
  });
});

import { afterEach, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openEmbedded } from '../../src/postgres/embedded.js';
import { openPools } from './server.js';

const never = new AbortController().signal;
const folders: string[] = [];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-embedded-'));
  folders.push(folder);
  return folder;
}

async function postmaster(folder: string): Promise<number> {
  return Number((await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

interface Writer {
  readonly child: ChildProcess;
  readonly lines: string[];
  /** Resolves when the process has said a line that starts so. */
  said(start: string): Promise<void>;
}

function startWriter(folder: string): Writer {
  const script = fileURLToPath(new URL('gateway.mjs', import.meta.url));
  const flags = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, script, folder], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  return {
    child,
    lines,
    said: (start) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (lines.some((line) => line.startsWith(start))) resolve();
        };
        reader.on('line', check);
        reader.on('close', () =>
          reject(new Error(`the writer ended without saying ${start}: ${lines.slice(-3).join(' / ')}`)),
        );
        check();
      }),
  };
}

const killed = async (writer: Writer): Promise<void> => {
  const gone = once(writer.child, 'close');
  writer.child.kill('SIGKILL');
  await gone;
};

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

describe('embedded PostgreSQL', () => {
  test('initialises, keeps its data over a stop, and leaves no process and no secret that others may read', async () => {
    const dataDir = await newFolder();
    const progress: string[] = [];
    const first = await openEmbedded({ dataDir, onProgress: (message) => progress.push(message) });
    expect(await first.ensureDatabase('kept')).toBe(true);
    expect(await first.ensureDatabase('kept')).toBe(false);
    const postgres = openPools(first.url('kept'));
    await postgres.script('create table t as select 1 as a', { signal: never });
    const settings = `select current_setting('fsync'), current_setting('listen_addresses'), current_setting('password_encryption'), datlocprovider, datlocale from pg_database where datname = 'kept'`;
    const said = await postgres.run({ text: settings, values: [] }, { signal: never });
    expect(said.rows).toEqual([['on', '', 'scram-sha-256', 'b', 'C.UTF-8']]);
    await postgres.close();
    const wrong = openPools(first.url('kept').replace(/:[0-9a-f]{48}@/, ':wrong@'));
    await expect(wrong.ping(never)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await wrong.close();
    expect((await stat(join(dataDir, 'postgres.password'))).mode & 0o077).toBe(0);
    const pid = await postmaster(dataDir);
    await first.stop();
    expect(isAlive(pid)).toBe(false);
    await expect(stat(join(dataDir, 'gateway.lock'))).rejects.toMatchObject({ code: 'ENOENT' });
    const second = await openEmbedded({ dataDir, onProgress: (message) => progress.push(message) });
    const again = openPools(second.url('kept'));
    expect((await again.run({ text: 'select a from t', values: [] }, { signal: never })).rows).toEqual([['1']]);
    await again.close();
    await second.stop();
    expect(progress).toEqual(['initialising the embedded PostgreSQL']);
  });

  test('a second gateway is refused, in this process and in another, and the first goes on', async () => {
    const dataDir = await newFolder();
    const first = await openEmbedded({ dataDir });
    await expect(openEmbedded({ dataDir })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(dataDir),
    });
    const other = startWriter(dataDir);
    const [code] = (await once(other.child, 'close')) as [number];
    expect([code, other.lines[0]]).toEqual([3, expect.stringContaining('refused CONFLICT')]);
    expect(await first.ensureDatabase('still_here')).toBe(true);
    await first.stop();
  });

  test('every row that was acknowledged is there after a kill -9 of gateway and server during writes', async () => {
    const dataDir = await newFolder();
    const writer = startWriter(dataDir);
    await writer.said('wrote 200');
    const pid = await postmaster(dataDir);
    process.kill(pid, 'SIGKILL');
    await killed(writer);
    const acknowledged = writer.lines.filter((line) => line.startsWith('wrote ')).map((line) => line.slice(6));
    expect(acknowledged.length).toBeGreaterThanOrEqual(200);
    const reopened = await openEmbedded({ dataDir });
    const postgres = openPools(reopened.url('postgres'));
    const { rows } = await postgres.run({ text: 'select id from written', values: [] }, { signal: never });
    const there = new Set(rows.map(([id]) => id));
    expect(acknowledged.filter((id) => !there.has(id))).toEqual([]);
    await postgres.close();
    await reopened.stop();
  });

  test('the server of a killed gateway is adopted and can be stopped', async () => {
    const dataDir = await newFolder();
    const writer = startWriter(dataDir);
    await writer.said('wrote 1');
    const pid = await postmaster(dataDir);
    await killed(writer);
    const progress: string[] = [];
    const adopted = await openEmbedded({ dataDir, onProgress: (message) => progress.push(message) });
    expect(progress).toEqual([expect.stringContaining('adopting')]);
    expect(await postmaster(dataDir)).toBe(pid);
    await adopted.stop();
    expect(isAlive(pid)).toBe(false);
  });

  test('Ctrl-C reaches the gateway alone, which then stops its server', async () => {
    const dataDir = await newFolder();
    const writer = startWriter(dataDir);
    await writer.said('wrote 20');
    const pid = await postmaster(dataDir);
    const ended = once(writer.child, 'close');
    // What a terminal does: the signal goes to the whole group.
    process.kill(-writer.child.pid!, 'SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(writer.lines.at(-1)).toBe('stopped');
    expect(isAlive(pid)).toBe(false);
  });

  test('a folder that cannot be one is told in a sentence', async () => {
    const dataDir = await newFolder();
    await writeFile(join(dataDir, 'file'), '');
    await expect(openEmbedded({ dataDir: join(dataDir, 'file', 'below') })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('is not a folder'),
    });
  });

  test('a lock whose process is gone, or whose number belongs to another process now, is taken over', async () => {
    const dataDir = await newFolder();
    await mkdir(dataDir, { recursive: true });
    await writeFile(join(dataDir, 'gateway.lock'), `${process.pid} of-another-time`);
    const first = await openEmbedded({ dataDir });
    await first.stop();
  });
});

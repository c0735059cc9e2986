import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { copyBinaries, findBinaries } from '../../src/postgres/embedded/binaries.js';
import { ensureCluster, passwordOf } from '../../src/postgres/embedded/cluster.js';
import { explain, ownFolder } from '../../src/postgres/embedded/files.js';
import { openQuarters } from '../../src/postgres/embedded/quarters.js';
import { Server } from '../../src/postgres/embedded/server.js';
import { openEmbedded } from '../../src/postgres/embedded.js';
import { openPools } from './server.js';

const never = new AbortController().signal;
const isRoot = process.geteuid?.() === 0;
/** Somebody else, where there is one that we may be. */
const STRANGER = 65_533;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trainyard-trouble-'));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs as a user who is not root: rights bind nobody else. */
async function asStranger<T>(work: () => Promise<T>): Promise<T> {
  if (!isRoot) return work();
  process.setegid!(STRANGER);
  process.seteuid!(STRANGER);
  try {
    return await work();
  } finally {
    process.seteuid!(0);
    process.setegid!(0);
  }
}

async function refusal(dataDir: string): Promise<{ code: string; message: string }> {
  return openEmbedded({ dataDir }).then(
    async (embedded) => {
      await embedded.stop();
      throw new Error('it was opened');
    },
    (error: { code: string; message: string }) => ({ code: error.code, message: error.message }),
  );
}

describe('a data folder that cannot be used is told in a sentence', () => {
  test('it may not be written', async () => {
    const dataDir = join(folder, 'closed');
    mkdirSync(dataDir, { mode: 0o555 });
    expect(await asStranger(() => refusal(dataDir))).toEqual({
      code: 'CONFLICT',
      message: `the data folder ${dataDir} may not be read or written by this user`,
    });
  });

  test('nor may its parent', async () => {
    chmodSync(folder, 0o555);
    expect(await asStranger(() => refusal(join(folder, 'new')))).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('may not be read or written by this user'),
    });
  });

  test('its files belong to a user whose they stay: nothing of them is lost', async () => {
    const dataDir = join(folder, 'data');
    const first = await openEmbedded({ dataDir });
    await first.ensureDatabase('kept');
    await first.stop();
    if (isRoot) {
      chmodSync(dataDir, 0o777);
      chownSync(join(dataDir, 'postgres.password'), STRANGER, STRANGER);
    } else chmodSync(join(dataDir, 'postgres'), 0o000);
    expect(await asStranger(() => refusal(dataDir))).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/may not be read or written by/),
    });
    if (!isRoot) chmodSync(join(dataDir, 'postgres'), 0o700);
    const again = await openEmbedded({ dataDir });
    expect(await again.ensureDatabase('kept')).toBe(false);
    await again.stop();
  });

  test('it has a folder of somebody else where ours would be: that is left alone', async () => {
    const dataDir = join(folder, 'data');
    mkdirSync(join(dataDir, 'postgres'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres', 'thesis.txt'), 'the only copy');
    expect(await refusal(dataDir)).toEqual({
      code: 'CONFLICT',
      message: `${join(dataDir, 'postgres')} is not empty and not PostgreSQL's; move it, or choose another --data-dir`,
    });
    expect(readFileSync(join(dataDir, 'postgres', 'thesis.txt'), 'utf8')).toBe('the only copy');
    expect(existsSync(join(dataDir, 'postgres.new'))).toBe(false);
  });

  test.each([
    [{ code: 'ENOSPC' }, 'is on a disk that is full'],
    [{ code: 'EROFS' }, 'is on a disk that cannot be written'],
    [{ stderr: 'initdb: error: could not write to file "x": No space left on device\n' }, 'is on a disk that is full'],
    [{ stderr: 'FATAL:  data directory "x" has wrong ownership\n' }, 'belongs to another user'],
    [{ stderr: 'DETAIL:  The data directory … is not compatible with this version 18.4.' }, 'another version'],
  ])('%j', (error, words) => {
    expect(explain(error, '/data')).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining(words) });
  });

  test('what is no trouble of the folder stays what it is', () => {
    const fault = new Error('a fault of ours');
    expect(explain(fault, '/data')).toBe(fault);
  });
});

/** A file system of a few megabytes, where this machine lets us have one. */
function smallDisk(at: string, megabytes: number): boolean {
  try {
    mkdirSync(at);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', at], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const probe = mkdtempSync(join(tmpdir(), 'trainyard-mount-'));
const canMount = smallDisk(join(probe, 'disk'), 1);
if (canMount) execFileSync('umount', [join(probe, 'disk')]);
rmSync(probe, { recursive: true, force: true });

if (canMount) {
  describe('a full disk', () => {
    afterEach(() => void execFileSync('umount', ['-l', join(folder, 'disk')]));

    test('while it is initialised: a sentence, and nothing that looks like a cluster', async () => {
      const disk = join(folder, 'disk');
      expect(smallDisk(disk, 10)).toBe(true);
      expect(await refusal(disk)).toEqual({
        code: 'CONFLICT',
        message: `the data folder ${disk} is on a disk that is full`,
      });
      expect(existsSync(join(disk, 'postgres'))).toBe(false);
    });

    test('while it is written: a typed error, what was acknowledged stays, and with room again it goes on by itself', async () => {
      const disk = join(folder, 'disk');
      expect(smallDisk(disk, 160)).toBe(true);
      const embedded = await openEmbedded({ dataDir: disk });
      const postgres = openPools(embedded.url('postgres'));
      const run = (text: string) => postgres.run({ text, values: [] }, { signal: never });
      await run('create table t as select i as id from generate_series(1, 1000) i');
      const fill = `create table filling as select repeat('x', 1000) from generate_series(1, 300000)`;
      await expect(run(fill)).rejects.toMatchObject({ code: expect.stringMatching(/^STORE_(ERROR|UNAVAILABLE)$/) });
      execFileSync('mount', ['-o', 'remount,size=400m', disk]);
      const count = async (): Promise<unknown> =>
        run('select count(*) from t').then(
          ({ rows }) => rows[0]![0],
          () => null,
        );
      for (let i = 0; i < 400 && (await count()) !== '1000'; i += 1) await new Promise((r) => setTimeout(r, 50));
      expect(await count()).toBe('1000');
      await run('insert into t values (1001)');
      expect(postgres.stats).toMatchObject({ busy: 0, waiting: 0 });
      await postgres.close();
      await embedded.stop();
    });
  });
}

describe('what a killed gateway leaves', () => {
  test('a half-made cluster is made again', async () => {
    const dataDir = join(folder, 'data');
    mkdirSync(join(dataDir, 'postgres.new', 'base'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres.new', 'PG_VERSION'), '18\n');
    writeFileSync(join(dataDir, 'postgres.initdb'), 'an old password', { mode: 0o400 });
    const embedded = await openEmbedded({ dataDir });
    expect(await embedded.ensureDatabase('works')).toBe(true);
    await embedded.stop();
    expect([existsSync(join(dataDir, 'postgres.new')), existsSync(join(dataDir, 'postgres.initdb'))]).toEqual([
      false,
      false,
    ]);
  });

  test('a process number that is now of a program which has nothing to do with us: it is not touched', async () => {
    const dataDir = join(folder, 'data');
    await (await openEmbedded({ dataDir })).stop();
    const bystander: ChildProcess = spawn('sleep', ['60'], isRoot ? { uid: 65_534, gid: 65_534, cwd: '/' } : {});
    try {
      const { uid, gid } = statSync(join(dataDir, 'postgres'));
      const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
      writeFileSync(pidFile, `${bystander.pid}\n${join(dataDir, 'postgres')}\n1\n5432\n\n\n0\nready\n`, {
        mode: 0o600,
      });
      if (isRoot) chownSync(pidFile, uid, gid);
      const embedded = await openEmbedded({ dataDir });
      expect(await embedded.ensureDatabase('works')).toBe(true);
      await embedded.stop();
      expect([bystander.exitCode, bystander.signalCode]).toEqual([null, null]);
    } finally {
      bystander.kill('SIGKILL');
    }
  });
});

describe('places', () => {
  test('a path that is too long for a socket: the socket lies elsewhere, for its owner alone', async () => {
    const dataDir = join(folder, 'long'.repeat(30));
    const embedded = await openEmbedded({ dataDir });
    const sockets = new URL(embedded.url('postgres')).searchParams.get('host')!;
    try {
      expect(await embedded.ensureDatabase('works')).toBe(true);
      expect(sockets.startsWith(folder)).toBe(false);
      expect(statSync(sockets).mode & 0o077).toBe(0);
    } finally {
      await embedded.stop();
      rmSync(sockets, { recursive: true });
    }
  });

  test('a folder that somebody else has put where ours would be is not used', async () => {
    const place = join(folder, 'planted');
    mkdirSync(place);
    chmodSync(place, 0o777);
    await expect(ownFolder(place, 0o700, null)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('belongs to somebody else'),
    });
    await expect(copyBinaries(folder, place)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('binaries are copied whole, once, however many ask at the same time', async () => {
    const from = join(folder, 'package');
    mkdirSync(join(from, 'bin'), { recursive: true });
    writeFileSync(join(from, 'bin', 'postgres'), '#!', { mode: 0o755 });
    const place = join(folder, 'copy');
    expect(await Promise.all([1, 2, 3, 4].map(() => copyBinaries(from, place)))).toEqual(Array<string>(4).fill(place));
    expect(statSync(join(place, 'bin', 'postgres')).mode & 0o777).toBe(0o755);
    const left = execFileSync('ls', [dirname(place)])
      .toString()
      .trim()
      .split('\n');
    expect(left.sort()).toEqual(['copy', 'package']);
  });
});

if (isRoot) {
  describe('a gateway of root', () => {
    test('over folders that only root may enter runs PostgreSQL outside of them, from a copy of its binaries', async () => {
      const closed = join(folder, 'closed');
      const dataDir = join(closed, 'data');
      const outside = join(folder, 'outside');
      mkdirSync(dataDir, { recursive: true, mode: 0o700 });
      chmodSync(closed, 0o700);
      const told: string[] = [];
      const progress = (message: string): void => void told.push(message);
      const quarters = await openQuarters(dataDir, progress, outside);
      expect(quarters.cluster.startsWith(outside)).toBe(true);
      expect(told).toEqual([expect.stringContaining('PostgreSQL does not run as root')]);
      const native = await findBinaries(false);
      const binaries = await copyBinaries(native, join(folder, 'binaries'));
      const password = await passwordOf(dataDir);
      await ensureCluster(binaries, quarters, password, progress);
      const log = join(dataDir, 'postgres.log');
      const server = new Server({ ...quarters, binaries, password, log, onProgress: progress });
      await server.start();
      expect(await server.ensureDatabase('works')).toBe(true);
      await server.stop();
      const again = await openQuarters(dataDir, progress, outside);
      expect([again, told.length]).toEqual([quarters, 2]);
    });

    test('leaves the rights of a folder with other things in it as they are', async () => {
      const dataDir = join(folder, 'home');
      mkdirSync(dataDir, { mode: 0o700 });
      writeFileSync(join(dataDir, 'letters'), '');
      await openQuarters(dataDir, () => undefined, join(folder, 'outside'));
      expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    });

    test('runs PostgreSQL as the user whose files are there already', async () => {
      const dataDir = join(folder, 'data');
      await (await openEmbedded({ dataDir })).stop();
      for (const path of ['postgres', 'run'])
        execFileSync('chown', ['-R', `${STRANGER}:${STRANGER}`, join(dataDir, path)]);
      const embedded = await openEmbedded({ dataDir });
      expect(await embedded.ensureDatabase('works')).toBe(true);
      const pid = Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
      expect(statSync(`/proc/${pid}`).uid).toBe(STRANGER);
      await embedded.stop();
    });
  });
}

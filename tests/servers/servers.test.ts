import { Client } from '@elastic/elasticsearch';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { MongoClient } from 'mongodb';
import mysql from 'mysql2/promise';
import neo4j from 'neo4j-driver';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isAlive } from '../../src/alive.js';
import { describeWith } from './describe-with.js';
import { lacking, ownServer, sharedServer, START_MS, type ServerName, type TestStore } from './index.js';
import { locked } from './lock.js';
import { runFolder } from './run.js';

const VERSIONS: Readonly<Record<ServerName, RegExp>> = {
  mongodb: /^mongo-java-server 1\.47\.0$/,
  mariadb: /^10\.11\.\d+-MariaDB/,
  neo4j: /^5\.26\.\d+$/,
  elasticsearch: process.env.ES_MAJOR === '9' ? /^9\.4\.\d+$/ : /^8\.19\.\d+$/,
};

/** Writes a text through the store's own driver and answers what is read back. */
const ROUND_TRIPS: Readonly<Record<ServerName, (store: TestStore, text: string) => Promise<unknown>>> = {
  mongodb: async ({ url }, text) => {
    const client = await MongoClient.connect(url);
    const collection = client.db('servers').collection('kept');
    try {
      await collection.insertOne({ text });
      return (await collection.findOne({ text }))?.text as unknown;
    } finally {
      await client.close();
    }
  },
  mariadb: async ({ url, user, password }, text) => {
    const connection = await mysql.createConnection({ uri: url, user: user!, password: password! });
    try {
      await connection.query('create table servers_kept (text varchar(20))');
      await connection.execute('insert into servers_kept values (?)', [text]);
      const [rows] = await connection.query<mysql.RowDataPacket[]>('select text from servers_kept');
      await connection.query('drop table servers_kept');
      return rows[0]?.text as unknown;
    } finally {
      await connection.end();
    }
  },
  neo4j: async ({ url, user, password }, text) => {
    const driver = neo4j.driver(url, neo4j.auth.basic(user!, password!));
    try {
      await driver.executeQuery('CREATE (:ServersKept {text: $text})', { text });
      const { records } = await driver.executeQuery('MATCH (k:ServersKept) DETACH DELETE k RETURN $text AS text', {
        text,
      });
      return records[0]?.get('text') as unknown;
    } finally {
      await driver.close();
    }
  },
  elasticsearch: async ({ url }, text) => {
    const client = new Client({ node: url });
    try {
      await client.index({ index: 'servers-kept', document: { text }, refresh: true });
      const { hits } = await client.search<{ text: string }>({ index: 'servers-kept', query: { match: { text } } });
      await client.indices.delete({ index: 'servers-kept' });
      return hits.hits[0]?._source?.text;
    } finally {
      await client.close();
    }
  },
};

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Another process that asks for a server; `run` is the folder of the run that it belongs to, if any. */
async function asked(name: ServerName, run: string | undefined): Promise<{ child: ChildProcess; store: TestStore }> {
  const script = fileURLToPath(new URL('asker.mjs', import.meta.url));
  const { TRAINYARD_TEST_SERVERS: _, ...env } = process.env;
  const child = spawn(
    process.execPath,
    ['--experimental-transform-types', '--disable-warning=ExperimentalWarning', script, name],
    { env: run === undefined ? env : { ...env, TRAINYARD_TEST_SERVERS: run }, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  children.push(child);
  const [line] = await once(child.stdout, 'data');
  return { child, store: JSON.parse(String(line)) as TestStore };
}

async function isFree(url: string): Promise<boolean> {
  const server = createServer().listen(Number(new URL(url).port), '127.0.0.1');
  const free = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  server.close();
  return free;
}

async function until(what: () => boolean): Promise<boolean> {
  for (const end = Date.now() + 30_000; !what() && Date.now() < end;) await wait(100);
  return what();
}

describe.each(['mongodb', 'mariadb', 'neo4j', 'elasticsearch'] as const)('%s', (name) => {
  let others: readonly TestStore[] = [];
  if (lacking(name) === null) {
    beforeAll(async () => {
      const run = await runFolder();
      others = (await Promise.all([asked(name, run), asked(name, run)])).map(({ store }) => store);
    }, START_MS);
  }
  describeWith(name, 'is shared', (store) => {
    test('by processes that ask for it at once, and outlives them', async () => {
      expect(others).toEqual([store(), store()]);
      expect(await sharedServer(name)).toEqual(store());
      expect(isAlive(store().pid)).toBe(true);
    });

    test('and its driver reads what it wrote', async () => {
      expect(store().version).toMatch(VERSIONS[name]);
      expect(await ROUND_TRIPS[name](store(), 'crème brûlée')).toBe('crème brûlée');
    });
  });
});

describeWith('mongodb', 'a server of one process', (shared) => {
  test('is not the shared one; it ends when told, though it is frozen, and its port is free', async () => {
    const own = await ownServer('mongodb');
    expect(own.pid).not.toBe(shared().pid);
    expect(await isFree(own.url)).toBe(false);
    process.kill(own.pid, 'SIGSTOP');
    await own.stop();
    expect(isAlive(own.pid)).toBe(false);
    expect(await isFree(own.url)).toBe(true);
    expect(isAlive(shared().pid)).toBe(true);
  });

  test('ends with its process, however that ends', async () => {
    const { child, store } = await asked('mongodb', undefined);
    expect(store.pid).not.toBe(shared().pid);
    const [folder] = (await readdir(tmpdir())).filter((entry) => entry.startsWith(`trainyard-servers-${child.pid}-`));
    expect(folder).toBeDefined();
    child.kill('SIGKILL');
    expect(await until(() => !isAlive(store.pid))).toBe(true);
    expect(await until(() => !existsSync(join(tmpdir(), folder!)))).toBe(true);
  });
});

describe('without what a server needs', () => {
  const { PATH, JAVA_HOME, ES_JAVA_HOME } = process.env;
  afterEach(() => {
    Object.assign(
      process.env,
      { PATH },
      JAVA_HOME === undefined ? {} : { JAVA_HOME },
      ES_JAVA_HOME === undefined ? {} : { ES_JAVA_HOME },
    );
  });

  test.each(['mongodb', 'neo4j', 'elasticsearch'] as const)('%s says so', async (name) => {
    process.env.PATH = '/nowhere';
    delete process.env.JAVA_HOME;
    delete process.env.ES_JAVA_HOME;
    expect(lacking(name)).toMatch(/^\S.* needs Java \d+ or newer, and neither JAVA_HOME nor PATH leads to one$/);
    await expect(ownServer(name)).rejects.toThrow(lacking(name)!);
  });

  test.each([
    ['fails in CI', 'true', 'failed'],
    ['is skipped elsewhere', 'false', 'pending'],
  ])('a suite %s, and gives the reason', async (_, CI, status) => {
    const jest = fileURLToPath(new URL('../../node_modules/jest/bin/jest.js', import.meta.url));
    const child = spawn(
      process.execPath,
      [
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        jest,
        '--json',
        '--testMatch',
        '**/needs-neo4j.ts',
      ],
      { env: { HOME: homedir(), PATH: '/nowhere', CI }, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const { testResults } = JSON.parse(await text(child.stdout)) as { testResults: [{ assertionResults: unknown[] }] };
    expect(testResults[0].assertionResults).toEqual([
      expect.objectContaining({
        status,
        title: expect.stringMatching(/^a suite \(Neo4j needs Java 17 or newer, .*\)$/),
      }),
    ]);
  });
});

test('a lock is held by one at a time, and that of a process that is gone by nobody', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-lock-'));
  const file = join(folder, 'lock');
  await writeFile(file, `${2 ** 22 - 1} 1`);
  let inside = 0;
  let most = 0;
  const enter = (): Promise<void> =>
    locked(file, async () => {
      most = Math.max(most, (inside += 1));
      await wait(20);
      inside -= 1;
    });
  try {
    await Promise.all(Array.from({ length: 8 }, enter));
    expect(most).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

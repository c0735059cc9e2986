import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { GatewayError } from '../../src/errors.js';
import { openEmbedded, type Embedded } from '../../src/postgres/embedded.js';
import type { Postgres, Statement } from '../../src/postgres/types.js';
import { openPools } from './server.js';

const never = new AbortController().signal;
const sql = (text: string): Statement => ({ text, values: [] });
const told: string[] = [];
let folder: string;
let embedded: Embedded;
let postgres: Postgres;
let stopListening: () => Promise<void> = () => Promise.resolve();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-outage-'));
  embedded = await openEmbedded({ dataDir: folder, onProgress: (message) => told.push(message) });
  postgres = openPools(embedded.url('postgres'), { connections: { page: 3, stream: 3 } });
  await postgres.script('create table kept as select i as id from generate_series(1, 5000) i', { signal: never });
});
afterEach(() => stopListening());
afterAll(async () => {
  await postgres.close();
  expect(postgres.stats).toEqual({ open: 0, busy: 0, waiting: 0 });
  await embedded.stop();
  await rm(folder, { recursive: true, force: true });
});

const postmaster = async (): Promise<number> =>
  Number((await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);

async function outcome(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'answered',
    (error: unknown) => (error instanceof GatewayError ? error.code : String(error)),
  );
}

async function drain(rows: AsyncIterable<{ readonly length: number }>): Promise<number> {
  let count = 0;
  for await (const batch of rows) {
    count += batch.length;
    await wait(20);
  }
  return count;
}

/** One of everything that a pool does, under way, and some that wait. */
function busy(): Promise<string>[] {
  const long = sql('select pg_sleep(30)');
  const rows = 'select repeat($$x$$, 1000) from generate_series(1, 1000000)';
  return [
    outcome(postgres.page([long], { signal: never })),
    outcome(postgres.page([sql('select 1'), long], { signal: never })),
    outcome(postgres.page([long], { signal: never })),
    outcome(postgres.page([sql('select 1')], { signal: never })),
    outcome(drain(postgres.cursor(sql(rows), { signal: never, batchRows: 100 }))),
    outcome(drain(postgres.copyOut(`copy (${rows}) to stdout`, { signal: never }))),
    outcome(postgres.run(long, { signal: never })),
  ];
}

describe.each(['SIGINT', 'SIGKILL'] as const)('a server that ends by %s under open pools', (signal) => {
  test('gives typed errors, is started again by itself, and is used again without anybody else doing anything', async () => {
    told.length = 0;
    const heard: string[] = [];
    const back = Promise.withResolvers<void>();
    stopListening = await postgres.listen('news', (payload) => heard.push(payload), back.resolve);
    const before = await postmaster();
    const work = busy();
    await wait(300);
    expect(postgres.stats).toMatchObject({ busy: 6, waiting: 1 });
    process.kill(before, signal);
    const outcomes = await Promise.all(work);
    // The one that waited may have found the server back.
    expect(new Set(outcomes)).toEqual(
      new Set(['STORE_UNAVAILABLE', ...(outcomes[3] === 'answered' ? ['answered'] : [])]),
    );
    expect(outcomes.filter((each) => each === 'answered').length).toBeLessThanOrEqual(1);
    expect(postgres.stats).toMatchObject({ busy: 0, waiting: 0 });
    let answer = '';
    for (let i = 0; i < 300 && answer !== 'answered'; i += 1) {
      answer = await outcome(postgres.page([sql('select count(*) from kept')], { signal: never }));
      expect(['answered', 'STORE_UNAVAILABLE']).toContain(answer);
      await wait(20);
    }
    const [count] = await postgres.page([sql('select count(*) from kept')], { signal: never });
    expect(count!.rows).toEqual([['5000']]);
    expect(await postmaster()).not.toBe(before);
    expect(told).toEqual(expect.arrayContaining(['the embedded PostgreSQL has ended; starting it again']));
    await back.promise;
    await postgres.run(sql(`notify news, 'hello'`), { signal: never });
    for (let i = 0; i < 200 && heard.length === 0; i += 1) await wait(10);
    expect(heard).toEqual(['hello']);
    await stopListening();
    stopListening = () => Promise.resolve();
    // Every place of both pools can be had again.
    const all = Array.from({ length: 3 }, () => [
      outcome(postgres.page([sql('select pg_sleep(0.05)')], { signal: never })),
      outcome(postgres.run(sql('select pg_sleep(0.05)'), { signal: never })),
    ]).flat();
    expect(await Promise.all(all)).toEqual(Array<string>(6).fill('answered'));
    expect(postgres.stats).toEqual({ open: 6, busy: 0, waiting: 0 });
  });
});

test('a gateway that stops while its server is down does not start it again', async () => {
  const dataDir = join(folder, 'second');
  const second = await openEmbedded({ dataDir });
  const pid = Number((await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);
  process.kill(pid, 'SIGKILL');
  await second.stop();
  await wait(600);
  const left = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  expect(Number(left.split('\n')[0] || pid)).toBe(pid);
  expect(() => process.kill(pid, 0)).toThrow();
});

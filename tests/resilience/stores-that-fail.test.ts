import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/index.js';
import { served, type GraphQLAnswer, type Served } from '../e2e/served.js';
import { until } from '../executor/source.js';
import { openStoppable, type Stoppable } from '../postgres/stoppable.js';
import { cases } from '../random.js';

const SHOP = [
  'create table item (id int primary key, name text)',
  `insert into item select i, 'item ' || i from generate_series(1, 20) i`,
  'create function slow(id int) returns int language sql volatile as $$ select id from pg_sleep(5) $$',
  'create view slow as select id, slow(id) as value from item',
];

let folder: string;
let steady: Stoppable;
let shaky: Stoppable;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-resilience-'));
  [steady, shaky] = await Promise.all([openStoppable(folder, SHOP), openStoppable(folder, SHOP)]);
}, 120_000);
afterAll(async () => {
  await Promise.all([steady.stop(), shaky.stop()]);
  await rm(folder, { recursive: true, force: true });
});

async function gatewayOver(sources: string, more = ''): Promise<Served> {
  const config = join(await mkdtemp(join(folder, 'config-')), 'config.yml');
  await writeFile(config, `sources:\n${sources}${more}`);
  return served(null, () => loadConfig({ config, dataDir: join(config, '..', 'data') }, {}));
}

const BOTH =
  '{ steady { item(first: 2, orderBy: [{ id: ASC }]) { id } } shaky { item(first: 2, orderBy: [{ id: ASC }]) { id } } }';
const ROWS = [{ id: 1 }, { id: 2 }];
const codes = ({ errors = [] }: GraphQLAnswer): unknown[] =>
  errors.map(({ path, extensions }) => [path, extensions.code]);
const healthOf = async (gateway: Served, name: string): Promise<unknown> => (await gateway.yard.readiness())[name];

describe('a store that is stopped', () => {
  let gateway: Served;
  beforeAll(async () => {
    gateway = await gatewayOver(
      `  steady: { engine: postgres, url: '${steady.url}' }
  shaky: { engine: postgres, url: '${shaky.url}', retries: 1, breaker: { failures: 4, rest: 2s } }
`,
      'relations: [{ from: steady.item, to: shaky.item, on: { id: id }, as: twin }]\n',
    );
  }, 60_000);
  afterAll(() => gateway.close());

  test('nulls its own fields with a typed error; the others stand; it comes back by itself', async () => {
    expect(await gateway.ask(BOTH)).toMatchObject({ data: { steady: { item: ROWS }, shaky: { item: ROWS } } });
    await shaky.stop();
    const answer = await gateway.ask(BOTH);
    expect(answer.data).toEqual({ steady: { item: ROWS }, shaky: { item: null } });
    expect(codes(answer)).toEqual([[['shaky', 'item'], 'STORE_UNAVAILABLE']]);
    expect(await healthOf(gateway, 'shaky')).toBe('DOWN');
    expect(await healthOf(gateway, 'steady')).toBe('UP');
    await shaky.start();
    await until(async () => (await gateway.ask(BOTH)).errors === undefined);
    expect(await healthOf(gateway, 'shaky')).toBe('UP');
  });

  test('is left alone after some failures, and one log line tells when and why; another that it is back', async () => {
    const before = gateway.events.length;
    await shaky.stop();
    await until(async () => {
      const { errors = [] } = await gateway.ask('{ shaky { item { id } } }');
      return errors[0]?.message.includes('is left alone for a while') ?? false;
    });
    const [told, ...more] = gateway.events.slice(before).filter((event) => event.startsWith('shaky: '));
    expect(told).toMatch(
      /^shaky: 4 readings failed in a row; it is left alone for a while: shaky: the connection failed \(/,
    );
    expect(more).toEqual([]);
    await shaky.start();
    await until(async () => (await gateway.ask(BOTH)).errors === undefined);
    expect(gateway.events.at(-1)).toBe('shaky: it answers again');
  });

  test('in the middle of a reading fails that reading, and what needed it', async () => {
    const asked = gateway.ask('{ steady { item(first: 1) { id } } shaky { slow { id value } } }');
    await new Promise((resolve) => setTimeout(resolve, 500));
    await shaky.stop();
    const answer = await asked;
    expect(answer.data).toEqual({ steady: { item: [{ id: 1 }] }, shaky: { slow: null } });
    expect(codes(answer)).toEqual([[['shaky', 'slow'], 'STORE_UNAVAILABLE']]);
    await shaky.start();
    await until(async () => (await gateway.ask(BOTH)).errors === undefined);
  });

  test('fails relations that lead to it and filters through it, and nothing else', async () => {
    const nested = '{ steady { item(first: 1) { id twin { name } } } }';
    const filtered =
      '{ steady { item(where: { twin: { name: { eq: "item 3" } } }) { id } all: item(first: 1) { id } } }';
    expect((await gateway.ask(filtered)).data).toEqual({ steady: { item: [{ id: 3 }], all: [{ id: 1 }] } });
    await shaky.stop();
    const one = await gateway.ask(nested);
    expect([one.data, codes(one)]).toEqual([
      { steady: { item: [{ id: 1, twin: null }] } },
      [[['steady', 'item', 0, 'twin'], 'STORE_UNAVAILABLE']],
    ]);
    const other = await gateway.ask(filtered);
    expect([other.data, codes(other)]).toEqual([
      { steady: { item: null, all: [{ id: 1 }] } },
      [[['steady', 'item'], 'STORE_UNAVAILABLE']],
    ]);
    await shaky.start();
    await until(async () => (await gateway.ask(nested)).errors === undefined);
  });

  test('flaps during many requests: never a wrong row, and no error of the others', async () => {
    const wanted = cases(400, 10_000);
    let [asked, whole, without] = [0, 0, 0];
    let flapping = true;
    const flaps = (async () => {
      while (flapping) {
        await shaky.stop();
        await shaky.start();
        await new Promise((resolve) => setTimeout(resolve, 2_500));
      }
    })();
    const client = async (): Promise<void> => {
      // Requests to a store that is left alone are over at once: it must have been there and gone.
      while (asked < wanted || whole < 20 || without < 20) {
        asked += 1;
        await new Promise((resolve) => setTimeout(resolve, 10));
        const answer = await gateway.ask(BOTH);
        const { steady: own, shaky: other } = answer.data as Record<string, { item: unknown }>;
        expect(own!.item).toEqual(ROWS);
        if (other!.item === null) {
          expect(codes(answer)).toEqual([[['shaky', 'item'], 'STORE_UNAVAILABLE']]);
          without += 1;
        } else {
          expect([other!.item, answer.errors]).toEqual([ROWS, undefined]);
          whole += 1;
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, client));
    flapping = false;
    await flaps;
    expect(whole + without).toBeGreaterThanOrEqual(wanted);
    await until(async () => (await gateway.ask(BOTH)).errors === undefined);
  }, 600_000);
});

describe('a store that is down at the start', () => {
  test('is served by the shape that is known of it, or left out, and picked up later', async () => {
    await shaky.stop();
    const gateway = await gatewayOver(`  steady: { engine: postgres, url: '${steady.url}' }
  shaky: { engine: postgres, url: '${shaky.url}' }
`);
    try {
      expect((await gateway.ask('{ steady { item(first: 1) { id } } }')).data).toEqual({
        steady: { item: [{ id: 1 }] },
      });
      expect(gateway.yard.sources.get('shaky')!.model.problems[0]!.message).toMatch(/^not in the schema: /);
      await shaky.start();
      await until(async () => (await gateway.ask(BOTH)).errors === undefined);
    } finally {
      await gateway.close();
    }
  }, 60_000);
});

describe('credentials that are wrong', () => {
  test('are an error of that source alone, which does not tell them', async () => {
    const wrong = shaky.url.replace(/:[^:@/]*@/, ':not-the-password@');
    const gateway = await gatewayOver(`  steady: { engine: postgres, url: '${steady.url}' }
  shaky: { engine: postgres, url: '${wrong}' }
`);
    try {
      const { message } = gateway.yard.sources.get('shaky')!.model.problems[0]!;
      expect(message).toContain('the store refused the connection');
      expect(message).not.toContain('not-the-password');
      expect((await gateway.ask('{ steady { item(first: 1) { id } } }')).errors).toBeUndefined();
    } finally {
      await gateway.close();
    }
  }, 60_000);
});

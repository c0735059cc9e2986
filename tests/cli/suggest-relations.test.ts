import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/cli/program.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';

let server: TestServer;
let folder: string;
let config: string;

beforeAll(async () => {
  server = await openTestServer();
  const url = await server.freshDatabase('old_shop');
  const admin = openPools(url);
  await admin.script(
    `create table customers (customer_no int primary key, name text);
    insert into customers select i, 'Customer ' || i from generate_series(1, 50) i;
    create table visits (id int primary key, cust_no int, note text);
    insert into visits select i, case when i = 7 then 99 else 1 + i % 50 end, 'note' from generate_series(1, 200) i;
    create table "on" ("null" int, customer_no int)`,
    { signal: new AbortController().signal },
  );
  await admin.close();
  folder = mkdtempSync(join(tmpdir(), 'trainyard-suggest-'));
  config = join(folder, 'old.yml');
  writeFileSync(config, `sources:\n  old: { engine: postgres, url: ${JSON.stringify(url)} }\n`);
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.close();
});

async function trainyard(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(args, { out: (text) => void out.push(text), err: (text) => void err.push(text) });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

test('introspect --suggest-relations prints a list that the config takes', async () => {
  const { code, out } = await trainyard('introspect', '--suggest-relations', '--config', config);
  expect(code).toBe(0);
  expect(out).toBe(
    [
      '# old: 200 rows of 2 fields or sets of fields were looked at.',
      'relations:',
      '  # 98 % of 51 different values in 200 rows were found',
      '  - { from: old.visits, to: old.customers, on: { cust_no: customer_no }, as: cust, reverse: visits }',
      '# Their names tell of relations, of which nothing could be seen:',
      '#   old.on.customer_no: it holds no value',
    ].join('\n'),
  );
  writeFileSync(config, `${readFileSync(config, 'utf8')}${out}\n`);
  expect((await trainyard('check-config', '--config', config)).out).toBe('the configuration is valid: old');
  const again = await trainyard('introspect', '--suggest-relations', '--config', config);
  expect(again.out).toContain('relations: []');
  const { out: shapes } = await trainyard('introspect', '--config', config);
  const [{ entities }] = JSON.parse(shapes) as [{ entities: { name: string; relations: { name: string }[] }[] }];
  const names = entities.map(({ name, relations }) => [name, relations.map((r) => r.name)]);
  expect(names).toEqual([
    ['customers', ['visits']],
    ['on', []],
    ['visits', ['cust']],
  ]);
});

test.each([
  ['--sample', '0', 'a whole number from 1 to 999999'],
  ['--within', 'x', 'a whole number of seconds from 1 to 999999'],
])('%s %s is refused', async (flag, value, expected) => {
  const { code, err } = await trainyard('introspect', '--suggest-relations', '--config', config, flag, value);
  expect([code, err]).toEqual([1, `BAD_INPUT: ${flag}: expected ${expected}, got "${value}"`]);
});

test('relations between sources are found too, by values that are equal in their common form', async () => {
  const url = await server.freshDatabase('crm');
  const admin = openPools(url);
  await admin.script(
    `create table contact (id uuid primary key default gen_random_uuid(), customer_no text, note text);
    insert into contact (customer_no, note) select i, 'note ' || i from generate_series(11, 60) i`,
    { signal: new AbortController().signal },
  );
  await admin.close();
  const both = join(folder, 'both.yml');
  const old = readFileSync(config, 'utf8').split('\n')[1]!;
  writeFileSync(both, `sources:\n${old}\n  crm: { engine: postgres, url: ${JSON.stringify(url)} }\n`);
  const { code, out } = await trainyard('introspect', '--suggest-relations', '--config', both);
  expect(code).toBe(0);
  expect(out).toContain(
    [
      '  # 80 % of 50 different values in 50 rows were found',
      '  - { from: crm.contact, to: old.customers, on: { customer_no: customer_no }, as: customer, reverse: contact }',
    ].join('\n'),
  );
  writeFileSync(both, `${readFileSync(both, 'utf8')}${out}\n`);
  const { out: shapes } = await trainyard('introspect', '--config', both);
  expect(shapes).not.toContain('left out');
  expect(shapes).toContain('"to": "old.customers"');
});

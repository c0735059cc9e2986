import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/cli/program.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trainyard-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function trainyard(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(args, { out: (text) => void out.push(text), err: (text) => void err.push(text) });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

test('check-config names the sources of a good file', async () => {
  const config = file('good.yml', "sources: { shop: { engine: postgres, url: 'postgres://h/shop' } }");
  expect(await trainyard('check-config', '--config', config)).toEqual({
    code: 0,
    out: 'the configuration is valid: shop',
    err: '',
  });
});

test('check-config lists every mistake and fails', async () => {
  const config = file('bad.yml', 'limits: { depth: 0 }\nhtp: {}');
  const { code, out, err } = await trainyard('check-config', '--config', config);
  expect([code, out]).toEqual([1, '']);
  expect(err.split('\n')).toEqual([
    `BAD_INPUT: ${config}: 2 mistakes`,
    '  limits.depth: expected a whole number from 1 to 1000, got 0',
    '  htp: expected one of sources, relations, limits, http, log, storage, catalog, got an unknown key (did you mean "http"?)',
  ]);
});

test('serve goes without saying, and a mistake stops it before anything opens', async () => {
  const expected = {
    code: 1,
    out: '',
    err: 'BAD_INPUT: the configuration: --port: expected a whole number from 0 to 65535, got "x"',
  };
  expect(await trainyard('--port', 'x')).toEqual(expected);
  expect(await trainyard('serve', '--port', 'x')).toEqual(expected);
});

test.each([
  [['srve'], "error: unknown command 'srve'"],
  [['check-config', '--confg', 'x'], "error: unknown option '--confg'"],
  [['schema', 'diff', 'one'], "error: missing required argument 'new'"],
  [['serve', '--port'], "error: option '--port <port>' argument missing"],
])('%j is a mistake of usage', async (args, message) => {
  const { code, out, err } = await trainyard(...args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(message);
});

test('help and version', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(await trainyard('--version')).toEqual({ code: 0, out: version, err: '' });
  const { code, out } = await trainyard('help');
  expect(code).toBe(0);
  for (const command of ['serve', 'demo', 'check-config', 'introspect', 'schema', 'help'])
    expect(out).toContain(`\n  ${command}`);
});

const OLD = 'type Query { a: Int, b(x: Int): String }';

test('schema diff: a removed field breaks clients', async () => {
  const { code, out } = await trainyard(
    'schema',
    'diff',
    file('old', OLD),
    file('new', 'type Query { b(x: Int): String, c: Int }'),
  );
  expect(code).toBe(1);
  expect(out.split('\n')).toEqual([
    "BREAKING   Field 'a' was removed from object type 'Query'",
    "SAFE       Field 'c' was added to object type 'Query'",
    '2 changes, 1 breaking',
  ]);
});

test('schema diff: an added field does not, nor does nothing', async () => {
  const old = file('old', OLD);
  expect(
    await trainyard('schema', 'diff', old, file('new', 'type Query { a: Int, b(x: Int): String, c: Int }')),
  ).toEqual({
    code: 0,
    out: "SAFE       Field 'c' was added to object type 'Query'\n1 changes, 0 breaking",
    err: '',
  });
  expect(await trainyard('schema', 'diff', old, old)).toEqual({ code: 0, out: 'no changes', err: '' });
});

test('schema diff: files that cannot be read', async () => {
  const old = file('old', OLD);
  const gone = join(folder, 'gone');
  expect(await trainyard('schema', 'diff', old, gone)).toEqual({
    code: 1,
    out: '',
    err: `BAD_INPUT: ${gone}: expected a readable file, got ENOENT`,
  });
  const broken = file('broken', 'type Query {');
  expect(await trainyard('schema', 'diff', old, broken)).toEqual({
    code: 1,
    out: '',
    err: `BAD_INPUT: ${broken}: expected a GraphQL schema, got Syntax Error: Expected Name, found <EOF>.`,
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSchema } from 'graphql';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { OperationAnswer, OperationRequest, Plane } from '../../src/dataplane/service.js';
import { overview, type SourceOverview } from '../../src/server/overview.js';
import { START_POLICY, startPage } from '../../src/server/start-page.js';
import { startGateway, type Gateway } from '../server/gateway.js';
import { buildPlayground } from './watched.js';

interface Manifest {
  readonly script: string;
  readonly packages: readonly string[];
  readonly files: readonly { readonly name: string; readonly br: number | null; readonly gz: number | null }[];
}

let gateway: Gateway;
let manifest: Manifest;

beforeAll(async () => {
  buildPlayground();
  manifest = JSON.parse(readFileSync('dist/playground/manifest.json', 'utf8')) as Manifest;
  gateway = await startGateway();
});
afterAll(() => gateway.close());

interface Raw {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** As it is on the wire: `fetch` would open what is compressed, and tidy up the path. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Raw> {
  const { hostname, port } = new URL(gateway.origin);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

const policyOf = ({ headers }: Raw): string => String(headers['content-security-policy']);

describe('pages', () => {
  test.each(['/', '/playground'])('%s may load from its own origin alone, and runs no inline script', async (path) => {
    const page = await get(path);
    expect(page.status).toBe(200);
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    const directives = Object.fromEntries(
      policyOf(page)
        .split('; ')
        .map((each) => [each.split(' ')[0]!, each]),
    );
    expect(directives).toMatchObject({
      'default-src': "default-src 'none'",
      'base-uri': "base-uri 'none'",
      'frame-ancestors': "frame-ancestors 'none'",
    });
    const withoutStyle = policyOf(page).replace(/style-src [^;]*/, '');
    expect(withoutStyle).not.toMatch(/unsafe|\*|https?:|blob:/);
    expect(page.body.toString()).not.toMatch(/<script(?![^>]* src="\/playground\/)/);
    expect(page.body.toString()).not.toMatch(/(?:src|href)="(?!\/|data:image)/);
  });

  test('the start page has no script and allows its style sheet by its hash', async () => {
    const page = await get('/');
    expect(policyOf(page)).not.toContain('script-src');
    expect(policyOf(page)).toMatch(/style-src 'sha256-[A-Za-z0-9+/]{43}='/);
    expect(START_POLICY['style-src']).not.toContain('unsafe');
  });

  test('what has not changed is not sent again', async () => {
    const { headers } = await get('/playground');
    const again = await get('/playground', { 'if-none-match': String(headers['etag']) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    expect(policyOf(again)).toContain("default-src 'none'");
  });

  test.each(['/', '/playground', '/playground/x.js'])('%s is only read', async (path) => {
    const { status, headers } = await get(path, {}, 'POST');
    expect([status, headers['allow']]).toEqual([405, 'GET, HEAD']);
    expect((await get(path, {}, 'HEAD')).body.length).toBe(0);
  });
});

describe('files of the playground', () => {
  test('each is named by its content, kept for ever, and compressed as the client takes it', async () => {
    expect(manifest.files.length).toBeGreaterThan(10);
    for (const { name, br, gz } of manifest.files) {
      const path = `/playground/${name}`;
      expect(name).toMatch(/[-][A-Za-z0-9]{8}\.\w+$/);
      const plain = await get(path);
      expect([name, plain.status, plain.headers['cache-control']]).toEqual([
        name,
        200,
        'public, max-age=31536000, immutable',
      ]);
      expect(plain.headers['content-encoding']).toBeUndefined();
      for (const [accepted, size, open] of [
        ['br', br, brotliDecompressSync],
        ['gzip', gz, gunzipSync],
      ] as const) {
        const packed = await get(path, { 'accept-encoding': accepted });
        expect([name, packed.headers['content-encoding']]).toEqual([name, size === null ? undefined : accepted]);
        // Equality as jest tells it takes seconds for a megabyte.
        expect((size === null ? packed.body : open(packed.body)).equals(plain.body)).toBe(true);
        if (size !== null) expect(packed.body.length).toBe(size);
      }
    }
  });

  test('scripts are sent as scripts, and a worker has a policy too', async () => {
    const worker = manifest.files.find(({ name }) => name.startsWith('graphql.worker-'))!;
    const { headers } = await get(`/playground/${worker.name}`);
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(headers['content-security-policy']).toContain("script-src 'self'");
  });

  test.each([
    '/playground/manifest.json',
    '/playground/../manifest.json',
    '/playground/%2e%2e/%2e%2e/package.json',
    '/playground/..%2f..%2fpackage.json',
    '/playground/..\\..\\package.json',
    '/playground//etc/passwd',
    '/playground/__proto__',
    '/playground/constructor',
    '/playgrounds',
    '/playground/%00',
  ])('%s is nothing', async (path) => {
    const { status, body } = await get(path);
    expect(status).toBe(404);
    expect(body.toString()).toContain('NOT_FOUND');
  });

  test('nothing in them reaches for another origin, or makes code of text', () => {
    for (const { name } of manifest.files.filter((file) => file.name.endsWith('.js'))) {
      const text = readFileSync(`dist/playground/${name}`, 'utf8');
      expect([name, /\b(?:unpkg|jsdelivr|esm\.sh|cdnjs|googleapis)\b/.exec(text)?.[0]]).toEqual([name, undefined]);
      expect([name, /new Function\(|\beval\(/.exec(text)?.[0]]).toEqual([name, undefined]);
    }
  });

  test('the licences page names every package in them, and their texts are served', async () => {
    const page = readFileSync('docs/licences.md', 'utf8');
    expect(manifest.packages).toEqual(expect.arrayContaining(['graphiql', 'monaco-editor', 'react', 'graphql']));
    expect(manifest.packages.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
    const path = /href="(\/playground\/licences-\w+\.txt)"/.exec((await get('/playground')).body.toString())![1]!;
    const texts = (await get(path)).body.toString();
    expect(manifest.packages.filter((name) => !texts.includes(`\n${name} `))).toEqual([]);
  });
});

describe('the start page', () => {
  const HOSTILE = '<img src=x onerror=alert(1)>"\'&';
  const source: SourceOverview = {
    name: HOSTILE,
    kind: HOSTILE,
    engine: HOSTILE,
    entities: [{ name: HOSTILE }],
    problems: [{ subject: HOSTILE, message: HOSTILE }],
    health: { status: 'DOWN', since: '2001-03-31T21:42:00.123Z', lastError: HOSTILE, latencyMs: null },
  };

  test('whatever a store or the configuration says is text', () => {
    const html = startPage([source]);
    expect(html).not.toContain('<img');
    expect(html.split('&#60;img src=x onerror=alert(1)&#62;&#34;&#39;&#38;').length - 1).toBe(8);
  });

  test('it tells kind, engine, health, problems and entities', () => {
    const html = startPage([{ ...source, name: 'shop', kind: 'RELATIONAL', engine: 'postgres' }]);
    expect(html).toContain('RELATIONAL · postgres · 1 entity · down since');
    expect(html).toContain('<time datetime="2001-03-31T21:42:00.123Z">2001-03-31 21:42:00 UTC</time>');
    expect(html).toContain('1 problem');
    for (const path of ['/playground', '/graphql', '/readyz']) expect(html).toContain(`href="${path}`);
  });

  test('a store that has not told its health in time, no source, and sources that cannot be told', () => {
    expect(startPage([{ ...source, health: null }])).toContain('not told its health in time');
    expect(startPage([])).toContain('No source is configured');
    expect(startPage(null)).toContain('cannot be told now');
  });

  describe('what it asks', () => {
    const schema = buildSchema(readFileSync('schema/demo.graphql', 'utf8'));
    const shop = { name: 'shop', kind: 'RELATIONAL', engine: 'postgres', entities: [], problems: [] };
    const health = { status: 'UP', since: '2001-03-31T21:42:00Z', lastError: null, latencyMs: 1 };
    const answer = (sources: unknown): OperationAnswer => ({
      data: JSON.stringify({ sources }),
      errors: [],
      extensions: {},
    });
    const asksHealth = ({ document }: OperationRequest): boolean =>
      document.loc?.source.body.includes('health') ?? false;
    const over = (execute: (request: OperationRequest) => Promise<OperationAnswer>, given = schema) =>
      overview({ plane: { schema: given, execute } as Plane }, 100);

    test('health is put beside each source', async () => {
      const execute = async (request: OperationRequest): Promise<OperationAnswer> =>
        answer(asksHealth(request) ? [{ name: 'shop', health }] : [shop]);
      expect(await over(execute)).toEqual([{ ...shop, health }]);
    });

    test.each([
      ['never comes', () => new Promise<never>(() => undefined)],
      ['fails', () => Promise.reject(new Error('no'))],
      ['is null', () => Promise.resolve(answer(null))],
    ])('health that %s leaves the sources standing', async (_, late) => {
      const execute = (request: OperationRequest): Promise<OperationAnswer> =>
        asksHealth(request) ? late() : Promise.resolve(answer([shop]));
      expect(await over(execute)).toEqual([{ ...shop, health: null }]);
    });

    test('sources that cannot be told, or that the schema does not have', async () => {
      expect(await over(() => Promise.reject(new Error('no')))).toBeNull();
      expect(await over(() => Promise.resolve(answer([])), buildSchema('type Query { x: Int }'))).toBeNull();
    });
  });
});

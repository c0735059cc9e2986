import { SOURCE_CONFIGS } from '../../datasources/configs.js';
import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  loadConfig,
  RESERVED_ROOT_FIELDS,
  type Environment,
  type Flags,
  type SourceConfig,
} from '../../src/config/index.js';
import { GatewayError } from '../../src/errors.js';

const folder = mkdtempSync(join(tmpdir(), 'trainyard-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(text: string): string {
  const path = join(folder, 'config.yml');
  writeFileSync(path, text);
  return path;
}

/** The lines of the error, without the name of the file. */
function mistakes(yaml: string, env: Environment = {}, flags: Flags = {}): string[] {
  const config = file(yaml);
  try {
    loadConfig({ ...flags, config }, env);
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError);
    expect((error as GatewayError).code).toBe('BAD_INPUT');
    const [first, ...rest] = (error as GatewayError).message.split('\n');
    expect(first!.startsWith(`${config}: `)).toBe(true);
    return rest.length === 0 ? [first!.slice(config.length + 2)] : rest.map((line) => line.trim());
  }
  return [];
}

const URL_EXPECTED = 'expected a URL such as "postgres://user:password@host:5432/database"';
const shop = (more: string): string => `sources: { shop: { engine: postgres, url: 'postgres://h/shop', ${more} } }`;

function urlOf(source: SourceConfig | undefined): string | null {
  return source && 'url' in source ? source.url : null;
}

/** As messages list them. */
const ENGINES = SOURCE_CONFIGS.map(({ shape }) => JSON.stringify(shape.engine.value)).join(', ');

describe('one mistake, one line', () => {
  test.each<[string, string, string]>([
    ['unknown engine', 'sources: { a: { engine: oracle } }', `sources.a.engine: expected ${ENGINES}, got "oracle"`],
    ['no engine', 'sources: { a: {} }', `sources.a.engine: expected ${ENGINES}, got nothing`],
    ['source is text', 'sources: { a: postgres }', 'sources.a: expected an object with an engine, got "postgres"'],
    ['no url', 'sources: { a: { engine: postgres } }', `sources.a.url: ${URL_EXPECTED}, got nothing`],
    [
      'another scheme',
      "sources: { a: { engine: postgres, url: 'mysql://u:pw@h/d' } }",
      `sources.a.url: ${URL_EXPECTED}, got "mysql://…"`,
    ],
    [
      'no URL at all',
      "sources: { a: { engine: postgres, url: 'secret' } }",
      `sources.a.url: ${URL_EXPECTED}, got text that is not a URL`,
    ],
    [
      'kind',
      shop('kind: FILES'),
      'sources.shop.kind: expected one of RELATIONAL, DOCUMENT, GRAPH, SEARCH, got "FILES"',
    ],
    ['pool', shop('pool: 0'), 'sources.shop.pool: expected a whole number from 1 to 1000, got 0'],
    ['pool as text', shop('pool: many'), 'sources.shop.pool: expected a whole number from 1 to 1000, got "many"'],
    ['half a connection', shop('pool: 1.5'), 'sources.shop.pool: expected a whole number from 1 to 1000, got 1.5'],
    [
      'duration',
      shop('timeouts: { read: 5 }'),
      'sources.shop.timeouts.read: expected a duration such as "250ms", "5s", "2m" or "1h", got 5',
    ],
    ['schemas', shop('schemas: public'), 'sources.shop.schemas: expected a list, got "public"'],
    [
      'empty key',
      shop('entities: { v: { key: [] } }'),
      'sources.shop.entities.v.key: expected a list of at least one field, got []',
    ],
    [
      'unknown key of an entity',
      shop('entities: { v: { renam: w } }'),
      'sources.shop.entities.v.renam: expected one of rename, key, exclude, relations, fields, document, search, got an unknown key (did you mean "rename"?)',
    ],
    [
      'unknown key, nothing near',
      'http: { zzzzzzzz: 1 }',
      'http.zzzzzzzz: expected one of host, port, cors, drain, got an unknown key',
    ],
    [
      'unknown section',
      'source: {}',
      'source: expected one of sources, relations, limits, http, log, storage, catalog, got an unknown key (did you mean "sources"?)',
    ],
    ['a list for the file', '- 1', 'the file: expected an object, got [1]'],
    ['port', 'http: { port: 65536 }', 'http.port: expected a whole number from 0 to 65535, got 65536'],
    [
      'pages',
      'limits: { pageSize: 20, maxPageSize: 10 }',
      'limits.pageSize: expected at most limits.maxPageSize (10), got 20',
    ],
    [
      'reserved name',
      "sources: { models: { engine: postgres, url: 'postgres://h/d' } }",
      'sources.models: expected a name that is not reserved, got "models" (call it "models_db")',
    ],
    [
      'a name for no GraphQL',
      "sources: { my-shop: { engine: postgres, url: 'postgres://h/d' } }",
      'sources.my-shop: expected a name of letters, digits and _ that GraphQL can hold, got "my-shop" (call it "my_shop")',
    ],
    [
      'names of one type',
      "sources: { shop: { engine: postgres, url: 'postgres://h/d' }, Shop: { engine: postgres, url: 'postgres://h/d' } }",
      'sources.Shop: expected a name that differs in more than the case of its first letter, got "Shop" beside "shop"',
    ],
    [
      'relation of an unknown source',
      `${shop('')}\nrelations: [{ from: shpo.a, to: shop.b, on: { x: y }, as: b }]`,
      'relations[0].from: expected an entity of a configured source (shop), got "shpo.a"',
    ],
    [
      'relation over no fields',
      `${shop('')}\nrelations: [{ from: shop.a, to: shop.b, on: {}, as: b }]`,
      'relations[0].on: expected at least one pair of fields, got {}',
    ],
    [
      'a side without an entity',
      `${shop('')}\nrelations: [{ from: shop, to: shop.b, on: { x: y }, as: b }]`,
      'relations[0].from: expected a source and an entity, such as "shop.order", got "shop"',
    ],
    ['no YAML', 'a: [', 'expected YAML, got '],
  ])('%s', (_what, yaml, expected) => {
    const [line, ...more] = mistakes(yaml);
    expect(more).toEqual([]);
    if (expected.endsWith('got ')) expect(line).toContain(expected);
    else expect(line).toBe(expected);
  });
});

test('everything that is wrong is told at once, with the flag or variable that gave it', () => {
  const lines = mistakes(
    shop('pol: 3, entities: { v: { key: [] } }') + '\nlimits: { depth: deep }',
    { TRAINYARD_PORT: 'x' },
    { host: '' },
  );
  expect(lines.map((line) => line.split(':')[0])).toEqual([
    'sources.shop.entities.v.key',
    'sources.shop.pol',
    'limits.depth',
    '--host',
    'TRAINYARD_PORT',
  ]);
});

describe('secrets', () => {
  test('variables and files are filled in', () => {
    const secret = join(folder, 'secret');
    writeFileSync(secret, 'postgres://u:p@h/crm\n');
    const config = file(`sources:
      shop: { engine: postgres, url: 'postgres://\${USER_OF}:\${PASSWORD}@h/shop' }
      crm: { engine: postgres, url: 'file:${secret}' }`);
    const { sources } = loadConfig({ config }, { USER_OF: 'me', PASSWORD: 'pw' });
    expect([sources.shop, sources.crm].map(urlOf)).toEqual(['postgres://me:pw@h/shop', 'postgres://u:p@h/crm']);
  });

  test('what is missing is told with its path, once', () => {
    expect(
      mistakes("sources: { a: { engine: postgres, url: '${GONE}' }, b: { engine: postgres, url: 'file:/nowhere/x' } }"),
    ).toEqual([
      'sources.a.url: expected the environment variable GONE to be set, got nothing',
      'sources.b.url: expected a readable file /nowhere/x, got ENOENT',
    ]);
  });

  test('a bad value that came from a secret is not shown', () => {
    const lines = mistakes("sources: { a: { engine: postgres, url: '${URL}' } }", { URL: 'hunter2' });
    expect(lines).toEqual([`sources.a.url: ${URL_EXPECTED}, got "\${URL}"`]);
  });
});

describe('where values come from', () => {
  const yaml = 'http: { host: 0.0.0.0, port: 1 }\nstorage: { path: from-file }';
  test('flags before environment before file before defaults', () => {
    const config = file(yaml);
    const env = { TRAINYARD_CONFIG: config, TRAINYARD_PORT: '2', TRAINYARD_DATA_DIR: 'from-env' };
    const loaded = loadConfig({ port: '3' }, env);
    expect([loaded.http.port, loaded.http.host, loaded.storage.path]).toEqual([3, '0.0.0.0', resolve('from-env')]);
    expect(loadConfig({}, { TRAINYARD_CONFIG: config }).http.port).toBe(1);
    expect(loadConfig({}, {}).http).toEqual({ host: '127.0.0.1', port: 4000, cors: { origins: [] }, drain: 10_000 });
  });

  test('the catalog elsewhere', () => {
    expect(loadConfig({}, { TRAINYARD_CATALOG_URL: 'postgres://h/c' }).catalog).toEqual({ url: 'postgres://h/c' });
    expect(loadConfig({}, {}).catalog).toEqual({ url: null });
    expect(() => loadConfig({}, { TRAINYARD_CATALOG_URL: 'x' })).toThrow(
      `the configuration: TRAINYARD_CATALOG_URL: ${URL_EXPECTED}, got text that is not a URL`,
    );
  });

  test('what is logged', () => {
    const config = file('log: { level: debug, slow: 250ms }');
    expect(loadConfig({ config }, {}).log).toEqual({ level: 'debug', slow: 250 });
    expect(loadConfig({ config }, { TRAINYARD_LOG_LEVEL: 'warn' }).log.level).toBe('warn');
    expect(loadConfig({}, {}).log).toEqual({ slow: 1_000 });
    expect(() => loadConfig({}, { TRAINYARD_LOG_LEVEL: 'loud' })).toThrow(
      'the configuration: TRAINYARD_LOG_LEVEL: expected one of debug, info, warn, error, got "loud"',
    );
  });

  test.each([
    ['postgres://h/music', 'music'],
    ['postgres://h/my-shop.2', 'my_shop_2'],
    ['postgresql://h/1st', '_1st'],
    ['postgres://h/models', 'models_db'],
    ['postgres://me@h', 'me'],
    ['postgres://h/a%20b', 'a_b'],
  ])('DATABASE_URL %s alone is source %s', (url, name) => {
    const config = loadConfig({}, { DATABASE_URL: url });
    expect(Object.entries(config.sources).map(([key, source]) => [key, urlOf(source)])).toEqual([[name, url]]);
    expect(config.demo).toBe(false);
  });

  test('DATABASE_URL is no source beside configured ones, and none in the demo', () => {
    const config = file(shop(''));
    const env = { DATABASE_URL: 'postgres://h/music' };
    expect(Object.keys(loadConfig({ config }, env).sources)).toEqual(['shop']);
    expect(loadConfig({ demo: true }, env)).toMatchObject({ demo: true, sources: {} });
    expect(() => loadConfig({}, { DATABASE_URL: 'nothing' })).toThrow(`DATABASE_URL: ${URL_EXPECTED}`);
  });

  test('nothing configured is the demo', () => {
    expect(loadConfig({}, {})).toMatchObject({ demo: true, sources: {}, file: null });
  });
});

test('a source as it is read', () => {
  const config = file(`${shop("schemas: [a, b], timeouts: { connect: 250ms, read: 2m }, exclude: ['tmp_*']")}
relations: [{ from: shop.a, to: shop.b, on: { x: y }, as: b }, { from: shop.a, to: shop.b, on: [{ from: x, to: y }], as: c, reverse: d, many: true }]`);
  const loaded = loadConfig({ config }, {});
  expect(loaded.sources.shop).toEqual({
    engine: 'postgres',
    kind: 'RELATIONAL',
    sample: 1_000,
    language: 'simple',
    url: 'postgres://h/shop',
    schemas: ['a', 'b'],
    pool: 10,
    timeouts: { connect: 250, read: 120_000 },
    retries: 2,
    breaker: { failures: 5, rest: 30_000 },
    exclude: ['tmp_*'],
  });
  expect(loaded.relations.map((relation) => relation.on)).toEqual([[{ from: 'x', to: 'y' }], [{ from: 'x', to: 'y' }]]);
});

test('the root fields of the API are reserved', () => {
  for (const name of ['records', 'sources', 'explain', 'node', 'freezeDataset', 'runEvents'])
    expect(RESERVED_ROOT_FIELDS).toContain(name);
  expect(RESERVED_ROOT_FIELDS).not.toContain('aviation');
});

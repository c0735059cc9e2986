import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allIn, loadConfig, withDemo } from '../../src/config/index.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trainyard-stores-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const load = (text: string, env = {}): unknown => {
  const file = join(folder, 'stores.yml');
  writeFileSync(file, text);
  return loadConfig({ demo: true, stores: file }, env).demoStores;
};

test('each part may have a server; what is secret comes from the environment', () => {
  expect(
    load(
      `stores:
  wildlife: { url: 'mongodb://me:\${WORD}@a,b/zoo' }
  routes: { url: bolt+s://graph }`,
      { WORD: 'x' },
    ),
  ).toEqual({ wildlife: 'mongodb://me:x@a,b/zoo', routes: 'bolt+s://graph' });
  expect(load('stores: {}')).toEqual({});
});

test('a part is read by the engine of its URL, from where it was put', () => {
  const demoStores = load('stores: { films: { url: http://search } }') as object;
  const places = { urls: { ...allIn('postgres://demo'), ...demoStores }, flights: '/data/flights' };
  const { sources } = withDemo(loadConfig({}, {}), places);
  expect(sources).toMatchObject({
    wildlife: { engine: 'postgres', kind: 'DOCUMENT', url: 'postgres://demo' },
    films: { engine: 'elasticsearch', url: 'http://search', indices: ['film'] },
  });
});

test.each([
  ['stores: { zoo: { url: x } }', 'stores.zoo: expected one of aviation, wildlife, routes, films, got an unknown key'],
  ['stores: { wildlife: mongodb://a/b }', 'stores.wildlife: expected an object, got "mongodb://a/b"'],
  [
    'stores: { wildlife: { url: bolt://me:secret@a } }',
    'stores.wildlife.url: expected a URL of postgres or mongodb (postgres://, postgresql://, mongodb://, mongodb+srv://), got "bolt://…"',
  ],
  [
    'stores: { wildlife: { url: mongodb://me:secret@a } }',
    'stores.wildlife.url: expected a URL with a database, such as "mongodb://user:password@host:27017/database", got "mongodb://…"',
  ],
  [
    "stores: { films: { url: '${SEARCH}' } }",
    'stores.films.url: expected the environment variable SEARCH to be set, got nothing',
  ],
  ['services: {}', 'x-stores: expected an object, got nothing'],
  ['- a', 'x-stores: expected an object, got nothing'],
])('%s is refused', (text, message) => {
  expect(() => load(text)).toThrow(message);
});

test('a file that is not there is told', () => {
  expect(() => loadConfig({ demo: true, stores: join(folder, 'none.yml') }, {})).toThrow(/none\.yml: .*ENOENT/);
});

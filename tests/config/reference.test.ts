import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { configJsonSchema, configReference } from '../../src/config/index.js';

const read = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
/** Tables differ from what was written only in the padding of their cells. */
const bare = (table: string): string =>
  table
    .replace(/-{3,}/g, '---')
    .replace(/ +/g, ' ')
    .replace(/\| ---/g, '|---')
    .replace(/--- \|/g, '---|')
    .trim();

test('docs/config.schema.json is the schema of the config (npm run docs writes it)', () => {
  expect(JSON.parse(read('config.schema.json'))).toEqual(configJsonSchema());
});

test('docs/configuration.md lists every key (npm run docs writes it)', () => {
  const table = /<!-- keys -->([^]*)<!-- \/keys -->/.exec(read('configuration.md'))?.[1] ?? '';
  expect(bare(table)).toBe(bare(configReference()));
});

test('every key that holds a value is described', () => {
  const rows = configReference().split('\n').slice(2, -1);
  expect(rows.length).toBeGreaterThan(40);
  expect(rows.filter((row) => row.split('|')[2]!.trim() === '')).toEqual([]);
});

import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { run } from '../../src/cli/program.js';
import { configJsonSchema, configReference, overrideReference } from '../../src/config/index.js';
import { OVERRIDES } from '../../src/config/overrides.js';

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

test('docs/configuration.md lists every flag and variable (npm run docs writes it)', () => {
  const table = /<!-- flags -->([^]*)<!-- \/flags -->/.exec(read('configuration.md'))?.[1] ?? '';
  expect(bare(table)).toBe(bare(overrideReference()));
});

const rows = configReference().split('\n').slice(2, -1);
const cells = (row: string): string[] => row.split('|').map((cell) => cell.trim());

test('every number has its unit, and what a flag or a variable gives says so', () => {
  const schema = JSON.stringify(configJsonSchema());
  expect(schema).not.toContain('"unit"');
  const numbers = rows.filter((row) => / From \d/.test(row));
  expect(numbers.length).toBeGreaterThan(12);
  expect(numbers.filter((row) => cells(row)[3] === '')).toEqual([]);
  for (const { key, flag, variable } of OVERRIDES) {
    const row = rows.find((each) => cells(each)[1] === `\`${key.join('.')}\``);
    expect(cells(row!)[5]).toBe(flag ? `\`${flag.written}\`, \`${variable}\`` : `\`${variable}\``);
  }
});

test('every flag that is documented is one of the command, and says its variable', async () => {
  const out: string[] = [];
  await run(['serve', '--help'], { out: (text) => void out.push(text), err: () => undefined });
  for (const { flag, variable } of OVERRIDES) {
    if (flag) expect(out.join('\n')).toMatch(new RegExp(`${flag.written} <[^(]*\\(${variable}\\)`));
  }
});

test('every key that holds a value is described', () => {
  expect(rows.length).toBeGreaterThan(40);
  expect(rows.filter((row) => row.split('|')[2]!.trim() === '')).toEqual([]);
});

import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { format } from 'prettier';
import { ERROR_CODES } from '../../src/errors.js';
import { errorReference } from '../../src/server/error-reference.js';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

test('docs/errors.md is the list of the program', async () => {
  const style = { singleQuote: true, printWidth: 120, trailingComma: 'all', parser: 'markdown' } as const;
  expect(page).toBe(await format(errorReference(), style));
});

test('every code is explained in a sentence', () => {
  for (const [code, meaning] of Object.entries(ERROR_CODES)) {
    expect(meaning).toMatch(/^[A-Z].+\.$/);
    expect(page).toContain(`\`${code}\``);
  }
});

import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { licences } from '../../scripts/licences.mjs';

test('docs/licences.md is what the lock file says', async () => {
  expect(readFileSync('docs/licences.md', 'utf8')).toBe(await licences());
});

test('nothing that is installed to run says nothing of its licence, or takes more than attribution', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: boolean; license?: string }>;
  };
  const named = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);
  expect(named.length).toBeGreaterThan(50);
  const odd = named.filter(
    ([, { license }]) => !/^\(?(MIT|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|BlueOak-1\.0\.0)\b/.test(license ?? ''),
  );
  expect(odd.map(([path, { license }]) => [path, license])).toEqual([]);
});

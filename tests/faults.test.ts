import { expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { FAULTS } from '../scripts/faults.mjs';

test.each(FAULTS.map((fault) => [fault.name, fault] as const))('%s can be planted', (_name, fault) => {
  const { file, find, replace, suites } = fault;
  expect({ file, find, times: readFileSync(file, 'utf8').split(find).length - 1 }).toEqual({ file, find, times: 1 });
  expect(replace).not.toBe(find);
  expect(suites).not.toEqual([]);
  expect(suites.filter((suite) => !existsSync(suite))).toEqual([]);
});

test('each fault has a name of its own', () => {
  const names = FAULTS.map(({ name }) => name);
  expect(names.filter((name, i) => names.indexOf(name) < i)).toEqual([]);
});

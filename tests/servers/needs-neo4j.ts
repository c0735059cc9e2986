import { expect, test } from '@jest/globals';
import { describeWith } from './describe-with.js';

// A suite that servers.test.ts runs where there is no Java.
describeWith('neo4j', 'a suite', (store) => {
  test('of one test', () => {
    expect(store().url).toMatch(/^bolt:/);
  });
});

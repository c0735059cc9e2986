import { memoryStore } from '../../../datasources/memory/index.js';
import { EVERYTHING } from './holding.js';
import type { Harness } from './harness.js';

export const memory: Harness = {
  name: 'memory',
  holding: EVERYTHING,
  open: () =>
    Promise.resolve({
      load: (fixture) => memoryStore('fixture', fixture),
      close: () => Promise.resolve(),
    }),
};

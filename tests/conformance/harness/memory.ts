import { memoryStore } from '../../../datasources/memory/index.js';
import type { Harness } from './harness.js';

export const memory: Harness = {
  name: 'memory',
  open: () =>
    Promise.resolve({
      load: (fixture) => memoryStore('fixture', fixture),
      close: () => Promise.resolve(),
    }),
};

import { memory } from './harness/memory.js';
import { conformance } from './suite.js';

conformance(memory);

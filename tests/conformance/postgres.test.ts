import { postgres } from './harness/postgres.js';
import { conformance } from './suite.js';

conformance(postgres);

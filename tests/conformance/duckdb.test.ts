import { duckdb } from './harness/duckdb.js';
import { conformance } from './suite.js';

conformance(duckdb);

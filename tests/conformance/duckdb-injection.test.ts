import { duckdb } from './harness/duckdb.js';
import { injection } from './injection.js';

// A name of a table is the name of a file here.
injection({ open: duckdb.open, nameOf: (text) => text.replaceAll('/', '|') });

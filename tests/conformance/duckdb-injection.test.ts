import { duckdb } from './harness/duckdb.js';
import type { Opened } from './harness/harness.js';
import { HOSTILE_SQL, LABELS, SHORT } from './hostile-sql.js';
import { injection } from './injection.js';

let opened: Opened;

injection({
  open: async (fixture) => {
    opened = await duckdb.open();
    return opened.load(fixture, fixture);
  },
  close: () => opened.close(),
  corpus: HOSTILE_SQL,
  // A name of a table is the name of a file here.
  names: SHORT.map((text) => text.replaceAll('/', '|')),
  labels: LABELS,
  list: (word) => [word, null, 'x'],
});

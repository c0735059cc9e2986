import { openTestServer, type TestServer } from '../postgres/server.js';
import { openPostgresFixture } from './harness/postgres.js';
import { HOSTILE_SQL, LABELS, SHORT } from './hostile-sql.js';
import { injection } from './injection.js';

let server: TestServer;

injection({
  open: async (fixture) => {
    server = await openTestServer();
    return openPostgresFixture(server, fixture);
  },
  close: () => server.close(),
  corpus: HOSTILE_SQL,
  names: SHORT,
  labels: LABELS,
  list: (word) => [word, null, 'x'],
});

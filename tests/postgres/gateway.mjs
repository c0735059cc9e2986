// A gateway of its own process that writes rows and tells each one that the server has acknowledged.
import '../typescript.mjs';

const { openEmbedded } = await import('../../src/postgres/embedded.ts');
const { openPostgres } = await import('../../src/postgres/pools.ts');

const embedded = await openEmbedded({ dataDir: process.argv[2] }).catch((error) => {
  console.log(`refused ${error.code} ${error.message}`);
  process.exit(3);
});
const postgres = openPostgres({
  url: embedded.url('postgres'),
  name: 'writer',
  connections: { page: 1, stream: 2 },
  connectTimeoutMs: 5_000,
  readTimeoutMs: 5_000,
  queueLimit: 10,
});
const { signal } = new AbortController();
let running = true;
process.on('SIGINT', () => (running = false));
await postgres.script('create table if not exists written (id bigint primary key)', { signal });
console.log('ready');
for (let id = 1; running; id += 1) {
  await postgres.run({ text: 'insert into written values ($1)', values: [String(id)] }, { signal });
  console.log(`wrote ${id}`);
}
// The server has not had the terminal's SIGINT: it still answers.
await postgres.run({ text: 'select count(*) from written', values: [] }, { signal });
await postgres.close();
await embedded.stop();
console.log('stopped');

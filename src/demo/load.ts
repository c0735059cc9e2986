import { CONNECTIONS } from '../postgres/budget.js';
import { openPostgres } from '../postgres/pools.js';
import type { Postgres } from '../postgres/types.js';
import { AVIATION } from './aviation.js';
import { copyLines } from './copy-lines.js';
import { FILMS } from './films.js';
import type { Part } from './part.js';
import { ROUTES } from './routes.js';
import { WILDLIFE } from './wildlife.js';

const PARTS = [AVIATION, WILDLIFE, ROUTES, FILMS];

/** Loads what the database does not have of the demo. */
export async function loadDemo(url: string, onProgress: (message: string) => void): Promise<void> {
  const postgres = openPostgres({
    url,
    name: 'demo',
    connections: CONNECTIONS.demo,
    connectTimeoutMs: 5_000,
    readTimeoutMs: 60_000,
    queueLimit: 10,
  });
  try {
    for (const part of await missing(postgres)) {
      onProgress(`loading the demo: ${part.told}`);
      await load(postgres, part);
    }
  } finally {
    await postgres.close();
  }
}

const { signal } = new AbortController();

async function missing(postgres: Postgres): Promise<readonly Part[]> {
  const { rows } = await postgres.run(
    {
      text: `select name from unnest($1::text[]) as name where to_regclass(name) is not null`,
      values: [`{${PARTS.map(({ present }) => present).join(',')}}`],
    },
    { signal },
  );
  const present = new Set(rows.map(([name]) => name));
  return PARTS.filter((part) => !present.has(part.present));
}

/** Made in a schema that no one reads, then renamed in one transaction: a kill in the middle leaves nothing to be seen. */
async function load(postgres: Postgres, { tables, rows, finish }: Part): Promise<void> {
  await postgres.script(`drop schema if exists loading cascade; create schema loading; ${tables}`, { signal });
  for (const { table, read } of rows)
    await postgres.copyIn(`copy loading.${table} from stdin`, copyLines(read()), { signal });
  await postgres.script(finish, { signal });
}

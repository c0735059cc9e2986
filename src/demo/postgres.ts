import { CONNECTIONS } from '../postgres/budget.js';
import { openPostgres } from '../postgres/pools.js';
import { copyLines } from './copy-lines.js';
import type { Holder } from './holder.js';

const { signal } = new AbortController();

/** Of the one who loads: another gateway waits, and finds the part there. Any number will do that nobody else locks. */
const LOCK = 7_301_119_205;

/** Parts are made in a schema that no one reads, then renamed in one transaction. */
export function openPostgresHolder(url: string): Holder {
  const postgres = openPostgres({
    url,
    name: 'demo',
    connections: CONNECTIONS.demo,
    connectTimeoutMs: 5_000,
    readTimeoutMs: 60_000,
    queueLimit: 10,
  });
  const has: Holder['has'] = async ({ tables }) => {
    const { rows } = await postgres.run(
      { text: 'select to_regclass($1) is not null', values: [tables.present] },
      { signal },
    );
    return rows[0]![0] === 't';
  };
  return {
    has,
    load: async (part) => {
      const { create, rows, finish } = part.tables;
      // There is one connection; the lock ends with it.
      await postgres.script(`select pg_advisory_lock(${LOCK})`, { signal });
      if (await has(part)) return;
      await postgres.script(
        `drop schema if exists trainyard_loading cascade; create schema trainyard_loading; ${create}`,
        { signal },
      );
      for (const { table, read } of rows)
        await postgres.copyIn(`copy trainyard_loading.${table} from stdin`, copyLines(read()), { signal });
      await postgres.script(finish, { signal });
    },
    close: () => postgres.close(),
  };
}

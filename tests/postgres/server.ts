import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '../../src/postgres/embedded.js';
import { openPostgres, type PostgresOptions } from '../../src/postgres/pools.js';
import type { Postgres } from '../../src/postgres/types.js';

export interface TestServer {
  /** Makes an empty database and answers its URL. */
  freshDatabase(name?: string): Promise<string>;
  close(): Promise<void>;
}

let count = 0;

/** A real PostgreSQL of its own in a new folder, for one suite. */
export async function openTestServer(): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'trainyard-postgres-'));
  const embedded = await openEmbedded({ dataDir });
  return {
    freshDatabase: async (name = `test_${(count += 1)}`) => {
      await embedded.ensureDatabase(name);
      return embedded.url(name);
    },
    close: async () => {
      await embedded.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export function openPools(url: string, options: Partial<PostgresOptions> = {}): Postgres {
  return openPostgres({
    url,
    name: 'test',
    connections: { page: 4, stream: 2 },
    connectTimeoutMs: 5_000,
    readTimeoutMs: 30_000,
    queueLimit: 1_000,
    ...options,
  });
}

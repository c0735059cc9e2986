import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { openEmbedded, type Embedded } from '../../src/postgres/embedded.js';
import { openPools } from './server.js';

const { signal } = new AbortController();

/** A PostgreSQL that can be stopped and comes back at the same address. */
export interface Stoppable {
  readonly url: string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function openStoppable(folder: string, statements: readonly string[]): Promise<Stoppable> {
  const dataDir = await mkdtemp(join(folder, 'postgres-'));
  const open = (): Promise<Embedded> => openEmbedded({ dataDir, keep: false });
  let embedded: Embedded | null = await open();
  await embedded.ensureDatabase('shop');
  const url = embedded.url('shop');
  const pools = openPools(url);
  for (const text of statements) await pools.run({ text, values: [] }, { signal });
  await pools.close();
  return {
    url,
    stop: async () => {
      await embedded?.stop();
      embedded = null;
    },
    start: async () => {
      embedded ??= await open();
    },
  };
}

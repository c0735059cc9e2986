import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findBinaries } from './embedded/binaries.js';
import { ensureCluster, passwordOf } from './embedded/cluster.js';
import { explain } from './embedded/files.js';
import { lockFolder } from './embedded/folder-lock.js';
import { openQuarters } from './embedded/quarters.js';
import { Server } from './embedded/server.js';

export interface Embedded {
  url(database: string): string;
  /** Makes the database when it is not there yet; answers whether it did. */
  ensureDatabase(name: string): Promise<boolean>;
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly onProgress?: (message: string) => void;
  /** Whether the server is started again when it ends by itself. Default true. */
  readonly keep?: boolean;
}

/** Starts (or adopts) the PostgreSQL that lives in a data folder, and keeps it running. One gateway at a time owns the folder. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { onProgress = () => undefined, keep = true } = options;
  const dataDir = resolve(options.dataDir);
  let unlock: () => Promise<void> = () => Promise.resolve();
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    unlock = await lockFolder(dataDir);
    const quarters = await openQuarters(dataDir, onProgress);
    const binaries = await findBinaries(quarters.owner !== null);
    const password = await passwordOf(dataDir);
    await ensureCluster(binaries, quarters, password, onProgress);
    const server = new Server({ ...quarters, binaries, password, log: join(dataDir, 'postgres.log'), onProgress });
    await server.start();
    if (keep) server.keep();
    return {
      url: (database) => server.url(database),
      ensureDatabase: (name) => server.ensureDatabase(name),
      stop: async () => {
        await server.stop();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw explain(error, dataDir);
  }
}

import { randomBytes } from 'node:crypto';
import { openCatalog, type Catalog } from '../catalog/index.js';
import { allIn, allPlaced, type Config, type DemoPlaces } from '../config/index.js';
import { dataFile } from '../demo/data-file.js';
import { loadDemo } from '../demo/load.js';
import { CURSOR_SECRET_BYTES } from '../planner/cursors.js';
import { openEmbedded, type Embedded } from '../postgres/embedded.js';
import { VERSION } from './version.js';

const CATALOG_DATABASE = 'trainyard';
/** Called as its first part, which was the whole. */
const DEMO_DATABASE = 'aviation';

/** The gateway's own PostgreSQL and what it keeps there. */
export interface Records {
  /** null: this use of the program keeps nothing. */
  readonly catalog: Catalog | null;
  /** The migrations of the catalog that were run now. */
  readonly migrated: readonly string[];
  /** What seals cursors: every gateway on this catalog has the same, so that each takes what another gave out. */
  readonly cursorSecret: Buffer;
  /** Where the demo's data are, when it is wanted. */
  readonly demoAt: DemoPlaces | null;
  close(): Promise<void>;
}

/** Starts the embedded PostgreSQL where the catalog or the demo lives in it, and brings the catalog up to date. */
export async function openRecords(
  { catalog: { url }, demo, demoStores, storage }: Config,
  keeps: boolean,
  onProgress: (message: string) => void,
): Promise<Records> {
  const embedded: Embedded | null =
    (demo && !allPlaced(demoStores)) || (keeps && url === null)
      ? await openEmbedded({ dataDir: storage.path, onProgress })
      : null;
  let catalog: Catalog | null = null;
  let cursorSecret: Buffer = randomBytes(CURSOR_SECRET_BYTES);
  const close = async (): Promise<void> => {
    await catalog?.close();
    await embedded?.stop();
  };
  const database = async (name: string): Promise<string> => {
    await embedded!.ensureDatabase(name);
    return embedded!.url(name);
  };
  const ready = async (): Promise<readonly string[]> => {
    catalog = await openCatalog({ url: url ?? (await database(CATALOG_DATABASE)), version: VERSION });
    const migrated = await catalog.migrate();
    cursorSecret = await catalog.secret('cursor', CURSOR_SECRET_BYTES);
    return migrated;
  };
  const filled = async (): Promise<DemoPlaces> => {
    const urls = allPlaced(demoStores) ? demoStores : { ...allIn(await database(DEMO_DATABASE)), ...demoStores };
    await loadDemo(urls, onProgress);
    return { urls, flights: dataFile('flights-3m.parquet') };
  };
  const [migrated, demoAt] = await Promise.allSettled([keeps ? ready() : [], demo ? filled() : null]);
  if (migrated.status === 'rejected' || demoAt.status === 'rejected') {
    await close();
    throw migrated.status === 'rejected' ? migrated.reason : (demoAt as PromiseRejectedResult).reason;
  }
  return { catalog, cursorSecret, migrated: migrated.value, demoAt: demoAt.value, close };
}

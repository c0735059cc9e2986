import { loadConfig, type Flags } from '../config/index.js';
import { openRecords } from '../main/records.js';
import { OK, type Terminal } from './terminal.js';

/** What a gateway does when it starts, by itself: for those who roll out many. */
export async function migrate(flags: Flags, terminal: Terminal): Promise<number> {
  const config = { ...loadConfig(flags), demo: false };
  const records = await openRecords(config, true, (message) => terminal.err(message));
  try {
    const { migrated } = records;
    terminal.out(
      migrated.length === 0 ? 'the catalog was up to date' : `the catalog is up to date: ${migrated.join(', ')}`,
    );
    return OK;
  } finally {
    await records.close();
  }
}

import neo4j from 'neo4j-driver';
import { withoutLogin } from '../login.js';
import { batches } from './batches.js';
import type { Holder } from './holder.js';
import type { Cell } from './part.js';

const CONNECT_MS = 5_000;
const BATCH = 1_000;

/** All of a part comes in one transaction. */
export function openNeo4j(written: string): Holder {
  const { url, login } = withoutLogin(written);
  const driver = neo4j.driver(url, login ? neo4j.auth.basic(login.user, login.password) : undefined, {
    connectionTimeout: CONNECT_MS,
    connectionAcquisitionTimeout: 2 * CONNECT_MS,
    telemetryDisabled: true,
    userAgent: 'trainyard',
  });
  const has: Holder['has'] = async ({ graph }) => {
    const { records } = await driver.executeQuery(graph!.present);
    return records.length > 0;
  };
  return {
    has,
    load: async (part) => {
      const { constraint, rows } = part.graph!;
      await driver.executeQuery(constraint);
      const session = driver.session();
      try {
        await session.executeWrite(async (transaction) => {
          for (const { create, read } of rows)
            for await (const batch of batches(read(), BATCH))
              await transaction.run(create, { rows: batch.map((row) => row.map(asParameter)) });
        });
      } catch (error) {
        // The constraint lets in one of two gateways that load at the same time.
        if (!(await has(part))) throw error;
      } finally {
        await session.close();
      }
    },
    close: () => driver.close(),
  };
}

/** A number of JavaScript would be a float. */
function asParameter(cell: Cell): unknown {
  return typeof cell === 'number' && Number.isInteger(cell) ? neo4j.int(cell) : cell;
}

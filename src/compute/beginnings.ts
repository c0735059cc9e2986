import type { Row } from '../store/batch.js';
import { checkBudget, type Scanned, type StreamedScan } from './scanned.js';

export interface Beginnings {
  /** Whether all scans have ended. */
  readonly whole: boolean;
  /** What was read of each. */
  readonly read: readonly Scanned[];
  /** The same scans with what was read of them in front. */
  readonly scans: readonly StreamedScan[];
  /** Ends what was begun and is not read on. */
  release(): Promise<void>;
}

/**
 * Reads scans, one after the other, until they are known to hold more than `few` rows together. With null they are read
 * to their ends, and more than `rowBudget` rows of one are BUDGET_EXCEEDED.
 */
export async function readBeginnings(
  scans: readonly StreamedScan[],
  few: number | null,
  rowBudget: number,
  signal: AbortSignal,
): Promise<Beginnings> {
  const begun = scans.map((scan) => new Begun(scan));
  const release = async (): Promise<void> => {
    await Promise.all(begun.map((each) => each.release()));
  };
  try {
    let rows = 0;
    for (const scan of begun) {
      while ((few === null || rows <= few) && (await scan.read())) {
        signal.throwIfAborted();
        if (few === null) checkBudget([scan], rowBudget);
        rows = begun.reduce((sum, each) => sum + each.rows.length, 0);
      }
    }
    return { whole: few === null || rows <= few, read: begun, scans: begun, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** A scan of which some rows were read. */
class Begun implements Scanned, StreamedScan {
  readonly entity;
  readonly columns;
  readonly rows: Row[] = [];
  private reading: AsyncIterator<readonly Row[]> | null = null;

  constructor(private readonly scan: StreamedScan) {
    this.entity = scan.entity;
    this.columns = scan.columns;
  }

  /** Reads one more batch; false: there is none. */
  async read(): Promise<boolean> {
    this.reading ??= this.scan.batches()[Symbol.asyncIterator]();
    const next = await this.reading.next();
    if (next.done === true) return false;
    for (const row of next.value) this.rows.push(row);
    return true;
  }

  async *batches(): AsyncIterable<readonly Row[]> {
    yield this.rows.splice(0);
    while (await this.read()) yield this.rows.splice(0);
  }

  async release(): Promise<void> {
    await this.reading?.return?.();
  }
}

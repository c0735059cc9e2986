import { DUCKDB_CAPABILITIES } from '../../datasources/duckdb/index.js';
import { benchEntity, benchField, canHold, openWorkbench } from '../../datasources/duckdb/workbench.js';
import { evaluate, type Table } from '../../datasources/memory/evaluate.js';
import { GatewayError } from '../errors.js';
import { entityPath, type Entity } from '../ir/entity.js';
import { columnTypes, type Select } from '../ir/select.js';
import type { Args } from '../ir/value.js';
import { lazily } from '../lazily.js';
import { missing } from '../planner/pushdown.js';
import type { Batch, Row } from '../store/batch.js';
import { readBeginnings } from './beginnings.js';
import { openProcesses, type ProcessOptions } from './process.js';
import { rehomed } from './rehome.js';
import { checkBudget, type Scanned, type StreamedScan } from './scanned.js';
import { scratchFolder } from './scratch.js';

/** The one way to answer a select outside its store: over scans, with the meaning that the memory engine specifies. */
export interface Compute {
  /** Whoever reads the scans stops at `rowBudget` rows of an entity; more than that is BUDGET_EXCEEDED here. */
  answer(select: Select, scans: readonly Scanned[], args: Args, rowBudget: number, signal: AbortSignal): Promise<Batch>;
  /**
   * Every row of an answer however long it and the scans are: joined in a process of its own, on the disk where memory
   * does not hold them. `rowBudget` holds only where DuckDB cannot hold the values, or cannot answer the select.
   */
  stream(
    select: Select,
    scans: readonly StreamedScan[],
    args: Args,
    rowBudget: number,
    signal: AbortSignal,
  ): AsyncIterable<Batch>;
  close(): Promise<void>;
}

export interface ComputeOptions extends Omit<ProcessOptions, 'processes'> {
  readonly processes?: number;
}

/** So few rows are answered sooner by the memory engine than they are laid out for another. */
const FEW = 5_000;
/** Rows of a batch of what was answered whole. */
const SLICE = 5_000;

/** Small answers in this thread, large ones in DuckDB: off the thread, with a limit of memory, and interruptible. */
export function openCompute({ processes = 2, ...options }: ComputeOptions, few = FEW): Compute {
  const { temporary } = options;
  const scratch = lazily(async () => (temporary === null ? null : scratchFolder(temporary)));
  const bench = lazily(async () => openWorkbench({ ...options, temporary: await scratch.get() }));
  const joining = openProcesses({ ...options, processes }, () => scratch.get());
  return {
    answer: async (select, scans, args, rowBudget, signal) => {
      checkBudget(scans, rowBudget);
      const rows = scans.reduce((sum, scan) => sum + scan.rows.length, 0);
      const moved = rows > few ? onBench(select, scans) : null;
      if (!moved) return batchOf(select, inMemory(select, scans, args));
      // The heaps' entities are those that the select now speaks of: equal in all but their facts.
      return batchOf(select, await withHint((await bench.get()).answer(moved, scans, args, signal)));
    },
    async *stream(select, scans, args, rowBudget, signal) {
      const moved = onBench(select, scans);
      const begun = await readBeginnings(scans, moved ? few : null, rowBudget, signal);
      try {
        if (moved && !begun.whole)
          for await (const rows of hinted(joining.answer(moved, begun.scans, args, signal)))
            yield batchOf(select, rows);
        else yield* sliced(batchOf(select, inMemory(select, begun.read, args)), signal);
      } finally {
        await begun.release();
      }
    },
    close: async () => {
      await (await bench.made())?.close();
    },
  };
}

/** Everything in this thread. */
export const MEMORY_COMPUTE: Compute = {
  answer: (select, scans, args, rowBudget) => {
    checkBudget(scans, rowBudget);
    return Promise.resolve(batchOf(select, inMemory(select, scans, args)));
  },
  async *stream(select, scans, args, rowBudget, signal) {
    const { read } = await readBeginnings(scans, null, rowBudget, signal);
    yield* sliced(batchOf(select, inMemory(select, read, args)), signal);
  },
  close: () => Promise.resolve(),
};

/** The select as DuckDB answers it; null when it cannot, or cannot hold what it is asked of. */
function onBench(select: Select, scans: readonly Pick<Scanned, 'entity' | 'columns'>[]): Select | null {
  if (!scans.every(isHeld)) return null;
  const moved = rehomed(select, HOME);
  return missing(moved, DUCKDB_CAPABILITIES).length === 0 ? moved : null;
}

const HOME = { entity: benchEntity, field: (_: Entity, field: Parameters<typeof benchField>[0]) => benchField(field) };

function isHeld({ entity, columns }: Pick<Scanned, 'entity' | 'columns'>): boolean {
  return columns.every((name) => canHold(entity.fields.get(name)!.type));
}

function* sliced(whole: Batch, signal: AbortSignal): Iterable<Batch> {
  for (let at = 0; at < whole.rows.length; at += SLICE) {
    signal.throwIfAborted();
    yield { ...whole, rows: whole.rows.slice(at, at + SLICE) };
  }
}

function batchOf(select: Select, rows: readonly Row[]): Batch {
  return { form: 'TYPED', types: columnTypes(select), rows };
}

function inMemory(select: Select, scans: readonly Scanned[], args: Args): Row[] {
  const tables = new Map<Entity, Table>(scans.map(({ entity, columns, rows }) => [entity, { columns, rows }]));
  return evaluate(
    select,
    (entity) => {
      const table = tables.get(entity);
      if (!table) throw new Error(`no scan of ${entityPath(entity)}`);
      return table;
    },
    args,
  );
}

/** What takes more memory or disk than there is, with what helps here. */
function withHint<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    throw withComputeHint(error);
  });
}

async function* hinted<T>(answer: AsyncIterable<T>): AsyncIterable<T> {
  try {
    yield* answer;
  } catch (error) {
    throw withComputeHint(error);
  }
}

function withComputeHint(error: unknown): unknown {
  if (!(error instanceof GatewayError) || error.code !== 'BUDGET_EXCEEDED') return error;
  const message = 'compute: to join these rows takes more memory and disk than the gateway may use';
  const hint = 'narrow the question, or raise limits.computeMemory or limits.computeDisk';
  return new GatewayError(error.code, message, { ...error.detail, hint }, { cause: error });
}

import { DUCKDB_CAPABILITIES } from '../../datasources/duckdb/index.js';
import {
  benchEntity,
  benchField,
  canHold,
  openWorkbench,
  type Workbench,
  type WorkbenchOptions,
} from '../../datasources/duckdb/workbench.js';
import { evaluate, type Table } from '../../datasources/memory/evaluate.js';
import { GatewayError } from '../errors.js';
import { entityPath, type Entity } from '../ir/entity.js';
import { columnTypes, type Select } from '../ir/select.js';
import type { Args } from '../ir/value.js';
import { missing } from '../planner/pushdown.js';
import type { Batch, Row } from '../store/batch.js';
import { rehomed } from './rehome.js';
import { scratchFolder } from './scratch.js';

/** What was scanned of one entity, as far as the budget goes. */
export interface Scanned {
  readonly entity: Entity;
  readonly columns: readonly string[];
  readonly rows: Batch['rows'];
}

/** The one way to answer a select outside its store: over scans, with the meaning that the memory engine specifies. */
export interface Compute {
  /** Whoever reads the scans stops at `rowBudget` rows of an entity; more than that is BUDGET_EXCEEDED here. */
  answer(select: Select, scans: readonly Scanned[], args: Args, rowBudget: number, signal: AbortSignal): Promise<Batch>;
  close(): Promise<void>;
}

/** So few rows are answered sooner by the memory engine than they are laid out for another. */
const FEW = 5_000;

/** Small answers in this thread, large ones in DuckDB: off the thread, with a limit of memory, and interruptible. */
export function openCompute(options: WorkbenchOptions, few = FEW): Compute {
  let bench: Promise<Workbench> | null = null;
  return {
    answer: async (select, scans, args, rowBudget, signal) => {
      checkBudget(scans, rowBudget);
      const rows = scans.reduce((sum, scan) => sum + scan.rows.length, 0);
      const moved = rows > few && scans.every(isHeld) ? rehomed(select, HOME) : null;
      if (!moved || missing(moved, DUCKDB_CAPABILITIES).length > 0)
        return batchOf(select, inMemory(select, scans, args));
      bench ??= openBench(options);
      // The heaps' entities are those that the select now speaks of: equal in all but their facts.
      return batchOf(select, await (await bench).answer(moved, scans, args, signal));
    },
    close: async () => {
      await (await bench)?.close();
    },
  };
}

async function openBench(options: WorkbenchOptions): Promise<Workbench> {
  const temporary = options.temporary === null ? null : await scratchFolder(options.temporary);
  return openWorkbench({ ...options, temporary });
}

/** Everything in this thread. */
export const MEMORY_COMPUTE: Compute = {
  answer: (select, scans, args, rowBudget) => {
    checkBudget(scans, rowBudget);
    return Promise.resolve(batchOf(select, inMemory(select, scans, args)));
  },
  close: () => Promise.resolve(),
};

const HOME = { entity: benchEntity, field: (_: Entity, field: Parameters<typeof benchField>[0]) => benchField(field) };

function isHeld({ entity, columns }: Scanned): boolean {
  return columns.every((name) => canHold(entity.fields.get(name)!.type));
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

function checkBudget(scans: readonly Scanned[], rowBudget: number): void {
  for (const { entity, rows } of scans) {
    if (rows.length <= rowBudget) continue;
    throw new GatewayError(
      'BUDGET_EXCEEDED',
      `${entityPath(entity)}: what the store cannot do itself needs more than ${rowBudget} rows here`,
      {
        source: entity.source,
        expected: `at most ${rowBudget} rows`,
        hint: 'narrow it by a filter that the store can answer (explain shows which)',
      },
    );
  }
}

import { evaluate, type Table } from '../../datasources/memory/evaluate.js';
import { GatewayError } from '../errors.js';
import type { Entity } from '../ir/entity.js';
import { columnTypes, type Select } from '../ir/select.js';
import type { Args } from '../ir/value.js';
import type { Batch } from '../store/batch.js';

/** What was scanned of one entity, as far as the budget goes. */
export interface Scanned {
  readonly entity: Entity;
  readonly columns: readonly string[];
  readonly rows: Batch['rows'];
}

/**
 * The one way to answer a select outside its store: over scans, with the meaning that the memory engine specifies.
 * Whoever reads the scans stops at `rowBudget` rows of an entity; more than that is BUDGET_EXCEEDED here.
 */
export function answer(select: Select, scans: readonly Scanned[], args: Args, rowBudget: number): Batch {
  const tables = new Map<Entity, Table>();
  for (const { entity, columns, rows } of scans) {
    if (rows.length > rowBudget) {
      throw new GatewayError(
        'BUDGET_EXCEEDED',
        `${entity.source}.${entity.entity}: what the store cannot do itself needs more than ${rowBudget} rows here`,
        {
          source: entity.source,
          expected: `at most ${rowBudget} rows`,
          hint: 'narrow it by a filter that the store can answer (explain shows which)',
        },
      );
    }
    tables.set(entity, { columns, rows });
  }
  const rows = evaluate(
    select,
    (entity) => {
      const table = tables.get(entity);
      if (!table) throw new Error(`no scan of ${entity.source}.${entity.entity}`);
      return table;
    },
    args,
  );
  return { form: 'TYPED', types: columnTypes(select), rows };
}

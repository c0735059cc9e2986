import { GatewayError } from '../errors.js';
import { entityPath, type Entity } from '../ir/entity.js';
import type { Row } from '../store/batch.js';

/** What was scanned of one entity, as far as the budget goes. */
export interface Scanned {
  readonly entity: Entity;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** The same, not read yet: to its end, whatever its length. */
export interface StreamedScan {
  readonly entity: Entity;
  readonly columns: readonly string[];
  /** Called once, when the scans before it have been read: what is read there may tell how to read this one. */
  batches(): AsyncIterable<readonly Row[]>;
}

export function checkBudget(scans: readonly Scanned[], rowBudget: number): void {
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

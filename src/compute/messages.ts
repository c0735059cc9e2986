import type { WorkbenchOptions } from '../../datasources/duckdb/workbench.js';
import type { ErrorCode, ErrorDetail } from '../errors.js';
import type { Entity } from '../ir/entity.js';
import type { Select } from '../ir/select.js';
import type { Args } from '../ir/value.js';
import type { Row } from '../store/batch.js';

/** What the gateway says to a process that joins rows. Each `lay`, `laid` and `next` has one reply, in their order. */
export type Request =
  | {
      readonly kind: 'begin';
      readonly options: WorkbenchOptions;
      readonly select: Select;
      readonly args: Args;
      /** What rows will come of, in this order. */
      readonly heaps: readonly { readonly entity: Entity; readonly columns: readonly string[] }[];
    }
  /** Rows of the present heap. */
  | { readonly kind: 'lay'; readonly rows: readonly Row[] }
  /** The present heap is whole; the next one follows. */
  | { readonly kind: 'laid' }
  /** More of the answer is wanted. */
  | { readonly kind: 'next' };

export type Reply =
  | { readonly kind: 'done' }
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  | { readonly kind: 'end' }
  /** Nothing follows. */
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string; readonly detail: ErrorDetail };

import type { DataType } from '../ir/types.js';

/** How the rows of a level become JSON: its entries in the order of the selection set. */
export type Template = readonly Entry[];

export type Entry =
  | { readonly kind: 'typename'; readonly key: string; readonly name: string }
  /** Column `column` of what the level was asked for. */
  | {
      readonly kind: 'column';
      readonly key: string;
      readonly column: number;
      readonly type: DataType;
      readonly nonNull: boolean;
      /** `Aviation_Flight.delay`, for the count of values that JSON cannot hold. */
      readonly field: string;
      /** COUNT is a JSON number, and 0 where a parent has no row. */
      readonly count: boolean;
    }
  /** Entries of the same row under a name of their own. */
  | { readonly kind: 'object'; readonly key: string; readonly entries: Template }
  /** The row or rows of child level `child`. */
  | {
      readonly kind: 'child';
      readonly key: string;
      readonly child: number;
      readonly many: boolean;
      readonly entries: Template;
    };

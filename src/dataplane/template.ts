import type { DataType } from '../ir/types.js';
import type { Nested } from './nested.js';

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
      /** Of objects and lists of them: their members. */
      readonly nested?: Nested;
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
    }
  | ({ readonly kind: 'connection'; readonly key: string } & ConnectionTemplate);

/** A connection: the levels that it is made of, by index, and its parts in the order of the selection set. */
export interface ConnectionTemplate {
  readonly levels: ConnectionLevels;
  readonly typename: string;
  readonly parts: readonly ConnectionPart[];
}

export interface ConnectionLevels {
  readonly page: number;
  readonly total: number | null;
  /** Whether there is a row at `after` or before it; null when nobody asks, or there is no `after`. */
  readonly behind: number | null;
  /** Whether there is a row at `before` or after it. */
  readonly beyond: number | null;
}

export type ConnectionPart =
  | { readonly kind: 'typename'; readonly key: string; readonly name: string }
  | { readonly kind: 'edges'; readonly key: string; readonly parts: readonly EdgePart[] }
  | { readonly kind: 'nodes'; readonly key: string; readonly row: RowEntry }
  | { readonly kind: 'pageInfo'; readonly key: string; readonly parts: readonly PageInfoPart[] }
  | { readonly kind: 'totalCount'; readonly key: string };

export type EdgePart =
  | { readonly kind: 'typename'; readonly key: string; readonly name: string }
  | { readonly kind: 'cursor'; readonly key: string }
  /** The node, or the link that leads to it. */
  | { readonly kind: 'row'; readonly key: string; readonly row: RowEntry };

/** The page's own row, or the one row of a child level: of a page of links the node is that. */
export type RowEntry = Extract<Entry, { kind: 'object' | 'child' }>;

export type PageInfoPart =
  | { readonly kind: 'typename'; readonly key: string; readonly name: string }
  | {
      readonly kind: 'hasNextPage' | 'hasPreviousPage' | 'startCursor' | 'endCursor';
      readonly key: string;
    };

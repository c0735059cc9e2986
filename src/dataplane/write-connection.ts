import type { LevelRows, ReadLevel } from '../executor/execute.js';
import { exactText } from '../ir/print.js';
import { INT64, type DataType } from '../ir/types.js';
import { valueOf, type Args } from '../ir/value.js';
import type { BoundPage } from '../planner/bind-page.js';
import { positionText } from '../planner/bind-page.js';
import type { Row } from '../store/batch.js';
import type { Store } from '../store/store.js';
import type { RowText } from './row-text.js';
import type { ConnectionTemplate, EdgePart, PageInfoPart, RowEntry } from './template.js';

/** The levels of a connection, all read. */
export interface ReadConnection {
  readonly page: ReadLevel;
  readonly total: ReadLevel | null;
  readonly behind: ReadLevel | null;
  readonly beyond: ReadLevel | null;
}

/** The levels of a connection among those of its parent; the error of one that failed is the connection's. */
export function levelsOf(
  { levels }: ConnectionTemplate,
  all: readonly LevelRows[],
): ReadConnection | { readonly failed: true; readonly error: unknown } {
  const found = (['page', 'total', 'behind', 'beyond'] as const).map((name) => {
    const index = levels[name];
    return index === null ? null : all[index]!;
  });
  const failed = found.find((level) => level?.failed === true);
  if (failed?.failed) return failed;
  const [page, total, behind, beyond] = found as (ReadLevel | null)[];
  return { page: page!, total: total!, behind: behind!, beyond: beyond! };
}

/** What a page shows of the rows that were read for it. */
export interface Shown {
  readonly rows: readonly Row[];
  /** Whether one row more was read than is shown. */
  readonly more: boolean;
}

export function shownOf({ plan }: ReadLevel, rows: readonly Row[], args: Args): Shown {
  const { limit, backward } = plan.page!;
  const size = Number(valueOf(limit, args)) - 1;
  const shown = rows.length > size ? rows.slice(0, size) : rows;
  return { rows: backward ? shown.toReversed() : shown, more: rows.length > size };
}

/** What writing one connection needs: the rows of each of its levels that belong to one parent. */
export interface OneConnection {
  readonly rows: readonly Row[];
  readonly total: Row | null;
  readonly behind: boolean;
  readonly beyond: boolean;
}

/** What the writer of rows lends to the writer of connections. */
export interface Pen {
  readonly args: Args;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly storeOf: (source: string) => Store;
  /** Of a row of the level. */
  readonly rowText: (level: ReadLevel, row: RowEntry) => RowText;
}

/** The JSON text of connections of one level: a function of what belongs to a parent. */
export function connectionWriter(
  template: ConnectionTemplate,
  { page, total }: ReadConnection,
  pen: Pen,
): (one: OneConnection) => string {
  const cursor = cursorWriter(page, pen);
  const { backward } = page.plan.page!;
  const writers = template.parts.map((part): ((one: OneConnection, shown: Shown) => string) => {
    switch (part.kind) {
      case 'typename':
        return () => JSON.stringify(part.name);
      case 'totalCount': {
        const { plan, batch } = total!;
        const text = exactTextOf(INT64, batch.form === 'TEXT' ? pen.storeOf(plan.source) : null);
        // A count is below 2^53, so it is a number and not the string of a 64-bit integer.
        return ({ total: row }) => (row ? text(row[plan.keyColumns]).slice(1, -1) : '0');
      }
      case 'nodes': {
        const text = pen.rowText(page, part.row);
        return (_one, { rows }) => {
          const texts = rows.map(text);
          return texts.includes(null) ? 'null' : `[${texts.join(',')}]`;
        };
      }
      case 'edges': {
        const text = edgeWriter(part.parts, page, cursor, pen);
        return (_one, { rows }) => `[${rows.map(text).join(',')}]`;
      }
      case 'pageInfo':
        return (one, shown) => objectText(part.parts, (each) => infoText(each, one, shown, backward, cursor));
    }
  });
  return (one) => {
    const shown = shownOf(page, one.rows, pen.args);
    return objectText(template.parts, (_, i) => writers[i]!(one, shown));
  };
}

function edgeWriter(
  parts: readonly EdgePart[],
  page: ReadLevel,
  cursor: (row: Row) => string,
  pen: Pen,
): (row: Row) => string {
  const writers = parts.map((part): ((row: Row) => string) => {
    if (part.kind === 'typename') return () => JSON.stringify(part.name);
    if (part.kind === 'cursor') return cursor;
    const text = pen.rowText(page, part.row);
    return (row) => text(row) ?? 'null';
  });
  return (row) => objectText(parts, (_, i) => writers[i]!(row));
}

function infoText(
  part: PageInfoPart,
  { behind, beyond }: OneConnection,
  { rows, more }: Shown,
  backward: boolean,
  cursor: (row: Row) => string,
): string {
  switch (part.kind) {
    case 'typename':
      return JSON.stringify(part.name);
    case 'hasNextPage':
      return String(beyond || (more && !backward));
    case 'hasPreviousPage':
      return String(behind || (more && backward));
    case 'startCursor':
      return rows.length === 0 ? 'null' : cursor(rows[0]!);
    case 'endCursor':
      return rows.length === 0 ? 'null' : cursor(rows.at(-1)!);
  }
}

function objectText<T extends { readonly key: string }>(
  parts: readonly T[],
  text: (part: T, index: number) => string,
): string {
  return `{${parts.map((part, i) => `${JSON.stringify(part.key)}:${text(part, i)}`).join(',')}}`;
}

/** The cursor of a row as JSON text: its place in the order, sealed for this page's question. */
function cursorWriter(level: ReadLevel, { variables, storeOf }: Pen): (row: Row) => string {
  const { plan, batch } = level;
  const page: BoundPage = plan.page!;
  const { cursors, columns } = page;
  if (!cursors || columns.length === 0) return () => 'null';
  const scope = page.scopeOf(variables);
  const store = batch.form === 'TEXT' ? storeOf(plan.source) : null;
  const texts = columns.map((column) => exactTextOf(batch.types[column]!, store));
  return (row) => {
    const values = columns.map((column, i) => (row[column] === null ? null : texts[i]!(row[column])));
    return `"${cursors.seal(scope, positionText(values))}"`;
  };
}

function exactTextOf(type: DataType, store: Store | null): (value: unknown) => string {
  const text = exactText(type);
  if (!store) return text;
  const value = store.value(type);
  return (raw) => text(value(raw as string));
}

import { GatewayError } from '../errors.js';
import { jsonText } from '../ir/print.js';
import type { DataType } from '../ir/types.js';
import type { Args } from '../ir/value.js';
import type { LevelRows, ReadLevel } from '../executor/execute.js';
import { keyOfChild, ownKey } from '../executor/keys.js';
import type { Row } from '../store/batch.js';
import type { Store } from '../store/store.js';
import type { JsonText } from './json-text.js';
import { relabelled } from './labels.js';
import { nestedText } from './nested.js';
import { rowText, type RowText } from './row-text.js';
import type { ConnectionTemplate, Entry, Template } from './template.js';
import { connectionWriter, levelsOf, type OneConnection, type Pen } from './write-connection.js';

/** What writing an answer gathers beside its text. */
export interface Writing {
  readonly storeOf: (source: string) => Store;
  /** Of this execution: slot values and coerced variables. */
  readonly args: Args;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Whether something is null that should not be: locate.ts then tells what and where. */
  failed: boolean;
  /** How many values of a field JSON could not hold: NaN and infinities. */
  readonly nonFinite: Map<string, number>;
}

type ValueText = (value: unknown) => string;

/** Writes a root level: a list, or one row; null when it failed or a value that is never null was. */
export function writeRoot(level: LevelRows, template: Template, many: boolean, writing: Writing, out: JsonText): void {
  if (level.failed) {
    writing.failed = true;
    out.write('null');
    return;
  }
  const text = objectText(level, template, writing);
  const { rows } = level.batch;
  if (!many) {
    out.write(rows.length === 0 ? 'null' : (text(rows[0]!) ?? 'null'));
    return;
  }
  const before = out.mark();
  out.write('[');
  for (let i = 0; i < rows.length; i += 1) {
    const one = text(rows[i]!);
    if (one === null) {
      out.reset(before);
      out.write('null');
      return;
    }
    out.write(i === 0 ? one : `,${one}`);
  }
  out.write(']');
}

/** Writes a connection at the root; null when one of its levels failed. */
export function writeConnection(
  levels: readonly LevelRows[],
  template: ConnectionTemplate,
  writing: Writing,
  out: JsonText,
): void {
  const read = levelsOf(template, levels);
  if ('failed' in read) {
    writing.failed = true;
    out.write('null');
    return;
  }
  const { page, total, behind, beyond } = read;
  const some = (level: ReadLevel | null): boolean => level !== null && level.batch.rows.length > 0;
  const text = connectionWriter(template, read, penOf(writing));
  out.write(
    text({ rows: page.batch.rows, total: total?.batch.rows[0] ?? null, behind: some(behind), beyond: some(beyond) }),
  );
}

function penOf(writing: Writing): Pen {
  const { args, variables, storeOf } = writing;
  return {
    args,
    variables,
    storeOf,
    rowText: (level, row) =>
      row.kind === 'object' ? objectText(level, row.entries, writing) : presentText(level, row, writing),
  };
}

/** The text of a row's one child, which must be there: null, and a failure, where it went away in between. */
function presentText(level: ReadLevel, entry: Extract<Entry, { kind: 'child' }>, writing: Writing): RowText {
  const text = childText(level, entry, writing);
  return (row) => {
    const found = text(row);
    if (found !== 'null') return found;
    writing.failed = true;
    return null;
  };
}

/** The text of a child level by its parent's join values. */
function writeChild(level: LevelRows, entry: Extract<Entry, { kind: 'child' }>, writing: Writing): Map<string, string> {
  const byParent = new Map<string, string>();
  if (level.failed) {
    writing.failed = true;
    return byParent;
  }
  const text = objectText(level, entry.entries, writing);
  const keyOf = ownKey(level, writing.storeOf);
  const broken = new Set<string>();
  for (const row of level.batch.rows) {
    const key = keyOf(row);
    if (key === null || broken.has(key)) continue;
    const one = text(row);
    const before = byParent.get(key);
    if (one !== null && before === undefined) byParent.set(key, one);
    else if (one !== null && entry.many) byParent.set(key, `${before!},${one}`);
    else {
      broken.add(key);
      byParent.set(key, 'null');
      writing.failed = true;
    }
  }
  if (entry.many) for (const [key, list] of byParent) if (!broken.has(key)) byParent.set(key, `[${list}]`);
  return byParent;
}

/** The text of a level's rows. */
function objectText(level: ReadLevel, template: Template, writing: Writing): RowText {
  const { plan, batch } = level;
  const store = batch.form === 'TEXT' ? writing.storeOf(plan.source) : null;
  const text = rowText(template, plan.keyColumns, {
    column: (entry) => valueText(entry, store, writing),
    missing: () => missing(writing),
    child: (entry) =>
      entry.kind === 'connection' ? connectionText(level, entry, writing) : childText(level, entry, writing),
  });
  if (!template.some((entry) => entry.kind === 'column' && entry.nonNull && !entry.nested && canBeUnheld(entry.type)))
    return text;
  return (row) => {
    try {
      return text(row);
    } catch (error) {
      if (error !== NOT_THERE) throw error;
      return null;
    }
  };
}

/** Thrown where null may not stand for a value of the store that cannot be held: there is no object then. */
const NOT_THERE = new Error('a value of the store cannot be held');
const UNHELD: ReadonlySet<DataType['kind']> = new Set([
  'float',
  'date',
  'localdatetime',
  'instant',
  'duration',
  'list',
]);

/** Whether a store's value of the type may be one that JSON cannot hold: written as null, or an error. */
export function canBeUnheld(type: DataType): boolean {
  return UNHELD.has(type.kind);
}

/** The text of a row's children, by its join values. */
function childText(level: ReadLevel, entry: Extract<Entry, { kind: 'child' }>, writing: Writing): (row: Row) => string {
  const child = level.children[entry.child]!;
  const texts = writeChild(child, entry, writing);
  const keyOf = keyOfChild(level, entry.child, writing.storeOf);
  const without = child.failed
    ? 'null'
    : entry.many
      ? '[]'
      : child.plan.kind === 'aggregate'
        ? emptyAggregate(entry.entries)
        : 'null';
  return (row) => {
    const key = keyOf(row);
    return (key === null ? undefined : texts.get(key)) ?? without;
  };
}

/** The text of a row's connection, by the row's join values. */
function connectionText(
  level: ReadLevel,
  entry: Extract<Entry, { kind: 'connection' }>,
  writing: Writing,
): (row: Row) => string {
  const read = levelsOf(entry, level.children);
  if ('failed' in read) {
    writing.failed = true;
    return () => 'null';
  }
  const [page, total, behind, beyond] = [read.page, read.total, read.behind, read.beyond].map((each) =>
    rowsByParent(each, writing),
  );
  const text = connectionWriter(entry, read, penOf(writing));
  const keyOf = keyOfChild(level, entry.levels.page, writing.storeOf);
  const rowsOf = (rows: typeof page, key: string | null): readonly Row[] =>
    (key === null ? undefined : rows?.get(key)) ?? [];
  return (row) => {
    const key = keyOf(row);
    const one: OneConnection = {
      rows: rowsOf(page, key),
      total: rowsOf(total, key)[0] ?? null,
      behind: rowsOf(behind, key).length > 0,
      beyond: rowsOf(beyond, key).length > 0,
    };
    return text(one);
  };
}

function rowsByParent(level: ReadLevel | null, { storeOf }: Writing): ReadonlyMap<string | null, readonly Row[]> {
  if (!level) return new Map();
  return Map.groupBy(level.batch.rows, ownKey(level, storeOf));
}

function missing(writing: Writing): () => null {
  return () => {
    writing.failed = true;
    return null;
  };
}

/** Measures over no rows: counts are 0, everything else null. */
function emptyAggregate(template: Template): string {
  const entries = template.map((entry) => {
    const key = JSON.stringify(entry.key);
    if (entry.kind === 'typename') return `${key}:${JSON.stringify(entry.name)}`;
    if (entry.kind === 'object') return `${key}:${emptyAggregate(entry.entries)}`;
    return `${key}:${entry.kind === 'column' && entry.count ? '0' : 'null'}`;
  });
  return `{${entries.join(',')}}`;
}

function valueText(entry: Extract<Entry, { kind: 'column' }>, store: Store | null, writing: Writing): ValueText {
  const count = (): void => void writing.nonFinite.set(entry.field, (writing.nonFinite.get(entry.field) ?? 0) + 1);
  if (entry.nested) {
    const text = nestedText(entry.type, entry.nested, count);
    const value = store?.value(entry.type);
    return value ? (raw) => text(value(raw as string)) : text;
  }
  const inner = plainText(entry.type, store);
  // A count is below 2^53, so it is written as a number and not as the string of a 64-bit integer.
  if (entry.count) return (value) => inner(value).slice(1, -1);
  if (!canBeUnheld(entry.type)) return inner;
  return (value) => {
    let text = 'null';
    try {
      text = inner(value);
      if (text !== 'null') return text;
      count();
      if (!entry.nonNull) return text;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
    }
    writing.failed = true;
    if (entry.nonNull) throw NOT_THERE;
    return text;
  };
}

export function plainText(type: DataType, store: Store | null): ValueText {
  return relabelled(type, (store ? store.jsonText(type) : jsonText(type)) as ValueText);
}

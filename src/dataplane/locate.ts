import { GatewayError } from '../errors.js';
import type { LevelRows, PageResult, ReadLevel } from '../executor/execute.js';
import type { Args } from '../ir/value.js';
import { keyOfChild, ownKey } from '../executor/keys.js';
import type { Row } from '../store/batch.js';
import type { Store } from '../store/store.js';
import type { RootField } from './compile.js';
import type { ConnectionTemplate, RowEntry, Template } from './template.js';
import { levelsOf, shownOf } from './write-connection.js';
import { canBeUnheld, plainText } from './write.js';

/** An error at the place that GraphQL gives it: response names, and indexes of lists. */
export interface LocatedError {
  readonly path: readonly (string | number)[];
  readonly error: unknown;
}

/** One error may stand at every row of a page: this many are told. */
const MOST = 1_000;

/**
 * Where the errors of an answer are. A second walk over its rows from the root, made only when writing met one: while
 * rows are written, from the leaves up, nobody knows yet where they will stand. An error inside what is null because of
 * another error need not be told, and is not.
 */
export function locateErrors(
  roots: readonly RootField[],
  { levels, args }: PageResult,
  storeOf: (source: string) => Store,
): readonly LocatedError[] {
  const walk = new Walk(storeOf, args);
  const rootRows = (page: ReadLevel): readonly Row[] => page.batch.rows;
  for (const root of roots) {
    if (root.kind === 'connection') walk.connection(levels.slice(root.plan), root.template, rootRows, [root.key]);
    if (root.kind !== 'source') continue;
    for (const field of root.fields) {
      const path = [root.key, field.key];
      if (field.kind === 'rows') walk.level(levels[field.plan]!, field.template, field.many, path);
      if (field.kind === 'connection') walk.connection(levels.slice(field.plan), field.template, rootRows, path);
    }
  }
  return walk.errors;
}

type Path = LocatedError['path'];
type Column = Extract<Template[number], { kind: 'column' }>;
type Child = Extract<Template[number], { kind: 'child' }>;

class Walk {
  readonly errors: LocatedError[] = [];
  constructor(
    private readonly storeOf: (source: string) => Store,
    private readonly args: Args,
  ) {}
  /** Rows of child levels by their parents' join values. */
  private readonly joined = new Map<ReadLevel, (key: string) => readonly Row[]>();

  level(level: LevelRows, template: Template, many: boolean, path: Path): void {
    if (level.failed) this.add(path, level.error);
    else this.rows(level, level.batch.rows, template, many, path);
  }

  /** A connection whose levels are among `levels`; `rowsOf` tells which rows of its page belong to it. */
  connection(
    levels: readonly LevelRows[],
    template: ConnectionTemplate,
    rowsOf: (page: ReadLevel) => readonly Row[],
    path: Path,
  ): void {
    const read = levelsOf(template, levels);
    if ('failed' in read) {
      this.add(path, read.error);
      return;
    }
    const { page } = read;
    const { rows } = shownOf(page, rowsOf(page), this.args);
    for (const part of template.parts) {
      if (part.kind === 'nodes') {
        // A list is null when one of its objects is.
        for (const [i, row] of rows.entries()) if (!this.row(page, row, part.row, [...path, part.key, i])) break;
      }
      if (part.kind !== 'edges') continue;
      for (const [i, row] of rows.entries()) {
        for (const each of part.parts) {
          // A node may be null, so what is missing in one leaves the others there.
          if (each.kind === 'row') this.row(page, row, each.row, [...path, part.key, i, each.key]);
        }
      }
    }
  }

  /** Whether the row of a part of a connection is there. */
  private row(page: ReadLevel, row: Row, entry: RowEntry, path: Path): boolean {
    if (this.errors.length >= MOST) return false;
    if (entry.kind === 'object') return this.object(page, row, entry.entries, path);
    const level = page.children[entry.child]!;
    if (level.failed) {
      this.add(path, level.error);
      return false;
    }
    const key = keyOfChild(page, entry.child, this.storeOf)(row);
    const [found, more] = key === null ? [] : this.childrenOf(level)(key);
    if (found && !more) return this.object(level, found, entry.entries, path);
    const message = more
      ? `${level.plan.path}: more than one row where at most one was declared`
      : `${level.plan.path}: a row went away while the page was read; ask again`;
    this.add(path, new GatewayError('INTEGRITY', message, { field: 'node' }));
    return false;
  }

  private add(path: Path, error: unknown): void {
    if (this.errors.length < MOST) this.errors.push({ path, error });
  }

  private rows(level: ReadLevel, rows: readonly Row[], template: Template, many: boolean, path: Path): void {
    if (!many) {
      if (rows.length > 0) this.object(level, rows[0]!, template, path);
      return;
    }
    // A list is null when one of its objects is: what follows that one is not there.
    for (const [i, row] of rows.entries()) {
      if (this.errors.length >= MOST || !this.object(level, row, template, [...path, i])) return;
    }
  }

  /** Whether the object is there: not when a value that is never null was null. */
  private object(level: ReadLevel, row: Row, template: Template, path: Path): boolean {
    const { keyColumns, path: place } = level.plan;
    for (const entry of template) {
      if (entry.kind === 'object' && !this.object(level, row, entry.entries, [...path, entry.key])) return false;
      if (entry.kind !== 'column') continue;
      const value = row[keyColumns + entry.column];
      if (value !== null) {
        const error = this.unheld(level, entry, value);
        if (error !== null) this.add([...path, entry.key], error);
        if (error !== null && entry.nonNull) return false;
        continue;
      }
      if (!entry.nonNull) continue;
      const message = `${place}.${entry.key}: the store gave null where it promised a value; reload the source`;
      this.add([...path, entry.key], new GatewayError('SCHEMA_CHANGED', message, { field: entry.key }));
      return false;
    }
    for (const entry of template) {
      if (entry.kind === 'child') this.child(level, row, entry, [...path, entry.key]);
      if (entry.kind === 'connection') {
        const key = keyOfChild(level, entry.levels.page, this.storeOf)(row);
        const rowsOf = (page: ReadLevel): readonly Row[] => (key === null ? [] : this.childrenOf(page)(key));
        this.connection(level.children, entry, rowsOf, [...path, entry.key]);
      }
    }
    return true;
  }

  /** Why the store's value cannot be in an answer; null when it can. */
  private unheld({ plan, batch }: ReadLevel, entry: Column, value: unknown): GatewayError | null {
    // What objects cannot hold is null inside of them.
    if (entry.nested || !canBeUnheld(entry.type)) return null;
    try {
      const text = plainText(entry.type, batch.form === 'TEXT' ? this.storeOf(plan.source) : null)(value);
      if (text !== 'null' || !entry.nonNull) return null;
      const got = batch.form === 'TEXT' ? (value as string) : 'a value that is not finite';
      const message = `${plan.path}.${entry.key}: a value of the store cannot be held: ${got}`;
      const hint = 'leave such rows out by a filter';
      return new GatewayError('INTEGRITY', message, { field: entry.key, got, hint });
    } catch (error) {
      if (error instanceof GatewayError) return error;
      throw error;
    }
  }

  private child(parent: ReadLevel, row: Row, entry: Child, path: Path): void {
    const level = parent.children[entry.child]!;
    if (level.failed) {
      this.add(path, level.error);
      return;
    }
    const key = keyOfChild(parent, entry.child, this.storeOf)(row);
    const rows = key === null ? [] : this.childrenOf(level)(key);
    if (entry.many || rows.length < 2) {
      this.rows(level, rows, entry.entries, entry.many, path);
      return;
    }
    const message = `${level.plan.path}: more than one row where at most one was declared`;
    this.add(path, new GatewayError('INTEGRITY', message, { field: entry.key }));
  }

  private childrenOf(level: ReadLevel): (key: string) => readonly Row[] {
    const known = this.joined.get(level);
    if (known) return known;
    const byKey = Map.groupBy(level.batch.rows, ownKey(level, this.storeOf));
    const find = (key: string): readonly Row[] => byKey.get(key) ?? [];
    this.joined.set(level, find);
    return find;
  }
}

import { DuckDBDataChunk, type DuckDBConnection, type DuckDBType } from '@duckdb/node-api';
import type { Entity, Field } from '../../src/ir/entity.js';
import type { Select } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import type { Args } from '../../src/ir/value.js';
import type { Row } from '../../src/store/batch.js';
import { allRows, someRows } from './bound.js';
import { compile } from './compile.js';
import { openDatabase, type DatabaseOptions } from './database.js';
import type { NativeEntity, NativeField } from './native.js';
import { boundType, nativeOf } from './parameters.js';
import { quoteName } from './quote.js';
import { encode, MOST_DIGITS } from './values.js';

/** Rows of one entity, as a scan gives them. */
export interface Heap<Rows = readonly Row[]> {
  readonly entity: Pick<Entity, 'source' | 'entity' | 'fields'>;
  readonly columns: readonly string[];
  readonly rows: Rows;
}

/** DuckDB as a place to work on rows that are in memory: with a limit of memory, a folder for what exceeds it, and an end. */
export interface Workbench {
  /** The answer of a select over entities whose facts are those of `benchEntity` and `benchField`. */
  answer(select: Select, heaps: readonly Heap[], args: Args, signal: AbortSignal): Promise<Row[]>;
  /** The same over rows that come, and go, in batches; without a limit of time. The heaps are read one after the other. */
  stream(
    select: Select,
    heaps: readonly Heap<AsyncIterable<readonly Row[]>>[],
    args: Args,
    signal: AbortSignal,
  ): AsyncIterable<Row[]>;
  close(): Promise<void>;
}

export type WorkbenchOptions = Omit<DatabaseOptions, 'source' | 'root'>;

/** Rows that one chunk holds at most. */
const CHUNK = 2_048;

/** Whether values of the type can be laid on the bench as they are. */
export function canHold(type: DataType): boolean {
  switch (type.kind) {
    case 'decimal':
      return type.precision !== null && type.precision <= MOST_DIGITS;
    case 'list':
      return type.of.kind !== 'list' && type.of.kind !== 'decimal' && canHold(type.of);
    case 'struct':
    case 'vector':
    case 'geopoint':
    case 'opaque':
      return false;
    default:
      return true;
  }
}

export function benchEntity({ source, entity, key, unique }: Entity): NativeEntity {
  return {
    view: viewOf({ source, entity }),
    unique: key ? [key, ...unique] : unique,
    format: 'PARQUET',
    files: [],
    options: [],
    casts: [],
  };
}

export function benchField({ name, type, nullable }: Field): NativeField {
  return { column: name, type: storedAs(type), nullable, loose: false, binary: true, opaque: false };
}

export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  // Nothing of the disk is read here: no folder is open to it.
  const database = await openDatabase({ ...options, source: 'compute', root: '/nowhere' });
  return {
    answer: (select, heaps, args, signal) =>
      database.run(signal, async (connection) => {
        const query = compile(select);
        try {
          for (const heap of heaps) await lay(connection, heap, [heap.rows], signal);
          return await allRows(connection, query, args, 'TYPED');
        } finally {
          for (const heap of heaps) await clear(connection, heap.entity);
        }
      }),
    stream: (select, heaps, args, signal) =>
      database.stream(signal, async function* (connection) {
        for (const heap of heaps) await lay(connection, heap, heap.rows, signal);
        yield* someRows(connection, compile(select), args, 'TYPED');
      }),
    close: () => database.close(),
  };
}

async function lay(
  connection: DuckDBConnection,
  heap: Omit<Heap, 'rows'>,
  batches: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
  signal: AbortSignal,
): Promise<void> {
  const { append, end } = await makeTable(connection, heap);
  try {
    for await (const rows of batches) {
      for (let at = 0; at < rows.length; at += CHUNK) {
        signal.throwIfAborted();
        append(rows.slice(at, at + CHUNK));
      }
    }
  } finally {
    end();
  }
}

/** A table for rows in types that can be appended, and a view of it in those of the fields. */
async function makeTable(connection: DuckDBConnection, { entity, columns }: Omit<Heap, 'rows'>): Promise<Table> {
  const fields = columns.map((name) => entity.fields.get(name)!);
  const types = fields.map(({ type }): DuckDBType => boundType(appendedAs(type)));
  const encoders = fields.map(({ type }) => encode(type, appendedAs(type)));
  const [view, table] = namesOf(entity);
  const list = (part: (field: Field, i: number) => string): string => fields.map(part).join(', ');
  await connection.run(
    `create or replace temp table ${quoteName(table)} (${list((f, i) => `${quoteName(f.name)} ${types[i]!.toString()}`)})`,
  );
  await connection.run(
    `create or replace temp view ${quoteName(view)} as select ${list((f) => `${quoteName(f.name)}::${storedAs(f.type)} as ${quoteName(f.name)}`)} from ${quoteName(table)}`,
  );
  const appender = await connection.createAppender(table);
  return {
    append: (rows) => {
      const chunk = DuckDBDataChunk.create(types, rows.length);
      encoders.forEach((one, i) =>
        chunk.setColumnValues(
          i,
          rows.map((row) => (row[i] === null || row[i] === undefined ? null : one(row[i]))),
        ),
      );
      appender.appendDataChunk(chunk);
      appender.flushSync();
    },
    end: () => appender.closeSync(),
  };
}

interface Table {
  /** At most `CHUNK` rows. */
  readonly append: (rows: readonly Row[]) => void;
  readonly end: () => void;
}

async function clear(connection: DuckDBConnection, entity: Heap['entity']): Promise<void> {
  const [view, table] = namesOf(entity);
  await connection.run(`drop view if exists ${quoteName(view)}`);
  await connection.run(`drop table if exists ${quoteName(table)}`);
}

function namesOf(entity: Heap['entity']): readonly [view: string, table: string] {
  const view = viewOf(entity);
  return [view, `${view} rows`];
}

function viewOf({ source, entity }: Pick<Entity, 'source' | 'entity'>): string {
  return `${source}.${entity}`;
}

/** Decimals at their own scale; everything else as parameters are. */
function appendedAs(type: DataType): string {
  return type.kind === 'decimal' ? `DECIMAL(${MOST_DIGITS},${type.scale ?? 0})` : nativeOf(type);
}

function storedAs(type: DataType): string {
  switch (type.kind) {
    case 'decimal':
      return appendedAs(type);
    case 'float':
      return type.bits === 32 ? 'FLOAT' : 'DOUBLE';
    case 'json':
      return 'JSON';
    default:
      return nativeOf(type);
  }
}

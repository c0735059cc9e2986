import type { DuckDBConnection } from '@duckdb/node-api';
import { GatewayError } from '../../src/errors.js';
import type { DataType } from '../../src/ir/types.js';
import type { EntityDeclaration, FileSet } from './files.js';
import type { NativeColumn, NativeEntity } from './native.js';
import { columnType, isTypeText, typeText } from './types.js';
import { option, selectText, typesOption } from './view.js';

export interface FoundColumn {
  readonly name: string;
  /** DuckDB's type of it in the files. */
  readonly sniffed: string;
  /** The type that the config gives it instead. */
  readonly given: string | null;
  readonly type: DataType;
  /** The type that the view gives it. */
  readonly native: string;
}

/** The columns of files as DuckDB finds them, with the types that the config gives. */
export async function columnsOf(
  connection: DuckDBConnection,
  set: FileSet,
  declared: EntityDeclaration,
): Promise<FoundColumn[]> {
  const options = [...formatOptions(set, declared), ...hiveOptions(set)];
  const statement = await connection.prepare(selectText({ ...set, files: filesOf(set), options, casts: [] }));
  try {
    const columns: FoundColumn[] = [];
    for (let i = 0; i < statement.columnCount; i += 1) {
      const name = statement.columnName(i);
      const sniffed = statement.columnType(i);
      const given = declared.fields?.[name]?.type ?? null;
      const meant = given === null ? sniffed : await typeNamed(connection, given);
      const { type, native } = columnType(meant, `${set.name}_${name}`);
      columns.push({ name, sniffed: typeText(sniffed), given: given === null ? null : typeText(meant), type, native });
    }
    return columns;
  } finally {
    statement.destroySync();
  }
}

/** How an entity is read from now on: nothing is guessed anew at each query. */
export async function readerOf(
  connection: DuckDBConnection,
  set: FileSet,
  declared: EntityDeclaration,
  columns: readonly FoundColumn[],
): Promise<{ readonly native: NativeEntity; readonly rows: number | null }> {
  const base = { view: set.name, format: set.format, files: set.globs, unique: [] };
  const casts = columns.map(({ name, sniffed, given, native }): NativeColumn => {
    const read = set.format === 'PARQUET' ? sniffed : (given ?? sniffed);
    return { column: name, cast: read === native ? null : native };
  });
  if (set.format === 'PARQUET') {
    const native = { ...base, options: hiveOptions(set, columns), casts };
    return { native, rows: await countOf(connection, set) };
  }
  const hive = hiveNames(set);
  const types = columns
    .filter(({ name }) => !hive.includes(name))
    .map(({ name, sniffed, given }) => [name, given ?? sniffed] as const);
  const fixed =
    set.format === 'CSV'
      ? [...(await csvOptions(connection, set, declared)), typesOption('columns', types)]
      : [...formatOptions(set, declared), typesOption('columns', types)];
  const native = { ...base, options: [...fixed, ...hiveOptions(set, columns)], casts };
  await connection.run(`${selectText(native)} limit 100`);
  return { native, rows: null };
}

/** A type of the config, which is in no statement but this one before it is known to be a type and nothing else. */
async function typeNamed(connection: DuckDBConnection, text: string) {
  const refused = new GatewayError('BAD_INPUT', `${JSON.stringify(text)} is no type of DuckDB`, {
    hint: 'a type such as DATE, DECIMAL(12,2) or VARCHAR',
  });
  if (!isTypeText(text)) throw refused;
  const statement = await connection.prepare(`select null::${text}`).catch(() => {
    throw refused;
  });
  try {
    return statement.columnType(0);
  } finally {
    statement.destroySync();
  }
}

function formatOptions({ format }: FileSet, { csv }: EntityDeclaration): string[] {
  if (format === 'NDJSON') return [option('format', 'newline_delimited')];
  if (format === 'JSON') return [option('format', 'auto')];
  if (format === 'PARQUET' || !csv) return [];
  const { delimiter, quote, header, nulls } = csv;
  return [
    ...(delimiter === undefined ? [] : [option('delim', delimiter)]),
    ...(quote === undefined ? [] : [option('quote', quote)]),
    ...(header === undefined ? [] : [option('header', header)]),
    ...(nulls === undefined ? [] : [option('nullstr', ['', ...nulls])]),
  ];
}

/** What DuckDB finds out about the first of the files: how values are separated, quoted, and dates written. */
async function csvOptions(connection: DuckDBConnection, set: FileSet, declared: EntityDeclaration): Promise<string[]> {
  const own = formatOptions(set, declared);
  const asked = [`$1`, ...own].join(', ');
  const result = await connection.runAndReadAll(
    `select Delimiter, Quote, Escape, SkipRows, HasHeader, DateFormat, TimestampFormat from sniff_csv(${asked})`,
    [set.files[0]!],
  );
  const [delimiter, quote, escape, skip, header, date, timestamp] = result.getRows()[0]!;
  const character = (found: unknown): string => (found === '(empty)' ? '' : (found as string));
  const format = (name: string, found: unknown): string[] =>
    typeof found === 'string' && found !== '' ? [option(name, found)] : [];
  return [
    option('auto_detect', false),
    option('delim', character(delimiter)),
    option('quote', character(quote)),
    option('escape', character(escape)),
    option('skip', Number(skip)),
    option('header', header === true),
    ...own.filter((each) => each.startsWith('nullstr')),
    ...format('dateformat', date),
    ...format('timestampformat', timestamp),
  ];
}

/** Names of the columns that folders make, by the path of the first file. */
function hiveNames({ hive, files }: FileSet): string[] {
  if (!hive) return [];
  return files[0]!
    .split('/')
    .slice(0, -1)
    .flatMap((part) => /^([^=]+)=/.exec(part)?.[1] ?? []);
}

function hiveOptions(set: FileSet, columns: readonly FoundColumn[] = []): string[] {
  const names = hiveNames(set);
  const types = columns.filter(({ name }) => names.includes(name)).map(({ name, sniffed }) => [name, sniffed] as const);
  return [
    option('hive_partitioning', names.length > 0),
    ...(types.length > 0 ? [typesOption('hive_types', types)] : []),
  ];
}

function filesOf({ files, globs, hive }: FileSet): readonly string[] {
  return hive ? globs : files;
}

/** Files of Parquet say how many rows they have. */
async function countOf(connection: DuckDBConnection, { globs }: FileSet): Promise<number> {
  const counted = await connection.runAndReadAll(
    `select count(*) from ${selectText({ format: 'PARQUET', files: globs, options: [], casts: [] }).replace('select * from ', '')}`,
  );
  return Number(counted.getRows()[0]![0]);
}

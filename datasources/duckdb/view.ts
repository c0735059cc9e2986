import type { NativeColumn, NativeEntity } from './native.js';
import { quoteName, quoteText } from './quote.js';

/** The statement that makes the view of an entity's files, in which every column has the type that the schema says. */
export function viewText(entity: NativeEntity): string {
  return `create or replace view ${quoteName(entity.view)} as ${selectText(entity)}`;
}

/** The rows of an entity's files. */
export function selectText(entity: Pick<NativeEntity, 'format' | 'files' | 'options' | 'casts'>): string {
  const columns = entity.casts.map(columnText);
  return `select ${columns.length > 0 ? columns.join(', ') : '*'} from ${readerText(entity)}`;
}

const READERS = { PARQUET: 'read_parquet', CSV: 'read_csv', NDJSON: 'read_json', JSON: 'read_json' } as const;

function readerText({ format, files, options }: Pick<NativeEntity, 'format' | 'files' | 'options'>): string {
  return `${READERS[format]}(${[`[${files.map(quoteText).join(', ')}]`, ...options].join(', ')})`;
}

function columnText({ column, cast }: NativeColumn): string {
  const name = quoteName(column);
  return cast === null ? name : `${name}::${cast} as ${name}`;
}

/** An argument of a reader. */
export function option(name: string, value: boolean | number | string | readonly string[]): string {
  if (typeof value === 'object') return `${name} = [${value.map(quoteText).join(', ')}]`;
  return `${name} = ${typeof value === 'string' ? quoteText(value) : String(value)}`;
}

/** An argument of a reader that gives each column its type. */
export function typesOption(name: string, types: readonly (readonly [column: string, type: string])[]): string {
  return `${name} = {${types.map(([column, type]) => `${quoteText(column)}: ${quoteText(type)}`).join(', ')}}`;
}

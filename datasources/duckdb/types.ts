import {
  DuckDBArrayType,
  DuckDBDecimalType,
  DuckDBEnumType,
  DuckDBListType,
  DuckDBStructType,
  DuckDBTypeId,
  type DuckDBType,
} from '@duckdb/node-api';
import type { DataType } from '../../src/ir/types.js';
import { quoteName, quoteText } from './quote.js';
import { MOST_DIGITS } from './values.js';

/** A type of a column: ours, and DuckDB's type that holds just its values, to which the view casts the column. */
export interface ColumnType {
  readonly type: DataType;
  readonly native: string;
}

const of = (type: DataType, native: string): ColumnType => ({ type, native });
const JSON_TYPE = of({ kind: 'json' }, 'JSON');

const PLAIN: Partial<Record<DuckDBTypeId, ColumnType>> = {
  [DuckDBTypeId.BOOLEAN]: of({ kind: 'bool' }, 'BOOLEAN'),
  [DuckDBTypeId.TINYINT]: of({ kind: 'int', bits: 16 }, 'SMALLINT'),
  [DuckDBTypeId.UTINYINT]: of({ kind: 'int', bits: 16 }, 'SMALLINT'),
  [DuckDBTypeId.SMALLINT]: of({ kind: 'int', bits: 16 }, 'SMALLINT'),
  [DuckDBTypeId.USMALLINT]: of({ kind: 'int', bits: 32 }, 'INTEGER'),
  [DuckDBTypeId.INTEGER]: of({ kind: 'int', bits: 32 }, 'INTEGER'),
  [DuckDBTypeId.UINTEGER]: of({ kind: 'int', bits: 64 }, 'BIGINT'),
  [DuckDBTypeId.BIGINT]: of({ kind: 'int', bits: 64 }, 'BIGINT'),
  [DuckDBTypeId.UBIGINT]: of({ kind: 'decimal', precision: 20, scale: 0 }, 'DECIMAL(20,0)'),
  [DuckDBTypeId.HUGEINT]: of({ kind: 'decimal', precision: MOST_DIGITS, scale: 0 }, `DECIMAL(${MOST_DIGITS},0)`),
  [DuckDBTypeId.UHUGEINT]: of({ kind: 'decimal', precision: MOST_DIGITS, scale: 0 }, `DECIMAL(${MOST_DIGITS},0)`),
  [DuckDBTypeId.FLOAT]: of({ kind: 'float', bits: 32 }, 'FLOAT'),
  [DuckDBTypeId.DOUBLE]: of({ kind: 'float', bits: 64 }, 'DOUBLE'),
  [DuckDBTypeId.VARCHAR]: of({ kind: 'text' }, 'VARCHAR'),
  [DuckDBTypeId.SQLNULL]: of({ kind: 'text' }, 'VARCHAR'),
  [DuckDBTypeId.UUID]: of({ kind: 'uuid' }, 'UUID'),
  [DuckDBTypeId.BLOB]: of({ kind: 'bytes' }, 'BLOB'),
  [DuckDBTypeId.DATE]: of({ kind: 'date' }, 'DATE'),
  [DuckDBTypeId.TIME]: of({ kind: 'time' }, 'TIME'),
  [DuckDBTypeId.TIME_NS]: of({ kind: 'time' }, 'TIME'),
  [DuckDBTypeId.TIMESTAMP]: of({ kind: 'localdatetime' }, 'TIMESTAMP'),
  [DuckDBTypeId.TIMESTAMP_S]: of({ kind: 'localdatetime' }, 'TIMESTAMP'),
  [DuckDBTypeId.TIMESTAMP_MS]: of({ kind: 'localdatetime' }, 'TIMESTAMP'),
  [DuckDBTypeId.TIMESTAMP_NS]: of({ kind: 'localdatetime' }, 'TIMESTAMP'),
  [DuckDBTypeId.TIMESTAMP_TZ]: of({ kind: 'instant' }, 'TIMESTAMPTZ'),
  [DuckDBTypeId.INTERVAL]: of({ kind: 'duration' }, 'INTERVAL'),
  [DuckDBTypeId.MAP]: JSON_TYPE,
  [DuckDBTypeId.UNION]: JSON_TYPE,
  [DuckDBTypeId.VARIANT]: JSON_TYPE,
};

/** `name` is what an enum is called, which has no name in files. What we do not know is shown as its text. */
export function columnType(type: DuckDBType, name: string): ColumnType {
  if (type.alias === 'JSON') return JSON_TYPE;
  if (type instanceof DuckDBDecimalType) {
    const { width, scale } = type;
    return of({ kind: 'decimal', precision: width, scale }, `DECIMAL(${width},${scale})`);
  }
  if (type instanceof DuckDBEnumType) return of({ kind: 'enum', name, values: type.values }, typeText(type));
  if (type instanceof DuckDBListType || type instanceof DuckDBArrayType) {
    const inner = columnType(type.valueType, name);
    return of({ kind: 'list', of: inner.type }, `${inner.native}[]`);
  }
  if (type instanceof DuckDBStructType) {
    const inner = type.entryTypes.map((each, i) => columnType(each, `${name}_${type.entryNames[i]!}`));
    const fields = inner.map((each, i) => ({ name: type.entryNames[i]!, type: each.type, nullable: true }));
    const members = inner.map((each, i) => `${quoteName(type.entryNames[i]!)} ${each.native}`);
    return of({ kind: 'struct', fields }, `STRUCT(${members.join(', ')})`);
  }
  return PLAIN[type.typeId] ?? of({ kind: 'opaque', native: typeText(type) }, 'VARCHAR');
}

/** A type as casts name it. */
export function typeText(type: DuckDBType): string {
  if (type.alias === 'JSON') return 'JSON';
  if (type instanceof DuckDBEnumType) return `ENUM(${type.values.map(quoteText).join(', ')})`;
  if (type instanceof DuckDBListType) return `${typeText(type.valueType)}[]`;
  if (type instanceof DuckDBArrayType) return `${typeText(type.valueType)}[${type.length}]`;
  if (type instanceof DuckDBStructType) {
    const members = type.entryTypes.map((each, i) => `${quoteName(type.entryNames[i]!)} ${typeText(each)}`);
    return `STRUCT(${members.join(', ')})`;
  }
  return type.toString();
}

const TOKEN = /\s+|[A-Za-z_][A-Za-z0-9_]*|\d+|'(?:[^']|'')*'|"(?:[^"]|"")*"|[(),[\]]/y;

/** Whether a text of the config can be nothing but a type: names, numbers, quoted words, brackets that close. */
export function isTypeText(text: string): boolean {
  let depth = 0;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return false;
    if (token === '(' || token === '[') depth += 1;
    if (token === ')' || token === ']') depth -= 1;
    if (depth < 0 || (token === ',' && depth === 0)) return false;
  }
  return depth === 0 && text.trim() !== '';
}

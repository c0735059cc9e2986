import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  INTERVAL,
  LIST,
  TIME,
  TIMESTAMP,
  TIMESTAMPTZ,
  VARCHAR,
  type DuckDBType,
} from '@duckdb/node-api';
import type { DataType } from '../../src/ir/types.js';
import type { ParameterDialect } from '../sql/dialect.js';
import { quoteText } from './quote.js';
import { encode, encodeList, MOST_DIGITS } from './values.js';

/** Types by the words that casts have for them; texts of uuid, enum and json are cast from text. */
const NATIVE: Partial<Record<DataType['kind'], string>> = {
  bool: 'BOOLEAN',
  // Wide, so that no value of a question is out of range.
  int: 'BIGINT',
  float: 'DOUBLE',
  uuid: 'UUID',
  bytes: 'BLOB',
  date: 'DATE',
  time: 'TIME',
  localdatetime: 'TIMESTAMP',
  instant: 'TIMESTAMPTZ',
  duration: 'INTERVAL',
};

export function nativeOf(type: DataType): string {
  switch (type.kind) {
    case 'list':
      return `${nativeOf(type.of)}[]`;
    case 'decimal':
      // One digit more than the values of a field have tells whether a value lies between two of them.
      return `DECIMAL(${MOST_DIGITS},${Math.min((type.scale ?? 0) + 1, MOST_DIGITS)})`;
    case 'enum':
      return `ENUM(${type.values.map(quoteText).join(', ')})`;
    default:
      return NATIVE[type.kind] ?? 'VARCHAR';
  }
}

export const PARAMETERS: ParameterDialect = {
  type: nativeOf,
  listOf: (native) => `${native}[]`,
  encode,
  encodeList: (type, native) => encodeList(type, native),
};

const BOUND: Readonly<Record<string, DuckDBType>> = {
  BOOLEAN,
  BIGINT,
  DOUBLE,
  FLOAT: DOUBLE,
  BLOB,
  DATE,
  TIME,
  TIMESTAMP,
  TIMESTAMPTZ,
  INTERVAL,
};

/** The type in which a value of a native type is bound; the text of the statement casts it. */
export function boundType(native: string): DuckDBType {
  if (native.endsWith('[]')) return LIST(boundType(native.slice(0, -2)));
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(native);
  if (decimal) return DECIMAL(Number(decimal[1]), Number(decimal[2]));
  return BOUND[native] ?? VARCHAR;
}

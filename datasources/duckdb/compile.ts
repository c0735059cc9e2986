import { columnTypes, type Select } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import type { DuckDBValue } from '@duckdb/node-api';
import { statementOf } from '../sql/compile.js';
import type { Parameter } from '../sql/fragment.js';
import { DUCKDB_DIALECT } from './dialect.js';
import { nativeOf, type NativeEntity } from './native.js';

/** All parameters are values of the driver. */
export interface DuckdbParameter extends Parameter {
  readonly encode: (value: unknown) => DuckDBValue;
}

/** A select as DuckDB is asked it. */
export interface DuckdbQuery {
  readonly text: string;
  readonly parameters: readonly DuckdbParameter[];
  readonly columns: readonly DataType[];
  /** What it reads: their views must be there. */
  readonly entities: readonly NativeEntity[];
}

export function compile(select: Select): DuckdbQuery {
  const { statement, entities } = statementOf(select, DUCKDB_DIALECT);
  return {
    text: statement.text,
    parameters: statement.parameters as readonly DuckdbParameter[],
    columns: columnTypes(select),
    entities: [...entities].map(nativeOf),
  };
}

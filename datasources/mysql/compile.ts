import { columnTypes, type Select } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import { statementOf } from '../sql/compile.js';
import type { Parameter } from '../sql/fragment.js';
import { DIALECTS } from './dialect.js';
import { nativeOf } from './native.js';

/** All parameters are sent as text, bytes as they are. */
export interface MysqlParameter extends Parameter {
  readonly encode: (value: unknown) => string | Uint8Array;
}

/** A select as the server is asked it. */
export interface MysqlQuery {
  readonly text: string;
  readonly parameters: readonly MysqlParameter[];
  readonly columns: readonly DataType[];
}

export function compile(select: Select): MysqlQuery {
  const { text, parameters } = statementOf(select, DIALECTS[nativeOf(select.from.entity).server]).statement;
  return { text, parameters: parameters as readonly MysqlParameter[], columns: columnTypes(select) };
}

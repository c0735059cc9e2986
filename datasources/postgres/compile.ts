import { createHash } from 'node:crypto';
import { columnTypes, type Select } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import { statementOf } from '../sql/compile.js';
import type { Parameter } from '../sql/fragment.js';
import { POSTGRES_DIALECT } from './dialect.js';

/** All parameters are sent as text. */
export interface TextParameter extends Parameter {
  readonly encode: (value: unknown) => string;
}

/** A select as PostgreSQL is sent it. */
export interface PostgresQuery {
  readonly text: string;
  /** The statement is prepared under this name: the same text has the same name. */
  readonly name: string;
  readonly parameters: readonly TextParameter[];
  readonly columns: readonly DataType[];
  readonly select: Select;
}

export function compile(select: Select): PostgresQuery {
  const { text, parameters } = statementOf(select, POSTGRES_DIALECT).statement;
  const name = createHash('sha1').update(text).digest('hex');
  return { text, name, parameters: parameters as readonly TextParameter[], columns: columnTypes(select), select };
}

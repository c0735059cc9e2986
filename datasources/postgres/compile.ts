import { createHash } from 'node:crypto';
import { columnTypes, type Select } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import type { Args } from '../../src/ir/value.js';
import { statementOf } from '../sql/compile.js';
import type { Dialect } from '../sql/dialect.js';
import type { Parameter } from '../sql/fragment.js';
import { boundOf, outermost, withBound, type Bound } from './bounds.js';
import { POSTGRES_DIALECT } from './dialect.js';

/** All parameters are sent as text. */
export interface TextParameter extends Parameter {
  readonly encode: (value: unknown) => string;
}

/** A text that PostgreSQL is sent. */
export interface PostgresText {
  readonly text: string;
  /** The statement is prepared under this name: the same text has the same name. */
  readonly name: string;
  readonly parameters: readonly TextParameter[];
}

/** A select as PostgreSQL is asked it: its plain text, and the one for pages as long as those of some arguments. */
export interface PostgresQuery extends PostgresText {
  readonly columns: readonly DataType[];
  readonly select: Select;
  boundedFor(args: Args): PostgresText;
}

export function compile(select: Select): PostgresQuery {
  const plain = textOf(select, POSTGRES_DIALECT);
  const page = outermost(select);
  const known = new Map<Bound, PostgresText>();
  const boundedFor = (args: Args): PostgresText => {
    const bound = boundOf(page, args);
    if (bound === null) return plain;
    const found = known.get(bound) ?? textOf(select, withBound(POSTGRES_DIALECT, bound));
    known.set(bound, found);
    return found;
  };
  return { ...plain, columns: columnTypes(select), select, boundedFor };
}

function textOf(select: Select, dialect: Dialect): PostgresText {
  const { text, parameters } = statementOf(select, dialect).statement;
  const name = createHash('sha1').update(text).digest('hex');
  return { text, name, parameters: parameters as readonly TextParameter[] };
}

import { createHash } from 'node:crypto';
import { columnTypes, type Select } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import type { Args } from '../../src/ir/value.js';
import { statementOf } from '../sql/compile.js';
import type { Dialect } from '../sql/dialect.js';
import type { Fragment, Parameter } from '../sql/fragment.js';
import { boundable, boundOf, withBound, type Bound } from './bounds.js';
import { POSTGRES_DIALECT } from './dialect.js';
import { isPackable, packed } from './packed.js';

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

/** A select as PostgreSQL is asked it: its plain text, and how that is sent for some arguments. */
export interface PostgresQuery extends PostgresText {
  readonly columns: readonly DataType[];
  readonly select: Select;
  /** Whether many values are sent in one row. */
  readonly isPacked: boolean;
  sentFor(args: Args): PostgresText;
}

export function compile(select: Select): PostgresQuery {
  const plain = textOf(select, POSTGRES_DIALECT);
  const columns = columnTypes(select);
  if (!isPackable(select)) return { ...plain, columns, select, isPacked: false, sentFor: boundedFor(select, plain) };
  const lists = textOf(select, POSTGRES_DIALECT, packed);
  return { ...plain, columns, select, isPacked: true, sentFor: () => lists };
}

function boundedFor(select: Select, plain: PostgresText): PostgresQuery['sentFor'] {
  const page = boundable(select);
  if (page === null) return () => plain;
  const known = new Map<Bound, PostgresText>();
  return (args) => {
    const bound = boundOf(page, args);
    if (bound === null) return plain;
    const found = known.get(bound) ?? textOf(select, withBound(POSTGRES_DIALECT, bound));
    known.set(bound, found);
    return found;
  };
}

function textOf(select: Select, dialect: Dialect, around?: (select: Fragment) => Fragment): PostgresText {
  const { text, parameters } = statementOf(select, dialect, around).statement;
  const name = createHash('sha1').update(text).digest('hex');
  return { text, name, parameters: parameters as readonly TextParameter[] };
}

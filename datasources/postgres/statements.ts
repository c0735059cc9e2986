import { valueOf, type Args } from '../../src/ir/value.js';
import type { Statement } from '../../src/postgres/types.js';
import { fittingColumns } from './column-types.js';
import type { PostgresQuery, PostgresText } from './compile.js';

/** Statements that a connection keeps prepared at most: each takes memory of the server as long as the connection lives. */
const MOST_PREPARED = 1_000;
/** A plan that is made for any values reckons with ten in a list, and looks through longer ones for every row. */
const SHORT_LIST = 100;

/** Parameters as text, and a name for what is asked more than once: the first time need not pay for keeping a plan. */
export function binder(): (query: PostgresQuery, args: Args) => Statement {
  const seen = new WeakMap<PostgresText, NonNullable<Statement['columns']>>();
  const prepared = new Set<string>();
  return (query, args) => {
    const sent = query.sentFor(args);
    const { text, name } = sent;
    const values = valuesOf(sent, args);
    let columns = seen.get(sent);
    if (columns === undefined) seen.set(sent, (columns = columnsOf(query)));
    else if (prepared.size < MOST_PREPARED) prepared.add(name);
    return prepared.has(name) && !hasLongList(sent, args) ? { text, values, name, columns } : { text, values, columns };
  };
}

export function valuesOf({ parameters }: PostgresText, args: Args): (string | null)[] {
  return parameters.map(({ value, encode }) => {
    const given = valueOf(value, args);
    return given === null ? null : encode(given);
  });
}

function hasLongList({ parameters }: PostgresText, args: Args): boolean {
  return parameters.some(
    ({ value }) => value.many && ((valueOf(value, args) as readonly unknown[] | null)?.length ?? 0) > SHORT_LIST,
  );
}

function columnsOf({ select, isPacked }: PostgresQuery): NonNullable<Statement['columns']> {
  const columns = fittingColumns(select);
  return isPacked ? [() => true, ...columns] : columns;
}

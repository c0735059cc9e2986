import type { DuckDBConnection, DuckDBDataChunk, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { valueOf, type Args } from '../../src/ir/value.js';
import type { BatchForm, Row } from '../../src/store/batch.js';
import type { DuckdbQuery } from './compile.js';
import { boundType } from './parameters.js';
import { decode, textOf } from './values.js';

/** Every row of a query's answer. */
export async function allRows(
  connection: DuckDBConnection,
  query: DuckdbQuery,
  args: Args,
  form: BatchForm,
): Promise<Row[]> {
  const { values, types } = bound(query, args);
  const result = await connection.run(query.text, values, types);
  return (await result.fetchAllChunks()).flatMap(rowsOf(query, form));
}

/** The same a chunk at a time: the next one is made when it is asked for. */
export async function* someRows(
  connection: DuckDBConnection,
  query: DuckdbQuery,
  args: Args,
  form: BatchForm,
): AsyncIterable<Row[]> {
  const { values, types } = bound(query, args);
  const result = await connection.stream(query.text, values, types);
  const take = rowsOf(query, form);
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk())
    yield take(chunk);
}

/** The parameters of a query for one execution. */
function bound(
  { parameters }: DuckdbQuery,
  args: Args,
): { readonly values: DuckDBValue[]; readonly types: DuckDBType[] } {
  const values = parameters.map(({ value, encode }): DuckDBValue => {
    const given = valueOf(value, args);
    return given === null ? null : encode(given);
  });
  return { values, types: parameters.map(({ native }) => boundType(native)) };
}

/** The rows of a chunk of its answer. */
function rowsOf({ columns }: DuckdbQuery, form: BatchForm): (chunk: DuckDBDataChunk) => Row[] {
  const decoders = columns.map((type): ((value: DuckDBValue) => unknown) =>
    form === 'TEXT' ? textOf(type) : decode(type),
  );
  return (chunk) => {
    const read = decoders.map((of, i) => chunk.getColumnValues(i).map((value) => (value === null ? null : of(value))));
    return Array.from({ length: chunk.rowCount }, (_, at) => read.map((column) => column[at]));
  };
}

import type { DuckDBDataChunk, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { valueOf, type Args } from '../../src/ir/value.js';
import type { BatchForm, Row } from '../../src/store/batch.js';
import type { DuckdbQuery } from './compile.js';
import { boundType } from './parameters.js';
import { decode, textOf } from './values.js';

/** The parameters of a query for one execution. */
export function bound(
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
export function rowsOf({ columns }: DuckdbQuery, form: BatchForm): (chunk: DuckDBDataChunk) => Row[] {
  const decoders = columns.map((type): ((value: DuckDBValue) => unknown) =>
    form === 'TEXT' ? textOf(type) : decode(type),
  );
  return (chunk) => {
    const read = decoders.map((of, i) => chunk.getColumnValues(i).map((value) => (value === null ? null : of(value))));
    return Array.from({ length: chunk.rowCount }, (_, at) => read.map((column) => column[at]));
  };
}

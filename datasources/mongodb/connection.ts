import { BSON } from 'mongodb';
import type { DataType } from '../../src/ir/types.js';
import type { Args } from '../../src/ir/value.js';
import type { Batch, Row } from '../../src/store/batch.js';
import type { Connection, Run } from '../../src/store/store.js';
import type { MongodbQuery } from './compile.js';
import { fill } from './expression.js';
import { decode, textOf } from './values.js';

/** A pipeline that is ready to be sent. */
export interface Ask {
  readonly collection: string | null;
  readonly pipeline: readonly Record<string, unknown>[];
  readonly signal: AbortSignal;
  /** Documents in one message of the store. */
  readonly batchRows: number;
}

/** What runs pipelines: documents as BSON, in batches as they come; the next one is asked for when the last is used. */
export interface Documents {
  aggregate(ask: Ask): AsyncIterable<readonly Uint8Array[]>;
}

const BATCH_ROWS = 1_000;

/** Reading and streaming of selects over whatever runs their pipelines. */
export function reading(documents: Documents): Pick<Connection<MongodbQuery>, 'read' | 'stream' | 'session'> {
  const one = async (query: MongodbQuery, run: Run): Promise<Batch & { readonly bytes: number }> => {
    const rows: Row[] = [];
    let bytes = 0;
    const rowOf = decoded(query.columns, run.form);
    for await (const some of documents.aggregate(askOf(query, run.args, run.signal))) {
      for (const document of some) {
        bytes += document.length;
        rows.push(rowOf(document));
      }
    }
    return { form: run.form, types: query.columns, rows, bytes };
  };
  const read = async (queries: readonly MongodbQuery[], run: Run): Promise<readonly Batch[]> => {
    run.signal.throwIfAborted();
    // One that fails ends the others.
    const failed = new AbortController();
    const signal = AbortSignal.any([run.signal, failed.signal]);
    const reads = queries.map((query) => one(query, { ...run, signal }));
    try {
      const batches = await Promise.all(reads);
      const total = (of: (batch: (typeof batches)[number]) => number): number => batches.reduce((n, b) => n + of(b), 0);
      run.observe?.({ rows: total((b) => b.rows.length), bytes: total((b) => b.bytes), calls: queries.length });
      return batches.map(({ form, types, rows }) => ({ form, types, rows }));
    } catch (error) {
      failed.abort(error);
      await Promise.allSettled(reads);
      throw error;
    }
  };
  return {
    read,
    session: (outer) =>
      Promise.resolve({
        read: (queries, run) => read(queries, { ...run, signal: AbortSignal.any([outer.signal, run.signal]) }),
        close: () => Promise.resolve(),
      }),
    async *stream(query, run) {
      run.signal.throwIfAborted();
      const rowOf = decoded(query.columns, run.form);
      let calls = 1;
      for await (const some of documents.aggregate(askOf(query, run.args, run.signal))) {
        run.observe?.({ rows: some.length, bytes: some.reduce((n, each) => n + each.length, 0), calls });
        calls = 0;
        yield { form: run.form, types: query.columns, rows: some.map(rowOf) };
      }
    },
  };
}

export function askOf({ collection, pipeline }: MongodbQuery, args: Args, signal: AbortSignal): Ask {
  return { collection, pipeline: fill(pipeline, args) as Record<string, unknown>[], signal, batchRows: BATCH_ROWS };
}

/** How documents are read: longs as bigint, numbers as numbers, what is left in the classes of BSON. */
export const READ_OPTIONS = { useBigInt64: true, promoteBuffers: false } as const;

function decoded(types: readonly DataType[], form: Run['form']): (document: Uint8Array) => Row {
  const decoders = types.map(decode);
  const texts = form === 'TEXT' ? types.map(textOf) : null;
  return (document) => {
    const { c } = BSON.deserialize(document, READ_OPTIONS) as { c: readonly unknown[] };
    return decoders.map((of, i) => {
      const value = of(c[i]);
      return texts === null || value === null ? value : texts[i]!(value);
    });
  };
}

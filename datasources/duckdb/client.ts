import type { DuckDBConnection } from '@duckdb/node-api';
import type { Batch } from '../../src/store/batch.js';
import type { Connection, Health, Run } from '../../src/store/store.js';
import { bound, rowsOf } from './bound.js';
import type { DuckdbQuery } from './compile.js';
import { openDatabase, type DatabaseOptions } from './database.js';
import { introspect } from './introspect.js';
import { folderOf, type EntityDeclarations } from './files.js';
import { viewText } from './view.js';

export interface DuckdbOptions extends Omit<DatabaseOptions, 'source' | 'root'> {
  /** A folder, or a glob of files. */
  readonly path: string;
  readonly entities: EntityDeclarations;
}

export async function connect(name: string, options: DuckdbOptions): Promise<Connection<DuckdbQuery>> {
  const { root, glob } = await folderOf(options.path, name);
  const database = await openDatabase({ ...options, root, source: name });
  const made = new Map<string, { readonly text: string; readonly done: Promise<void> }>();
  let health: Health = { status: 'UNKNOWN', lastError: null, latencyMs: null, since: new Date() };
  const become = (status: Health['status'], lastError: string | null, latencyMs: number | null): Health => {
    health = { status, lastError, latencyMs, since: health.status === status ? health.since : new Date() };
    return health;
  };

  /** The views that a query reads, made once as they are defined now. */
  const prepareViews = async (connection: DuckDBConnection, query: DuckdbQuery): Promise<void> => {
    for (const entity of query.entities) {
      const text = viewText(entity);
      const known = made.get(entity.view);
      if (known?.text === text) {
        await known.done;
        continue;
      }
      const done = connection.run(text).then(() => undefined);
      made.set(entity.view, { text, done });
      await done.catch((error: unknown) => {
        made.delete(entity.view);
        throw error;
      });
    }
  };

  const read = (
    queries: readonly DuckdbQuery[],
    run: Pick<Run, 'args' | 'form' | 'observe' | 'signal'>,
  ): Promise<Batch[]> =>
    database.run(run.signal, async (connection) => {
      const batches: Batch[] = [];
      for (const query of queries) {
        run.signal.throwIfAborted();
        await prepareViews(connection, query);
        const { values, types } = bound(query, run.args);
        const result = await connection.run(query.text, values, types);
        const rows = (await result.fetchAllChunks()).flatMap(rowsOf(query, run.form));
        batches.push({ form: run.form, types: query.columns, rows });
      }
      run.observe?.({ rows: batches.reduce((sum, { rows }) => sum + rows.length, 0), bytes: 0, calls: queries.length });
      return batches;
    });

  return {
    read,
    session: (outer) =>
      Promise.resolve({
        read: (queries, run) => read(queries, { ...outer, ...run }),
        close: () => Promise.resolve(),
      }),
    stream: (query, run) =>
      database.stream(run.signal, async function* (connection) {
        await prepareViews(connection, query);
        const { values, types } = bound(query, run.args);
        const result = await connection.stream(query.text, values, types);
        const read = rowsOf(query, run.form);
        let calls = 1;
        // The next chunk is made when it is asked for.
        for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
          const rows = read(chunk);
          run.observe?.({ rows: rows.length, bytes: 0, calls });
          calls = 0;
          yield { form: run.form, types: query.columns, rows };
        }
      }),
    estimate: () => Promise.resolve(null),
    introspect: (signal) => introspect(database, { root, glob, entities: options.entities }, signal),
    health: async () => {
      const began = performance.now();
      try {
        await database.run(AbortSignal.timeout(2_000), (connection) => connection.run('select 1'));
        return become('UP', null, performance.now() - began);
      } catch (error) {
        return become('DOWN', (error as Error).message, null);
      }
    },
    close: () => database.close(),
  };
}

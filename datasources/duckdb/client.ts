import { lazily } from '../../src/lazily.js';
import type { Batch } from '../../src/store/batch.js';
import type { Connection, Run } from '../../src/store/store.js';
import { healthRecord } from '../../src/store/health.js';
import { allRows, someRows } from './bound.js';
import type { DuckdbQuery } from './compile.js';
import { openDatabase, type Database, type DatabaseOptions } from './database.js';
import { folderOf, type EntityDeclarations } from './files.js';
import { introspect, type Folder } from './introspect.js';
import { Views } from './views.js';

export interface DuckdbOptions extends Omit<DatabaseOptions, 'source' | 'root'> {
  /** A folder, or a glob of files. */
  readonly path: string;
  readonly entities: EntityDeclarations;
}

export function connect(name: string, options: DuckdbOptions): Connection<DuckdbQuery> {
  const { open, close } = opening(name, options);
  const become = healthRecord();

  const read = async (
    queries: readonly DuckdbQuery[],
    run: Pick<Run, 'args' | 'form' | 'observe' | 'signal'>,
  ): Promise<readonly Batch[]> => {
    const { database, views } = await open();
    return database.run(run.signal, async (connection) => {
      const batches: Batch[] = [];
      for (const query of queries) {
        run.signal.throwIfAborted();
        await views.make(connection, query.entities);
        const rows = await allRows(connection, query, run.args, run.form);
        batches.push({ form: run.form, types: query.columns, rows });
      }
      const rows = batches.reduce((sum, batch) => sum + batch.rows.length, 0);
      run.observe?.({ rows, bytes: 0, calls: queries.length });
      return batches;
    });
  };

  async function* stream(query: DuckdbQuery, run: Run): AsyncIterable<Batch> {
    const { database, views } = await open();
    yield* database.stream(run.signal, async function* (connection) {
      await views.make(connection, query.entities);
      let calls = 1;
      for await (const rows of someRows(connection, query, run.args, run.form)) {
        run.observe?.({ rows: rows.length, bytes: 0, calls });
        calls = 0;
        yield { form: run.form, types: query.columns, rows };
      }
    });
  }

  return {
    read,
    session: (outer) =>
      Promise.resolve({
        read: (queries, run) => read(queries, { ...outer, ...run }),
        close: () => Promise.resolve(),
      }),
    stream,
    estimate: () => Promise.resolve(null),
    introspect: async (signal) => {
      const { database, folder } = await open();
      return introspect(database, folder, signal);
    },
    health: async () => {
      const began = performance.now();
      try {
        const { database } = await open();
        await database.run(AbortSignal.timeout(2_000), (connection) => connection.run('select 1'));
        return become('UP', null, performance.now() - began);
      } catch (error) {
        return become('DOWN', (error as Error).message, null);
      }
    },
    close,
  };
}

interface Opened {
  readonly database: Database;
  readonly folder: Folder;
  readonly views: Views;
}

/** Opened when it is first asked: the files need not be there when the gateway starts. */
function opening(name: string, options: DuckdbOptions) {
  const opened = lazily(async (): Promise<Opened> => {
    const { root, glob } = await folderOf(options.path, name);
    const database = await openDatabase({ ...options, root, source: name });
    return { database, folder: { root, glob, entities: options.entities }, views: new Views() };
  });
  return { open: () => opened.get(), close: async () => (await opened.made())?.database.close() };
}

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { GatewayError } from '../../src/errors.js';
import { Turns } from '../../src/store/turns.js';
import { mapError } from './errors.js';
import { quoteText } from './quote.js';

export interface DatabaseOptions {
  readonly source: string;
  /** The folder that can be read; nothing else can. */
  readonly root: string;
  readonly memory: string;
  readonly temporary: string | null;
  /** The most that may be written there; without it what the disk has. */
  readonly disk?: string;
  readonly threads: number;
  readonly concurrency: number;
  readonly queueLimit: number;
  readonly readMs: number;
}

/** An instance of DuckDB in this process, and a bounded number of connections to it. */
export interface Database {
  /** Work with a connection of its own, interrupted when the signal is aborted or the time is up. */
  run<T>(signal: AbortSignal, work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  /** The same for work that hands on as it goes; without a limit of time. */
  stream<T>(signal: AbortSignal, work: (connection: DuckDBConnection) => AsyncIterable<T>): AsyncIterable<T>;
  close(): Promise<void>;
}

/** How often a query is told to stop: it may not have begun the first time. */
const INTERRUPT_MS = 10;

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { source, concurrency, queueLimit, readMs } = options;
  const instance = await locked(options);
  const idle: DuckDBConnection[] = [];
  const turns = new Turns(source, concurrency, queueLimit);
  let open = 0;
  let closed = false;

  /** The last one out closes what was closed under it. */
  const leftBy = (): void => {
    open -= 1;
    if (closed && open === 0) instance.closeSync();
  };

  /** A connection, and what gives it or another in its place back. */
  const take = async (signal: AbortSignal): Promise<[DuckDBConnection, (back: DuckDBConnection) => void]> => {
    if (closed) throw new GatewayError('STORE_UNAVAILABLE', `${source}: the source is closed`, { source });
    // Those that wait count too: they are answered even when the source is closed meanwhile.
    open += 1;
    const leave = await turns.take(signal).catch((error: unknown) => {
      leftBy();
      throw error;
    });
    const give = (back: DuckDBConnection): void => {
      if (closed) back.closeSync();
      else idle.push(back);
      leave();
      leftBy();
    };
    return [idle.pop() ?? (await instance.connect()), give];
  };

  return {
    async run(outer, work) {
      const signal = AbortSignal.any([outer, AbortSignal.timeout(readMs)]);
      try {
        const [connection, give] = await take(signal);
        const end = interrupting(connection, signal);
        try {
          return await work(connection);
        } finally {
          end();
          give(connection);
        }
      } catch (error) {
        throw mapError(error, source, signal);
      }
    },
    async *stream(signal, work) {
      try {
        const [connection, give] = await take(signal);
        const end = interrupting(connection, signal);
        try {
          yield* work(connection);
          signal.throwIfAborted();
        } finally {
          end();
          // What was not read to its end is given up with its connection.
          connection.interrupt();
          connection.closeSync();
          give(await instance.connect());
        }
      } catch (error) {
        throw mapError(error, source, signal);
      }
    },
    close: () => {
      closed = true;
      for (const connection of idle.splice(0)) connection.closeSync();
      if (open === 0) instance.closeSync();
      return Promise.resolve();
    },
  };
}

/** An instance that can read one folder, and of which no setting can be changed any more. */
async function locked({ root, memory, temporary, disk, threads }: DatabaseOptions): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    memory_limit: memory,
    temp_directory: temporary ?? '',
    ...(disk === undefined ? {} : { max_temp_directory_size: disk }),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  const connection = await instance.connect();
  try {
    await connection.run(`set TimeZone = 'UTC'`);
    // DuckDB 1.5.5 pushes the keys of a join below LIMIT and DISTINCT of its other side, and gives rows that are none.
    // And where rows are numbered and few are kept, it takes NaN for less than other numbers (some joins and groups below).
    await connection.run(`set disabled_optimizers = 'join_filter_pushdown, top_n_window_elimination'`);
    await connection.run(`set allowed_directories = [${quoteText(root)}]`);
    await connection.run('set enable_external_access = false');
    await connection.run('set lock_configuration = true');
  } finally {
    connection.closeSync();
  }
  return instance;
}

/** Interrupts what runs on a connection once the signal is aborted, until the work has ended. */
function interrupting(connection: DuckDBConnection, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    connection.interrupt();
    timer = setTimeout(interrupt, INTERRUPT_MS);
    timer.unref();
  };
  signal.addEventListener('abort', interrupt, { once: true });
  if (signal.aborted) interrupt();
  return () => {
    signal.removeEventListener('abort', interrupt);
    clearTimeout(timer);
  };
}

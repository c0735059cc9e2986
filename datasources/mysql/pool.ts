import { abortOf } from '../../src/store/abort.js';
import { Turns } from '../../src/store/turns.js';
import type { Socket } from 'node:net';
import { createPool, type Pool, type PoolConnection, type PoolOptions, type RowDataPacket } from 'mysql2';
import { mapError } from './errors.js';

export interface PoolSettings {
  readonly url: string;
  readonly tls: 'OFF' | 'ON' | 'UNVERIFIED';
  /** Connections for pages; streams have some of their own. */
  readonly pool: number;
  readonly timeouts: { readonly connectMs: number; readonly readMs: number };
  readonly queueLimit: number;
}

/** A statement as the driver takes it. */
export interface Statement {
  readonly text: string;
  readonly values: readonly (string | Uint8Array | null)[];
}

export type DriverRow = readonly unknown[];

/** One connection, for as long as somebody uses it. */
export interface Line {
  rows(statement: Statement): Promise<DriverRow[]>;
  /** A command without an answer. */
  run(text: string): Promise<void>;
  /** Rows as they come; the server waits while nobody reads. */
  stream(statement: Statement): AsyncIterable<DriverRow>;
  /** Bytes that have come over it. */
  readonly bytes: number;
}

export interface Lines {
  /** `use` is cut short when the signal aborts or the time is over: the server then ends what it does for it. */
  page<T>(signal: AbortSignal, use: (line: Line) => Promise<T>): Promise<T>;
  stream<T>(signal: AbortSignal, use: (line: Line) => AsyncIterable<T>): AsyncIterable<T>;
  close(): Promise<void>;
}

const STREAMS = 4;
/** Rows that the driver holds before it lets the server wait. */
const ROWS_AHEAD = 1_000;

/**
 * What every statement counts on. Quantiles are taken from texts of any length. MariaDB 10.11 gives rows that are none
 * where it merges a derived table into a semi-join; only it reads what stands in such a comment.
 */
const SETTINGS = [
  `set session sql_mode = 'NO_UNSIGNED_SUBTRACTION', time_zone = '+00:00', group_concat_max_len = 1073741824 /*M!, optimizer_switch = 'derived_merge=off' */`,
  'set session transaction isolation level repeatable read, read only',
];

export function openLines(name: string, settings: PoolSettings): Lines {
  const pool = createPool(optionsOf(settings));
  const pages = new Turns(name, settings.pool, settings.queueLimit);
  const streams = new Turns(name, STREAMS, settings.queueLimit);
  pool.on('connection', (connection) => {
    // They come before whatever is asked: commands of a connection wait for each other.
    for (const text of SETTINGS) connection.query(text, (error) => error && connection.destroy());
  });

  /** Ended by the server, which may be in the middle of work; its answer is of no use to anybody. */
  const end = (connection: PoolConnection): void => {
    pool.query('kill ?', [connection.threadId], () => undefined);
    connection.destroy();
    // The driver says good-bye and waits; a server that waits to be read from would not hear it.
    socketOf(connection).destroy();
  };

  return {
    page: async (signal, use) => {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(settings.timeouts.readMs)]);
      try {
        const leave = await pages.take(limited);
        try {
          const aborted = abortOf(limited);
          const connection = await taken(pool, aborted.promise);
          try {
            const result = await Promise.race([use(lineOf(connection)), aborted.promise]);
            connection.release();
            return result;
          } catch (error) {
            if (limited.aborted) end(connection);
            else await givenBack(connection);
            throw error;
          } finally {
            aborted.forget();
          }
        } finally {
          leave();
        }
      } catch (error) {
        throw mapError(error, name, limited);
      }
    },
    async *stream(signal, use) {
      try {
        const leave = await streams.take(signal);
        try {
          const aborted = abortOf(signal);
          const connection = await taken(pool, aborted.promise);
          let done = false;
          const stop = (): void => {
            if (!done) end(connection);
            done = true;
          };
          signal.addEventListener('abort', stop, { once: true });
          const items = use(lineOf(connection))[Symbol.asyncIterator]();
          try {
            for (;;) {
              const next = await Promise.race([items.next(), aborted.promise]);
              if (next.done) break;
              yield next.value;
            }
            done = true;
            connection.release();
          } finally {
            stop();
            signal.removeEventListener('abort', stop);
            aborted.forget();
          }
        } finally {
          leave();
        }
      } catch (error) {
        throw mapError(error, name, signal);
      }
    },
    close: () =>
      new Promise((resolve) => {
        pool.end(() => resolve());
      }),
  };
}

function optionsOf({ url, tls, pool, timeouts }: PoolSettings): PoolOptions {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? 3306 : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    ...(tls === 'OFF' ? {} : { ssl: { rejectUnauthorized: tls === 'ON' } }),
    // One more for ending others.
    connectionLimit: pool + STREAMS + 1,
    connectTimeout: timeouts.connectMs,
    charset: 'UTF8MB4_BIN',
    rowsAsArray: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
    flags: ['-LOCAL_FILES'],
  };
}

/** A connection of the pool; one that comes too late is given back. */
async function taken(pool: Pool, aborted: Promise<never>): Promise<PoolConnection> {
  const asked = new Promise<PoolConnection>((resolve, reject) => {
    pool.getConnection((error, connection) => (error ? reject(error) : resolve(connection)));
  });
  let late = true;
  asked.then(
    (connection) => late && connection.release(),
    () => undefined,
  );
  try {
    return await Promise.race([
      asked.then((connection) => {
        late = false;
        return connection;
      }),
      aborted,
    ]);
  } catch (error) {
    late = true;
    throw error;
  }
}

/** After an error: whatever transaction there was is over. */
function givenBack(connection: PoolConnection): Promise<void> {
  return new Promise((resolve) => {
    connection.query('rollback', (error) => {
      if (error) connection.destroy();
      else connection.release();
      resolve();
    });
  });
}

function socketOf(connection: PoolConnection): Socket {
  return (connection as unknown as { readonly stream: Socket }).stream;
}

function lineOf(connection: PoolConnection): Line {
  // Prepared for one execution: MariaDB 10.11 fails some statements when it is asked them again.
  const forget = (text: string): void => void connection.unprepare(text);
  const taking = ({ values }: Statement): (string | Buffer | null)[] =>
    values.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value));
  return {
    rows: (statement) =>
      new Promise((resolve, reject) => {
        connection.execute<RowDataPacket[][]>(statement.text, taking(statement), (error, rows) => {
          forget(statement.text);
          if (error) reject(error);
          else resolve(rows);
        });
      }),
    run: (text) =>
      new Promise((resolve, reject) => {
        connection.query(text, (error) => (error ? reject(error) : resolve()));
      }),
    async *stream(statement) {
      const rows = connection.execute(statement.text, taking(statement)).stream({ highWaterMark: ROWS_AHEAD });
      yield* rows as unknown as AsyncIterable<DriverRow>;
      forget(statement.text);
    },
    get bytes() {
      return socketOf(connection).bytesRead;
    },
  };
}

/**
 * What the rest of the program sees of `pg`. Values go as text parameters and come as the server's own text, so that
 * nobody pays for a conversion that is not wanted; sessions run with TimeZone UTC, ISO dates, hex bytea and
 * extra_float_digits 1.
 */
export interface Statement {
  readonly text: string;
  /** Text of each parameter, null for null. */
  readonly values: readonly (string | null)[];
  /** Given: prepared once a connection under this name (the same name always has the same text). */
  readonly name?: string;
  /**
   * Which types of the server each column may have, by their numbers. Looked at when the server parses the statement; what
   * does not fit is SCHEMA_CHANGED.
   */
  readonly columns?: readonly ((type: number) => boolean)[];
}

export type TextRow = readonly (string | null)[];

export interface TextResult {
  readonly rows: readonly TextRow[];
  /** Bytes that came over the wire; of statements sent together the first has them all. */
  readonly bytes: number;
}

export interface ReadOptions {
  readonly signal: AbortSignal;
}

export interface CursorOptions extends ReadOptions {
  /** Rows of a batch at most. */
  readonly batchRows: number;
  /** About how many bytes of rows are read at once. */
  readonly batchBytes?: number;
}

export interface CopyOptions extends ReadOptions {
  /** The same rows as a statement whose columns are looked at first: COPY tells no types. */
  readonly describedBy?: Statement;
}

/** Pools on one PostgreSQL database for one purpose (a source, the catalog). */
export interface Postgres {
  /** One connection for one transaction (REPEATABLE READ, READ ONLY), everything sent at once: one round trip, one snapshot. */
  page(statements: readonly Statement[], options: ReadOptions): Promise<readonly TextResult[]>;
  /** The same transaction kept open over several round trips; `close` always gives the connection back. */
  session(options: ReadOptions): Promise<PostgresSession>;
  /** Rows of one statement in batches, read when the consumer asks for them. */
  cursor(statement: Statement, options: CursorOptions): AsyncIterable<readonly TextRow[]>;
  /** The chunks of `COPY … TO STDOUT`; the text holds no value of a user. */
  copyOut(text: string, options: CopyOptions): AsyncIterable<Buffer>;
  /** `COPY … FROM STDIN`: resolves with the number of rows. */
  copyIn(text: string, chunks: AsyncIterable<Buffer | string>, options: ReadOptions): Promise<number>;
  /** One statement in autocommit, read-write: set-up and the catalog, never a user's source. */
  run(statement: Statement, options: ReadOptions): Promise<TextResult>;
  /** Several statements of ours, without parameters, in one transaction: set-up only. */
  script(text: string, options: ReadOptions): Promise<void>;
  /** Notifications of a channel until the returned function is called; reconnects by itself and then tells `onReconnect`. */
  listen(channel: string, onNotify: (payload: string) => void, onReconnect?: () => void): Promise<() => Promise<void>>;
  /** Milliseconds of a round trip; throws STORE_UNAVAILABLE. */
  ping(signal: AbortSignal): Promise<number>;
  /** Connections now open and now busy, for tests and /metrics. */
  readonly stats: { readonly open: number; readonly busy: number; readonly waiting: number };
  /** Takes nothing new, and waits some seconds for what is lent; what is not back by then is cut off. */
  close(): Promise<void>;
}

export interface PostgresSession {
  read(statements: readonly Statement[]): Promise<readonly TextResult[]>;
  close(): Promise<void>;
}

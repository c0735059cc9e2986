import { setTimeout } from 'node:timers/promises';
import neo4j, { type Driver, type Record as DriverRecord, type Result, type Session } from 'neo4j-driver';
import { exactText } from '../../src/ir/print.js';
import type { DataType } from '../../src/ir/types.js';
import { valueOf, type Args } from '../../src/ir/value.js';
import type { Batch, Row } from '../../src/store/batch.js';
import type { Connection, Run } from '../../src/store/store.js';
import { abortOf } from '../../src/store/abort.js';
import { Turns } from '../../src/store/turns.js';
import { healthRecord } from '../../src/store/health.js';
import type { Neo4jQuery } from './compile.js';
import { mapError } from './errors.js';
import { introspect } from './introspect.js';
import { decode } from './values.js';

export interface Neo4jOptions {
  /** Without user and password, which are beside it. */
  readonly url: string;
  readonly user: string | null;
  readonly password: string;
  readonly database: string | null;
  readonly sample: number;
  readonly pool: number;
  readonly timeouts: { readonly connectMs: number; readonly readMs: number };
  readonly queueLimit: number;
}

/** Rows of a stream's batch; the driver asks the server for so many at a time, and for more when half of them are read. */
const BATCH_ROWS = 2_000;
const ALL = -1;
const BRIEFLY_MS = 500;
/** How much later than the server we give up. */
const GRACE_MS = 500;
/** Reading a shape is many statements, and may take as many times as long. */
const STATEMENTS = 20;

export function connect(name: string, config: Neo4jOptions): Connection<Neo4jQuery> {
  const driver = open(config);
  const turns = new Turns(name, config.pool, config.queueLimit);
  const become = healthRecord();

  const turnOf = (signal: AbortSignal): Promise<() => void> =>
    turns.take(signal).catch((error: unknown) => {
      throw mapError(error, name, signal);
    });

  /**
   * A session for one operation. Its end resets the connection, which makes the server drop what still runs. The server
   * keeps the limit of time itself; one that does not answer at all is not waited for.
   */
  async function withSession<T>(
    given: AbortSignal,
    use: (session: Session) => Promise<T>,
    limitMs = config.timeouts.readMs + GRACE_MS,
  ): Promise<T> {
    const leave = await turnOf(given);
    const signal = AbortSignal.any([given, AbortSignal.timeout(limitMs)]);
    const session = newSession(driver, config);
    const aborted = abortOf(signal);
    const onAbort = (): void => void session.close().catch(() => undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([use(session), aborted.promise]);
    } catch (error) {
      throw mapError(error, name, signal);
    } finally {
      aborted.forget();
      signal.removeEventListener('abort', onAbort);
      await closed(session);
      leave();
    }
  }

  const run = (session: Session, query: Neo4jQuery, args: Args): Result =>
    session.run(query.text, parametersOf(query, args), { timeout: config.timeouts.readMs });

  async function readOne(query: Neo4jQuery, { args, form, signal, observe }: Run): Promise<Batch> {
    const { records } = await withSession(signal, (session) => run(session, query, args));
    const batch = inForm(query, records, form);
    observe?.({ rows: records.length, bytes: bytesOf(batch), calls: 1 });
    return batch;
  }

  const read = async (queries: readonly Neo4jQuery[], given: Run): Promise<readonly Batch[]> => {
    // When one fails the others are of no use to anybody.
    const stop = new AbortController();
    const signal = AbortSignal.any([given.signal, stop.signal]);
    const all = queries.map((query) => readOne(query, { ...given, signal }));
    try {
      return await Promise.all(all);
    } catch (error) {
      stop.abort(error);
      await Promise.allSettled(all);
      throw error;
    }
  };

  return {
    read,
    session: () => Promise.resolve({ read, close: () => Promise.resolve() }),
    async *stream(query, { args, form, signal, observe }) {
      const leave = await turnOf(signal);
      const session = newSession(driver, config, BATCH_ROWS);
      const aborted = abortOf(signal);
      let calls = 1;
      const batchOf = (records: readonly DriverRecord[]): Batch => {
        const batch = inForm(query, records, form);
        observe?.({ rows: records.length, bytes: bytesOf(batch), calls });
        calls = 0;
        return batch;
      };
      // What is streamed has no limit of time but the signal.
      const result = session.run(query.text, parametersOf(query, args));
      try {
        const rows = result[Symbol.asyncIterator]();
        let records: DriverRecord[] = [];
        for (;;) {
          const next = await Promise.race([rows.next(), aborted.promise]);
          if (next.done) break;
          if (records.push(next.value) < BATCH_ROWS) continue;
          yield batchOf(records);
          records = [];
        }
        if (records.length > 0 || calls > 0) yield batchOf(records);
      } catch (error) {
        throw mapError(error, name, signal);
      } finally {
        aborted.forget();
        await briefly(result.summary());
        await closed(session);
        leave();
      }
    },
    estimate: (query, signal) =>
      withSession(signal, async (session) => {
        const nulls = Object.fromEntries(query.parameters.map((_, i) => [`p${i}`, null]));
        const { summary } = await session.run(`EXPLAIN ${query.text}`, nulls);
        const rows: unknown = summary.plan === false ? null : summary.plan.arguments.EstimatedRows;
        return typeof rows === 'number' ? rows : null;
      }),
    introspect: (signal) =>
      withSession(
        signal,
        (session) =>
          introspect(async (text, parameters) => {
            const { records } = await session.run(text, parameters, { timeout: config.timeouts.readMs });
            return records.map((record) => record.toObject() as Readonly<Record<string, unknown>>);
          }, config.sample),
        STATEMENTS * config.timeouts.readMs,
      ),
    health: async () => {
      const began = performance.now();
      try {
        await withSession(AbortSignal.timeout(2_000), (session) => session.run('RETURN 1'));
        return become('UP', null, performance.now() - began);
      } catch (error) {
        return become('DOWN', (error as Error).message, null);
      }
    },
    close: () => driver.close(),
  };
}

function open({ url, user, password, pool, timeouts }: Neo4jOptions): Driver {
  const auth = user === null ? undefined : neo4j.auth.basic(user, password);
  return neo4j.driver(url, auth, {
    useBigInt: true,
    // One more than may be in use: a connection that is being reset is not idle yet.
    maxConnectionPoolSize: pool + 1,
    connectionTimeout: timeouts.connectMs,
    connectionAcquisitionTimeout: timeouts.connectMs * 2,
    telemetryDisabled: true,
    userAgent: 'trainyard',
  });
}

/** `fetchSize` rows are asked for at a time; those of a page all at once, so that nothing is under way when it is reset. */
function newSession(driver: Driver, { database }: Neo4jOptions, fetchSize = ALL): Session {
  const defaultAccessMode = neo4j.session.READ;
  return driver.session({ defaultAccessMode, fetchSize, ...(database === null ? {} : { database }) });
}

/**
 * Waits until the server has dropped what was not read, and then for the end of the session, but not for long: a reset makes
 * it. The driver would send the request to drop it behind a reset, which the server takes for a fault of whoever has the
 * connection next.
 */
async function briefly(done: Promise<unknown>): Promise<void> {
  const late = new AbortController();
  const waited = setTimeout(BRIEFLY_MS, undefined, { signal: late.signal }).catch(() => undefined);
  await Promise.race([done.catch(() => undefined), waited]);
  late.abort();
}

function closed(session: Session): Promise<void> {
  return briefly(session.close());
}

function parametersOf({ parameters }: Neo4jQuery, args: Args): Record<string, unknown> {
  return Object.fromEntries(
    parameters.map(({ value, encode }, i) => {
      const given = valueOf(value, args);
      return [`p${i}`, given === null ? null : encode(given)];
    }),
  );
}

function inForm(query: Neo4jQuery, records: readonly DriverRecord[], form: Run['form']): Batch {
  const types = query.columns;
  const readers = types.map((type) => readerOf(type, form));
  const rows = records.map((record): Row =>
    readers.map((reader, i) => {
      const value: unknown = record.get(i);
      return value === null || value === undefined ? null : reader(value);
    }),
  );
  return { form, types, rows };
}

/** The driver does not tell what came over the wire: the length of the texts that were made of it, where there are some. */
function bytesOf({ form, rows }: Batch): number {
  if (form === 'TYPED') return 0;
  return rows.reduce(
    (sum, row) => sum + row.reduce<number>((all, text) => all + ((text as string | null)?.length ?? 0), 0),
    0,
  );
}

function readerOf(type: DataType, form: Run['form']): (value: unknown) => unknown {
  const decoded = decode(type);
  if (form === 'TYPED') return decoded;
  const print = exactText(type);
  return (value) => print(decoded(value));
}

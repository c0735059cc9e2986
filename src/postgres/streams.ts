import copyStreams from 'pg-copy-streams';
import Cursor from 'pg-cursor';
import { cancel, cancelOnAbort } from './cancel.js';
import { isBroken, RAW, type Client } from './client.js';
import { describe } from './describe.js';
import { abortReason, mapError } from './errors.js';
import type { Pool } from './pool.js';
import type { CopyOptions, CursorOptions, Statement, TextRow } from './types.js';

export const BEGIN = 'begin isolation level repeatable read read only';
/** A stream takes as long as its consumer does: its signal ends it, no time-out of the store. */
const BEGIN_STREAM = `${BEGIN}; set local statement_timeout = 0`;
/** The first read of a cursor tells how large rows are. */
const FIRST_ROWS = 100;

/** Where streams get their connections. */
export interface StreamPlace {
  readonly pool: Pool<Client>;
  readonly url: string;
  readonly name: string;
}

export async function* cursor(
  { pool, url, name }: StreamPlace,
  statement: Statement,
  { signal, batchRows, batchBytes = Infinity }: CursorOptions,
): AsyncIterable<readonly TextRow[]> {
  const client = await pool.acquire(signal);
  const cancelling = cancelOnAbort(client, url, signal);
  const gone = Promise.withResolvers<void>();
  client.once('end', gone.resolve);
  let healthy = true;
  try {
    if (signal.aborted) throw abortReason(signal);
    await client.query(BEGIN_STREAM);
    if (statement.columns) await describe(client, statement);
    const portal = client.query(
      new Cursor<TextRow>(statement.text, [...statement.values], { rowMode: 'array', types: RAW }),
    );
    try {
      for (let wanted = Math.min(batchRows, FIRST_ROWS); ;) {
        if (signal.aborted) throw abortReason(signal);
        const before = client.connection.stream.bytesRead;
        const rows = await portal.read(wanted);
        if (rows.length === 0) break;
        const each = (client.connection.stream.bytesRead - before) / rows.length;
        wanted = Math.max(1, Math.min(batchRows, Math.floor(batchBytes / each)));
        yield rows;
      }
    } finally {
      // On a connection that is lost nobody would ever say that the portal is closed.
      await Promise.race([portal.close(), gone.promise]);
    }
  } catch (error) {
    healthy = !isBroken(error);
    throw mapError(error, name, signal);
  } finally {
    client.removeListener('end', gone.resolve);
    if (!(await cancelling.settle())) healthy = false;
    if (healthy) await client.query('rollback').catch(() => (healthy = false));
    if (healthy) pool.release(client);
    else pool.discard(client);
  }
}

export async function* copyOut(
  { pool, url, name }: StreamPlace,
  text: string,
  { signal, describedBy }: CopyOptions,
): AsyncIterable<Buffer> {
  const client = await pool.acquire(signal);
  const cancelling = cancelOnAbort(client, url, signal);
  let done = false;
  try {
    if (signal.aborted) throw abortReason(signal);
    await client.query(BEGIN_STREAM);
    // The transaction holds the locks of what was described, so no type changes until the copy is done.
    if (describedBy) await describe(client, describedBy);
    for await (const chunk of client.query(copyStreams.to(text))) {
      if (signal.aborted) throw abortReason(signal);
      yield chunk as Buffer;
    }
    await client.query('commit');
    done = true;
  } catch (error) {
    throw mapError(error, name, signal);
  } finally {
    const settled = await cancelling.settle();
    if (done && settled) pool.release(client);
    else {
      // A copy that was not read to its end leaves the connection in the middle of it.
      if (!signal.aborted) await cancel(client, url);
      pool.discard(client);
    }
  }
}

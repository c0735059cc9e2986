import copyStreams from 'pg-copy-streams';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cancelOnAbort } from './cancel.js';
import { isBroken, newClient, PAGE_SETTINGS, send, SETTINGS, together, type Client } from './client.js';
import type { PostgresOptions } from './client.js';
import { abortReason, mapError } from './errors.js';
import { listen } from './listen.js';
import { Pool } from './pool.js';
import { BEGIN, copyOut, cursor } from './streams.js';
import type { Postgres, PostgresSession, ReadOptions, TextResult } from './types.js';

export type { PostgresOptions } from './client.js';

export function openPostgres(options: PostgresOptions): Postgres {
  const { name, url, connections, queueLimit } = options;
  const open = (settings: string) => async (): Promise<Client> => {
    try {
      const client = newClient(options, settings);
      client.on('error', () => {
        pages.discard(client);
        streams.discard(client);
      });
      await client.connect();
      return client;
    } catch (error) {
      throw mapError(error, name);
    }
  };
  const shut = async (client: Client): Promise<void> => {
    await client.end().catch(() => undefined);
  };
  const pages = new Pool<Client>(name, connections.page, queueLimit, open(PAGE_SETTINGS), shut);
  const streams = new Pool<Client>(name, connections.stream, queueLimit, open(SETTINGS), shut);
  const place = { pool: streams, url, name };

  /** Lends a connection to one operation; a cancel is sent only while it is that operation's, and settled before it is lent again. */
  async function lend<T>(pool: Pool<Client>, signal: AbortSignal, use: (client: Client) => Promise<T>): Promise<T> {
    const client = await pool.acquire(signal);
    const cancelling = cancelOnAbort(client, url, signal);
    let broken = false;
    try {
      if (signal.aborted) throw abortReason(signal);
      return await use(client);
    } catch (error) {
      broken = isBroken(error);
      throw mapError(error, name, signal);
    } finally {
      const settled = await cancelling.settle();
      if (broken || !settled) pool.discard(client);
      else pool.release(client);
    }
  }

  async function session({ signal }: ReadOptions): Promise<PostgresSession> {
    let end!: () => void;
    const ended = new Promise<void>((resolve) => (end = resolve));
    let closed: Promise<void> = Promise.resolve();
    let broken: Error | null = null;
    const begun = new Promise<Client>((resolve, reject) => {
      const whole = lend(streams, signal, async (client) => {
        await client.query(BEGIN);
        resolve(client);
        await ended;
        if (broken) throw broken;
        await client.query('commit');
      });
      closed = whole.catch((error: unknown) => reject(error as Error));
    });
    const client = await begun;
    return {
      read: async (statements) => {
        try {
          if (signal.aborted) throw abortReason(signal);
          const results: TextResult[] = [];
          for (const statement of statements) results.push(await send(client, statement));
          return results;
        } catch (error) {
          if (isBroken(error)) broken = error as Error;
          throw mapError(error, name, signal);
        }
      },
      close: () => {
        end();
        return closed;
      },
    };
  }

  return {
    page: (statements, { signal }) => lend(pages, signal, (client) => together(client, statements)),
    session,
    cursor: (statement, cursorOptions) => cursor(place, statement, cursorOptions),
    copyOut: (text, copyOptions) => copyOut(place, text, copyOptions),
    copyIn: (text, chunks, { signal }) =>
      lend(streams, signal, async (client) => {
        const sink = client.query(copyStreams.from(text));
        await pipeline(Readable.from(chunks), sink, { signal });
        return sink.rowCount;
      }),
    run: (statement, { signal }) => lend(streams, signal, (client) => send(client, statement)),
    script: (text, { signal }) =>
      lend(streams, signal, async (client) => {
        await client.query(text);
      }),
    listen: (channel, onNotify, onReconnect) => listen(options, channel, onNotify, onReconnect),
    ping: async (signal) => {
      const start = performance.now();
      await lend(pages, signal, (client) => send(client, { text: 'select 1', values: [] }));
      return performance.now() - start;
    },
    get stats() {
      const [a, b] = [pages.stats, streams.stats];
      return { open: a.open + b.open, busy: a.busy + b.busy, waiting: a.waiting + b.waiting };
    },
    close: async () => {
      await Promise.all([pages.close(), streams.close()]);
    },
  };
}

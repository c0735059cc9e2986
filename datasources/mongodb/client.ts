import { MongoClient } from 'mongodb';
import type { Connection } from '../../src/store/store.js';
import { Turns } from '../../src/store/turns.js';
import { healthRecord } from '../../src/store/health.js';
import type { MongodbQuery } from './compile.js';
import { reading, type Ask, type Documents } from './connection.js';
import { mapError } from './errors.js';
import { introspect } from './introspect.js';

export interface MongodbOptions {
  readonly url: string;
  /** Connections for pages; streams have some of their own. */
  readonly pool: number;
  readonly timeouts: { readonly connectMs: number; readonly readMs: number };
  readonly queueLimit: number;
  /** Documents of a collection that tell its shape. */
  readonly sample: number;
}

const STREAMS = 4;
/** Stages that leave every document of a collection there. */
const KEEPING = new Set(['$project', '$replaceRoot', '$addFields', '$lookup', '$sort']);

export function connect(name: string, options: MongodbOptions): Connection<MongodbQuery> {
  const { connectMs, readMs } = options.timeouts;
  const client = new MongoClient(options.url, {
    appName: 'trainyard',
    maxPoolSize: options.pool + STREAMS + 1,
    connectTimeoutMS: connectMs,
    serverSelectionTimeoutMS: connectMs,
    raw: true,
  });
  const db = client.db();
  const pages = new Turns(name, options.pool, options.queueLimit);
  const streams = new Turns(name, STREAMS, options.queueLimit);
  const become = healthRecord();

  const documents = (turns: Turns, maxTimeMS: number | null): Documents => ({
    async *aggregate(ask) {
      try {
        const end = await turns.take(ask.signal);
        try {
          yield* batches(ask, maxTimeMS);
        } finally {
          end();
        }
      } catch (error) {
        throw mapError(error, name, ask.signal);
      }
    },
  });

  async function* batches(
    { collection, pipeline, batchRows, signal }: Ask,
    maxTimeMS: number | null,
  ): AsyncGenerator<readonly Uint8Array[]> {
    const settings = {
      batchSize: batchRows,
      // Text is compared by its bytes, whatever the collection says.
      collation: { locale: 'simple' },
      allowDiskUse: true,
      ...(maxTimeMS === null ? {} : { maxTimeMS }),
      signal,
    };
    const from = collection === null ? db : db.collection(collection);
    const cursor = from.aggregate<Uint8Array>(pipeline as Record<string, unknown>[], settings);
    try {
      while (await cursor.hasNext()) {
        yield cursor.readBufferedDocuments(batchRows);
        signal.throwIfAborted();
      }
    } finally {
      await cursor.close();
    }
  }

  return {
    read: reading(documents(pages, readMs)).read,
    session: reading(documents(pages, readMs)).session,
    stream: reading(documents(streams, null)).stream,
    estimate: async ({ collection, pipeline }, signal) => {
      if (collection === null || !pipeline.every((stage) => Object.keys(stage).every((key) => KEEPING.has(key)))) {
        return null;
      }
      try {
        return await db.collection(collection).estimatedDocumentCount({ maxTimeMS: readMs });
      } catch (error) {
        throw mapError(error, name, signal);
      }
    },
    introspect: async (signal) => {
      try {
        return await introspect(db, options.sample, signal);
      } catch (error) {
        throw mapError(error, name, signal);
      }
    },
    health: async () => {
      const began = performance.now();
      try {
        await db.command({ ping: 1 }, { timeoutMS: 2_000 });
        return become('UP', null, performance.now() - began);
      } catch (error) {
        return become('DOWN', mapError(error, name).message, null);
      }
    },
    close: () => client.close(),
  };
}

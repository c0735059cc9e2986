import { MongoClient } from 'mongodb';
import type { MongodbOptions } from '../../datasources/mongodb/client.js';
import { mongodbStore } from '../../datasources/mongodb/index.js';
import type { Store } from '../../src/store/store.js';
import type { Document } from './documents.js';

/** A database of one's own on a server of the wire protocol, with these documents. */
export async function databaseOf(
  server: string,
  name: string,
  collections: ReadonlyMap<string, readonly Document[]>,
): Promise<string> {
  const url = `${server.replace(/\/$/, '')}/${name}`;
  const client = new MongoClient(url);
  try {
    await client.db().dropDatabase();
    for (const [collection, documents] of collections) {
      if (documents.length > 0)
        await client
          .db()
          .collection(collection)
          .insertMany([...documents], { ignoreUndefined: true });
    }
  } finally {
    await client.close();
  }
  return url;
}

/** So large a sample that all documents are read: the wire server's `$sample` fails at times on more than a few of them. */
export function openWire(url: string, more: Partial<MongodbOptions> = {}): Promise<Store> {
  const timeouts = { connectMs: 3_000, readMs: 10_000 };
  return mongodbStore('wire', { url, pool: 4, sample: 20_000, timeouts, queueLimit: 50, ...more });
}

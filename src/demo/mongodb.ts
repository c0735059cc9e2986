import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { batches } from './batches.js';
import type { Holder } from './holder.js';

const CONNECT_MS = 5_000;
const BATCH = 1_000;

/**
 * Collections are filled under a name of their own, then renamed: of two gateways that load at the same time the first one's
 * stays. What is left of others is dropped when the collection is there.
 */
export function openMongodb(url: string): Holder {
  const client = new MongoClient(url, {
    appName: 'trainyard',
    connectTimeoutMS: CONNECT_MS,
    serverSelectionTimeoutMS: CONNECT_MS,
  });
  const db = client.db();
  // Not every server that speaks this protocol heeds a filter of names.
  const names = async (): Promise<string[]> =>
    (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
  return {
    has: async ({ documents }) => (await names()).includes(documents!.collection),
    load: async ({ documents }) => {
      const { collection, indexed, read } = documents!;
      const before = `trainyard_loading_${collection}_`;
      const loading = db.collection(`${before}${randomBytes(4).toString('hex')}`);
      try {
        for await (const batch of batches(read(), BATCH)) await loading.insertMany(batch);
        for (const field of indexed) await loading.createIndex({ [field]: 1 });
        await loading.rename(collection);
      } catch (error) {
        if (!(await names()).includes(collection)) throw error;
      }
      for (const name of await names()) if (name.startsWith(before)) await db.dropCollection(name);
    },
    close: () => client.close(),
  };
}

import { MongoClient } from 'mongodb';
import { batches } from './batches.js';
import type { Holder } from './holder.js';

const CONNECT_MS = 5_000;
const BATCH = 1_000;

/** Collections are filled under a name that no one reads, then renamed. */
export function openMongodb(url: string): Holder {
  const client = new MongoClient(url, {
    appName: 'trainyard',
    connectTimeoutMS: CONNECT_MS,
    serverSelectionTimeoutMS: CONNECT_MS,
  });
  const db = client.db();
  // Not every server that speaks this protocol heeds a filter of names.
  const exists = async (wanted: string): Promise<boolean> =>
    (await db.listCollections({}, { nameOnly: true }).toArray()).some(({ name }) => name === wanted);
  return {
    has: ({ documents }) => exists(documents!.collection),
    load: async ({ documents }) => {
      const { collection, indexed, read } = documents!;
      const loading = db.collection(`trainyard_loading_${collection}`);
      if (await exists(loading.collectionName)) await loading.drop();
      for await (const batch of batches(read(), BATCH)) await loading.insertMany(batch);
      for (const field of indexed) await loading.createIndex({ [field]: 1 });
      await loading.rename(collection);
    },
    close: () => client.close(),
  };
}

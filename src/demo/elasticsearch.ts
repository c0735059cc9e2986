import { Readable } from 'node:stream';
import { Client } from '@elastic/elasticsearch';
import type { Holder } from './holder.js';

const REQUEST_MS = 30_000;

/** An index is filled under a name of its own; the alias by which it is read comes last. */
export function openElasticsearch(written: string): Holder {
  const url = new URL(written);
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  url.username = '';
  url.password = '';
  const client = new Client({
    node: url.href,
    ...(username === '' ? {} : { auth: { username, password } }),
    requestTimeout: REQUEST_MS,
    maxRetries: 0,
    enableMetaHeader: false,
  });
  return {
    has: ({ index }) => client.indices.exists({ index: index!.alias }),
    load: async ({ index: part }) => {
      const { alias, mappings, read } = part!;
      const index = `trainyard-demo-${alias}`;
      await client.indices.delete({ index, ignore_unavailable: true });
      await client.indices.create({
        index,
        settings: { number_of_shards: 1, number_of_replicas: 0 },
        mappings: { dynamic: 'strict', properties: mappings },
      });
      await client.helpers.bulk<Readonly<Record<string, unknown>>>({
        datasource: Readable.from(read()),
        onDocument: ({ id }) => ({ create: { _index: index, _id: String(id) } }),
        onDrop: ({ error, document }) => {
          throw new Error(`${error?.reason ?? 'it was refused'} (document ${String(document['id'])})`);
        },
        refreshOnCompletion: index,
      });
      await client.indices.putAlias({ index, name: alias });
    },
    close: () => client.close(),
  };
}

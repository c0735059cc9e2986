import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { Client } from '@elastic/elasticsearch';
import { withoutLogin } from '../login.js';
import type { Holder } from './holder.js';

const REQUEST_MS = 30_000;

/**
 * An index is filled under a name of its own; the alias by which it is read comes last, and leads to one index whoever loads
 * at the same time. What is left of others is deleted when it is there.
 */
export function openElasticsearch(written: string): Holder {
  const { url, login } = withoutLogin(written);
  const client = new Client({
    node: url,
    ...(login ? { auth: { username: login.user, password: login.password } } : {}),
    requestTimeout: REQUEST_MS,
    maxRetries: 0,
    enableMetaHeader: false,
  });
  const has: Holder['has'] = ({ index }) => client.indices.exists({ index: index!.alias });
  return {
    has,
    load: async (part) => {
      const { alias, mappings, read } = part.index!;
      const all = `trainyard-demo-${alias}-*`;
      const index = all.replace('*', randomBytes(4).toString('hex'));
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
      if (!(await has(part))) {
        const anew = [{ remove: { index: all, alias, must_exist: false } }, { add: { index, alias } }];
        await client.indices.updateAliases({ actions: anew });
      }
      const known = await client.indices.getAlias({ index: all });
      const left = Object.entries(known).flatMap(([name, { aliases }]) => (alias in aliases ? [] : [name]));
      for (const each of left) await client.indices.delete({ index: each, ignore_unavailable: true });
    },
    close: () => client.close(),
  };
}

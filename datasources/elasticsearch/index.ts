import type { Capabilities } from '../../src/store/capabilities.js';
import { defineStore, type SourceLimits, type Store } from '../../src/store/store.js';
import { canGroup, canMeasure, canOrder, canOutput, predicateFidelity } from './ability.js';
import { jsonOf, valueOfText } from './answer-text.js';
import { MOST_KEYS } from './budget.js';
import { connect, type ElasticsearchOptions } from './client.js';
import { compile, print, type ElasticsearchQuery } from './compile.js';
import type { ElasticsearchConfig } from './config.js';

export type { ElasticsearchOptions } from './client.js';

export const ELASTICSEARCH_CAPABILITIES: Capabilities = {
  predicate: (leaf) => predicateFidelity(leaf),
  output: canOutput,
  order: canOrder,
  groupKey: canGroup,
  measure: canMeasure,
  having: true,
  limit: true,
  offset: true,
  keyset: true,
  within: 'select',
  limitPerParent: true,
  walk: false,
  snapshot: 'none',
  textOrder: 'bytes',
  maxKeys: MOST_KEYS,
};

export const elasticsearchStore = defineStore<ElasticsearchOptions, ElasticsearchQuery>({
  engine: 'elasticsearch',
  capabilities: ELASTICSEARCH_CAPABILITIES,
  compile,
  print,
  jsonText: jsonOf,
  value: valueOfText,
  connect: (name, options) => Promise.resolve(connect(name, options)),
});

export function openElasticsearchSource(
  name: string,
  config: ElasticsearchConfig,
  { queueLimit }: SourceLimits,
): Promise<Store> {
  const { url, apiKey, caFingerprint, indices, sample, pool, timeouts, entities } = config;
  return elasticsearchStore(name, {
    ...{ url, apiKey, caFingerprint, indices, sample, pool, queueLimit },
    connectMs: timeouts.connect,
    readMs: timeouts.read,
    lists: (entity, path) => entities?.[entity]?.fields?.[path]?.list,
  });
}

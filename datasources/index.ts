import type { Parsed } from '../src/config/kinds.js';
import type { SourceLimits, Store } from '../src/store/store.js';
import type { SOURCE_CONFIGS } from './configs.js';
import { openDuckdbSource } from './duckdb/index.js';
import { openNeo4jSource } from './neo4j/index.js';
import { openElasticsearchSource } from './elasticsearch/index.js';
import { openMongodbSource } from './mongodb/index.js';
import { openMysqlSource } from './mysql/index.js';
import { openPostgresSource } from './postgres/index.js';

type SourceConfig = Parsed<(typeof SOURCE_CONFIGS)[number]>;
type Engine = SourceConfig['engine'];
type Open<Config> = (name: string, config: Config, limits: SourceLimits) => Promise<Store>;

/** How the engines that a config can name are opened: one line each. */
const ENGINES: { readonly [E in Engine]: Open<Extract<SourceConfig, { readonly engine: E }>> } = {
  postgres: openPostgresSource,
  duckdb: openDuckdbSource,
  neo4j: openNeo4jSource,
  elasticsearch: openElasticsearchSource,
  mongodb: openMongodbSource,
  mysql: openMysqlSource,
};

/** The store of a configured source, whether or not what it reads from can be reached. */
export function openSource(name: string, config: SourceConfig, limits: SourceLimits): Promise<Store> {
  const open: Open<never> = ENGINES[config.engine];
  return (open as Open<SourceConfig>)(name, config, limits);
}

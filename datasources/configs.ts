import { duckdbConfig } from './duckdb/config.js';
import { elasticsearchConfig } from './elasticsearch/config.js';
import { mongodbConfig } from './mongodb/config.js';
import { mysqlConfig } from './mysql/config.js';
import { neo4jConfig } from './neo4j/config.js';
import { postgresConfig } from './postgres/config.js';

/** What the config can say of a source, an engine a line: apart from the engines themselves, whose drivers it does not load. */
export const SOURCE_CONFIGS = [
  postgresConfig,
  duckdbConfig,
  mongodbConfig,
  neo4jConfig,
  elasticsearchConfig,
  mysqlConfig,
] as const;

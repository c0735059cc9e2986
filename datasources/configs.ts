import { mongodbConfig } from './mongodb/config.js';
import { postgresConfig } from './postgres/config.js';

/** What the config can say of a source, an engine a line: apart from the engines themselves, whose drivers it does not load. */
export const SOURCE_CONFIGS = [postgresConfig, mongodbConfig] as const;

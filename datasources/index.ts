import type { Store } from '../src/store/store.js';
import { postgresStore, type PostgresConfig } from './postgres/index.js';

/** The engines that a config can name: one line each. */
export const ENGINES: Readonly<Record<'postgres', (name: string, config: PostgresConfig) => Promise<Store>>> = {
  postgres: postgresStore,
};

import type { DataSource, QueryRunner } from 'typeorm';
import { GatewayError } from '../errors.js';
import { MetaRow } from './entities.js';

export const SCHEMA = 'trainyard';
export const MIGRATIONS_TABLE = 'migration';

/** An arbitrary number that all gateways share. */
const LOCK = 7_264_201;

/** Brings the catalog to this program's shape; of several gateways at once one does it and the others wait. Answers what it ran. */
export async function migrate(data: DataSource, version: string): Promise<readonly string[]> {
  const runner = data.createQueryRunner();
  try {
    await runner.query('select pg_advisory_lock($1)', [LOCK]);
    try {
      await runner.query(`create schema if not exists ${SCHEMA}`);
      await refuseNewer(data, runner);
      const run = await data.runMigrations({ transaction: 'all' });
      await data.getRepository(MetaRow).upsert({ name: 'version', value: version }, ['name']);
      return run.map(({ name }) => name);
    } finally {
      await runner.query('select pg_advisory_unlock($1)', [LOCK]);
    }
  } finally {
    await runner.release();
  }
}

/** A catalog that a newer program has migrated may mean something else: this one does not touch it. */
async function refuseNewer(data: DataSource, runner: QueryRunner): Promise<void> {
  if (!(await runner.hasTable(`${SCHEMA}.${MIGRATIONS_TABLE}`))) return;
  const rows = (await runner.query(`select name from ${SCHEMA}.${MIGRATIONS_TABLE} order by id`)) as { name: string }[];
  const known = new Set(data.migrations.map(({ name }) => name));
  const unknown = rows.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new GatewayError(
    'CONFLICT',
    `the catalog was migrated by a newer Trainyard (${unknown.join(', ')}); run that one, or give this one a catalog of its own`,
  );
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresStore } from '../../datasources/postgres/index.js';
import { encode } from '../../datasources/postgres/values.js';
import { elementOf } from '../../src/dataplane/nested.js';
import { isOrdered, type DataType } from '../../src/ir/types.js';
import { openEmbedded } from '../../src/postgres/embedded.js';
import { openPostgres } from '../../src/postgres/pools.js';
import type { Store } from '../../src/store/store.js';
import { LEAGUE } from './league.js';

function native(type: DataType): string {
  switch (type.kind) {
    case 'int':
      return type.bits === 64 ? 'bigint' : 'integer';
    case 'decimal':
      return `numeric(${type.precision}, ${type.scale})`;
    case 'float':
      return 'double precision';
    case 'bool':
      return 'boolean';
    case 'instant':
      return 'timestamptz';
    case 'list':
      return `${native(type.of)}[]`;
    case 'enum':
      return type.name;
    default:
      return type.kind;
  }
}

/** Tables hold no objects. */
const ENTITIES = LEAGUE.shape.entities.map((entity) => ({
  ...entity,
  fields: entity.fields.filter(({ type }) => !['struct', 'geopoint'].includes(elementOf(type).kind)),
}));

/** The league's tables in a real PostgreSQL, text in the order of its bytes as the embedded server has it. */
async function load(url: string): Promise<void> {
  const postgres = openPostgres({
    url,
    name: 'league',
    connections: { page: 1, stream: 1 },
    connectTimeoutMs: 5_000,
    readTimeoutMs: 30_000,
    queueLimit: 10,
  });
  const { signal } = new AbortController();
  try {
    await postgres.script(`create type mood as enum ('low', 'so-so', 'true')`, { signal });
    for (const entity of ENTITIES) {
      const columns = entity.fields.map((f) => `${f.name} ${native(f.type)}${f.nullable ? '' : ' not null'}`);
      const key = entity.key ? [`primary key (${entity.key.join(', ')})`] : [];
      await postgres.script(`create table ${entity.name} (${[...columns, ...key].join(', ')})`, { signal });
      for (const row of LEAGUE.rows[entity.id] ?? []) {
        const values = entity.fields.map((f) => {
          const value = row[f.name];
          return value === null || value === undefined ? null : encode(f.type)(value);
        });
        const places = entity.fields.map((f, i) => `$${i + 1}::${native(f.type)}`);
        await postgres.run({ text: `insert into ${entity.name} values (${places.join(', ')})`, values }, { signal });
      }
    }
    for (const entity of ENTITIES) {
      for (const { name, fields, to, toFields } of entity.references) {
        const target = to.replace('main.', '');
        const text = `alter table ${entity.name} add constraint ${name} foreign key (${fields.join(', ')}) references ${target} (${toFields.join(', ')})`;
        await postgres.script(text, { signal });
      }
    }
    // Pages of some tables are read in the order of an index.
    for (const entity of ENTITIES.filter((_, i) => i % 2 === 1)) {
      for (const field of entity.fields.filter((f) => isOrdered(f.type))) {
        await postgres.script(`create index on ${entity.name} (${field.name})`, { signal });
      }
    }
  } finally {
    await postgres.close();
  }
}

export interface LeagueInPostgres {
  readonly store: Store;
  /** Runs a statement beside the store. */
  run(text: string): Promise<void>;
  close(): Promise<void>;
}

/** The league behind the engine for PostgreSQL, in an embedded server of its own. */
export async function openLeagueInPostgres(): Promise<LeagueInPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-league-'));
  const embedded = await openEmbedded({ dataDir: folder });
  await embedded.ensureDatabase('league');
  const url = embedded.url('league');
  await load(url);
  const timeouts = { connectMs: 5_000, readMs: 30_000 };
  const store = await postgresStore('league', { url, schemas: ['public'], pool: 4, timeouts, queueLimit: 100 });
  return {
    store,
    run: async (text) => {
      const connections = { page: 1, stream: 1 };
      const pools = openPostgres({
        url,
        name: 'beside',
        connections,
        connectTimeoutMs: 5_000,
        readTimeoutMs: 30_000,
        queueLimit: 10,
      });
      await pools.script(text, { signal: new AbortController().signal });
      await pools.close();
    },
    close: async () => {
      await store.close();
      await embedded.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

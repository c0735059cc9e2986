import type { MemoryConfig } from '../../../datasources/memory/index.js';
import { postgresStore } from '../../../datasources/postgres/index.js';
import { encode } from '../../../datasources/postgres/values.js';
import { isOrdered, type DataType } from '../../../src/ir/types.js';
import type { Postgres } from '../../../src/postgres/types.js';
import type { EntityShape } from '../../../src/store/shape.js';
import type { Store } from '../../../src/store/store.js';
import { openPools, openTestServer, type TestServer } from '../../postgres/server.js';
import { BAZAAR } from '../bazaar.js';
import { FAIR } from '../fair.js';
import type { Harness } from './harness.js';

/** What a fixture leaves to the engine: native types by `entity.field`, and statements before and after the tables are made. */
export interface PostgresFixture {
  readonly types?: Readonly<Record<string, string>>;
  readonly before?: readonly string[];
  readonly after?: readonly string[];
}

const { signal } = new AbortController();

const GERMAN = `create collation german (provider = icu, locale = 'de')`;

/** Text of every sort of equality and order: what is asked of its bytes must not depend on it. */
const EXTRAS = new Map<MemoryConfig, PostgresFixture>([
  [
    FAIR,
    {
      before: [GERMAN],
      types: { 'word.text': 'text collate german', 'town.name': 'text collate german', 'shop.name': 'varchar(20)' },
      after: ['analyze'],
    },
  ],
  [
    BAZAAR,
    {
      before: [
        'create extension citext',
        `create collation loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
        GERMAN,
      ],
      types: {
        'stall.word': 'varchar(20)',
        'stall.fixed': 'char(6)',
        'stall.folded': 'citext',
        'stall.sorted': 'text collate loose',
        'region.name': 'text collate german',
        'note.code': 'text collate german',
        'label.word': 'text collate german',
      },
      after: ['analyze'],
    },
  ],
]);

export const postgres: Harness = {
  name: 'postgres',
  open: async () => {
    const server = await openTestServer();
    return {
      load: (fixture, whole) => openPostgresFixture(server, fixture, EXTRAS.get(whole)),
      close: () => server.close(),
    };
  },
};

/** A fixture's tables in a database of their own, behind the engine; ids of entities are `public.<name>`. */
export async function openPostgresFixture(
  server: TestServer,
  { shape, rows }: MemoryConfig,
  extra: PostgresFixture = {},
): Promise<Store> {
  const url = await server.freshDatabase();
  const pools = openPools(url, { connections: { page: 1, stream: 1 } });
  const run = async (text: string): Promise<void> => {
    await pools.run({ text, values: [] }, { signal });
  };
  try {
    for (const text of extra.before ?? []) await run(text);
    for (const [name, values] of enums(shape.entities)) {
      await run(`create type ${quote(name)} as enum (${values.map((v) => `'${v.replaceAll("'", "''")}'`).join(', ')})`);
    }
    for (const entity of shape.entities) {
      await run(tableText(entity, extra.types ?? {}));
      await load(pools, entity, rows[entity.id] ?? []);
    }
    for (const entity of shape.entities) for (const text of referenceTexts(entity)) await run(text);
    for (const [i, entity] of shape.entities.entries())
      if (i % 2 === 1) for (const text of indexTexts(entity)) await run(text);
    for (const text of extra.after ?? []) await run(text);
  } finally {
    await pools.close();
  }
  const timeouts = { connectMs: 5_000, readMs: 30_000 };
  return postgresStore('fixture', { url, schemas: ['public'], pool: 4, timeouts, queueLimit: 100 });
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function enums(entities: readonly EntityShape[]): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const add = (type: DataType): void => {
    if (type.kind === 'list') add(type.of);
    if (type.kind === 'enum') found.set(type.name, type.values);
  };
  for (const entity of entities) for (const field of entity.fields) add(field.type);
  return found;
}

function tableText(entity: EntityShape, types: Readonly<Record<string, string>>): string {
  const columns = entity.fields.map((f) => {
    const type = types[`${entity.name}.${f.name}`] ?? nativeOf(f.type);
    return `${quote(f.name)} ${type}${f.nullable ? '' : ' not null'}`;
  });
  const list = (names: readonly string[]): string => names.map(quote).join(', ');
  const key = entity.key ? [`primary key (${list(entity.key)})`] : [];
  const unique = entity.unique.map((names) => `unique (${list(names)})`);
  return `create table ${quote(entity.name)} (${[...columns, ...key, ...unique].join(', ')})`;
}

function referenceTexts(entity: EntityShape): string[] {
  const list = (names: readonly string[]): string => names.map(quote).join(', ');
  return entity.references.map(({ name, fields, to, toFields, enforced }) => {
    const target = quote(to.replace(/^public\./, ''));
    const key = `foreign key (${list(fields)}) references ${target} (${list(toFields)})${enforced ? '' : ' not valid'}`;
    return `alter table ${quote(entity.name)} add constraint ${quote(name)} ${key}`;
  });
}

/** Pages of the tables that have these are read in the order of an index. */
function indexTexts(entity: EntityShape): string[] {
  return entity.fields
    .filter((f) => isOrdered(f.type))
    .map((f) => `create index on ${quote(entity.name)} (${quote(f.name)})`);
}

async function load(
  pools: Postgres,
  entity: EntityShape,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const text = `insert into ${quote(entity.name)} values (${entity.fields.map((_, i) => `$${i + 1}`).join(', ')})`;
  const encoders = entity.fields.map((f) => encode(f.type));
  for (const row of rows) {
    const values = entity.fields.map((f, i) => (row[f.name] == null ? null : encoders[i]!(row[f.name])));
    await pools.run({ text, values }, { signal });
  }
}

function nativeOf(type: DataType): string {
  switch (type.kind) {
    case 'bool':
      return 'boolean';
    case 'int':
      return { 16: 'smallint', 32: 'integer', 64: 'bigint' }[type.bits];
    case 'float':
      return type.bits === 32 ? 'real' : 'double precision';
    case 'decimal':
      return type.precision === null ? 'numeric' : `numeric(${type.precision}, ${type.scale ?? 0})`;
    case 'enum':
      return quote(type.name);
    case 'opaque':
      return type.native;
    case 'bytes':
      return 'bytea';
    case 'localdatetime':
      return 'timestamp';
    case 'instant':
      return 'timestamptz';
    case 'duration':
      return 'interval';
    case 'json':
      return 'jsonb';
    case 'list':
      return `${nativeOf(type.of)}[]`;
    default:
      return type.kind;
  }
}

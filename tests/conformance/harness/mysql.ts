import { randomBytes } from 'node:crypto';
import { createConnection, type Connection } from 'mysql2/promise';
import type { MemoryConfig } from '../../../datasources/memory/index.js';
import { mysqlStore, type MysqlOptions } from '../../../datasources/mysql/index.js';
import { parameterType } from '../../../datasources/mysql/parameters.js';
import { quoteName } from '../../../datasources/mysql/quote.js';
import { encode } from '../../../datasources/mysql/values.js';
import { daysFromCivil, MICROS_PER_DAY } from '../../../src/ir/time.js';
import type { DataType } from '../../../src/ir/types.js';
import type { EntityShape } from '../../../src/store/shape.js';
import type { Store } from '../../../src/store/store.js';
import type { TestStore } from '../../servers/store.js';
import { BAZAAR } from '../bazaar.js';
import { FAIR } from '../fair.js';
import type { Harness } from './harness.js';
import type { Holding } from './holding.js';

const LACKING: Partial<Record<DataType['kind'], string>> = {
  struct: 'tables have no structs',
  list: 'tables have no lists',
  duration: 'there is no type of durations',
  opaque: 'there are no types of other stores',
};

const micros = (year: number, month: number, day: number): bigint =>
  BigInt(daysFromCivil({ year, month, day })) * MICROS_PER_DAY;
const FIRST_YEAR = micros(1000, 1, 1);
/** A timestamp is later than the first second of 1970. */
const FIRST_TIMESTAMP = micros(1970, 1, 1) + 1_000_000n;

/** No infinite floats and no times that are out of the types' ranges: these are null. */
export const COLUMNS: Holding = {
  lacks: ({ kind }) => LACKING[kind] ?? null,
  value: (type, value) => {
    switch (type.kind) {
      case 'float':
        return Number.isFinite(value) ? value : null;
      case 'date':
        return (value as number) < daysFromCivil({ year: 1000, month: 1, day: 1 }) ? null : value;
      case 'localdatetime':
        return (value as bigint) < FIRST_YEAR ? null : value;
      case 'instant':
        return (value as bigint) < FIRST_TIMESTAMP ? null : value;
      default:
        return value;
    }
  },
};

/** Texts that are keys differ by case; others are equal without regard to it, or in another character set. */
const TYPES = new Map<MemoryConfig, Readonly<Record<string, string>>>([
  [
    FAIR,
    {
      'badge.word': 'varchar(20) collate utf8mb4_bin',
      'item_badge.word': 'varchar(20) collate utf8mb4_bin',
      'visit.word': 'varchar(20) collate utf8mb4_bin',
      'town.name': 'varchar(20) collate utf8mb4_unicode_ci',
      'word.other': 'varchar(20) collate utf8mb4_nopad_bin',
    },
  ],
  [
    BAZAAR,
    {
      'label.word': 'varchar(20) collate utf8mb4_bin',
      'item_label.word': 'varchar(20) collate utf8mb4_bin',
      'stall.code': 'varchar(20)',
      'note.code': 'varchar(20)',
      'stall.fixed': 'char(6)',
      'stall.folded': 'varchar(20) character set latin1',
      'stall.sorted': 'varchar(20) collate utf8mb4_german2_ci',
      'region.name': 'varchar(20) collate utf8mb4_nopad_bin',
    },
  ],
]);

export const mysql = (server: () => TestStore): Harness => ({
  name: 'mysql',
  holding: COLUMNS,
  absent: ['list has', 'list hasAny', 'list hasAll', 'list isEmpty', 'predicate list', 'negated list'],
  open: () =>
    Promise.resolve({
      load: (fixture) => openMysqlFixture(server(), fixture),
      close: () => Promise.resolve(),
    }),
});

export function storeOptions({ url, user, password }: TestStore, more: Partial<MysqlOptions> = {}): MysqlOptions {
  const whole = new URL(url);
  whole.username = user ?? '';
  whole.password = password ?? '';
  const timeouts = { connectMs: 5_000, readMs: 30_000 };
  return { url: whole.href, tls: 'OFF', pool: 4, timeouts, queueLimit: 100, ...more };
}

/** A database of its own, whose URL is given back, after some statements in it. */
export async function freshDatabase(
  server: TestStore,
  fill: (connection: Connection) => Promise<unknown>,
): Promise<string> {
  const name = `t${randomBytes(6).toString('hex')}`;
  const connection = await createConnection({ uri: storeOptions(server).url, charset: 'UTF8MB4_GENERAL_CI' });
  try {
    await connection.query(`create database ${quoteName(name)} character set utf8mb4 collate utf8mb4_general_ci`);
    await connection.query(`use ${quoteName(name)}`);
    await connection.query(`set session time_zone = '+00:00', foreign_key_checks = 0`);
    await fill(connection);
  } finally {
    await connection.end();
  }
  const url = new URL(storeOptions(server).url);
  url.pathname = name;
  return url.href;
}

/** A fixture's tables in a database of their own, behind the engine; ids of entities are `public.<name>`. */
export async function openMysqlFixture(server: TestStore, fixture: MemoryConfig): Promise<Store> {
  const { shape, rows } = fixture;
  const original = shape.entities.some(({ name }) => name === 'stall') ? BAZAAR : FAIR;
  const url = await freshDatabase(server, async (connection) => {
    for (const entity of shape.entities) {
      await connection.query(tableText(entity, TYPES.get(original) ?? {}));
      await load(connection, entity, rows[entity.id] ?? []);
    }
  });
  const store = await mysqlStore('fixture', storeOptions(server, { url }));
  return publicIds(store, new URL(url).pathname.slice(1));
}

/** The fixtures know their entities by the name of another store's schema. */
function publicIds(store: Store, database: string): Store {
  const known = (id: string): string => id.replace(`${database}.`, 'public.');
  return {
    ...store,
    introspect: async (signal) => {
      const { entities, problems } = await store.introspect(signal);
      const named = entities.map((entity): EntityShape => ({
        ...entity,
        id: known(entity.id),
        references: entity.references.map((each) => ({ ...each, to: known(each.to) })),
      }));
      return { entities: named, problems };
    },
  };
}

function tableText(entity: EntityShape, types: Readonly<Record<string, string>>): string {
  const list = (names: readonly string[]): string => names.map(quoteName).join(', ');
  const keyed = new Set([...(entity.key ?? []), ...entity.unique.flat()]);
  const columns = entity.fields.map((f) => {
    const type = types[`${entity.name}.${f.name}`] ?? nativeOf(f.type, keyed.has(f.name));
    return `${quoteName(f.name)} ${type}${f.nullable ? ' null' : ' not null'}`;
  });
  const key = entity.key ? [`primary key (${list(entity.key)})`] : [];
  const unique = entity.unique.map((names) => `unique (${list(names)})`);
  const references = entity.references.map(
    ({ name, fields, to, toFields }) =>
      `constraint ${quoteName(name)} foreign key (${list(fields)}) references ${quoteName(to.replace(/^public\./, ''))} (${list(toFields)})`,
  );
  return `create table ${quoteName(entity.name)} (${[...columns, ...key, ...unique, ...references].join(', ')}) engine = InnoDB`;
}

async function load(
  connection: Connection,
  { name, fields }: EntityShape,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const text = `insert into ${quoteName(name)} values (${fields.map(() => '?').join(', ')})`;
  const encoders = fields.map(({ type }) =>
    type.kind === 'enum' ? String : encode(type, type.kind === 'decimal' ? storedAs(type) : parameterType(type)),
  );
  for (const row of rows) {
    const values = fields.map((f, i) => {
      const value = row[f.name] == null ? null : encoders[i]!(row[f.name]);
      return value instanceof Uint8Array ? Buffer.from(value) : value;
    });
    await connection.execute(text, values);
  }
}

function storedAs(type: Extract<DataType, { kind: 'decimal' }>): string {
  return type.precision === null ? 'decimal(38,9)' : `decimal(${type.precision},${type.scale ?? 0})`;
}

function nativeOf(type: DataType, keyed: boolean): string {
  switch (type.kind) {
    case 'bool':
      return 'boolean';
    case 'int':
      return { 16: 'smallint', 32: 'int', 64: 'bigint' }[type.bits];
    case 'float':
      return type.bits === 32 ? 'float' : 'double';
    case 'decimal':
      return storedAs(type);
    case 'text':
      return keyed ? 'varchar(100)' : 'text';
    case 'enum':
      return `enum (${type.values.map((value) => `'${value.replace(/['\\]/g, '$&$&')}'`).join(', ')})`;
    case 'bytes':
      return 'blob';
    case 'time':
      return 'time(6)';
    case 'localdatetime':
      return 'datetime(6)';
    case 'instant':
      return 'timestamp(6)';
    default:
      return type.kind;
  }
}

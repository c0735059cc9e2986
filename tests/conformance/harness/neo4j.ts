import { randomBytes } from 'node:crypto';
import neo4jDriver, { type Driver } from 'neo4j-driver';
import type { MemoryConfig } from '../../../datasources/memory/index.js';
import { quote } from '../../../datasources/neo4j/cypher.js';
import { neo4jStore, type Neo4jOptions } from '../../../datasources/neo4j/index.js';
import { civilFromDays, floorDiv, MICROS_PER_DAY } from '../../../src/ir/time.js';
import type { DataType, Duration } from '../../../src/ir/types.js';
import type { EntityShape } from '../../../src/store/shape.js';
import type { Store } from '../../../src/store/store.js';
import type { TestStore } from '../../servers/store.js';
import type { Harness } from './harness.js';
import { toldOf, type Holding } from './holding.js';

const LACKING: Partial<Record<DataType['kind'], string>> = {
  struct: 'properties have no structs',
  json: 'properties have no objects',
  decimal: 'there is no decimal type',
  enum: 'there is no enum type',
  opaque: 'there are no types of other stores',
};

/** Lists have no nulls in them: these are left out. */
export const PROPERTIES: Holding = {
  lacks: (type) => (type.kind === 'list' ? PROPERTIES.lacks(type.of) : (LACKING[type.kind] ?? null)),
  value: (type, value) =>
    type.kind === 'list' ? (value as readonly unknown[]).filter((each) => each !== null) : value,
};

export const neo4j = (server: () => TestStore): Harness => ({
  name: 'neo4j',
  holding: PROPERTIES,
  absent: ['operand inside json'],
  plansLong: true,
  open: () =>
    Promise.resolve({
      load: (fixture) => openNeo4jFixture(server(), fixture),
      close: () => Promise.resolve(),
    }),
});

export function openDriver({ url, user, password }: TestStore): Driver {
  return neo4jDriver.driver(url, neo4jDriver.auth.basic(user ?? '', password ?? ''), { useBigInt: true });
}

export function storeOptions({ url, user, password }: TestStore, more: Partial<Neo4jOptions> = {}): Neo4jOptions {
  const timeouts = { connectMs: 5_000, readMs: 30_000 };
  const base = { url, user, password: password ?? '', database: null, sample: 1_000, pool: 4, timeouts };
  return { ...base, queueLimit: 100, ...more };
}

/** A fixture's rows as nodes whose labels begin with a prefix of their own: a server of this edition has one database. */
export async function openNeo4jFixture(server: TestStore, fixture: MemoryConfig): Promise<Store> {
  const prefix = `t${randomBytes(4).toString('hex')}_`;
  const driver = openDriver(server);
  try {
    for (const entity of fixture.shape.entities) {
      const label = quote(prefix + entity.name);
      for (const [i, set] of [...(entity.key ? [entity.key] : []), ...entity.unique].entries()) {
        const properties = set.map((property) => `n.${quote(property)}`).join(', ');
        const name = quote(`${prefix}${entity.name}_${i}`);
        await driver.executeQuery(`CREATE CONSTRAINT ${name} FOR (n:${label}) REQUIRE (${properties}) IS UNIQUE`);
      }
      const rows = (fixture.rows[entity.id] ?? []).map((row) => propertiesOf(entity, row));
      await driver.executeQuery(`UNWIND $rows AS row CREATE (n:${label}) SET n = row`, { rows });
    }
  } finally {
    await driver.close();
  }
  const store = await neo4jStore('fixture', storeOptions(server));
  return toldOf(withoutPrefix(store, prefix), fixture);
}

function withoutPrefix(store: Store, prefix: string): Store {
  return {
    ...store,
    introspect: async (signal) => {
      const { entities, problems } = await store.introspect(signal);
      const own = entities.flatMap((entity): EntityShape[] =>
        entity.name.startsWith(prefix) ? [{ ...entity, name: entity.name.slice(prefix.length) }] : [],
      );
      return { entities: own, problems };
    },
  };
}

function propertiesOf(entity: EntityShape, row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    entity.fields.map(({ name, type }) => [name, row[name] == null ? null : driverValue(type, row[name])] as const),
  );
}

/** A value in the form of ir/types.ts as the driver's. */
function driverValue(type: DataType, value: unknown): unknown {
  const { types } = neo4jDriver;
  switch (type.kind) {
    case 'date': {
      const { year, month, day } = civilFromDays(value as number);
      return new types.Date(year, month, day);
    }
    case 'time': {
      const { hour, minute, second, nanosecond } = clockOf(value as bigint);
      return new types.LocalTime(hour, minute, second, nanosecond);
    }
    case 'localdatetime':
    case 'instant': {
      const days = floorDiv(value as bigint, MICROS_PER_DAY);
      const { year, month, day } = civilFromDays(Number(days));
      const { hour, minute, second, nanosecond } = clockOf((value as bigint) - days * MICROS_PER_DAY);
      return type.kind === 'instant'
        ? new types.DateTime(year, month, day, hour, minute, second, nanosecond, 0)
        : new types.LocalDateTime(year, month, day, hour, minute, second, nanosecond);
    }
    case 'duration': {
      const { months, days, micros } = value as Duration;
      const seconds = floorDiv(micros, 1_000_000n);
      return new types.Duration(months, days, Number(seconds), Number(micros - seconds * 1_000_000n) * 1_000);
    }
    case 'bytes':
      return Int8Array.from(value as Uint8Array);
    case 'list':
      return (value as readonly unknown[]).map((each) => driverValue(type.of, each));
    default:
      return value;
  }
}

function clockOf(micros: bigint): { hour: number; minute: number; second: number; nanosecond: number } {
  const seconds = Number(micros / 1_000_000n);
  return {
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    nanosecond: Number(micros % 1_000_000n) * 1_000,
  };
}

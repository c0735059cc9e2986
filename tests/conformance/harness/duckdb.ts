import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duckdbStore } from '../../../datasources/duckdb/index.js';
import type { EntityDeclarations } from '../../../datasources/duckdb/files.js';
import { boundType, nativeOf } from '../../../datasources/duckdb/parameters.js';
import { quoteName, quoteText } from '../../../datasources/duckdb/quote.js';
import { encode } from '../../../datasources/duckdb/values.js';
import type { MemoryConfig } from '../../../datasources/memory/index.js';
import { jsonText } from '../../../src/ir/print.js';
import type { DataType } from '../../../src/ir/types.js';
import type { EntityShape, FieldShape } from '../../../src/store/shape.js';
import type { Store } from '../../../src/store/store.js';
import type { Harness } from './harness.js';
import { EVERYTHING } from './holding.js';

export const duckdb: Harness = {
  name: 'duckdb',
  // Structs and lists of them are types of Parquet.
  holding: EVERYTHING,
  open: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trainyard-duckdb-'));
    let loaded = 0;
    return {
      load: async (fixture) => {
        const root = join(folder, String((loaded += 1)));
        await mkdir(root);
        return openDuckdbFixture(root, fixture);
      },
      close: () => rm(folder, { recursive: true, force: true }),
    };
  },
};

/** A fixture's tables as files of Parquet, behind the engine. */
export async function openDuckdbFixture(root: string, fixture: MemoryConfig): Promise<Store> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    for (const entity of fixture.shape.entities) {
      await writeFile(connection, root, entity, fixture.rows[entity.id] ?? []);
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  const store = await duckdbStore('fixture', {
    path: root,
    memory: '1GB',
    temporary: null,
    threads: 2,
    concurrency: 2,
    queueLimit: 100,
    readMs: 30_000,
    entities: declarations(fixture.shape.entities),
  });
  return withKeys(store, fixture.shape.entities);
}

async function writeFile(
  connection: DuckDBConnection,
  root: string,
  { name, fields }: EntityShape,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const table = quoteName(name);
  await connection.run(
    `create table ${table} (${fields.map((f) => `${quoteName(f.name)} ${storedAs(f.type)}`).join(', ')})`,
  );
  const statement = await connection.prepare(`insert into ${table} values (${fields.map(valueText).join(', ')})`);
  for (const row of rows) {
    const values = fields.map((f) => (row[f.name] == null ? null : parameterOf(f.type)(row[f.name])));
    statement.bind(
      values,
      fields.map((f) => boundType(parameterType(f.type))),
    );
    await statement.run();
  }
  await connection.run(`copy ${table} to ${quoteText(join(root, `${name}.parquet`))} (format parquet)`);
}

/** Structs are no parameters of the engine: they are written as JSON, and cast. */
function hasStruct(type: DataType): boolean {
  return type.kind === 'struct' || (type.kind === 'list' && hasStruct(type.of));
}

function parameterType(type: DataType): string {
  return hasStruct(type) ? 'VARCHAR' : type.kind === 'decimal' ? storedAs(type) : nativeOf(type);
}

function valueText({ type }: FieldShape, index: number): string {
  return hasStruct(type)
    ? `from_json($${index + 1}::JSON, ${quoteText(shapeText(type))})`
    : `$${index + 1}::${storedAs(type)}`;
}

function parameterOf(type: DataType) {
  return hasStruct(type) ? jsonText(type) : encode(type, parameterType(type));
}

/** A type as `from_json` takes it. */
function shapeText(type: DataType): string {
  const of = (each: DataType): unknown =>
    each.kind === 'list'
      ? [of(each.of)]
      : each.kind === 'struct'
        ? Object.fromEntries(each.fields.map((f) => [f.name, of(f.type)]))
        : storedAs(each);
  return JSON.stringify(of(type));
}

/** Parquet has intervals of milliseconds and no enums: these are texts in the files, and the config says what they are. */
function isGiven(type: DataType): boolean {
  return type.kind === 'duration' || type.kind === 'enum' || (type.kind === 'list' && isGiven(type.of));
}

function declarations(entities: readonly EntityShape[]): EntityDeclarations {
  return Object.fromEntries(
    entities.map(({ name, fields }) => {
      const given = fields
        .filter(({ type }) => isGiven(type))
        .map((f) => [f.name, { type: nativeOf(f.type) }] as const);
      return [name, { fields: Object.fromEntries(given) }];
    }),
  );
}

function storedAs(type: DataType): string {
  switch (type.kind) {
    case 'int':
      return { 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' }[type.bits];
    case 'float':
      return type.bits === 32 ? 'FLOAT' : 'DOUBLE';
    case 'decimal':
      return type.precision === null ? 'DECIMAL(38,9)' : `DECIMAL(${type.precision},${type.scale ?? 0})`;
    case 'json':
      return 'JSON';
    case 'list':
      return `${storedAs(type.of)}[]`;
    case 'struct':
      return `STRUCT(${type.fields.map((f) => `${quoteName(f.name)} ${storedAs(f.type)}`).join(', ')})`;
    default:
      return isGiven(type) ? 'VARCHAR' : nativeOf(type);
  }
}

/** Files have no keys and no references: the config, or here the fixture, gives them. Types are those that were found. */
function withKeys(store: Store, told: readonly EntityShape[]): Store {
  return {
    ...store,
    introspect: async (signal) => {
      const found = await store.introspect(signal);
      const entities = told.map((entity): EntityShape => {
        const own = found.entities.find((each) => each.name === entity.name);
        if (!own) throw new Error(`duckdb did not find ${entity.name}: ${JSON.stringify(found.problems)}`);
        const fields = own.fields.map((field, i) => ({ ...field, nullable: entity.fields[i]!.nullable }));
        return { ...entity, fields, native: own.native };
      });
      return { ...found, entities };
    },
  };
}

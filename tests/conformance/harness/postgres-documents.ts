import type { MemoryConfig } from '../../../datasources/memory/index.js';
import { postgresStore } from '../../../datasources/postgres/index.js';
import { collectionOf } from '../../../datasources/postgres/read-document.js';
import { jsonText } from '../../../src/ir/print.js';
import type { DataType } from '../../../src/ir/types.js';
import type { EntityShape } from '../../../src/store/shape.js';
import type { Store } from '../../../src/store/store.js';
import { openPools, openTestServer, type TestServer } from '../../postgres/server.js';
import type { Harness } from './harness.js';
import type { Holding } from './holding.js';
import { quote } from './postgres.js';

const { signal } = new AbortController();
const HELD: readonly DataType['kind'][] = ['bool', 'int', 'float', 'decimal', 'text', 'json', 'list', 'struct'];

/** What JSON has; its numbers are exact and finite. */
const JSON_DOCUMENTS: Holding = {
  lacks: (type) => {
    const { kind } = type.kind === 'list' ? type.of : type;
    return HELD.includes(kind) ? null : `JSON has no ${kind}`;
  },
  value: held,
};

function held(type: DataType, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (type.kind) {
    case 'float':
      return Number.isFinite(value) ? (value as number) + 0 : null;
    case 'decimal':
      return /\d/.test(value as string) ? value : null;
    case 'json':
      return JSON.parse(value as string) === null ? null : value;
    case 'list':
      return (value as readonly unknown[]).map((each) => held(type.of, each));
    case 'struct':
      return Object.fromEntries(
        type.fields.map(({ name, type: of }) => [name, held(of, (value as Record<string, unknown>)[name])]),
      );
    default:
      return value;
  }
}

/** The fixtures as tables of one column of jsonb; null is by turns null and nothing. */
export const postgresDocuments: Harness = {
  name: 'postgres documents',
  holding: JSON_DOCUMENTS,
  // JSON has no times.
  absent: ['group by bucket', 'group by part'],
  open: async () => {
    const server = await openTestServer();
    return { load: (fixture) => openDocuments(server, fixture), close: () => server.close() };
  },
};

async function openDocuments(server: TestServer, fixture: MemoryConfig): Promise<Store> {
  const url = await server.freshDatabase();
  const pools = openPools(url, { connections: { page: 1, stream: 1 } });
  try {
    for (const entity of fixture.shape.entities) {
      await pools.run({ text: `create table ${quote(entity.name)} (document jsonb)`, values: [] }, { signal });
      const text = `insert into ${quote(entity.name)} select each from jsonb_array_elements($1::jsonb) as each`;
      const documents = (fixture.rows[entity.id] ?? []).map((row, i) => documentOf(entity, row, i));
      await pools.run({ text, values: [`[${documents.join(',')}]`] }, { signal });
    }
    await pools.run({ text: 'analyze', values: [] }, { signal });
  } finally {
    await pools.close();
  }
  const timeouts = { connectMs: 5_000, readMs: 30_000 };
  const store = await postgresStore('fixture', { url, schemas: ['public'], pool: 4, timeouts, queueLimit: 100 });
  return {
    ...store,
    introspect: async (until) => ({ entities: told(fixture, (await store.introspect(until)).entities), problems: [] }),
  };
}

function documentOf({ fields }: EntityShape, row: Readonly<Record<string, unknown>>, i: number): string {
  const members = fields.flatMap(({ name, type }, j) => {
    const value = row[name] ?? null;
    if (value === null && (i + j) % 2 === 0) return [];
    return [`${JSON.stringify(name)}:${value === null ? 'null' : plainJson(type)(value)}`];
  });
  return `{${members.join(',')}}`;
}

/** Numbers as numbers, whatever callers are shown. */
function plainJson(type: DataType): (value: unknown) => string {
  const orNull = (of: DataType) => (value: unknown) => (value == null ? 'null' : plainJson(of)(value));
  switch (type.kind) {
    case 'int':
    case 'decimal':
      return String;
    case 'list':
      return (value) => `[${(value as readonly unknown[]).map(orNull(type.of)).join(',')}]`;
    case 'struct':
      return (value) =>
        `{${type.fields.map((f) => `${JSON.stringify(f.name)}:${orNull(f.type)((value as Record<string, unknown>)[f.name])}`).join(',')}}`;
    default:
      return jsonText(type);
  }
}

/** The collections as if they had told of the fixture: no sample tells keys and references, or how wide a number is. */
function told({ shape }: MemoryConfig, tables: readonly EntityShape[]): EntityShape[] {
  return shape.entities.map((entity): EntityShape => {
    const table = tables.find(({ name }) => name === entity.name)!;
    const members = entity.fields.map(({ name, type }) => ({ name, type, note: null }));
    const { native, fields } = collectionOf(table, table.fields[0]!, members);
    return { ...entity, native, fields: entity.fields.map((field, i) => ({ ...field, native: fields[i]!.native })) };
  });
}

import { elasticsearchStore } from '../../../datasources/elasticsearch/index.js';
import { printJson } from '../../../datasources/elasticsearch/json-text.js';
import type { MemoryConfig } from '../../../datasources/memory/index.js';
import { floorDiv, printInstant } from '../../../src/ir/time.js';
import type { DataType } from '../../../src/ir/types.js';
import type { EntityShape } from '../../../src/store/shape.js';
import type { Store } from '../../../src/store/store.js';
import { toldOf, type Holding } from './holding.js';
import type { Harness } from './harness.js';

const LACKING: Partial<Record<DataType['kind'], string>> = {
  decimal: 'no decimals',
  enum: 'no enums',
  uuid: 'no UUIDs',
  time: 'no times of day',
  localdatetime: 'no times without a zone',
  duration: 'no durations',
  bytes: 'no bytes that can be compared',
  json: 'no JSON but objects',
  opaque: 'no networks among its addresses',
};

/** What indices hold: no NaN and no infinities, instants of milliseconds, and no lists, or objects, of nothing. */
const holding: Holding = {
  lacks: (type) => {
    if (type.kind === 'list') return holding.lacks(type.of);
    return LACKING[type.kind] ?? null;
  },
  value: (type, value) => held(type, value),
};

function held(type: DataType, value: unknown, element = false): unknown {
  if (value === null || value === undefined) return null;
  switch (type.kind) {
    case 'float':
      return Number.isFinite(value) ? (value as number) + 0 : null;
    case 'instant':
      return floorDiv(value as bigint, 1_000n) * 1_000n;
    case 'list': {
      const all = (value as readonly unknown[])
        .map((each) => held(type.of, each, true))
        .filter((each) => each !== null);
      return all.length > 0 ? all : null;
    }
    case 'struct': {
      const struct = value as Readonly<Record<string, unknown>>;
      const members = type.fields.map((f) => [f.name, held(f.type, struct[f.name])] as const);
      return !element && members.every(([, each]) => each === null) ? null : Object.fromEntries(members);
    }
    default:
      return value;
  }
}

const NATIVE: Partial<Record<DataType['kind'], object>> = {
  bool: { type: 'boolean' },
  text: { type: 'keyword' },
  date: { type: 'date', format: 'strict_date||epoch_millis' },
  instant: { type: 'date' },
};

function mappingOf(type: DataType): object {
  switch (type.kind) {
    case 'int':
      return { type: { 16: 'short', 32: 'integer', 64: 'long' }[type.bits] };
    case 'float':
      return { type: type.bits === 32 ? 'float' : 'double' };
    case 'list':
      return type.of.kind === 'struct' ? { type: 'nested', ...mappingOf(type.of) } : mappingOf(type.of);
    case 'struct':
      return { properties: Object.fromEntries(type.fields.map((f) => [f.name, mappingOf(f.type)])) };
    default: {
      const native = NATIVE[type.kind];
      if (!native) throw new Error(`no mapping for ${type.kind}`);
      return native;
    }
  }
}

function written(type: DataType, value: unknown): unknown {
  if (value === null) return null;
  switch (type.kind) {
    case 'instant':
      return printInstant(value as bigint).startsWith('-') ? (value as bigint) / 1_000n : printInstant(value as bigint);
    case 'date':
      return BigInt(value as number) * 86_400_000n;
    case 'list':
      return (value as readonly unknown[]).map((each) => written(type.of, each));
    case 'struct':
      return Object.fromEntries(
        type.fields.map((f) => [f.name, written(f.type, (value as Record<string, unknown>)[f.name])]),
      );
    default:
      return value;
  }
}

/** A request of the tests' own. */
export async function asked(url: string, method: string, path: string, body?: string): Promise<unknown> {
  const headers = { 'content-type': path.endsWith('_bulk') ? 'application/x-ndjson' : 'application/json' };
  const answer = await fetch(new URL(path, url), { method, headers, ...(body === undefined ? {} : { body }) });
  const told = (await answer.json()) as { errors?: boolean };
  if (!answer.ok || told.errors) throw new Error(`${method} ${path}: ${JSON.stringify(told).slice(0, 1_000)}`);
  return told;
}

/** An entity's documents in an index, which can be searched when it returns. */
export async function fillIndex(
  url: string,
  index: string,
  entity: EntityShape,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const properties = Object.fromEntries(entity.fields.map((f) => [f.name, mappingOf(f.type)]));
  const settings = { number_of_replicas: 0, number_of_shards: 2 };
  await asked(url, 'PUT', `/${index}`, printJson({ settings, mappings: { dynamic: 'strict', properties } }));
  const documents = rows.map((row) =>
    Object.fromEntries(entity.fields.map((f) => [f.name, written(f.type, row[f.name] ?? null)])),
  );
  if (documents.length === 0) return;
  const lines = documents.map((each) => `${printJson({ index: {} })}\n${printJson(each)}\n`);
  await asked(url, 'POST', `/${index}/_bulk?refresh=true`, lines.join(''));
}

let loaded = 0;

export function openElasticsearch(
  url: string,
  prefix: string,
  lists: (entity: string, path: string) => boolean | undefined = () => undefined,
): Promise<Store> {
  return elasticsearchStore('fixture', {
    ...{ url, apiKey: undefined, caFingerprint: undefined, indices: [`${prefix}*`], sample: 100 },
    ...{ pool: 4, queueLimit: 100, connectMs: 5_000, readMs: 30_000, lists },
  });
}

/** A fixture's entities as indices with a name of their own, behind the engine. */
export async function openElasticsearchFixture(url: string, { shape, rows }: MemoryConfig): Promise<Store> {
  loaded += 1;
  const prefix = `fixture-${process.pid}-${Date.now()}-${loaded}-`;
  for (const entity of shape.entities) await fillIndex(url, `${prefix}${entity.name}`, entity, rows[entity.id] ?? []);
  const store = await openElasticsearch(url, prefix);
  const named: Store = {
    ...store,
    introspect: async (signal) => {
      const own = await store.introspect(signal);
      return { ...own, entities: own.entities.map((each) => ({ ...each, name: each.name.slice(prefix.length) })) };
    },
    close: async () => {
      await asked(url, 'DELETE', `/${prefix}*`);
      await store.close();
    },
  };
  return toldOf(named, { shape, rows });
}

/** The engine over a server that runs when the suite opens it. */
export function elasticsearch(url: () => string): Harness {
  return {
    name: 'elasticsearch',
    holding,
    absent: ['operand inside json'],
    whole: 0.7,
    open: () =>
      Promise.resolve({
        load: (fixture) => openElasticsearchFixture(url(), fixture),
        close: () => Promise.resolve(),
      }),
  };
}

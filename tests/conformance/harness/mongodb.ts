import { told as indexesIn, vectorsOf as vectorsIn, withIndexes } from '../../../datasources/mongodb/indexes.js';
import { MONGODB } from '../../../datasources/mongodb/index.js';
import { reading } from '../../../datasources/mongodb/connection.js';
import type { NativeField } from '../../../datasources/mongodb/native.js';
import type { MemoryConfig } from '../../../datasources/memory/index.js';
import type { DataType } from '../../../src/ir/types.js';
import type { SourceShape } from '../../../src/store/shape.js';
import { defineStore, type Store } from '../../../src/store/store.js';
import { documentsOf, toBson } from '../../mongodb/documents.js';
import { runPipeline } from '../../mongodb/mingo.js';
import type { Told } from '../../mongodb/stand-in.js';
import type { Harness } from './harness.js';
import { toldOf, type Holding } from './holding.js';

const LACKING: readonly DataType['kind'][] = ['enum', 'date', 'time', 'localdatetime', 'duration', 'opaque'];

/** Dates hold milliseconds; numbers of JSON are doubles, and its null is null. */
export const DOCUMENTS: Holding = {
  lacks: (type) => {
    const { kind } = type.kind === 'list' ? type.of : type;
    return LACKING.includes(kind) ? `documents have no ${kind}` : null;
  },
  value: (type, value) => valueOf(type, value),
};

function valueOf(type: DataType, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (type.kind) {
    case 'instant': {
      const micros = value as bigint;
      return micros - (((micros % 1_000n) + 1_000n) % 1_000n);
    }
    case 'json': {
      const parsed: unknown = JSON.parse(value as string);
      return parsed === null ? null : JSON.stringify(parsed);
    }
    case 'list':
      return (value as readonly unknown[]).map((each) => valueOf(type.of, each));
    case 'struct':
      return Object.fromEntries(
        type.fields.map(({ name, type: of }) => [name, valueOf(of, (value as Record<string, unknown>)[name])]),
      );
    default:
      return value;
  }
}

/**
 * The pipelines of the engine run by mingo over documents in memory: what they say is tested, not a MongoDB server.
 * Every other field is one of which a validator promises the type.
 */
export const mongodbPipelines: Harness = {
  name: 'mongodb pipelines in mingo',
  holding: DOCUMENTS,
  whole: 0.8,
  open: () =>
    Promise.resolve({
      load: async (fixture) => toldOf(await pipelinesOver(fixture), fixture),
      close: () => Promise.resolve(),
    }),
};

/** `told`: the indexes of collections, of which searches are answered by what stands in for them. */
export function pipelinesOver(fixture: MemoryConfig, told: ReadonlyMap<string, Told> = new Map()): Promise<Store> {
  const collections = documentsOf(fixture);
  const rest = {
    estimate: () => Promise.resolve(null),
    introspect: () => Promise.resolve(shapeOf(fixture, told)),
    health: () => Promise.resolve({ status: 'UP', lastError: null, latencyMs: 0, since: new Date(0) } as const),
    close: () => Promise.resolve(),
  };
  const connection = reading({
    async *aggregate({ collection, pipeline, batchRows, signal }) {
      const documents = runPipeline(collections, collection, pipeline, told.get(collection ?? '')).map(toBson);
      for (let at = 0; at < documents.length; at += batchRows) {
        signal.throwIfAborted();
        yield await Promise.resolve(documents.slice(at, at + batchRows));
      }
    },
  });
  return defineStore({ ...MONGODB, connect: () => Promise.resolve({ ...connection, ...rest }) })('fixture', {});
}

function shapeOf({ shape }: MemoryConfig, told: ReadonlyMap<string, Told>): SourceShape {
  const entities = shape.entities.map((entity) => {
    const fields = entity.fields.map((field, i) => ({
      ...field,
      native: { name: field.name, sure: i % 2 === 0 } satisfies NativeField,
    }));
    const { indexes, searches } = told.get(entity.name) ?? { indexes: [], searches: [] };
    const known = { ...indexesIn(indexes), vectors: vectorsIn(searches) };
    return { ...entity, native: { collection: entity.name }, fields: withIndexes(fields, known).fields };
  });
  return { ...shape, entities };
}

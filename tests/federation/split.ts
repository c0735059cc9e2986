import { evaluate, type Table } from '../../datasources/memory/evaluate.js';
import type { MemoryConfig } from '../../datasources/memory/index.js';
import type { Entity } from '../../src/ir/entity.js';
import type { Select } from '../../src/ir/select.js';
import { buildEntities } from '../../src/sources/model.js';
import type { Row } from '../../src/store/batch.js';
import type { SourceShape } from '../../src/store/shape.js';
import type { Store } from '../../src/store/store.js';
import type { Harness, Opened } from '../conformance/harness/harness.js';
import { heldFixture } from '../conformance/harness/holding.js';

const { signal } = new AbortController();

/** One fixture, whole in each of several stores. */
export interface Everywhere {
  readonly fixture: MemoryConfig;
  readonly stores: ReadonlyMap<string, Store>;
  /** The entities, each in the store that is named for it. */
  entities(storeOf: (entity: string) => string): Promise<readonly Entity[]>;
  close(): Promise<void>;
}

export async function openEverywhere(whole: MemoryConfig, harnesses: readonly Harness[]): Promise<Everywhere> {
  const fixture = harnesses.reduce((left, { holding }) => heldFixture(left, holding), heldFixture(whole));
  const opened: Opened[] = [];
  const stores = new Map<string, Store>();
  const shapes = new Map<string, SourceShape>();
  for (const harness of harnesses) {
    const one = await harness.open();
    opened.push(one);
    const store = await one.load(fixture, whole);
    stores.set(harness.name, store);
    shapes.set(harness.name, await store.introspect(signal));
  }
  return {
    fixture,
    stores,
    entities: (storeOf) => Promise.resolve(split(fixture, shapes, storeOf)),
    close: async () => {
      for (const store of stores.values()) await store.close();
      for (const one of opened) await one.close();
    },
  };
}

/** Stores tell of types in their own words; those of the first one's entities stand for all. */
function split(
  { shape }: MemoryConfig,
  shapes: ReadonlyMap<string, SourceShape>,
  storeOf: (entity: string) => string,
): readonly Entity[] {
  const entities = shape.entities.map((entity) => {
    const own = shapes.get(storeOf(entity.name))!.entities.find((each) => each.name === entity.name)!;
    const fields = entity.fields.map((field) => own.fields.find((each) => each.name === field.name)!);
    // References are of the fixture, by its ids.
    return { ...own, id: entity.id, fields, references: entity.references, key: entity.key, unique: entity.unique };
  });
  const model = buildEntities('fixture', { entities, problems: [] });
  for (const [name, entity] of model.entities) (entity as { source: string }).source = storeOf(name);
  return [...model.entities.values()];
}

/** The rows of a select by the letter, wherever its entities are. */
export function rowsByTheLetter(
  { shape, rows }: MemoryConfig,
  select: Select,
  args: readonly unknown[],
): readonly Row[] {
  const tables = new Map(
    shape.entities.map(({ name, id, fields }): [string, Table] => {
      const columns = fields.map((field) => field.name);
      return [name, { columns, rows: (rows[id] ?? []).map((row) => columns.map((column) => row[column] ?? null)) }];
    }),
  );
  return evaluate(select, (entity) => tables.get(entity.entity)!, args);
}

import type { MemoryConfig } from '../../../datasources/memory/index.js';
import type { DataType } from '../../../src/ir/types.js';
import type { EntityShape, FieldShape } from '../../../src/store/shape.js';
import type { Store } from '../../../src/store/store.js';

/** What a store can hold of a fixture. What it cannot is left out of the fixture, and listed in the suite's report. */
export interface Holding {
  /** Why the store has no such type; null when it has. */
  lacks(type: DataType): string | null;
  /** The value as the store gives it back: instants cut to milliseconds, NaN as null … Never called with null. */
  readonly value?: (type: DataType, value: unknown) => unknown;
}

/** No structs: what a store of tables holds. */
export const TABLES: Holding = {
  lacks: (type) => (hasStruct(type) ? 'tables have no structs' : null),
};

/** Everything that memory holds. */
export const EVERYTHING: Holding = { lacks: () => null };

function hasStruct(type: DataType): boolean {
  return type.kind === 'struct' || (type.kind === 'list' && hasStruct(type.of));
}

/** The fixture without the fields that the store has no type for (and the references over them), its values as they come back. */
export function heldFixture(fixture: MemoryConfig, holding: Holding = TABLES): MemoryConfig {
  const entities = fixture.shape.entities.map((entity) => heldEntity(entity, holding));
  const rows = Object.fromEntries(
    entities.map((entity) => [entity.id, (fixture.rows[entity.id] ?? []).map((row) => heldRow(row, entity, holding))]),
  );
  return { shape: { ...fixture.shape, entities }, rows };
}

/** What is left out, by `entity.field`, and why. */
export function unheld(fixture: MemoryConfig, holding: Holding = TABLES): Readonly<Record<string, string>> {
  const left = fixture.shape.entities.flatMap((entity) =>
    entity.fields.flatMap((field) => lackedOf(`${entity.name}.${field.name}`, field.type, holding)),
  );
  return Object.fromEntries(left);
}

/** What is left out of a field: all of it, or members of its objects. */
function lackedOf(path: string, type: DataType, holding: Holding): (readonly [string, string])[] {
  const reason = holding.lacks(type);
  if (reason !== null) return [[path, reason]];
  if (type.kind === 'list') return lackedOf(path, type.of, holding);
  return type.kind === 'struct' ? type.fields.flatMap((f) => lackedOf(`${path}.${f.name}`, f.type, holding)) : [];
}

/** A type without the members that the store has no type for. */
function heldType(type: DataType, holding: Holding): DataType {
  if (type.kind === 'list') return { ...type, of: heldType(type.of, holding) };
  if (type.kind !== 'struct') return type;
  const fields = type.fields.filter((f) => holding.lacks(f.type) === null);
  return { ...type, fields: fields.map((f) => ({ ...f, type: heldType(f.type, holding) })) };
}

function heldEntity(entity: EntityShape, holding: Holding): EntityShape {
  const fields = entity.fields
    .filter((field) => holding.lacks(field.type) === null)
    .map((field) => ({ ...field, type: heldType(field.type, holding) }));
  const has = (names: readonly string[]): boolean => names.every((name) => fields.some((field) => field.name === name));
  return {
    ...entity,
    fields,
    key: entity.key && has(entity.key) ? entity.key : null,
    unique: entity.unique.filter(has),
    references: entity.references.filter((reference) => has(reference.fields)),
  };
}

type FixtureRow = Readonly<Record<string, unknown>>;

function heldRow(row: FixtureRow, { fields }: EntityShape, { value = (_, given) => given }: Holding): FixtureRow {
  return Object.fromEntries(
    fields.map(({ name, type }) => [name, row[name] == null ? null : value(type, row[name])] as const),
  );
}

/**
 * The store as if it told of the fixture: stores without a schema see neither keys nor references nor exact types. What
 * is its own (`native`) is what its introspection found.
 */
export function toldOf(store: Store, { shape }: MemoryConfig): Store {
  return {
    ...store,
    introspect: async (signal) => {
      const own = await store.introspect(signal);
      const found = <T extends { readonly name: string }>(all: readonly T[], name: string, what: string): T => {
        const one = all.find((each) => each.name === name);
        if (!one) throw new Error(`${store.engine} did not find the ${what} ${name}`);
        return one;
      };
      const entities = shape.entities.map((entity): EntityShape => {
        const { native, fields } = found(own.entities, entity.name, 'entity');
        const told = entity.fields.map((field): FieldShape => ({
          ...field,
          native: found(fields, field.name, `field ${entity.name}.`).native,
        }));
        return { ...entity, fields: told, native };
      });
      return { entities, problems: own.problems };
    },
  };
}

import type { Entity, Field, Relation } from '../ir/entity.js';
import type { DataType } from '../ir/types.js';
import type { EntityShape, FieldShape, Problem, SourceShape } from '../store/shape.js';
import { jsonType } from './json-members.js';
import { DERIVED_SUFFIXES, legalEnumName, legalName, Names, OWN_NAMES } from './names.js';
import { legalType } from './struct-names.js';
import { relate, type DeclaredRelation } from './relations.js';

/** What the config says of one entity, by the entity's native name or id. */
export interface EntityNaming {
  readonly rename?: string | undefined;
  readonly key?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly fields?: Readonly<Record<string, FieldNaming>> | undefined;
  readonly relations?: Readonly<Record<string, string>> | undefined;
}

export interface FieldNaming {
  readonly rename?: string | undefined;
  /** Of a json field: types of what is inside, by dotted path. */
  readonly json?: Readonly<Record<string, string>> | undefined;
}

export interface SourceNaming {
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly entities?: Readonly<Record<string, EntityNaming>> | undefined;
  /** Those of the config that begin or end here. */
  readonly relations?: readonly DeclaredRelation[] | undefined;
}

export interface SourceModel {
  readonly source: string;
  readonly entities: ReadonlyMap<string, Entity>;
  /** The shape each entity came from, for statistics and documentation. */
  readonly shapes: ReadonlyMap<string, EntityShape>;
  readonly problems: readonly Problem[];
  /** By the entity's name, for relations to other sources. */
  readonly drafts: ReadonlyMap<string, DraftedEntity>;
}

/** An entity while its relations are still being found. */
export interface Draft extends Entity {
  readonly fields: Map<string, Field>;
  readonly relations: Map<string, Relation>;
}

export interface DraftedEntity {
  readonly entity: Draft;
  readonly shape: EntityShape;
  readonly naming: EntityNaming;
  /** Names taken on the entity's type. */
  readonly names: Names;
  /** The schema's field for a native field name. */
  readonly byNative: ReadonlyMap<string, Field>;
  /** Names among `names` that are kept for relations to other sources. */
  readonly kept: Set<string>;
}

/** Shape → named entities with relations. A name that collides is left out and told; nothing here throws for a store's oddity. */
export function buildEntities(source: string, shape: SourceShape, naming: SourceNaming = {}): SourceModel {
  const problems: Problem[] = [...shape.problems];
  const rootNames = new Names();
  const drafts = new Map<string, DraftedEntity>();
  const chosen = shape.entities.filter((e) => included(e, naming));
  for (const each of [...chosen].sort((a, b) => compareText(a.name, b.name))) {
    const entityNaming = naming.entities?.[each.name] ?? naming.entities?.[each.id] ?? {};
    const name = legalName(entityNaming.rename ?? each.name);
    const derived = DERIVED_SUFFIXES.map((suffix) => name + suffix);
    const clash = [name, ...derived].find((n) => rootNames.holder(n) !== null);
    if (name === '' || clash !== undefined) {
      problems.push({ subject: each.id, message: leftOut(name, clash === undefined ? null : rootNames.holder(clash)) });
      continue;
    }
    for (const n of [name, ...derived]) rootNames.take(n, each.id);
    drafts.set(each.id, draft(source, name, each, entityNaming, problems));
  }
  problems.push(...enumProblems([...drafts.values()].map(({ entity }) => entity)));
  relate(source, drafts, naming.relations ?? [], problems);
  return {
    source,
    entities: new Map([...drafts.values()].map((d) => [d.entity.entity, d.entity])),
    shapes: new Map([...drafts.values()].map((d) => [d.entity.entity, d.shape])),
    problems,
    drafts: new Map([...drafts.values()].map((d) => [d.entity.entity, d])),
  };
}

function draft(
  source: string,
  name: string,
  shape: EntityShape,
  naming: EntityNaming,
  problems: Problem[],
): DraftedEntity {
  const names = new Names(OWN_NAMES);
  const byNative = new Map<string, Field>();
  const fields = new Map<string, Field>();
  for (const each of shape.fields) {
    if (naming.exclude?.includes(each.name)) continue;
    const fieldName = legalName(naming.fields?.[each.name]?.rename ?? each.name);
    if (!names.take(fieldName, `field ${each.name}`)) {
      problems.push({ subject: `${shape.id}.${each.name}`, message: leftOut(fieldName, names.holder(fieldName)) });
      continue;
    }
    const type = typeOf(each, naming.fields?.[each.name]?.json, `${shape.id}.${each.name}`, problems);
    const field = fieldFrom({ ...each, type }, fieldName);
    fields.set(fieldName, field);
    byNative.set(each.name, field);
  }
  const toNames = (columns: readonly string[]): string[] | null => {
    const named = columns.map((c) => byNative.get(c)?.name);
    return named.every((n) => n !== undefined) ? named : null;
  };
  const key = naming.key ?? shape.key;
  const entity: Draft = {
    source,
    entity: name,
    description: shape.description,
    fields,
    key: key && toNames(key),
    unique: shape.unique.map(toNames).filter((u) => u !== null),
    relations: new Map(),
    native: shape.native,
  };
  if (key && !entity.key) {
    problems.push({
      subject: shape.id,
      message: `its key (${key.join(', ')}) names a field that is not in the schema: the entity has no key`,
    });
  }
  return { entity, shape, naming, names, byNative, kept: new Set() };
}

/** The type of a field with what the config says of the inside of json. */
function typeOf({ type }: FieldShape, json: FieldNaming['json'], subject: string, problems: Problem[]): DataType {
  if (!json) return legalType(type, subject, problems);
  if (type.kind !== 'json') {
    problems.push({ subject, message: 'the config says what is inside, but it is no json' });
    return type;
  }
  const inside = jsonType(json);
  if (!('twice' in inside)) return inside;
  problems.push({
    subject,
    message: `the config says of ${inside.twice} that it is a value and that it has names inside`,
  });
  return type;
}

function fieldFrom(shape: FieldShape, name: string): Field {
  // A float column can hold NaN, which GraphQL shows as null.
  const nullable = shape.nullable || shape.type.kind === 'float';
  const search = shape.search ? { search: true } : {};
  return { ...search, name, type: shape.type, nullable, description: shape.description, native: shape.native };
}

/** Enums that the schema shows as text. */
function enumProblems(entities: readonly Entity[]): Problem[] {
  const enums = new Map<string, readonly string[]>();
  for (const { fields } of entities) {
    for (const { type } of fields.values()) {
      const inner = elementOf(type);
      if (inner.kind === 'enum') enums.set(inner.name, inner.values);
    }
  }
  return [...enums].flatMap(([name, labels]): Problem[] => {
    const subject = `enum ${name}`;
    if (labels.length === 0) return [{ subject, message: 'shown as String: it has no label' }];
    const byName = Map.groupBy(labels, legalEnumName);
    const [same] = [...byName.values()].filter((some) => some.length > 1);
    if (!same) return [];
    const both = same.map((label) => JSON.stringify(label)).join(' and ');
    return [{ subject, message: `shown as String: its labels ${both} have one name once GraphQL can hold it` }];
  });
}

function elementOf(type: DataType): DataType {
  return type.kind === 'list' ? elementOf(type.of) : type;
}

function included(entity: EntityShape, naming: SourceNaming): boolean {
  const matches = (globs: readonly string[]): boolean => globs.some((g) => glob(g, entity.name) || glob(g, entity.id));
  return (!naming.include || matches(naming.include)) && !(naming.exclude && matches(naming.exclude));
}

/** `*` stands for any characters; everything else for itself. */
function glob(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((p) => p.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
}

export function leftOut(name: string, holder: string | null): string {
  return holder === null
    ? 'left out: it has no name that GraphQL can hold; rename it in the config'
    : `left out: its name "${name}" is taken by ${holder}; rename one of them in the config`;
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

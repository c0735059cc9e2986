import {
  getNamedType,
  isObjectType,
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { planeOf } from '../../src/dataplane/plane.js';
import type { Entity } from '../../src/ir/entity.js';
import { isEquatable, isOrdered } from '../../src/ir/types.js';
import type { Random } from '../random.js';

/** A random operation over a generated schema: aliases, fragments, directives, arguments at every level. */
export function randomOperation(schema: GraphQLSchema, random: Random): string {
  const query = schema.getQueryType()!;
  const source = getNamedType(query.getFields()['league']!.type) as GraphQLObjectType;
  const blocks = Array.from(
    { length: 1 + random.int(2) },
    (_, i) => `${i === 0 ? 'league' : `again${i}: league`} { ${fields(source, random, 0)} }`,
  );
  if (random.chance(0.3))
    blocks.splice(random.int(blocks.length + 1), 0, random.pick(['motto', '__typename', 'words: motto']));
  return `{ ${blocks.join(' ')} }`;
}

function fields(type: GraphQLObjectType, random: Random, depth: number, keys: readonly string[] = []): string {
  // Cursors are sealed: tests/dataplane/pages.test.ts looks at them.
  const all = Object.values(type.getFields()).filter((f) => !/^(?:cursor|startCursor|endCursor)$/.test(f.name));
  const leaves = all.filter((f) => !isObjectType(getNamedType(f.type)));
  const objects = all.filter((f) => isObjectType(getNamedType(f.type)));
  const parts: string[] = [];
  const wanted = 1 + random.int(4);
  for (let i = 0; i < wanted; i += 1) {
    const pool = objects.length > 0 && depth < 4 && (leaves.length === 0 || random.chance(0.45)) ? objects : leaves;
    const field = random.pick(pool.length > 0 ? pool : objects);
    const inner = getNamedType(field.type);
    const alias = random.chance(0.6) ? `a${depth}_${i}: ` : '';
    if (alias === '' && parts.some((p) => p.startsWith(field.name))) continue;
    const directive = random.pick(['', '', '', '', ' @skip(if: false)', ' @include(if: true)', ' @include(if: false)']);
    const plane = planeOf(field);
    if (plane?.kind === 'groupKey') {
      if (keys.length > 0) parts.push(`${alias}${field.name}${directive} { ${keys.join(' ')} }`);
      continue;
    }
    const grouped =
      plane?.kind === 'groups' ? plane.entity : plane?.kind === 'relationGroups' ? plane.relation.to : null;
    const by = grouped && groupKeys(grouped, random);
    const given = by ? groupArgs(grouped, by, random) : args(field, random);
    const plain = by ? by.plain : [];
    const body = isObjectType(inner) ? ` { ${fields(inner, random, depth + 1, plain)} }` : '';
    parts.push(`${alias}${field.name}${given}${directive}${body}`);
  }
  if (random.chance(0.2) || parts.length === 0) parts.push('__typename');
  const chosen = parts.join(' ');
  if (!random.chance(0.2)) return chosen;
  return random.chance(0.5) ? `... on ${type.name} { ${chosen} }` : `... { ${chosen} } __typename`;
}

function args(field: GraphQLField<unknown, unknown>, random: Random): string {
  const plane = planeOf(field);
  switch (plane?.kind) {
    case 'byKey':
      return `(${plane.entity.key!.map((k) => `${k}: ${random.int(6)}`).join(', ')})`;
    case 'connection':
      return pageArgs(plane.entity, random);
    case 'relationConnection':
      return pageArgs(plane.relation.to, random);
    case 'list':
      return listArgs(plane.entity, random);
    case 'relation':
      return plane.relation.many ? listArgs(plane.relation.to, random) : '';
    case 'aggregate':
      return random.chance(0.5) ? `(where: ${where(plane.entity, random, 2)})` : '';
    case 'relationAggregate':
      return random.chance(0.5) ? `(where: ${where(plane.relation.to, random, 2)})` : '';
    case 'measure':
      return plane.fn === 'QUANTILE' ? `(field: ${integerField(field)}, q: 0.25)` : '';
    default:
      return '';
  }
}

/** Every entity of the league has one of these. */
function integerField(field: GraphQLField<unknown, unknown>): string {
  const names = (getNamedType(field.args.find((a) => a.name === 'field')!.type) as GraphQLEnumType)
    .getValues()
    .map((v) => v.name);
  return names.includes('id') ? 'id' : 'player_id';
}

function listArgs(entity: Entity, random: Random): string {
  const given: string[] = [];
  if (random.chance(0.6)) given.push(`where: ${where(entity, random, 2)}`);
  // Without a key there is no order that both sides must agree on, so those lists are read whole.
  if (entity.key) {
    if (random.chance(0.6)) given.push(`orderBy: ${order(entity, random)}`);
    if (random.chance(0.5)) given.push(`first: ${1 + random.int(5)}`);
    if (random.chance(0.3)) given.push(`offset: ${random.int(3)}`);
  }
  return given.length > 0 ? `(${given.join(', ')})` : '';
}

function pageArgs(entity: Entity, random: Random): string {
  const given: string[] = [];
  if (random.chance(0.6)) given.push(`where: ${where(entity, random, 2)}`);
  if (random.chance(0.7)) given.push(`orderBy: ${order(entity, random)}`);
  if (random.chance(0.8)) given.push(`${random.pick(['first', 'last'])}: ${1 + random.int(5)}`);
  return given.length > 0 ? `(${given.join(', ')})` : '';
}

interface Keys {
  readonly by: readonly string[];
  /** Names in `keys`. */
  readonly names: readonly string[];
  /** Fields that are keys as they are. */
  readonly plain: readonly string[];
}

function groupKeys(entity: Entity, random: Random): Keys {
  const fields = [...entity.fields.values()].filter((f) => isEquatable(f.type));
  const chosen = Array.from({ length: 1 + random.int(2) }, () => random.pick(fields));
  const keys = chosen
    .filter((f, i) => chosen.indexOf(f) === i)
    .map((field): { by: string; name: string; plain: string | null } => {
      const { name, type } = field;
      const as = random.chance(0.3) ? `k_${name}` : null;
      const named = as ? `, as: "${as}"` : '';
      const way =
        type.kind === 'date' || type.kind === 'instant'
          ? random.pick(['', ', bucket: MONTH', ', part: DAY_OF_WEEK', ', bucket: WEEK'])
          : type.kind === 'int' && random.chance(0.3)
            ? ', width: 2, origin: 1'
            : '';
      const plain = way === '' || way.includes('bucket') ? name : null;
      return { by: `{ path: ${name}${named}${way} }`, name: as ?? name, plain };
    });
  const parents = [...entity.relations.values()].filter((r) => !r.many);
  if (parents.length > 0 && random.chance(0.3)) {
    const { name, to } = random.pick(parents);
    const path = `${name}__${random.pick([...to.fields.values()].filter((f) => isEquatable(f.type))).name}`;
    keys.push({ by: `{ path: ${path} }`, name: path, plain: null });
  }
  return {
    by: keys.map(({ by }) => by),
    names: keys.map(({ name }) => name),
    plain: keys.flatMap(({ plain }) => plain ?? []),
  };
}

function groupArgs(entity: Entity, { by, names }: Keys, random: Random): string {
  const given = [`by: [${by.join(', ')}]`];
  if (random.chance(0.4)) given.push(`where: ${where(entity, random, 2)}`);
  const measure = (): string =>
    random.chance(0.7)
      ? `measure: COUNT, where: ${where(entity, random, 1)}`
      : `measure: COUNT_DISTINCT, field: ${random.pick([...entity.fields.values()].filter((f) => isEquatable(f.type))).name}`;
  if (random.chance(0.4)) {
    const one = (): string => `{ ${measure()}, ${random.pick(['gt: 0', 'lte: 2', 'ne: 1', 'between: [1, 3]'])} }`;
    given.push(
      `having: ${random.chance(0.3) ? `{ _or: [${one()}, ${one()}] }` : random.chance(0.2) ? `{ _not: ${one()} }` : one()}`,
    );
  }
  if (random.chance(0.5)) {
    const direction = random.pick(['ASC', 'DESC', 'ASC_NULLS_FIRST', 'DESC_NULLS_FIRST']);
    const term = random.chance(0.5) ? `key: "${random.pick(names)}"` : measure();
    given.push(`orderBy: [{ ${term}, order: ${direction} }]`);
  }
  if (random.chance(0.4)) given.push(`first: ${1 + random.int(4)}`);
  if (random.chance(0.2)) given.push(`offset: ${random.int(3)}`);
  return `(${given.join(', ')})`;
}

function order(entity: Entity, random: Random): string {
  const terms = Array.from({ length: 1 + random.int(2) }, () => {
    const direction = random.pick(['ASC', 'DESC', 'ASC_NULLS_FIRST', 'DESC_NULLS_FIRST']);
    const relation = random.pick([...entity.relations.values()]);
    if (entity.relations.size > 0 && random.chance(0.3)) {
      return relation.many
        ? `{ ${relation.name}_aggregate: { count: ${direction} } }`
        : `{ ${relation.name}: { ${orderable(relation.to, random)}: ${direction} } }`;
    }
    return `{ ${orderable(entity, random)}: ${direction} }`;
  });
  return `[${terms.join(', ')}]`;
}

function orderable(entity: Entity, random: Random): string {
  return random.pick([...entity.fields.values()].filter((f) => isOrdered(f.type))).name;
}

const LITERALS: Readonly<Record<string, readonly string[]>> = {
  int: ['{ gt: 1 }', '{ in: [0, 2, 4] }', '{ notIn: [1] }', '{ between: [1, 3] }', '{ isNull: true }', '{ ne: 2 }'],
  text: [
    '{ like: "p%" }',
    '{ ilike: "%A%" }',
    '{ contains: "😀" }',
    '{ isNull: false }',
    '{ gte: "b" }',
    '{ regex: "^p[0-3]" }',
  ],
  float: ['{ isNaN: true }', '{ isFinite: true }', '{ lt: 1.5 }', '{ gte: 0 }'],
  bool: ['{ eq: true }', '{ ne: true }'],
  list: ['{ has: "a" }', '{ isEmpty: true }', '{ hasAll: ["a", "b"] }', '{ hasAny: ["b"] }'],
  enum: ['{ eq: low }', '{ gt: low }', '{ in: [so_so, true_] }'],
  date: ['{ gt: "1970-01-02" }', '{ isNull: true }'],
  decimal: ['{ lt: "1.5" }', '{ gte: -2 }'],
  instant: ['{ gt: "1970-01-05T00:00:00Z" }'],
  struct: [
    '{ street: { gte: "B" } }',
    '{ plot: { size: { isNaN: true } } }',
    '{ plot: { mood: { eq: so_so } }, isNull: false }',
    '{ isNull: true }',
    '{ at: { isNull: false } }',
  ],
  structs: [
    '{ some: { seats: { gte: 1 } } }',
    '{ every: { name: { eq: "n" } } }',
    '{ none: { _or: [{ seats: { eq: 3 } }, { name: { eq: "e" } }] } }',
    '{ isEmpty: true }',
    '{ some: { _not: { seats: { eq: 1 } } }, isNull: false }',
  ],
  geopoint: [
    '{ near: { point: { lon: 0, lat: 0 }, metres: 2000 } }',
    '{ within: [{ lon: -1, lat: -1 }, { lon: 20, lat: -1 }, { lon: 20, lat: 60 }, { lon: -1, lat: 60 }] }',
    '{ isNull: true }',
  ],
};

function where(entity: Entity, random: Random, depth: number): string {
  const roll = random.next();
  if (depth > 0 && roll < 0.15)
    return `{ _or: [${where(entity, random, depth - 1)}, ${where(entity, random, depth - 1)}] }`;
  if (depth > 0 && roll < 0.3) return `{ _not: ${where(entity, random, depth - 1)} }`;
  const relations = [...entity.relations.values()];
  if (depth > 0 && roll < 0.55 && relations.length > 0) {
    const relation = random.pick(relations);
    if (!relation.many) return `{ ${relation.name}: ${where(relation.to, random, depth - 1)} }`;
    if (random.chance(0.3)) return `{ ${relation.name}_aggregate: { count: { gt: ${random.int(3)} } } }`;
    return `{ ${relation.name}: { ${random.pick(['some', 'every', 'none'])}: ${where(relation.to, random, depth - 1)} } }`;
  }
  const field = random.pick([...entity.fields.values()]);
  const { type } = field;
  const literals = LITERALS[type.kind === 'list' && type.of.kind === 'struct' ? 'structs' : type.kind];
  return literals ? `{ ${field.name}: ${random.pick(literals)} }` : '{}';
}

/** What pages are asked with. */
export const randomOrder = order;
export const randomWhere = (entity: Entity, random: Random): string => where(entity, random, 2);

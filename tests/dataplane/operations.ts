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
import { isOrdered } from '../../src/ir/types.js';
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

function fields(type: GraphQLObjectType, random: Random, depth: number): string {
  const all = Object.values(type.getFields());
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
    const body = isObjectType(inner) ? ` { ${fields(inner, random, depth + 1)} }` : '';
    parts.push(`${alias}${field.name}${args(field, random)}${directive}${body}`);
  }
  if (random.chance(0.2)) parts.push('__typename');
  const chosen = parts.join(' ');
  if (!random.chance(0.2)) return chosen;
  return random.chance(0.5) ? `... on ${type.name} { ${chosen} }` : `... { ${chosen} } __typename`;
}

function args(field: GraphQLField<unknown, unknown>, random: Random): string {
  const plane = planeOf(field);
  switch (plane?.kind) {
    case 'byKey':
      return `(${plane.entity.key!.map((k) => `${k}: ${random.int(6)}`).join(', ')})`;
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
  const literals = LITERALS[field.type.kind === 'int' && field.type.bits === 64 ? 'int' : field.type.kind];
  return literals ? `{ ${field.name}: ${random.pick(literals)} }` : '{}';
}

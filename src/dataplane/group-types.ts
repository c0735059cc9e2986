import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLFloat,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
  type GraphQLEnumValueConfigMap,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLFieldConfigMap,
  type GraphQLInputFieldConfigMap,
} from 'graphql';
import { JSONScalar } from '../../schema/scalars.js';
import type { Entity } from '../ir/entity.js';
import { isEquatable } from '../ir/types.js';
import { MEASURES } from '../planner/bind-groups.js';
import { DATE_PARTS, TIME_BUCKETS } from '../planner/group-keys.js';
import type { EntityTypes } from './entity-types.js';
import { leavesOf } from './leaves.js';
import { plane } from './plane.js';
import { COLLATION, ORDER, type ValueTypes } from './types.js';

const names = (values: readonly string[]): GraphQLEnumValueConfigMap =>
  Object.fromEntries(values.map((value) => [value, {}]));

const MEASURE = new GraphQLEnumType({
  name: 'Measure',
  description: 'A measure over the rows of a group. All but COUNT take a field; QUANTILE takes `q` too.',
  values: names(MEASURES),
});

const TIME_BUCKET = new GraphQLEnumType({
  name: 'TimeBucket',
  description: 'A stretch of time by whose start rows are grouped; a WEEK starts on Monday.',
  values: names(TIME_BUCKETS),
});

const DATE_PART = new GraphQLEnumType({
  name: 'DatePart',
  description:
    'A part of a date as a whole number. DAY_OF_WEEK is 1 on Monday and 7 on Sunday, WEEK is that of ISO 8601.',
  values: names(DATE_PARTS),
});

/** Of inputs whose values say what is asked: they belong to a plan, whichever way they come. */
const NAMING = { extensions: { naming: true } };

/** The types of an entity's groups. */
export class GroupTypes {
  constructor(
    private readonly types: EntityTypes,
    private readonly values: ValueTypes,
    /** To-one relations that a path may take. */
    private readonly pathDepth: number,
  ) {}

  /** Whether rows can be grouped by anything. */
  has(entity: Entity): boolean {
    return pathsOf(entity, this.pathDepth).length > 0;
  }

  arguments(entity: Entity): GraphQLFieldConfigArgumentMap {
    return {
      by: {
        type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(this.groupBy(entity)))),
        description: 'The keys: rows with the same values in all of them are a group. Null is a value like others.',
      },
      ...this.types.chosenBy(entity, 'Which rows are grouped.'),
      having: { type: this.having(entity), description: 'Which groups are kept.' },
      orderBy: {
        type: new GraphQLList(new GraphQLNonNull(this.orderBy(entity))),
        description: 'The order of groups; ties, and all of them without it, by their keys.',
      },
      collate: { type: COLLATION, description: 'How orderBy orders text. Default STORE.' },
      first: {
        type: GraphQLInt,
        description:
          'How many groups, from 1 to the configured cap (limits.maxPageSize). Without it all of them, and BUDGET_EXCEEDED when there are more than the cap.',
      },
      offset: { type: GraphQLInt, description: 'How many groups to leave out before them, from 0.' },
    };
  }

  group(entity: Entity): GraphQLObjectType {
    return this.types.once(
      entity,
      'Group',
      (name) =>
        new GraphQLObjectType({
          name,
          description: `A group of rows of ${entity.entity}: its keys, and measures over its rows.`,
          fields: () => ({
            keys: plane(
              { kind: 'groupKeys' },
              new GraphQLNonNull(JSONScalar),
              'The keys as a JSON object, by `as` or path, in the order of `by`.',
            ),
            ...this.typedKey(entity),
            ...this.types.measures.fields(entity),
          }),
        }),
    );
  }

  private typedKey(entity: Entity): GraphQLFieldConfigMap<unknown, unknown> {
    const fields = leavesOf(entity).filter((leaf) => isEquatable(leaf.type));
    if (fields.length === 0) return {};
    const type = this.types.once(
      entity,
      'Key',
      (name) =>
        new GraphQLObjectType({
          name,
          description: `The keys of a group of ${entity.entity} that are fields or buckets of them; asking for one that is not in \`by\` is BAD_INPUT.`,
          fields: () =>
            Object.fromEntries(
              fields.map((field) => [
                field.name,
                { type: this.values.output(field.type, entity.source), description: `The key made of ${field.name}.` },
              ]),
            ),
        }),
    );
    return { key: plane({ kind: 'groupKey' }, new GraphQLNonNull(type), 'The keys with their types.') };
  }

  private path(entity: Entity): GraphQLEnumType {
    return this.types.once(
      entity,
      'Path',
      (name) =>
        new GraphQLEnumType({
          name,
          description: `A field of ${entity.entity}, or of what it belongs to: to-one relations and a field, joined by "__".`,
          values: Object.fromEntries(pathsOf(entity, this.pathDepth).map((path) => [enumName(path), { value: path }])),
        }),
    );
  }

  private groupBy(entity: Entity): GraphQLInputObjectType {
    return this.types.once(
      entity,
      'GroupBy',
      (name) =>
        new GraphQLInputObjectType({
          name,
          description: `A key of groups of ${entity.entity}: a value as it is, the bucket or part of a time, or the bin of a number.`,
          fields: () => ({
            path: { type: new GraphQLNonNull(this.path(entity)), description: 'What it is made of.' },
            as: { ...NAMING, type: GraphQLString, description: 'Its name in `keys`; without it the path.' },
            bucket: { type: TIME_BUCKET, description: 'Of dates and times: the start of this stretch.' },
            part: { type: DATE_PART, description: 'Of dates and times: this part, as a number.' },
            zone: {
              ...NAMING,
              type: GraphQLString,
              description: 'The IANA zone of bucket or part, as Europe/Paris; for instants only. Default UTC.',
            },
            width: {
              ...NAMING,
              type: GraphQLFloat,
              description:
                'Of numbers: the start of the bin of this width, floor((x − origin) / width) · width + origin.',
            },
            origin: { ...NAMING, type: GraphQLFloat, description: 'Where a bin starts. Default 0.' },
          }),
        }),
    );
  }

  private having(entity: Entity): GraphQLInputObjectType {
    return this.types.once(
      entity,
      'Having',
      (name): GraphQLInputObjectType =>
        new GraphQLInputObjectType({
          name,
          description: `What must hold of a group of ${entity.entity}: a measure, compared; all given holds.`,
          fields: () => {
            const self = this.having(entity);
            const many = new GraphQLList(new GraphQLNonNull(self));
            const value = (description: string): { type: typeof JSONScalar; description: string } => ({
              type: JSONScalar,
              description,
            });
            return {
              _and: { type: many, description: 'All of these.' },
              _or: { type: many, description: 'One of these; an empty list holds of no group.' },
              _not: { type: self, description: 'Not this; a comparison with null stays untrue.' },
              measure: { type: MEASURE, description: 'What is compared.' },
              ...this.ofMeasure(entity),
              eq: value('Equal, in the type of the measure.'),
              ne: value('Not equal, and not null.'),
              lt: value('Below.'),
              lte: value('Below or equal.'),
              gt: value('Above.'),
              gte: value('Above or equal.'),
              between: value('Two values [low, high], both included.'),
              isNull: { type: GraphQLBoolean, description: 'true: nothing could be measured; false: something was.' },
            };
          },
        }),
    );
  }

  private orderBy(entity: Entity): GraphQLInputObjectType {
    return this.types.once(
      entity,
      'GroupOrderBy',
      (name) =>
        new GraphQLInputObjectType({
          name,
          description: `One term of an order of groups of ${entity.entity}: a key, or a measure.`,
          fields: () => ({
            key: { ...NAMING, type: GraphQLString, description: 'A key by its name in `keys`.' },
            measure: { type: MEASURE, description: 'A measure, instead of a key.' },
            ...this.ofMeasure(entity),
            order: { type: new GraphQLNonNull(ORDER), description: 'Direction and place of nulls.' },
          }),
        }),
    );
  }

  private ofMeasure(entity: Entity): GraphQLInputFieldConfigMap {
    return {
      field: { type: this.types.fieldEnum(entity), description: 'The field that is measured.' },
      q: { type: GraphQLFloat, description: 'Of QUANTILE: within 0 and 1.' },
      where: { type: this.types.where(entity), description: 'Narrows this measure alone.' },
    };
  }
}

/** Fields that can be equal: own ones, then those of what the entity belongs to, as many to-one steps away as allowed. */
export function pathsOf(entity: Entity, depth: number): readonly string[] {
  const own = leavesOf(entity)
    .filter((leaf) => isEquatable(leaf.type))
    .map(({ name }) => name);
  if (depth === 0) return own;
  const further = [...entity.relations.values()]
    .filter((relation) => !relation.many)
    .flatMap(({ name, to }) => pathsOf(to, depth - 1).map((path) => `${name}__${path}`));
  return [...own, ...further.filter((path) => !own.includes(path) && !entity.fields.has(path))];
}

/** An enum cannot hold a value of one of these names. */
export function enumName(name: string): string {
  return name === 'true' || name === 'false' || name === 'null' ? `${name}_` : name;
}

import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLFloat,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLFieldConfigMap,
  type GraphQLInputFieldConfigMap,
  type GraphQLInputType,
  type GraphQLOutputType,
} from 'graphql';
import { SafeIntScalar } from '../../schema/scalars.js';
import type { Entity, Field, Relation } from '../ir/entity.js';
import { measureType, type MeasureFn } from '../ir/select.js';
import { isOrdered, typeName } from '../ir/types.js';
import { MEASURABLE } from '../planner/scope.js';
import { upperFirst } from '../sources/names.js';
import { plane } from './plane.js';
import { connectionOf, PAGING } from './connection-types.js';
import { enumName, GroupTypes } from './group-types.js';
import { leavesOf, type PathLeaf } from './leaves.js';
import { MemberTypes } from './member-types.js';
import { COLLATION, COMPARISON, ORDER, type ValueTypes } from './types.js';

const MEASURES: Readonly<Record<string, { readonly fn: MeasureFn; readonly suffix: string; readonly text: string }>> = {
  sum: {
    fn: 'SUM',
    suffix: 'Sum',
    text: 'Sum of the non-null values, exact for integers and decimals; null over nothing.',
  },
  avg: { fn: 'AVG', suffix: 'Avg', text: 'Mean of the non-null values; null over nothing.' },
  min: { fn: 'MIN', suffix: 'MinMax', text: 'Smallest value; NaN is above every number; null over nothing.' },
  max: { fn: 'MAX', suffix: 'MinMax', text: 'Largest value; NaN is above every number; null over nothing.' },
  stddev: { fn: 'STDDEV', suffix: 'Spread', text: 'Standard deviation of the sample (n − 1); null below two values.' },
  stddevPop: {
    fn: 'STDDEV_POP',
    suffix: 'Spread',
    text: 'Standard deviation of the population (n); null over nothing.',
  },
  variance: { fn: 'VARIANCE', suffix: 'Spread', text: 'Variance of the sample (n − 1); null below two values.' },
  variancePop: { fn: 'VARIANCE_POP', suffix: 'Spread', text: 'Variance of the population (n); null over nothing.' },
};

/** The suffixes of the types that hang on an entity's type: taken together so that no two entities share a name. */
export const TYPE_SUFFIXES = [
  '',
  'Where',
  'OrderBy',
  'ListFilter',
  'Field',
  'Compare',
  'Aggregate',
  'AggregateFilter',
  'AggregateOrderBy',
  'Connection',
  'Edge',
  'Group',
  'Key',
  'Path',
  'GroupBy',
  'Having',
  'GroupOrderBy',
].concat(['Sum', 'Avg', 'MinMax', 'Spread'].flatMap((s) => [s, `${s}Filter`, `${s}OrderBy`]));

const APPROXIMATE = {
  type: GraphQLBoolean,
  description:
    'true: an estimate will do, where the store has one and it is cheaper; one that only knows the exact value gives that.',
};

type Fields = GraphQLFieldConfigMap<unknown, unknown>;

/** The GraphQL types of every entity of the sources, made when first asked for. */
export class EntityTypes {
  private readonly made = new Map<string, unknown>();
  private readonly bases = new Map<Entity, string>();

  readonly groups: GroupTypes;
  private readonly members: MemberTypes;

  constructor(
    private readonly values: ValueTypes,
    private readonly claimBase: (wanted: string) => string,
    pathDepth: number,
  ) {
    this.groups = new GroupTypes(this, values, pathDepth);
    this.members = new MemberTypes(values, claimBase);
  }

  base(entity: Entity): string {
    const known = this.bases.get(entity);
    if (known !== undefined) return known;
    const base = this.claimBase(`${upperFirst(entity.source)}_${upperFirst(entity.entity)}`);
    this.bases.set(entity, base);
    return base;
  }

  object(entity: Entity): GraphQLObjectType {
    return this.once(
      entity,
      '',
      (name) =>
        new GraphQLObjectType({ name, description: describeEntity(entity), fields: () => this.objectFields(entity) }),
    );
  }

  where(entity: Entity): GraphQLInputObjectType {
    return this.once(
      entity,
      'Where',
      (name) =>
        new GraphQLInputObjectType({
          name,
          description: `What must hold of a row of ${entity.entity}; everything given holds, {} holds of every row.`,
          fields: () => this.whereFields(entity),
        }),
    );
  }

  orderBy(entity: Entity): GraphQLInputObjectType {
    return this.once(
      entity,
      'OrderBy',
      (name) =>
        new GraphQLInputObjectType({
          name,
          isOneOf: true,
          description: `One term of an order of ${entity.entity}; ties are broken by the key.`,
          fields: () => this.orderFields(entity),
        }),
    );
  }

  aggregate(entity: Entity): GraphQLObjectType {
    return this.once(
      entity,
      'Aggregate',
      (name) =>
        new GraphQLObjectType({
          name,
          description: `Measures over rows of ${entity.entity}.`,
          fields: () => this.aggregateFields(entity),
        }),
    );
  }

  /** A connection over the rows of an entity that has a key. */
  connection(entity: Entity): GraphQLObjectType {
    return this.once(entity, 'Connection', () =>
      connectionOf(this.base(entity), () => this.object(entity), `rows of ${entity.entity}`, true),
    );
  }

  groupList(entity: Entity): GraphQLOutputType {
    return new GraphQLList(new GraphQLNonNull(this.groups.group(entity)));
  }

  private chosen(entity: Entity): GraphQLFieldConfigArgumentMap {
    return {
      where: { type: this.where(entity), description: 'Which rows.' },
      ...(this.hasOrder(entity)
        ? {
            orderBy: {
              type: new GraphQLList(new GraphQLNonNull(this.orderBy(entity))),
              description: 'Their order; without it the order is undefined but stable over pages where there is a key.',
            },
            collate: { type: COLLATION, description: 'How orderBy orders text. Default STORE.' },
          }
        : {}),
    };
  }

  pageArguments(entity: Entity): GraphQLFieldConfigArgumentMap {
    return { ...this.chosen(entity), ...PAGING };
  }

  listArguments(entity: Entity): GraphQLFieldConfigArgumentMap {
    return {
      ...this.chosen(entity),
      first: { type: GraphQLInt, description: 'How many rows, from 1 to the configured cap (limits.maxPageSize).' },
      offset: { type: GraphQLInt, description: 'How many rows to leave out before them, from 0.' },
    };
  }

  private hasOrder(entity: Entity): boolean {
    return [...entity.fields.values()].some((f) => isOrdered(f.type)) || entity.relations.size > 0;
  }

  once<T>(entity: Entity, suffix: string, make: (name: string) => T): T {
    const name = this.base(entity) + suffix;
    const known = this.made.get(name);
    if (known !== undefined) return known as T;
    const made = make(name);
    this.made.set(name, made);
    return made;
  }

  private objectFields(entity: Entity): Fields {
    const fields: Fields = {};
    for (const field of entity.fields.values()) {
      const type = this.values.output(field.type, entity.source);
      fields[field.name] = plane(
        { kind: 'column', field },
        field.nullable ? type : new GraphQLNonNull(type),
        describeField(field),
      );
    }
    for (const relation of entity.relations.values()) Object.assign(fields, this.relationFields(relation));
    return fields;
  }

  private relationFields(relation: Relation): Fields {
    const { to, name } = relation;
    const joined = `${relation.many ? 'Rows' : 'The row'} of ${to.entity} with ${describePairs(relation)}.`;
    const text = relation.description === null ? joined : `${joined} ${relation.description}`;
    if (!relation.many) return { [name]: plane({ kind: 'relation', relation }, this.object(to), text) };
    const list = new GraphQLList(new GraphQLNonNull(this.object(to)));
    return {
      [name]: { ...plane({ kind: 'relation', relation }, list, text), args: this.listArguments(to) },
      ...(to.key
        ? {
            [`${name}_connection`]: {
              ...plane({ kind: 'relationConnection', relation }, this.connection(to), `The rows of ${name} in pages.`),
              args: this.pageArguments(to),
            },
          }
        : {}),
      [`${name}_aggregate`]: {
        ...plane({ kind: 'relationAggregate', relation }, this.aggregate(to), `Measures over the rows of ${name}.`),
        args: { where: { type: this.where(to), description: 'Which rows.' } },
      },
      ...(this.groups.has(to)
        ? {
            [`${name}_groups`]: {
              ...plane({ kind: 'relationGroups', relation }, this.groupList(to), `The rows of ${name} in groups.`),
              args: this.groups.arguments(to),
            },
          }
        : {}),
    };
  }

  private whereFields(entity: Entity): GraphQLInputFieldConfigMap {
    const self = this.where(entity);
    const many = new GraphQLList(new GraphQLNonNull(self));
    const fields: GraphQLInputFieldConfigMap = {
      _and: { type: many, description: 'All of these; an empty list holds of every row.' },
      _or: { type: many, description: 'One of these; an empty list holds of no row.' },
      _not: {
        type: self,
        description: 'Not this; negation goes to the leaves, so a comparison with null stays untrue.',
      },
    };
    if (this.fieldNames(entity).length > 1) {
      fields['_compare'] = {
        type: new GraphQLList(new GraphQLNonNull(this.compare(entity))),
        description: 'Two fields of one row, compared; all of these hold.',
      };
    }
    for (const field of entity.fields.values()) {
      const type = this.members.filter(entity, this.base(entity), field);
      fields[field.name] = { type, description: `Of ${field.name}.` };
    }
    for (const relation of entity.relations.values()) {
      const { name, to } = relation;
      if (!relation.many)
        fields[name] = { type: this.where(to), description: `There is a row of ${to.entity} of which this holds.` };
      else {
        fields[name] = { type: this.listFilter(to), description: `Of the rows of ${name}.` };
        fields[`${name}_aggregate`] = {
          type: this.aggregateFilter(to),
          description: `Of measures over the rows of ${name}.`,
        };
      }
    }
    return fields;
  }

  private listFilter(entity: Entity): GraphQLInputObjectType {
    return this.once(entity, 'ListFilter', (name) => {
      const where = (description: string): { type: GraphQLInputType; description: string } => ({
        type: this.where(entity),
        description,
      });
      return new GraphQLInputObjectType({
        name,
        description: `What must hold of the related rows of ${entity.entity}; all given hold.`,
        fields: () => ({
          some: where('There is such a row.'),
          every: where('There is no row of which this is not true; holds when there is no row.'),
          none: where('There is no such row.'),
        }),
      });
    });
  }

  private fieldNames(entity: Entity): readonly string[] {
    return leavesOf(entity).map(({ name }) => name);
  }

  fieldEnum(entity: Entity): GraphQLEnumType {
    return this.once(entity, 'Field', (name) => {
      const values = this.fieldNames(entity).map((f) => [enumName(f), { value: f }] as const);
      return new GraphQLEnumType({
        name,
        description: `A field of ${entity.entity}.`,
        values: Object.fromEntries(values),
      });
    });
  }

  private compare(entity: Entity): GraphQLInputObjectType {
    return this.once(entity, 'Compare', (name) => {
      const field = new GraphQLNonNull(this.fieldEnum(entity));
      return new GraphQLInputObjectType({
        name,
        description: 'Two fields of one row, of one type.',
        fields: () => ({
          left: { type: field, description: 'The field on the left.' },
          op: { type: new GraphQLNonNull(COMPARISON), description: 'How they compare.' },
          right: { type: field, description: 'The field on the right.' },
          collate: { type: COLLATION, description: 'How text compares by LT, LTE, GT, GTE. Default STORE.' },
        }),
      });
    });
  }

  private orderFields(entity: Entity): GraphQLInputFieldConfigMap {
    const fields: GraphQLInputFieldConfigMap = {};
    for (const field of entity.fields.values()) {
      const type = this.members.order(this.base(entity), field);
      if (type) fields[field.name] = { type, description: `By ${field.name}.` };
    }
    for (const { name, many, to } of entity.relations.values()) {
      if (many)
        fields[`${name}_aggregate`] = {
          type: this.aggregateOrder(to),
          description: `By a measure over the rows of ${name}.`,
        };
      else if (this.hasOrder(to))
        fields[name] = {
          type: this.orderBy(to),
          description: `By a field of the row of ${name}; rows without one count as null.`,
        };
    }
    return fields;
  }

  aggregateFields(entity: Entity): Fields {
    const where = { type: this.where(entity), description: 'Narrows this measure alone.' };
    const fields: Fields = {
      count: {
        ...plane(
          { kind: 'measure', fn: 'COUNT' },
          new GraphQLNonNull(SafeIntScalar),
          'Number of rows, or of non-null values of `field`.',
        ),
        args: {
          ...(this.fieldNames(entity).length > 0
            ? { field: { type: this.fieldEnum(entity), description: 'Count its non-null values.' } }
            : {}),
          distinct: { type: GraphQLBoolean, description: 'Count distinct values of `field`.' },
          approximate: APPROXIMATE,
          where,
        },
      },
    };
    for (const [name, { fn, suffix, text }] of Object.entries(MEASURES)) {
      const type = this.measured(entity, fn, suffix);
      if (type)
        fields[name] = {
          ...plane({ kind: 'measures', fn }, new GraphQLNonNull(type), text),
          args: {
            where,
            ...(fn === 'MIN' || fn === 'MAX'
              ? { collate: { type: COLLATION, description: 'How text compares. Default STORE.' } }
              : {}),
          },
        };
    }
    const numeric = this.measurable(entity, 'QUANTILE');
    if (numeric.length > 0) {
      fields['quantile'] = {
        ...plane(
          { kind: 'measure', fn: 'QUANTILE' },
          GraphQLFloat,
          'Quantile by linear interpolation between closest ranks (type 7 of Hyndman and Fan, 1996); null over nothing.',
        ),
        args: {
          field: { type: new GraphQLNonNull(this.fieldEnum(entity)), description: 'A numeric field.' },
          q: { type: new GraphQLNonNull(GraphQLFloat), description: 'Within 0 and 1.' },
          approximate: APPROXIMATE,
          where,
        },
      };
    }
    return fields;
  }

  private measurable(entity: Entity, fn: MeasureFn): readonly PathLeaf[] {
    return leavesOf(entity).filter((leaf) => MEASURABLE[fn](leaf.type));
  }

  private measured(entity: Entity, fn: MeasureFn, suffix: string): GraphQLObjectType | null {
    const fields = this.measurable(entity, fn);
    if (fields.length === 0) return null;
    return this.once(
      entity,
      suffix,
      (name) =>
        new GraphQLObjectType({
          name,
          description: `A measure of each field of ${entity.entity} that has one.`,
          fields: () =>
            Object.fromEntries(
              fields.map((field) => [
                field.name,
                plane(
                  { kind: 'measured', path: field.name },
                  this.values.output(measureType(fn, field.type), entity.source),
                  `Of ${field.name}.`,
                ),
              ]),
            ),
        }),
    );
  }

  private aggregateFilter(entity: Entity): GraphQLInputObjectType {
    return this.overMeasures(
      entity,
      'AggregateFilter',
      'Filter',
      false,
      `What must hold of measures over the related rows of ${entity.entity}; all given hold.`,
      (field, fn) => this.values.filter(measureType(fn, field.type), entity.source),
      {
        where: { type: this.where(entity), description: 'Which of the related rows are measured.' },
        count: { type: this.values.countFilter(), description: 'Of their number.' },
      },
    );
  }

  private aggregateOrder(entity: Entity): GraphQLInputObjectType {
    return this.overMeasures(
      entity,
      'AggregateOrderBy',
      'OrderBy',
      true,
      `A measure over the related rows of ${entity.entity} to order by.`,
      () => ORDER,
      { count: { type: ORDER, description: 'By their number.' } },
    );
  }

  /** An input with a field a measure, each an input with a field an entity's field. */
  private overMeasures(
    entity: Entity,
    suffix: string,
    innerSuffix: string,
    isOneOf: boolean,
    description: string,
    leaf: (field: PathLeaf, fn: MeasureFn) => GraphQLInputType,
    own: GraphQLInputFieldConfigMap,
  ): GraphQLInputObjectType {
    return this.once(
      entity,
      suffix,
      (name) =>
        new GraphQLInputObjectType({
          name,
          isOneOf,
          description,
          fields: () => {
            const fields: GraphQLInputFieldConfigMap = { ...own };
            for (const [key, { fn, suffix: kind, text }] of Object.entries(MEASURES)) {
              const some = this.measurable(entity, fn);
              if (some.length === 0) continue;
              const type = this.once(
                entity,
                kind + innerSuffix,
                (inner) =>
                  new GraphQLInputObjectType({
                    name: inner,
                    isOneOf,
                    description: `Fields of ${entity.entity} that can be measured so.`,
                    fields: () =>
                      Object.fromEntries(
                        some.map((f) => [f.name, { type: leaf(f, fn), description: `Of ${f.name}.` }]),
                      ),
                  }),
              );
              fields[key] = { type, description: text };
            }
            return fields;
          },
        }),
    );
  }
}

function describeEntity(entity: Entity): string {
  const key = entity.key
    ? `Key: ${entity.key.join(', ')}.`
    : 'It has no key: its rows have no stable order and are not found one by one.';
  return [entity.description, key].filter((t) => t !== null).join('\n\n');
}

function describeField(field: Field): string {
  const type = `Type ${typeName(field.type)}${field.nullable ? '' : ', never null'}.`;
  return field.description ? `${field.description}\n\n${type}` : type;
}

function describePairs({ on, through }: Relation): string {
  if (through) return `a row of ${through.entity.entity} between`;
  return on.map((p) => `${p.to.name} = ${p.from.name}`).join(', ');
}

import {
  GraphQLEnumType,
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
import type { Entity, Field, Relation } from '../ir/entity.js';
import { isOrdered, typeName } from '../ir/types.js';
import { upperFirst } from '../sources/names.js';
import { plane } from './plane.js';
import { connectionOf, PAGING } from './connection-types.js';
import { enumName, GroupTypes } from './group-types.js';
import { leavesOf } from './leaves.js';
import { MeasureTypes } from './measure-types.js';
import { MemberTypes } from './member-types.js';
import { GraphTypes } from './graph-types.js';
import { SearchTypes } from './search-types.js';
import { COLLATION, COMPARISON, type ValueTypes } from './types.js';

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
  ...['Search', 'SearchField', 'Nearest', 'VectorField'],
  ...['EdgeType', 'NodeType', 'Neighbours', 'Neighbour', 'DegreeFilter', 'DegreeOrderBy', 'Reach'],
].concat(['Sum', 'Avg', 'MinMax', 'Spread'].flatMap((s) => [s, `${s}Filter`, `${s}OrderBy`]));

type Fields = GraphQLFieldConfigMap<unknown, unknown>;

/** The GraphQL types of every entity of the sources, made when first asked for. */
export class EntityTypes {
  private readonly made = new Map<string, unknown>();
  private readonly bases = new Map<Entity, string>();

  readonly measures: MeasureTypes;
  readonly groups: GroupTypes;
  private readonly members: MemberTypes;
  private readonly search: SearchTypes;
  private readonly graph: GraphTypes;

  constructor(
    private readonly values: ValueTypes,
    private readonly claimBase: (wanted: string) => string,
    pathDepth: number,
  ) {
    this.measures = new MeasureTypes(this, values);
    this.groups = new GroupTypes(this, values, pathDepth);
    this.members = new MemberTypes(values, claimBase);
    this.search = new SearchTypes(this);
    this.graph = new GraphTypes(this, values);
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

  /** A connection over the rows of an entity that has a key. */
  connection(entity: Entity): GraphQLObjectType {
    return this.once(entity, 'Connection', () =>
      connectionOf(this.base(entity), () => this.object(entity), `rows of ${entity.entity}`, true),
    );
  }

  /** The same over a relation: where it goes through an entity, edges show the rows of that. */
  private connectionOver({ to, through }: Relation): GraphQLObjectType {
    if (!through) return this.connection(to);
    const between = through.entity;
    const wanted = `_${upperFirst(to.entity)}`;
    return this.once(between, `${wanted}Connection`, () => {
      const base = this.claimBase(this.base(between) + wanted);
      const link = { type: () => this.object(between), what: between.entity };
      const what = `rows of ${to.entity} behind rows of ${between.entity}`;
      return connectionOf(base, () => this.object(to), what, true, link);
    });
  }

  groupList(entity: Entity): GraphQLOutputType {
    return new GraphQLList(new GraphQLNonNull(this.groups.group(entity)));
  }

  /** Arguments that choose rows. */
  chosenBy(entity: Entity, description = 'Which rows.'): GraphQLFieldConfigArgumentMap {
    return { where: { type: this.where(entity), description }, ...this.search.arguments(entity) };
  }

  private chosen(entity: Entity): GraphQLFieldConfigArgumentMap {
    return {
      ...this.chosenBy(entity),
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
      const type = this.members.output(entity, this.base(entity), field);
      fields[field.name] = plane(
        { kind: 'column', field },
        field.nullable ? type : new GraphQLNonNull(type),
        describeField(field),
      );
    }
    for (const relation of entity.relations.values()) Object.assign(fields, this.relationFields(relation));
    return { ...fields, ...this.search.fields(entity), ...this.graph.fields(entity) };
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
              ...plane(
                { kind: 'relationConnection', relation },
                this.connectionOver(relation),
                `The rows of ${name} in pages.`,
              ),
              args: this.pageArguments(to),
            },
          }
        : {}),
      [`${name}_aggregate`]: {
        ...plane(
          { kind: 'relationAggregate', relation },
          this.measures.aggregate(to),
          `Measures over the rows of ${name}.`,
        ),
        args: this.chosenBy(to),
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
    Object.assign(fields, this.search.conditions(entity), this.graph.conditions(entity));
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
          type: this.measures.filter(to),
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
    const fields: GraphQLInputFieldConfigMap = { ...this.search.order(entity), ...this.graph.order(entity) };
    for (const field of entity.fields.values()) {
      const type = this.members.order(this.base(entity), field);
      if (type) fields[field.name] = { type, description: `By ${field.name}.` };
    }
    for (const { name, many, to } of entity.relations.values()) {
      if (many)
        fields[`${name}_aggregate`] = {
          type: this.measures.order(to),
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

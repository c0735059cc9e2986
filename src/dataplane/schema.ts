import {
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  type GraphQLFieldConfigMap,
} from 'graphql';
import { JSONScalar } from '../../schema/scalars.js';
import type { Entity } from '../ir/entity.js';
import { upperFirst } from '../sources/names.js';
import { PAGING, RECORD_CONNECTION } from './connection-types.js';
import { EntityTypes, TYPE_SUFFIXES } from './entity-types.js';
import { plane } from './plane.js';
import { COLLATION, VALUE_SUFFIXES, ValueTypes } from './types.js';

export interface PlaneSource {
  readonly name: string;
  readonly description: string | null;
  readonly entities: ReadonlyMap<string, Entity>;
}

/** The whole schema: the control plane's, and a root field a source. */
export function buildPlaneSchema(
  control: GraphQLSchema,
  sources: readonly PlaneSource[],
  { pathDepth }: { readonly pathDepth: number } = { pathDepth: 1 },
): GraphQLSchema {
  const config = control.toConfig();
  const taken = new Set(config.types.map((type) => type.name));
  const claim = (wanted: string, suffixes: readonly string[] = ['']): string => {
    for (let n = 1; ; n += 1) {
      const name = n === 1 ? wanted : `${wanted}_${n}`;
      if (suffixes.some((s) => taken.has(name + s))) continue;
      for (const s of suffixes) taken.add(name + s);
      return name;
    }
  };
  const values = new ValueTypes((wanted) => claim(wanted, VALUE_SUFFIXES));
  const types = new EntityTypes(values, (wanted) => claim(wanted, TYPE_SUFFIXES), pathDepth);
  for (const source of sources) for (const entity of source.entities.values()) types.base(entity);
  const query = config.query?.toConfig();
  const roots: GraphQLFieldConfigMap<unknown, unknown> = {};
  for (const source of sources) {
    if (source.entities.size === 0) continue;
    const type = new GraphQLObjectType({
      name: claim(`${upperFirst(source.name)}Source`),
      description: source.description ?? `The entities of ${source.name}.`,
      fields: () => sourceFields(source, types, values),
    });
    roots[source.name] = plane(
      { kind: 'source', source: source.name },
      type,
      `The entities of ${source.name}; null with an error when the store cannot answer.`,
    );
  }
  const Query = new GraphQLObjectType({
    ...query,
    name: 'Query',
    description: query?.description ?? 'What can be read.',
    fields: { ...roots, records: recordsField(), ...query?.fields },
  });
  return new GraphQLSchema({ ...config, query: Query, types: config.types.filter((type) => type.name !== 'Query') });
}

function sourceFields(
  source: PlaneSource,
  types: EntityTypes,
  values: ValueTypes,
): GraphQLFieldConfigMap<unknown, unknown> {
  const fields: GraphQLFieldConfigMap<unknown, unknown> = {};
  for (const entity of source.entities.values()) {
    const { entity: name } = entity;
    if (entity.fields.size === 0) continue;
    const list = new GraphQLList(new GraphQLNonNull(types.object(entity)));
    fields[name] = {
      ...plane({ kind: 'list', entity }, list, `Rows of ${name}. ${entity.description ?? ''}`.trim()),
      args: types.listArguments(entity),
    };
    if (entity.key) {
      const args = entity.key.map((key) => {
        const field = entity.fields.get(key)!;
        return [
          key,
          { type: new GraphQLNonNull(values.output(field.type, source.name)), description: `The row's ${key}.` },
        ] as const;
      });
      fields[`${name}_by_key`] = {
        ...plane({ kind: 'byKey', entity }, types.object(entity), `The row of ${name} with this key, or null.`),
        args: Object.fromEntries(args),
      };
    }
    if (entity.key) {
      fields[`${name}_connection`] = {
        ...plane({ kind: 'connection', entity }, types.connection(entity), `Rows of ${name} in pages.`),
        args: types.pageArguments(entity),
      };
    }
    fields[`${name}_aggregate`] = {
      ...plane({ kind: 'aggregate', entity }, types.measures.aggregate(entity), `Measures over rows of ${name}.`),
      args: types.chosenBy(entity),
    };
    if (types.groups.has(entity)) {
      fields[`${name}_groups`] = {
        ...plane({ kind: 'groups', entity }, types.groupList(entity), `Rows of ${name} in groups.`),
        args: types.groups.arguments(entity),
      };
    }
  }
  return fields;
}

function recordsField(): GraphQLFieldConfigMap<unknown, unknown>[string] {
  return {
    ...plane(
      { kind: 'records' },
      RECORD_CONNECTION,
      'Rows of any entity as JSON, for tools: the same grammar as the typed fields, with JSON for inputs.',
    ),
    args: {
      source: { type: new GraphQLNonNull(GraphQLString), description: "The source's name." },
      entity: { type: new GraphQLNonNull(GraphQLString), description: "The entity's name." },
      where: { type: JSONScalar, description: "Which rows: the entity's `where` as JSON." },
      orderBy: { type: JSONScalar, description: "Their order: the entity's `orderBy` as JSON." },
      collate: { type: COLLATION, description: 'How orderBy orders text. Default STORE.' },
      ...PAGING,
    },
  };
}

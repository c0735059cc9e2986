import {
  GraphQLEnumType,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLFieldConfigMap,
  type GraphQLInputFieldConfigMap,
} from 'graphql';
import { SafeIntScalar } from '../../schema/scalars.js';
import type { Entity } from '../ir/entity.js';
import { edgesOf, edgeTypesFrom, MOST_HOPS, nodesFrom } from '../planner/bind-graph.js';
import { legalEnumName } from '../sources/names.js';
import type { EntityTypes } from './entity-types.js';
import { plane } from './plane.js';
import { ORDER, type ValueTypes } from './types.js';

const DIRECTION = new GraphQLEnumType({
  name: 'EdgeDirection',
  description: 'Which edges of a row are followed.',
  values: {
    OUT: { description: 'Those that lead away.' },
    IN: { description: 'Those that lead here, against their direction.' },
    BOTH: { description: 'Both.' },
  },
});

const WAY_POINT = new GraphQLObjectType({
  name: 'WayPoint',
  description: 'A row on a way over edges.',
  fields: {
    entity: plane(
      { kind: 'member', member: { name: 'entity', type: { kind: 'text' }, nullable: false } },
      new GraphQLNonNull(GraphQLString),
      'Its entity.',
    ),
    key: plane(
      { kind: 'member', member: { name: 'key', type: { kind: 'text' }, nullable: false } },
      new GraphQLNonNull(GraphQLString),
      'Its key as text; of a key of several fields a JSON list of texts.',
    ),
  },
});

const WAY = new GraphQLList(new GraphQLNonNull(WAY_POINT));

const PATH = new GraphQLObjectType({
  name: 'EdgePath',
  description: 'A shortest way over edges from one row to another.',
  fields: {
    length: plane({ kind: 'own', own: 'distance' }, new GraphQLNonNull(GraphQLInt), 'How many edges it has.'),
    rows: plane({ kind: 'own', own: 'path' }, WAY, 'Its rows, both ends included.'),
  },
});

/** What entities whose rows are joined by edges have beside others. */
export class GraphTypes {
  constructor(
    private readonly types: EntityTypes,
    private readonly values: ValueTypes,
  ) {}

  fields(entity: Entity): GraphQLFieldConfigMap<unknown, unknown> {
    if (edgesOf(entity).length === 0) return {};
    const edges = this.edgeArguments(entity);
    return {
      _degree: {
        ...plane({ kind: 'degree' }, new GraphQLNonNull(SafeIntScalar), 'How many edges there are at the row.'),
        args: edges,
      },
      ...(entity.key
        ? {
            _neighbours: {
              ...plane(
                { kind: 'neighbours', entity },
                new GraphQLNonNull(this.neighbours(entity)),
                'What edges lead to.',
              ),
              args: {
                ...edges,
                depth: {
                  type: GraphQLInt,
                  description: `How many edges a way may have, from 1 to ${MOST_HOPS}. Default 1.`,
                },
              },
            },
            _path: {
              ...plane({ kind: 'path', entity }, PATH, 'A shortest way to another row; null when there is none.'),
              args: {
                to: {
                  type: new GraphQLNonNull(GraphQLString),
                  description: 'The key of the row that it leads to, as text.',
                },
                entity: {
                  type: this.nodeEnum(entity),
                  description: `The entity of that row. Default ${entity.entity}.`,
                },
                ...edges,
                depth: {
                  type: GraphQLInt,
                  description: `How many edges it may have, from 1 to ${MOST_HOPS}. Default ${MOST_HOPS}.`,
                },
              },
            },
          }
        : {}),
    };
  }

  conditions(entity: Entity): GraphQLInputFieldConfigMap {
    if (edgesOf(entity).length === 0) return {};
    return {
      _degree: {
        type: this.types.once(
          entity,
          'DegreeFilter',
          (name) =>
            new GraphQLInputObjectType({
              name,
              description: 'How many edges there are at a row.',
              fields: () => ({
                ...this.edgeArguments(entity),
                count: {
                  type: new GraphQLNonNull(this.values.countFilter()),
                  description: 'What holds of the number.',
                },
              }),
            }),
        ),
        description: 'Of the number of edges at the row.',
      },
      ...(entity.key
        ? {
            _reach: {
              type: this.types.once(
                entity,
                'Reach',
                (name) =>
                  new GraphQLInputObjectType({
                    name,
                    description: 'A row that edges lead to; of each entity that is given, one of which that holds.',
                    fields: () => ({
                      ...this.edgeArguments(entity),
                      depth: {
                        type: GraphQLInt,
                        description: `Edges of a way at most, from 1 to ${MOST_HOPS}. Default 1.`,
                      },
                      ...Object.fromEntries(
                        nodesFrom(entity).map((node) => [
                          node.entity,
                          { type: this.types.where(node), description: `What holds of a row of ${node.entity}.` },
                        ]),
                      ),
                    }),
                  }),
              ),
              description: 'Of what is reached over edges.',
            },
          }
        : {}),
    };
  }

  order(entity: Entity): GraphQLInputFieldConfigMap {
    if (edgesOf(entity).length === 0) return {};
    return {
      _degree: {
        type: this.types.once(
          entity,
          'DegreeOrderBy',
          (name) =>
            new GraphQLInputObjectType({
              name,
              description: 'By the number of edges at a row.',
              fields: () => ({
                ...this.edgeArguments(entity),
                order: { type: new GraphQLNonNull(ORDER), description: 'The direction.' },
              }),
            }),
        ),
        description: 'By the number of edges at the row.',
      },
    };
  }

  private edgeArguments(entity: Entity): GraphQLFieldConfigArgumentMap {
    return {
      types: {
        type: new GraphQLList(new GraphQLNonNull(this.edgeEnum(entity))),
        description: 'Which types of edges are followed; without it all.',
      },
      direction: { type: DIRECTION, description: 'In which direction. Default OUT.' },
    };
  }

  private edgeEnum(entity: Entity): GraphQLEnumType {
    return this.types.once(entity, 'EdgeType', (name) => enumOf(name, edgeTypesFrom(entity), 'A type of edges.'));
  }

  private nodeEnum(entity: Entity): GraphQLEnumType {
    const names = nodesFrom(entity).map((node) => node.entity);
    return this.types.once(entity, 'NodeType', (name) => enumOf(name, names, 'An entity that edges lead to.'));
  }

  /** One list for each entity that edges can lead to. */
  private neighbours(entity: Entity): GraphQLObjectType {
    return this.types.once(
      entity,
      'Neighbours',
      (name) =>
        new GraphQLObjectType({
          name,
          description: `What edges lead to from a row of ${entity.entity}, by its entity; each row once, the row itself never.`,
          fields: () =>
            Object.fromEntries(
              nodesFrom(entity)
                .filter((node) => node.key)
                .map((node) => [
                  node.entity,
                  {
                    ...plane(
                      { kind: 'neighbour', entity: node },
                      new GraphQLList(new GraphQLNonNull(this.neighbour(node))),
                      `Rows of ${node.entity}, the nearest first unless ordered otherwise.`,
                    ),
                    args: this.types.listArguments(node),
                  },
                ]),
            ),
        }),
    );
  }

  private neighbour(entity: Entity): GraphQLObjectType {
    return this.types.once(
      entity,
      'Neighbour',
      (name) =>
        new GraphQLObjectType({
          name,
          description: `A row of ${entity.entity} that edges lead to.`,
          fields: () => ({
            distance: plane(
              { kind: 'own', own: 'distance' },
              new GraphQLNonNull(GraphQLInt),
              'How many edges away it is, by a shortest way.',
            ),
            path: plane({ kind: 'own', own: 'path' }, WAY, 'The rows of one shortest way, both ends included.'),
            node: plane({ kind: 'self', entity }, new GraphQLNonNull(this.types.object(entity)), 'The row.'),
          }),
        }),
    );
  }
}

function enumOf(name: string, values: readonly string[], description: string): GraphQLEnumType {
  return new GraphQLEnumType({
    name,
    description,
    values: Object.fromEntries(values.map((value) => [legalEnumName(value), { value }])),
  });
}

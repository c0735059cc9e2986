import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLFloat,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLString,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLFieldConfigMap,
  type GraphQLInputFieldConfigMap,
} from 'graphql';
import { VectorScalar } from '../../schema/scalars.js';
import type { Entity } from '../ir/entity.js';
import { searchFields, vectorFields } from '../planner/bind-search.js';
import type { EntityTypes } from './entity-types.js';
import { enumName } from './group-types.js';
import { plane } from './plane.js';
import { ORDER } from './types.js';

const SEARCH_MODE = new GraphQLEnumType({
  name: 'SearchMode',
  description: 'Which of the words of a search must be there.',
  values: {
    ANY: { description: 'One of them; the more of them, the better the row.' },
    ALL: { description: 'All of them.' },
    PHRASE: { description: 'All of them, one after the other.' },
  },
});

/** Text matches and nearest vectors: what searchable entities have beside others. */
export class SearchTypes {
  constructor(private readonly types: EntityTypes) {}

  /** Arguments of lists, pages, measures and groups. */
  arguments(entity: Entity): GraphQLFieldConfigArgumentMap {
    return this.inputs(entity, '');
  }

  /** The same inside of `where`. */
  conditions(entity: Entity): GraphQLInputFieldConfigMap {
    return this.inputs(entity, '_');
  }

  private inputs(entity: Entity, prefix: '' | '_'): GraphQLInputFieldConfigMap {
    return {
      ...(searchFields(entity).length > 0
        ? {
            [`${prefix}search`]: {
              type: this.search(entity),
              description: 'Only rows of which this text match holds.',
            },
          }
        : {}),
      ...(vectorFields(entity).length > 0
        ? {
            [`${prefix}nearest`]: {
              type: this.nearest(entity),
              description: 'Only the rows nearest to a vector, of those that the other conditions keep.',
            },
          }
        : {}),
    };
  }

  /** What rows have of the match that found them. */
  fields(entity: Entity): GraphQLFieldConfigMap<unknown, unknown> {
    if (searchFields(entity).length === 0 && vectorFields(entity).length === 0) return {};
    const score = plane(
      { kind: 'own', own: 'score' },
      GraphQLFloat,
      "The store's figure of how well the row matches `search`, or how near it is by `nearest`: higher is better, comparable within one answer only. Null without either.",
    );
    if (searchFields(entity).length === 0) return { _score: score };
    return {
      _score: score,
      _highlights: {
        ...plane(
          { kind: 'highlights', entity },
          new GraphQLList(new GraphQLNonNull(GraphQLString)),
          'Pieces of a field around what `search` found in it, each find between <em> and </em>; the text between is not escaped. Null where nothing was found.',
        ),
        args: {
          field: { type: new GraphQLNonNull(this.searchField(entity)), description: 'The field.' },
          fragments: { type: GraphQLInt, description: 'How many pieces at most, from 1 to 100. Default 3.' },
        },
      },
    };
  }

  order(entity: Entity): GraphQLInputFieldConfigMap {
    if (searchFields(entity).length === 0 && vectorFields(entity).length === 0) return {};
    return { _score: { type: ORDER, description: 'By how well the row matches; rows come so without any order.' } };
  }

  private search(entity: Entity): GraphQLInputObjectType {
    return this.types.once(
      entity,
      'Search',
      (name) =>
        new GraphQLInputObjectType({
          name,
          description: `A text match over ${entity.entity}, by the words that the store makes of text.`,
          fields: () => ({
            text: { type: new GraphQLNonNull(GraphQLString), description: 'The words.' },
            fields: {
              type: new GraphQLList(new GraphQLNonNull(this.searchField(entity))),
              description: 'Where they are looked for; without it in every field that can be searched.',
            },
            boosts: {
              type: new GraphQLList(new GraphQLNonNull(GraphQLFloat)),
              description: 'What a hit in each of `fields` counts, above 0; without it 1 each.',
            },
            mode: { type: SEARCH_MODE, description: 'Which words must be there. Default ANY.' },
            fuzzy: { type: GraphQLBoolean, description: 'Whether words that differ by a letter or two count too.' },
          }),
        }),
    );
  }

  private searchField(entity: Entity): GraphQLEnumType {
    return this.types.once(entity, 'SearchField', (name) => fieldEnum(name, searchFields(entity), 'can be searched'));
  }

  private nearest(entity: Entity): GraphQLInputObjectType {
    return this.types.once(
      entity,
      'Nearest',
      (name) =>
        new GraphQLInputObjectType({
          name,
          description: `The rows of ${entity.entity} nearest to a vector.`,
          fields: () => ({
            field: {
              type: new GraphQLNonNull(
                this.types.once(entity, 'VectorField', (each) => fieldEnum(each, vectorFields(entity), 'is a vector')),
              ),
              description: 'The field of vectors.',
            },
            vector: { type: new GraphQLNonNull(VectorScalar), description: 'The vector.' },
            k: { type: new GraphQLNonNull(GraphQLInt), description: 'How many rows at most, from 1.' },
          }),
        }),
    );
  }
}

function fieldEnum(name: string, fields: readonly { readonly name: string }[], what: string): GraphQLEnumType {
  return new GraphQLEnumType({
    name,
    description: `A field that ${what}.`,
    values: Object.fromEntries(fields.map((field) => [enumName(field.name), { value: field.name }])),
  });
}

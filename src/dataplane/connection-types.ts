import {
  GraphQLBoolean,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLOutputType,
} from 'graphql';
import { JSONScalar, SafeIntScalar } from '../../schema/scalars.js';

export const PAGE_INFO = new GraphQLObjectType({
  name: 'PageInfo',
  description: 'Where a page stands among all rows of its connection.',
  fields: {
    hasNextPage: { type: new GraphQLNonNull(GraphQLBoolean), description: 'Whether rows follow the page.' },
    hasPreviousPage: { type: new GraphQLNonNull(GraphQLBoolean), description: 'Whether rows stand before the page.' },
    startCursor: { type: GraphQLString, description: 'The cursor of the first row; null when there is none.' },
    endCursor: {
      type: GraphQLString,
      description: 'The cursor of the last row, for `after`; null when there is none, or the rows have no key.',
    },
  },
});

/** What edges show beside the node: the row that leads there. */
export interface LinkType {
  readonly type: () => GraphQLObjectType;
  readonly what: string;
}

/** The types of a connection over a node type: `<base>Connection` and `<base>Edge`. */
export function connectionOf(
  base: string,
  node: () => GraphQLOutputType,
  what: string,
  keyed: boolean,
  link: LinkType | null = null,
): GraphQLObjectType {
  const cursor = keyed ? new GraphQLNonNull(GraphQLString) : GraphQLString;
  const edge = new GraphQLObjectType({
    name: `${base}Edge`,
    description: `A row of ${what} and its place.`,
    fields: () => ({
      cursor: { type: cursor, description: 'Its place in the order, for `after` and `before` of the same question.' },
      node: { type: node(), description: 'The row.' },
      ...(link
        ? {
            link: {
              type: link.type(),
              description: `The row of ${link.what} that leads to the node. Where several do, each has an edge of its own.`,
            },
          }
        : {}),
    }),
  });
  return new GraphQLObjectType({
    name: `${base}Connection`,
    description: `A page of ${what}.`,
    fields: () => ({
      edges: { type: new GraphQLList(new GraphQLNonNull(edge)), description: 'The rows with their cursors.' },
      nodes: { type: new GraphQLList(new GraphQLNonNull(node())), description: 'The rows.' },
      pageInfo: { type: new GraphQLNonNull(PAGE_INFO), description: 'Where the page stands.' },
      totalCount: {
        type: new GraphQLNonNull(SafeIntScalar),
        description: 'How many rows there are on all pages. They are counted when this is asked for.',
      },
    }),
  });
}

export const RECORD_CONNECTION = connectionOf('Record', () => JSONScalar, 'rows as JSON objects by field name', false);

/** Relay's arguments, beside those that choose and order rows. */
export const PAGING: GraphQLFieldConfigArgumentMap = {
  first: {
    type: GraphQLInt,
    description: 'The first so many rows, from 1 to the configured cap (limits.maxPageSize).',
  },
  after: { type: GraphQLString, description: 'Only rows after this cursor.' },
  last: { type: GraphQLInt, description: 'The last so many rows instead of the first, in the same order.' },
  before: { type: GraphQLString, description: 'Only rows before this cursor.' },
};

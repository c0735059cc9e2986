import 'reflect-metadata';
import { lexicographicSortSchema, printSchema, type GraphQLSchema } from 'graphql';
import { buildSchema } from 'type-graphql';
import { applyOneOf } from '../schema/one-of.js';
import { ExplainResolver } from './explain.resolver.js';
import { NodeResolver } from './node.resolver.js';
import { OperationsResolver } from './operations.resolver.js';
import { SourcesResolver } from './sources.resolver.js';
import { ViewerResolver } from './viewer.resolver.js';

/** The part of the schema that is the same over every source. */
export async function buildControlPlaneSchema(): Promise<GraphQLSchema> {
  return applyOneOf(
    await buildSchema({
      resolvers: [SourcesResolver, ExplainResolver, OperationsResolver, NodeResolver, ViewerResolver],
      validate: false,
    }),
  );
}

/** The text of schema/control-plane.graphql. */
export async function printControlPlane(): Promise<string> {
  return `${printSchema(lexicographicSortSchema(await buildControlPlaneSchema()))}\n`;
}

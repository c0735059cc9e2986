import type { FieldNode, GraphQLObjectType } from 'graphql';
import type { Entity } from '../ir/entity.js';
import type { Input, OutputRef, QueryLevel } from '../ir/query.js';
import type { Request } from './collect.js';
import type { Template } from './template.js';

export type From = QueryLevel['from'];
export type Arguments = Readonly<Record<string, Input>>;

/** One field with all of its occurrences, where it stands in the answer and with which arguments. */
export interface Selected {
  readonly type: GraphQLObjectType;
  readonly nodes: readonly FieldNode[];
  readonly args: Arguments;
  readonly path: string;
  readonly request: Request;
}

/** A level's question, and how its rows are written. */
export interface LoweredRows {
  readonly query: QueryLevel;
  readonly template: Template;
}

/** What a selection of a row's fields needs: columns of its level, and levels below it. */
export interface Into {
  readonly output: OutputRef[];
  readonly children: QueryLevel[];
}

/** A level of which nothing is asked yet. */
export function unasked(from: From, path: string): Omit<QueryLevel, 'shape'> {
  return { from, where: null, orderBy: null, collate: null, first: null, offset: null, children: [], path };
}

export function fromEntity(entity: Entity): From {
  return { kind: 'entity', ref: { source: entity.source, entity: entity.entity } };
}

/** What chooses rows as one condition: `search` and `nearest` are conditions too. */
export function whereOf({ where, search, nearest }: Arguments): Input {
  const given = [
    ...(search === undefined || search === null ? [] : [['_search', search] as const]),
    ...(nearest === undefined || nearest === null ? [] : [['_nearest', nearest] as const]),
  ];
  if (given.length === 0) return where;
  return { ...(where === undefined || where === null ? {} : { _and: [where] }), ...Object.fromEntries(given) };
}

export function selectionSets(nodes: readonly FieldNode[]): NonNullable<FieldNode['selectionSet']>[] {
  return nodes.flatMap((node) => (node.selectionSet ? [node.selectionSet] : []));
}

import { getNamedType, type FieldNode, type GraphQLObjectType } from 'graphql';
import type { OutputRef, Paging, QueryLevel } from '../ir/query.js';
import { isGiven } from '../planner/bind-page.js';
import { collectFields, type Request } from './collect.js';
import { selectionSets, unasked, whereOf, type Arguments, type From, type Into, type Selected } from './selected.js';
import type { ConnectionPart, ConnectionTemplate, EdgePart, PageInfoPart, Template } from './template.js';

/** How the node of an edge is written: the fields that were selected of it, or the whole row as JSON. */
export type LowerNode = (nodes: readonly FieldNode[], type: GraphQLObjectType, path: string, into: Into) => Template;

/** A connection as levels, which are added to `levels`: its page, and what else its fields ask for. */
export function lowerConnection(
  from: From,
  selected: Selected,
  levels: QueryLevel[],
  lowerNode: LowerNode,
): ConnectionTemplate {
  const { type, nodes, args, path, request } = selected;
  const output: OutputRef[] = [];
  const into: Into = { output, children: [] };
  const parts = [...collectFields(type, selectionSets(nodes), request)].map(([key, same]) =>
    partOf(key, same, type, `${path}.${key}`, request, (some, inner, at) => lowerNode(some, inner, at, into)),
  );
  const wants = (kind: string): boolean =>
    parts.some(
      (part) =>
        part.kind === kind ||
        ((part.kind === 'pageInfo' || part.kind === 'edges') && part.parts.some((p) => p.kind === kind)),
    );
  const paging = pagingOf(args);
  const base = {
    ...unasked(from, path),
    where: whereOf(args),
    orderBy: args['orderBy'],
    collate: args['collate'],
    paging,
  };
  const cursors = ['cursor', 'startCursor', 'endCursor'].some(wants);
  const add = (level: QueryLevel): number => levels.push(level) - 1;
  return {
    typename: type.name,
    parts,
    levels: {
      page: add({ ...base, shape: { kind: 'page', output, cursors }, children: into.children }),
      total: wants('totalCount') ? add({ ...unasked(from, path), shape: COUNT, where: whereOf(args) }) : null,
      behind:
        wants('hasPreviousPage') && isGiven(paging.after)
          ? add({ ...base, shape: { kind: 'beyond', side: 'after' } })
          : null,
      beyond:
        wants('hasNextPage') && isGiven(paging.before)
          ? add({ ...base, shape: { kind: 'beyond', side: 'before' } })
          : null,
    },
  };
}

const COUNT: QueryLevel['shape'] = {
  kind: 'aggregate',
  measures: [{ fn: 'COUNT', field: null, where: null, q: null, approximate: false, collate: null }],
};

function pagingOf(args: Arguments): Paging {
  return { first: args['first'], after: args['after'], last: args['last'], before: args['before'] };
}

type Nested = (nodes: readonly FieldNode[], type: GraphQLObjectType, path: string) => Template;

function partOf(
  key: string,
  nodes: readonly FieldNode[],
  type: GraphQLObjectType,
  path: string,
  request: Request,
  nested: Nested,
): ConnectionPart {
  const name = nodes[0]!.name.value;
  if (name === '__typename') return { kind: 'typename', key, name: type.name };
  const inner = getNamedType(type.getFields()[name]!.type) as GraphQLObjectType;
  const fields = (): [string, FieldNode[]][] => [...collectFields(inner, selectionSets(nodes), request)];
  switch (name) {
    case 'totalCount':
      return { kind: name, key };
    case 'nodes':
      return { kind: name, key, entries: nested(nodes, inner, path) };
    case 'edges':
      return { kind: name, key, parts: fields().map(([k, same]) => edgePart(k, same, inner, `${path}.${k}`, nested)) };
    case 'pageInfo':
      return { kind: name, key, parts: fields().map(([k, same]) => pageInfoPart(k, same[0]!.name.value, inner.name)) };
    default:
      throw new Error(`${type.name}.${name} is no part of a connection`);
  }
}

function edgePart(
  key: string,
  nodes: readonly FieldNode[],
  type: GraphQLObjectType,
  path: string,
  nested: Nested,
): EdgePart {
  const name = nodes[0]!.name.value;
  if (name === '__typename') return { kind: 'typename', key, name: type.name };
  if (name === 'cursor') return { kind: 'cursor', key };
  return {
    kind: 'node',
    key,
    entries: nested(nodes, getNamedType(type.getFields()[name]!.type) as GraphQLObjectType, path),
  };
}

function pageInfoPart(key: string, name: string, typename: string): PageInfoPart {
  if (name === '__typename') return { kind: 'typename', key, name: typename };
  return { kind: name as Exclude<PageInfoPart['kind'], 'typename'>, key };
}

import { getNamedType, isObjectType, type FieldNode, type GraphQLObjectType } from 'graphql';
import type { Entity } from '../ir/entity.js';
import { WAY_POINT } from '../ir/select.js';
import { FLOAT64, INT32, INT64, TEXT, type DataType } from '../ir/types.js';
import { MOST_HOPS } from '../planner/bind-graph.js';
import type { EdgesRef, OutputRef, QueryLevel } from '../ir/query.js';
import { argumentsOf, collectFields, type Request } from './collect.js';
import { lowerConnection, type LowerNode } from './lower-connection.js';
import { lowerAggregate, lowerGroups } from './lower-measures.js';
import type { Nested, NestedEntry } from './nested.js';
import { planeOf } from './plane.js';
import {
  fromEntity,
  selectionSets,
  unasked,
  whereOf,
  type From,
  type Into,
  type LoweredRows,
  type Selected,
} from './selected.js';
import type { ConnectionTemplate, Entry, Template } from './template.js';

/** A data-plane field of a source: its questions, and how their answers are written. */
export interface Lowered {
  readonly queries: readonly QueryLevel[];
  readonly shown:
    | { readonly kind: 'rows'; readonly template: Template; readonly many: boolean }
    | { readonly kind: 'connection'; readonly template: ConnectionTemplate };
}

/** A field at the root of a source. */
export function lowerRoot(
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  path: string,
  request: Request,
): Lowered {
  const node = nodes[0]!;
  const definition = type.getFields()[node.name.value]!;
  const plane = planeOf(definition);
  const inner = getNamedType(definition.type) as GraphQLObjectType;
  const selected: Selected = { type: inner, nodes, args: argumentsOf(definition, node, request), path, request };
  const rows = ({ query, template }: LoweredRows, many: boolean): Lowered => ({
    queries: [query],
    shown: { kind: 'rows', template, many },
  });
  switch (plane?.kind) {
    case 'list':
      return rows(lowerRows(fromEntity(plane.entity), plane.entity, selected, 'rows'), true);
    case 'byKey':
      return rows(lowerRows(fromEntity(plane.entity), plane.entity, selected, 'row'), false);
    case 'aggregate':
      return rows(lowerAggregate(fromEntity(plane.entity), plane.entity, selected), false);
    case 'groups':
      return rows(lowerGroups(fromEntity(plane.entity), plane.entity, selected), true);
    case 'connection': {
      const queries: QueryLevel[] = [];
      const template = lowerConnection(fromEntity(plane.entity), selected, queries, rowNode(plane.entity, request));
      return { queries, shown: { kind: 'connection', template } };
    }
    default:
      throw new Error(`${type.name}.${node.name.value} is no root of the data plane`);
  }
}

/** The node of an edge is a row of the entity. */
function rowNode(entity: Entity, request: Request): LowerNode {
  return (nodes, type, path, into) => lowerRow(entity, { type, nodes, path, request }, into);
}

function lowerRows(from: From, entity: Entity, selected: Selected, kind: 'rows' | 'row'): LoweredRows {
  const { args, path } = selected;
  const output: OutputRef[] = [];
  const children: QueryLevel[] = [];
  const template = lowerRow(entity, selected, { output, children });
  const shape: QueryLevel['shape'] =
    kind === 'rows' ? { kind, output } : { kind, output, key: from.kind === 'entity' ? args : null };
  const query: QueryLevel = {
    ...unasked(from, path),
    shape,
    where: kind === 'rows' ? whereOf(args) : null,
    orderBy: args['orderBy'],
    collate: args['collate'],
    first: args['first'],
    offset: args['offset'],
    children,
  };
  return { query, template };
}

type Column = Extract<Entry, { kind: 'column' }>;

/** A column of what a row has beside its fields. */
function plainColumn(key: string, column: number, type: DataType): Column {
  return { kind: 'column', key, column, type, nonNull: false, field: key, count: false };
}

function ownColumn(
  key: string,
  own: 'score' | 'distance' | 'path',
  nodes: readonly FieldNode[],
  type: GraphQLObjectType,
  request: Request,
  into: Into,
): Column {
  const column = into.output.push({ own }) - 1;
  if (own === 'path') {
    const nested = lowerNested(type, nodes, request);
    return { ...plainColumn(key, column, { kind: 'list', of: WAY_POINT }), nested };
  }
  return plainColumn(key, column, own === 'score' ? FLOAT64 : INT32);
}

function edgesOf(args: Selected['args']): EdgesRef {
  return { types: args['types'], direction: args['direction'] };
}

/** Each entity that is asked for is a level of its own, over the same edges. */
function lowerNeighbours(
  { type, nodes, args: edges, path, request }: Selected,
  child: (rows: LoweredRows, many: boolean) => Entry,
): Template {
  return [...collectFields(type, selectionSets(nodes), request)].map(([key, same]): Entry => {
    const { value: name } = same[0]!.name;
    if (name === '__typename') return { kind: 'typename', key, name: type.name };
    const definition = type.getFields()[name]!;
    const plane = planeOf(definition);
    if (plane?.kind !== 'neighbour') throw new Error(`${type.name}.${name} is no entity that edges lead to`);
    const from = {
      kind: 'walk',
      end: plane.entity.entity,
      edges: edgesOf(edges),
      depth: edges['depth'],
    } as const;
    const selected: Selected = {
      type: getNamedType(definition.type) as GraphQLObjectType,
      nodes: same,
      args: argumentsOf(definition, same[0]!, request),
      path: `${path}.${key}`,
      request,
    };
    return { ...child(lowerRows(from, plane.entity, selected, 'rows'), true), key };
  });
}

/** A shortest way to the row of a key: at most one. */
function lowerPath(start: Entity, selected: Selected): LoweredRows {
  const { args, path } = selected;
  const end = typeof args['entity'] === 'string' ? args['entity'] : start.entity;
  const from = { kind: 'walk', end, edges: edgesOf(args), depth: args['depth'] ?? MOST_HOPS } as const;
  const output: OutputRef[] = [];
  const template = lowerRow(start, selected, { output, children: [] });
  return { query: { ...unasked(from, path), shape: { kind: 'row', output, key: args['to'] } }, template };
}

/** The members of an object that are asked for: the whole object is read. */
function lowerNested(type: GraphQLObjectType, nodes: readonly FieldNode[], request: Request): Nested {
  return [...collectFields(type, selectionSets(nodes), request)].map(([key, same]): NestedEntry => {
    const { value: name } = same[0]!.name;
    if (name === '__typename') return { kind: 'typename', key, name: type.name };
    const definition = type.getFields()[name]!;
    const plane = planeOf(definition);
    if (plane?.kind !== 'member') throw new Error(`${type.name}.${name} is no member of an object`);
    const inner = getNamedType(definition.type);
    const nested = isObjectType(inner) ? lowerNested(inner, same, request) : null;
    return { kind: 'member', key, name: plane.member.name, type: plane.member.type, nested };
  });
}

/** The fields of a row; what they need is added to `into`, which several selections of one level share. */
function lowerRow(entity: Entity, { type, nodes, path, request }: Omit<Selected, 'args'>, into: Into): Template {
  const template: Entry[] = [];
  for (const [key, same] of collectFields(type, selectionSets(nodes), request)) {
    const node = same[0]!;
    if (node.name.value === '__typename') {
      template.push({ kind: 'typename', key, name: type.name });
      continue;
    }
    const definition = type.getFields()[node.name.value]!;
    const plane = planeOf(definition);
    const inner = getNamedType(definition.type) as GraphQLObjectType;
    const args = argumentsOf(definition, node, request);
    const selected: Selected = { type: inner, nodes: same, args, path: `${path}.${key}`, request };
    const child = ({ query, template: entries }: LoweredRows, many: boolean): Entry => ({
      kind: 'child',
      key,
      child: into.children.push(query) - 1,
      many,
      entries,
    });
    switch (plane?.kind) {
      case 'column': {
        const { type: dataType, nullable, name } = plane.field;
        const column = into.output.push({ steps: [], field: name, nested: [] }) - 1;
        const field = `${entity.source}.${entity.entity}.${name}`;
        const nested = isObjectType(inner) ? { nested: lowerNested(inner, same, request) } : {};
        template.push({
          kind: 'column',
          key,
          column,
          type: dataType,
          nonNull: !nullable,
          field,
          count: false,
          ...nested,
        });
        break;
      }
      case 'relation': {
        const { name, to, many } = plane.relation;
        template.push(child(lowerRows({ kind: 'relation', name }, to, selected, many ? 'rows' : 'row'), many));
        break;
      }
      case 'relationAggregate': {
        const { name, to } = plane.relation;
        template.push(child(lowerAggregate({ kind: 'relation', name }, to, selected), false));
        break;
      }
      case 'relationGroups': {
        const { name, to } = plane.relation;
        template.push(child(lowerGroups({ kind: 'relation', name }, to, selected), true));
        break;
      }
      case 'relationConnection': {
        const { relation } = plane;
        const { to, through } = relation;
        const links = through && { relation, lower: rowNode(through.entity, request) };
        const from = { kind: 'relation', name: relation.name } as const;
        const parts = lowerConnection(from, selected, into.children, rowNode(to, request), links);
        template.push({ kind: 'connection', key, ...parts });
        break;
      }
      case 'own':
        template.push(ownColumn(key, plane.own, same, inner, request, into));
        break;
      case 'highlights': {
        const ref: OutputRef = { own: 'highlights', field: args['field'], fragments: args['fragments'] };
        template.push(plainColumn(key, into.output.push(ref) - 1, { kind: 'list', of: TEXT }));
        break;
      }
      case 'degree': {
        const column = into.output.push({ own: 'degree', edges: edgesOf(args) }) - 1;
        template.push({ ...plainColumn(key, column, INT64), nonNull: true, count: true });
        break;
      }
      case 'self':
        template.push({ kind: 'object', key, entries: lowerRow(plane.entity, selected, into) });
        break;
      case 'neighbours':
        template.push({ kind: 'object', key, entries: lowerNeighbours(selected, child) });
        break;
      case 'path':
        template.push(child(lowerPath(plane.entity, selected), false));
        break;
      default:
        throw new Error(`${type.name}.${node.name.value} is no field of the data plane`);
    }
  }
  return template;
}

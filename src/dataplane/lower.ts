import { getNamedType, isObjectType, type FieldNode, type GraphQLObjectType } from 'graphql';
import type { Entity } from '../ir/entity.js';
import type { PathRef, QueryLevel } from '../ir/query.js';
import { argumentsOf, collectFields, type Request } from './collect.js';
import { lowerConnection, type LowerNode } from './lower-connection.js';
import { lowerAggregate, lowerGroups } from './lower-measures.js';
import type { Nested, NestedEntry } from './nested.js';
import { planeOf } from './plane.js';
import {
  fromEntity,
  selectionSets,
  unasked,
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
  const output: PathRef[] = [];
  const children: QueryLevel[] = [];
  const template = lowerRow(entity, selected, { output, children });
  const shape: QueryLevel['shape'] =
    kind === 'rows' ? { kind, output } : { kind, output, key: from.kind === 'entity' ? args : null };
  const query: QueryLevel = {
    ...unasked(from, path),
    shape,
    where: kind === 'rows' ? args['where'] : null,
    orderBy: args['orderBy'],
    collate: args['collate'],
    first: args['first'],
    offset: args['offset'],
    children,
  };
  return { query, template };
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
        const { name, to } = plane.relation;
        const parts = lowerConnection({ kind: 'relation', name }, selected, into.children, rowNode(to, request));
        template.push({ kind: 'connection', key, ...parts });
        break;
      }
      default:
        throw new Error(`${type.name}.${node.name.value} is no field of the data plane`);
    }
  }
  return template;
}

import { getNamedType, type FieldNode, type GraphQLObjectType } from 'graphql';
import { badInput } from '../errors.js';
import type { Entity } from '../ir/entity.js';
import type { Input, MeasureRef, PathRef, QueryLevel } from '../ir/query.js';
import { measureType } from '../ir/select.js';
import { INT64 } from '../ir/types.js';
import { argumentsOf, collectFields, type Request } from './collect.js';
import { planeOf } from './plane.js';
import type { Entry, Template } from './template.js';

/** A data-plane field of a source: its question and how its answer is written. */
export interface Lowered {
  readonly query: QueryLevel;
  readonly template: Template;
  readonly many: boolean;
}

type From = QueryLevel['from'];

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
  const args = argumentsOf(definition, node, request);
  const inner = getNamedType(definition.type) as GraphQLObjectType;
  switch (plane?.kind) {
    case 'list':
      return {
        ...lowerRows(fromEntity(plane.entity), plane.entity, inner, nodes, args, 'rows', path, request),
        many: true,
      };
    case 'byKey':
      return {
        ...lowerRows(fromEntity(plane.entity), plane.entity, inner, nodes, args, 'row', path, request),
        many: false,
      };
    case 'aggregate':
      return {
        ...lowerAggregate(fromEntity(plane.entity), plane.entity, inner, nodes, args, path, request),
        many: false,
      };
    default:
      throw new Error(`${type.name}.${node.name.value} is no root of the data plane`);
  }
}

function fromEntity(entity: Entity): From {
  return { kind: 'entity', ref: { source: entity.source, entity: entity.entity } };
}

function lowerRows(
  from: From,
  entity: Entity,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  args: Readonly<Record<string, Input>>,
  kind: 'rows' | 'row',
  path: string,
  request: Request,
): { query: QueryLevel; template: Template } {
  const output: PathRef[] = [];
  const children: QueryLevel[] = [];
  const template: Entry[] = [];
  for (const [key, same] of collectFields(type, selectionSets(nodes), request)) {
    const node = same[0]!;
    const at = `${path}.${key}`;
    if (node.name.value === '__typename') {
      template.push({ kind: 'typename', key, name: type.name });
      continue;
    }
    const definition = type.getFields()[node.name.value]!;
    const plane = planeOf(definition);
    const inner = getNamedType(definition.type) as GraphQLObjectType;
    const given = argumentsOf(definition, node, request);
    if (plane?.kind === 'column') {
      const column = output.push({ steps: [], field: plane.field.name, nested: [] }) - 1;
      const { type: dataType, nullable, name } = plane.field;
      template.push({
        kind: 'column',
        key,
        column,
        type: dataType,
        nonNull: !nullable,
        field: `${entity.source}.${entity.entity}.${name}`,
        count: false,
      });
    } else if (plane?.kind === 'relation') {
      const { name, to, many } = plane.relation;
      const child = lowerRows({ kind: 'relation', name }, to, inner, same, given, many ? 'rows' : 'row', at, request);
      template.push({ kind: 'child', key, child: children.push(child.query) - 1, many, entries: child.template });
    } else if (plane?.kind === 'relationAggregate') {
      const { name, to } = plane.relation;
      const child = lowerAggregate({ kind: 'relation', name }, to, inner, same, given, at, request);
      template.push({
        kind: 'child',
        key,
        child: children.push(child.query) - 1,
        many: false,
        entries: child.template,
      });
    } else {
      throw new Error(`${type.name}.${node.name.value} is no field of the data plane`);
    }
  }
  const shape: QueryLevel['shape'] =
    kind === 'rows' ? { kind, output } : { kind, output, key: from.kind === 'entity' ? args : null };
  const query: QueryLevel = {
    from,
    shape,
    where: kind === 'rows' ? args['where'] : null,
    orderBy: args['orderBy'],
    collate: args['collate'],
    first: args['first'],
    offset: args['offset'],
    children,
    path,
  };
  return { query, template };
}

function lowerAggregate(
  from: From,
  entity: Entity,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  args: Readonly<Record<string, Input>>,
  path: string,
  request: Request,
): { query: QueryLevel; template: Template } {
  const measures: MeasureRef[] = [];
  const template: Entry[] = [];
  const column = (key: string, ref: MeasureRef): Entry => {
    const field = ref.field === null ? null : entity.fields.get(ref.field)!;
    const count = ref.fn === 'COUNT' || ref.fn === 'COUNT_DISTINCT';
    return {
      kind: 'column',
      key,
      column: measures.push(ref) - 1,
      type: count ? INT64 : measureType(ref.fn, field?.type ?? null),
      nonNull: count,
      field: `${entity.source}.${entity.entity}.${ref.field ?? '*'}`,
      count,
    };
  };
  for (const [key, same] of collectFields(type, selectionSets(nodes), request)) {
    const node = same[0]!;
    if (node.name.value === '__typename') {
      template.push({ kind: 'typename', key, name: type.name });
      continue;
    }
    const definition = type.getFields()[node.name.value]!;
    const plane = planeOf(definition);
    const given = argumentsOf(definition, node, request);
    if (plane?.kind === 'measure') {
      const field = nameOf(given['field'], `${path}.${key}.field`);
      if (given['distinct'] === true && field === null)
        throw badInput(`${path}.${key}.field`, 'a field to count distinct values of', null);
      const fn = plane.fn === 'COUNT' && given['distinct'] === true ? 'COUNT_DISTINCT' : plane.fn;
      template.push(
        column(key, { fn, field, where: given['where'], q: given['q'], approximate: false, collate: null }),
      );
    } else if (plane?.kind === 'measures') {
      const inner = getNamedType(definition.type) as GraphQLObjectType;
      const entries: Entry[] = [];
      for (const [innerKey, innerSame] of collectFields(inner, selectionSets(same), request)) {
        const name = innerSame[0]!.name.value;
        if (name === '__typename') entries.push({ kind: 'typename', key: innerKey, name: inner.name });
        else
          entries.push(
            column(innerKey, {
              fn: plane.fn,
              field: name,
              where: given['where'],
              q: null,
              approximate: false,
              collate: given['collate'],
            }),
          );
      }
      template.push({ kind: 'object', key, entries });
    } else {
      throw new Error(`${type.name}.${node.name.value} is no measure`);
    }
  }
  const shape: QueryLevel['shape'] = { kind: 'aggregate', measures };
  const query: QueryLevel = {
    from,
    shape,
    where: args['where'],
    orderBy: null,
    collate: null,
    first: null,
    offset: null,
    children: [],
    path,
  };
  return { query, template };
}

function nameOf(input: Input, field: string): string | null {
  if (input === null || input === undefined) return null;
  if (typeof input !== 'string') throw badInput(field, 'a field', input);
  return input;
}

export function selectionSets(nodes: readonly FieldNode[]): NonNullable<FieldNode['selectionSet']>[] {
  return nodes.flatMap((node) => (node.selectionSet ? [node.selectionSet] : []));
}

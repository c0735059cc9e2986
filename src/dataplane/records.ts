import type { FieldNode, GraphQLObjectType } from 'graphql';
import { GatewayError } from '../errors.js';
import type { QueryLevel } from '../ir/query.js';
import type { Entities } from '../planner/scope.js';
import type { Request } from './collect.js';
import { lowerConnection } from './lower-connection.js';
import { fromEntity, type Arguments } from './selected.js';
import type { ConnectionTemplate, Template } from './template.js';

/** `records`: a connection over any entity, whose nodes are whole rows as JSON objects by field name. */
export function lowerRecords(
  args: Arguments,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  path: string,
  request: Request,
  entities: Entities,
): { readonly queries: readonly QueryLevel[]; readonly template: ConnectionTemplate } {
  const { source, entity: name } = args;
  if (typeof source !== 'string' || typeof name !== 'string')
    throw new Error('source and entity reached lowering as slots');
  const entity = entities.resolve({ source, entity: name });
  if (!entity)
    throw new GatewayError('NOT_FOUND', `${source}.${name}: there is no such entity`, {
      field: 'entity',
      got: `${source}.${name}`,
    });
  const queries: QueryLevel[] = [];
  const template = lowerConnection(
    fromEntity(entity),
    { type, nodes, args, path, request },
    queries,
    (_n, _t, _p, into) =>
      [...entity.fields.values()].map((field): Template[number] => ({
        kind: 'column',
        key: field.name,
        column: into.output.push({ steps: [], field: field.name, nested: [] }) - 1,
        type: field.type,
        nonNull: false,
        field: `${source}.${name}.${field.name}`,
        count: false,
      })),
  );
  return { queries, template };
}

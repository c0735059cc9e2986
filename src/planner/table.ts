import { badInput, GatewayError } from '../errors.js';
import type { Input, QueryLevel } from '../ir/query.js';
import { parsePath, type Entities } from './scope.js';

/** A table of rows asked for in JSON: names of the schema, and the same grammar of `where` and `orderBy` as in GraphQL. */
export interface TableRequest {
  readonly source: string;
  readonly entity: string;
  /** Fields, and fields of to-one relations: `delay`, `origin_airport__state`. Without it every field of the entity. */
  readonly fields?: readonly string[];
  readonly where?: Input;
  readonly orderBy?: Input;
  readonly collate?: Input;
  readonly first?: Input;
  readonly offset?: Input;
}

/** The JSON front end's way to a question: one level, its columns in the order of `fields`. */
export function tableQuery(request: TableRequest, entities: Entities): QueryLevel {
  const { source, entity: name, where = null, orderBy = null, collate = null, first = null, offset = null } = request;
  const path = `${source}.${name}`;
  const entity = entities.resolve({ source, entity: name });
  if (!entity) {
    throw new GatewayError('NOT_FOUND', `${path}: there is no such entity`, { field: 'entity', got: path });
  }
  const fields = request.fields ?? [...entity.fields.keys()];
  fields.forEach((field, i) => {
    if (fields.indexOf(field) < i) throw badInput(`fields[${i}]`, 'each field once', field);
  });
  const output = fields.map((field, i) => parsePath(entity, field, `fields[${i}]`));
  const shape: QueryLevel['shape'] = { kind: 'rows', output };
  const from: QueryLevel['from'] = { kind: 'entity', ref: { source, entity: name } };
  return { from, shape, where, orderBy, collate, first, offset, children: [], path };
}

import type { FieldNode, GraphQLObjectType } from 'graphql';
import { getNamedType } from 'graphql';
import { badInput, GatewayError } from '../errors.js';
import { coerceValue } from '../ir/coerce.js';
import { Hole, type Input, type QueryLevel } from '../ir/query.js';
import { INT64 } from '../ir/types.js';
import type { Entities, PageLimits } from '../planner/scope.js';
import { collectFields, type Request } from './collect.js';
import { selectionSets } from './lower.js';
import type { Template } from './template.js';

/** `records`: the rows of an entity as JSON objects, and whether more follow. One row more than asked is read to tell. */
export interface RecordsTemplate {
  readonly fields: readonly {
    readonly key: string;
    readonly name: string;
    readonly inner: readonly { readonly key: string; readonly name: string }[];
  }[];
  readonly row: Template;
  readonly first: (variables: Readonly<Record<string, unknown>>) => number;
}

export function lowerRecords(
  args: Readonly<Record<string, Input>>,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  path: string,
  request: Request,
  entities: Entities,
  limits: PageLimits,
): { query: QueryLevel; template: RecordsTemplate; limits: PageLimits } {
  const { source, entity: name, where, orderBy, collate } = args;
  if (typeof source !== 'string' || typeof name !== 'string')
    throw new Error('source and entity reached lowering as slots');
  const entity = entities.resolve({ source, entity: name });
  if (!entity)
    throw new GatewayError('NOT_FOUND', `${source}.${name}: there is no such entity`, {
      field: 'entity',
      got: `${source}.${name}`,
    });
  const firstOf = (variables: Readonly<Record<string, unknown>>): number => {
    const raw = args['first'] instanceof Hole ? args['first'].read(variables) : args['first'];
    if (raw === null || raw === undefined) return limits.pageSize;
    const first = Number(coerceValue(INT64, raw, `${path}.first`));
    if (first < 1 || first > limits.maxPageSize)
      throw badInput(`${path}.first`, `a whole number from 1 to ${limits.maxPageSize}`, raw);
    return first;
  };
  const fields = [...entity.fields.values()];
  const query: QueryLevel = {
    from: { kind: 'entity', ref: { source, entity: name } },
    shape: { kind: 'rows', output: fields.map((f) => ({ steps: [], field: f.name, nested: [] })) },
    where: where ?? null,
    orderBy: orderBy ?? null,
    collate: collate ?? null,
    first: new Hole(`${path}.first`, (variables) => firstOf(variables) + 1),
    offset: null,
    children: [],
    path,
  };
  const row: Template = fields.map((f, column) => ({
    kind: 'column',
    key: f.name,
    column,
    type: f.type,
    nonNull: false,
    field: `${source}.${name}.${f.name}`,
    count: false,
  }));
  const selected = [...collectFields(type, selectionSets(nodes), request)].map(([key, same]) => {
    const field = same[0]!.name.value;
    const inner = field === 'pageInfo' ? getNamedType(type.getFields()[field]!.type) : null;
    const innerFields = inner ? [...collectFields(inner as GraphQLObjectType, selectionSets(same), request)] : [];
    return { key, name: field, inner: innerFields.map(([k, s]) => ({ key: k, name: s[0]!.name.value })) };
  });
  const template: RecordsTemplate = { fields: selected, row, first: firstOf };
  return { query, template, limits: { pageSize: limits.pageSize + 1, maxPageSize: limits.maxPageSize + 1 } };
}

/** The JSON text of a page of records from the texts of its rows. */
export function writeRecords(template: RecordsTemplate, rows: readonly string[], first: number): string {
  const hasNextPage = rows.length > first;
  const nodes = rows.slice(0, first);
  const parts = template.fields.map(({ key, name, inner }) => {
    const text =
      name === 'nodes'
        ? `[${nodes.join(',')}]`
        : name === 'pageInfo'
          ? `{${inner.map((i) => `${JSON.stringify(i.key)}:${i.name === '__typename' ? '"RecordPageInfo"' : hasNextPage}`).join(',')}}`
          : '"RecordConnection"';
    return `${JSON.stringify(key)}:${text}`;
  });
  return `{${parts.join(',')}}`;
}

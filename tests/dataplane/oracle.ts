import { execute, type DocumentNode, type ExecutionResult, type GraphQLFieldResolver } from 'graphql';
import { evaluate, type Table } from '../../datasources/memory/evaluate.js';
import { elementOf, shownMembers } from '../../src/dataplane/nested.js';
import { planeOf } from '../../src/dataplane/plane.js';
import type { Entity, Relation } from '../../src/ir/entity.js';
import { jsonText } from '../../src/ir/print.js';
import type { GroupKeyRef, MeasureRef, QueryLevel } from '../../src/ir/query.js';
import type { DataType } from '../../src/ir/types.js';
import { measureType, type Select } from '../../src/ir/select.js';
import { bind } from '../../src/planner/bind.js';
import { groupKeysOf } from '../../src/planner/group-keys.js';
import { NO_POLICY, parsePath, stepOf, typeOfPath, type Scope } from '../../src/planner/scope.js';
import { Slots } from '../../src/planner/slots.js';
import { legalEnumName } from '../../src/sources/names.js';
import { LEAGUE, type League } from './league.js';

type Values = Readonly<Record<string, unknown>>;

/** Rows and where they stand: what measures below an aggregate are taken of. */
interface Aggregated {
  readonly entity: Entity;
  readonly where: unknown;
  readonly parent: { readonly relation: Relation; readonly row: Values } | null;
  /** One group of them, by the values of its keys. */
  readonly group?: { readonly keys: readonly GroupKeyRef[]; readonly values: readonly unknown[] };
}

const NOTHING: Omit<QueryLevel, 'from' | 'shape' | 'path'> = {
  where: null,
  orderBy: null,
  collate: null,
  first: null,
  offset: null,
  children: [],
};

/** The plain way: graphql-js with a resolver a field, each asking the memory engine by itself. */
export async function answerPlainly(league: League, document: DocumentNode, variables: Values): Promise<string> {
  const result = await executePlainly(league, document, variables);
  if (result.errors) throw new Error(result.errors.map((e) => e.message).join('; '));
  return JSON.stringify(result.data);
}

/** The same with the errors that graphql-js finds, at their paths. */
export async function executePlainly(
  league: League,
  document: DocumentNode,
  variables: Values,
): Promise<ExecutionResult> {
  const fieldResolver: GraphQLFieldResolver<unknown, unknown> = (parent, args: Values, _context, info) => {
    const plane = planeOf(info.parentType.getFields()[info.fieldName]!);
    switch (plane?.kind) {
      case 'source':
        return {};
      case 'list':
        return rows(league, plane.entity, args, null);
      case 'byKey':
        return (
          rows(
            league,
            plane.entity,
            { where: Object.fromEntries(Object.entries(args).map(([k, v]) => [k, { eq: v }])) },
            null,
          )[0] ?? null
        );
      case 'connection':
        return connection(league, plane.entity, args, null);
      case 'relationConnection':
        return connection(league, plane.relation.to, args, { relation: plane.relation, row: parent as Values });
      case 'groups':
        return groups(league, plane.entity, args, null);
      case 'relationGroups':
        return groups(league, plane.relation.to, args, { relation: plane.relation, row: parent as Values });
      case 'groupKeys':
        return Object.fromEntries(keysOf(parent as Aggregated, true));
      case 'groupKey': {
        const { keys } = (parent as Aggregated).group!;
        const values = keysOf(parent as Aggregated, false).map(([, value]) => value);
        const typed = keys.flatMap(({ path: { steps, field }, grouping }, i) =>
          steps.length === 0 && ['value', 'bucket'].includes(grouping.kind) ? [[field, values[i]] as const] : [],
        );
        return Object.fromEntries(typed);
      }
      case 'aggregate':
        return { entity: plane.entity, where: args['where'], parent: null } satisfies Aggregated;
      case 'column':
        return shown(plane.field.type, (parent as Values)[plane.field.name]);
      case 'member':
        return shown(plane.member.type, (parent as Values)[plane.member.name]);
      case 'relation': {
        const found = rows(league, plane.relation.to, args, { relation: plane.relation, row: parent as Values });
        if (!plane.relation.many && found.length > 1) throw new Error('more than one row');
        return plane.relation.many ? found : (found[0] ?? null);
      }
      case 'relationAggregate':
        return {
          entity: plane.relation.to,
          where: args['where'],
          parent: { relation: plane.relation, row: parent as Values },
        } satisfies Aggregated;
      case 'measure': {
        const fn = plane.fn === 'COUNT' && args['distinct'] === true ? 'COUNT_DISTINCT' : plane.fn;
        return measured(league, parent as Aggregated, {
          fn,
          field: (args['field'] as string | undefined) ?? null,
          where: args['where'],
          q: args['q'],
          approximate: false,
          collate: null,
        });
      }
      case 'measures':
        return { aggregated: parent, fn: plane.fn, args };
      case 'measured': {
        const {
          aggregated,
          fn,
          args: outer,
        } = parent as { aggregated: Aggregated; fn: MeasureRef['fn']; args: Values };
        return measured(league, aggregated, {
          fn,
          field: plane.path,
          where: outer['where'],
          q: null,
          approximate: false,
          collate: outer['collate'],
        });
      }
      default:
        return info.fieldName === 'motto' ? 'play "fair"' : (parent as Values | undefined)?.[info.fieldName];
    }
  };
  return execute({ schema: league.schema, document, variableValues: variables, fieldResolver });
}

function scopeOf(league: League): Scope {
  const entities = { resolve: (ref: { entity: string }) => league.model.entities.get(ref.entity) ?? null };
  return {
    entities,
    caller: { id: 'x', permissions: 'x' },
    policyOf: NO_POLICY,
    limits: { pageSize: 50, maxPageSize: 100 },
    slots: new Slots(),
    cursors: null,
  };
}

function tables(entity: Entity): Table {
  const columns = [...entity.fields.keys()];
  const found = LEAGUE.rows[`main.${entity.entity}`] ?? [];
  return { columns, rows: found.map((row) => columns.map((c) => row[c] ?? null)) };
}

function select(
  league: League,
  query: QueryLevel,
  parent: Aggregated['parent'],
): { select: Select; args: unknown[] } | null {
  const scope = scopeOf(league);
  const bound = bind(query, scope);
  if (!parent) return { select: bound.select, args: [] };
  const key = parent.relation.on.map((pair) => parent.row[pair.from.name]);
  if (key.includes(null)) return null;
  return {
    select: { ...bound.select, within: { step: stepOf(scope, parent.relation), parents: { kind: 'keys', slot: 0 } } },
    args: [[key]],
  };
}

function rows(league: League, entity: Entity, args: Values, parent: Aggregated['parent']): Values[] {
  const names = [...entity.fields.keys()];
  const output = names.map((field) => ({ steps: [], field, nested: [] }));
  const query: QueryLevel = {
    ...NOTHING,
    ...args,
    from: { kind: 'entity', ref: { source: 'league', entity: entity.entity } },
    shape: { kind: 'rows', output },
    path: 'x',
  };
  const asked = select(league, query, parent);
  if (!asked) return [];
  const lead = parent ? parent.relation.on.length : 0;
  return evaluate(asked.select, tables, asked.args).map((row) =>
    Object.fromEntries(names.map((name, i) => [name, row[lead + i]])),
  );
}

/** All rows in their order, cut by hand. */
function connection(league: League, entity: Entity, args: Values, parent: Aggregated['parent']): unknown {
  const { first = null, last = null, ...chosen } = args as { first?: number | null; last?: number | null };
  const all = rows(league, entity, { ...chosen, first: 100 }, parent);
  const size = last ?? first ?? 50;
  const nodes = last === null ? all.slice(0, size) : all.slice(-size);
  return {
    nodes,
    edges: nodes.map((node) => ({ node, link: parent && linkOf(parent, node) })),
    totalCount: all.length,
    pageInfo: { hasNextPage: last === null && all.length > size, hasPreviousPage: last !== null && all.length > size },
  };
}

/** The row of a junction between two rows: no two are of the same. */
function linkOf({ relation: { on, through }, row }: NonNullable<Aggregated['parent']>, node: Values): Values | null {
  const rowsBetween = through ? LEAGUE.rows[`main.${through.entity.entity}`]! : [];
  const found = rowsBetween.filter(
    (each) =>
      on.every(({ from, to }) => each[to.name] === row[from.name]) &&
      through!.on.every(({ from, to }) => each[from.name] === node[to.name]),
  );
  if (through && found.length !== 1) throw new Error(`${found.length} links between two rows`);
  return found[0] ?? null;
}

function groups(league: League, entity: Entity, args: Values, parent: Aggregated['parent']): Aggregated[] {
  const keys = groupKeysOf(entity, args['by'], 'by');
  const { where, having, ...page } = args;
  const found = grouped(league, entity, where, parent, { kind: 'groups', keys, measures: [], having }, page);
  return found.map((values) => ({ entity, where, parent, group: { keys, values } }));
}

/** Names and values as JSON has them; graphql-js itself makes labels legal where it knows of the enum. */
function keysOf({ group }: Aggregated, labelled: boolean): [string, unknown][] {
  return group!.keys.map(({ name, type }, i) => {
    const value = json(type, group!.values[i]);
    return [name, labelled && type.kind === 'enum' && typeof value === 'string' ? legalEnumName(value) : value];
  });
}

function grouped(
  league: League,
  entity: Entity,
  where: unknown,
  parent: Aggregated['parent'],
  shape: QueryLevel['shape'],
  page: Values,
): unknown[][] {
  const from: QueryLevel['from'] = { kind: 'entity', ref: { source: 'league', entity: entity.entity } };
  const asked = select(league, { ...NOTHING, ...page, where, from, shape, path: 'x' }, parent);
  if (!asked) return [];
  const lead = parent ? parent.relation.on.length : 0;
  return evaluate(asked.select, tables, asked.args).map((row) => row.slice(lead));
}

/** A measure of one group: that of the group with the same keys, asked for alone. */
function measuredOfGroup(league: League, { entity, where, parent, group }: Aggregated, ref: MeasureRef): unknown {
  const { keys, values } = group!;
  const shape: QueryLevel['shape'] = { kind: 'groups', keys, measures: [ref], having: null };
  const text = (key: readonly unknown[]): string => key.map((v) => String(v)).join('|');
  const found = grouped(league, entity, where, parent, shape, {}).find(
    (row) => text(row.slice(0, keys.length)) === text(values),
  );
  const path = ref.field === null ? null : parsePath(entity, ref.field, 'field');
  const type = measureType(ref.fn, path && typeOfPath(entity, path));
  const value = found!.at(-1);
  return ref.fn === 'COUNT' || ref.fn === 'COUNT_DISTINCT' ? Number(value) : json(type, value);
}

function measured(league: League, aggregated: Aggregated, ref: MeasureRef): unknown {
  if (aggregated.group) return measuredOfGroup(league, aggregated, ref);
  const { entity, where, parent } = aggregated;
  const query: QueryLevel = {
    ...NOTHING,
    where,
    from: { kind: 'entity', ref: { source: 'league', entity: entity.entity } },
    shape: { kind: 'aggregate', measures: [ref] },
    path: 'x',
  };
  const asked = select(league, query, parent);
  const count = ref.fn === 'COUNT' || ref.fn === 'COUNT_DISTINCT';
  if (!asked) return count ? 0 : null;
  const [row] = evaluate(asked.select, tables, asked.args);
  const value = row?.at(-1) ?? null;
  return count ? Number(value) : json(asked.select.output[0]!.type, value);
}

/** Objects go on to the resolvers of their members. */
function shown(type: DataType, value: unknown): unknown {
  return shownMembers(elementOf(type)) ? value : json(type, value);
}

function json(type: Parameters<typeof jsonText>[0], value: unknown): unknown {
  if (value === null || value === undefined) return null;
  // An enum's resolver gives the label; graphql-js writes its name.
  return type.kind === 'enum' ? value : (JSON.parse(jsonText(type)(value)) as unknown);
}

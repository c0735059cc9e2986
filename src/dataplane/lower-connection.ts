import { getNamedType, type FieldNode, type GraphQLObjectType } from 'graphql';
import type { Relation } from '../ir/entity.js';
import { Hole, type Input, type Paging, type QueryLevel } from '../ir/query.js';
import { apartIn } from '../planner/bind-links.js';
import { isGiven } from '../planner/bind-page.js';
import { collectFields, type Request } from './collect.js';
import { selectionSets, unasked, whereOf, type Arguments, type From, type Into, type Selected } from './selected.js';
import type { ConnectionPart, ConnectionTemplate, EdgePart, PageInfoPart, RowEntry, Template } from './template.js';

/** How the node of an edge is written: the fields that were selected of it, or the whole row as JSON. */
export type LowerNode = (nodes: readonly FieldNode[], type: GraphQLObjectType, path: string, into: Into) => Template;

/** Of a connection over a relation through an entity: how the row of that is written which leads to a node. */
export interface Links {
  readonly relation: Relation;
  readonly lower: LowerNode;
}

/** A connection as levels, which are added to `levels`: its page, and what else its fields ask for. */
export function lowerConnection(
  from: From,
  selected: Selected,
  levels: QueryLevel[],
  lowerNode: LowerNode,
  links: Links | null = null,
): ConnectionTemplate {
  const { type, nodes, args, path, request } = selected;
  const asked = namesIn(type, nodes, request);
  const wants = (name: string): boolean => asked.has(name);
  const cursors = ['cursor', 'startCursor', 'endCursor'].some(wants);
  const into: Into = { output: [], children: [] };
  const linked = links && isOfLinks(links.relation, args, wants('link'), cursors) ? links : null;
  const node = linked ? nodesBehind(into, lowerNode, args, path) : nodesOf(into, lowerNode);
  const link = linked && nodesOf(into, linked.lower);
  const parts = [...collectFields(type, selectionSets(nodes), request)].map(([key, same]) =>
    partOf(key, same, type, `${path}.${key}`, request, { node, link }),
  );
  const paging = pagingOf(args);
  const base = {
    ...unasked(linked ? { kind: 'links', name: linked.relation.name } : from, path),
    where: whereOf(args),
    orderBy: args['orderBy'],
    collate: args['collate'],
    paging,
  };
  const add = (level: QueryLevel): number => levels.push(level) - 1;
  return {
    typename: type.name,
    parts,
    levels: {
      page: add({ ...base, shape: { kind: 'page', output: into.output, cursors }, children: into.children }),
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

/** What is asked of a connection, its edges and its page, by name. */
function namesIn(type: GraphQLObjectType, nodes: readonly FieldNode[], request: Request): ReadonlySet<string> {
  const names = new Set<string>();
  for (const same of collectFields(type, selectionSets(nodes), request).values()) {
    const name = same[0]!.name.value;
    names.add(name);
    if (name !== 'edges' && name !== 'pageInfo') continue;
    const inner = getNamedType(type.getFields()[name]!.type) as GraphQLObjectType;
    for (const [each] of collectFields(inner, selectionSets(same), request).values()) names.add(each!.name.value);
  }
  return names;
}

/**
 * Whether a page is cut of the links and not of the rows behind them: where it shows them, and where only they tell the
 * places apart of a row that several lead to. Not in the order of a search, which is one of rows.
 */
function isOfLinks(relation: Relation, args: Arguments, shown: boolean, cursors: boolean): boolean {
  if (shown) return true;
  const placed = cursors || isGiven(args['after']) || isGiven(args['before']);
  return placed && apartIn(relation).length > 0 && !isSearched(args);
}

/** Whether rows come with how well a search finds them. */
function isSearched(args: Arguments): boolean {
  const holds = (where: Input): boolean =>
    isObject(where) &&
    Object.entries(where).some(
      ([name, inner]) =>
        name === '_search' ||
        name === '_nearest' ||
        (name === '_and' && listOf(inner).some(holds)) ||
        (isObject(inner) && isGiven(inner['matches'])),
    );
  const scored = (term: Input): boolean => isObject(term) && '_score' in term;
  return holds(whereOf(args)) || listOf(args['orderBy']).some(scored);
}

function isObject(input: Input): input is Readonly<Record<string, Input>> {
  return typeof input === 'object' && input !== null && !Array.isArray(input) && !(input instanceof Hole);
}

function listOf(input: Input): readonly Input[] {
  return Array.isArray(input) ? (input as readonly Input[]) : [input];
}

type LowerRow = (nodes: readonly FieldNode[], type: GraphQLObjectType, key: string, path: string) => RowEntry;

/** The page's own rows. */
function nodesOf(into: Into, lowerNode: LowerNode): LowerRow {
  return (nodes, type, key, path) => ({ kind: 'object', key, entries: lowerNode(nodes, type, path, into) });
}

/** The rows that those of the page lead to: one level below, whatever of them is asked for and how often. */
function nodesBehind(into: Into, lowerNode: LowerNode, args: Arguments, path: string): LowerRow {
  const far: Into = { output: [], children: [] };
  const query: QueryLevel = {
    ...unasked({ kind: 'linked' }, `${path}.node`),
    shape: { kind: 'row', output: far.output, key: null },
    // Of what a search finds, nodes tell how well.
    where: isSearched(args) ? whereOf(args) : null,
    children: far.children,
  };
  return (nodes, type, key, at) => {
    if (!into.children.includes(query)) into.children.push(query);
    const entries = lowerNode(nodes, type, at, far);
    return { kind: 'child', key, child: into.children.indexOf(query), many: false, entries };
  };
}

const COUNT: QueryLevel['shape'] = {
  kind: 'aggregate',
  measures: [{ fn: 'COUNT', field: null, where: null, q: null, approximate: false, collate: null }],
};

function pagingOf(args: Arguments): Paging {
  return { first: args['first'], after: args['after'], last: args['last'], before: args['before'] };
}

/** How the rows are written that edges show; no link where none is asked for. */
interface Rows {
  readonly node: LowerRow;
  readonly link: LowerRow | null;
}

function partOf(
  key: string,
  nodes: readonly FieldNode[],
  type: GraphQLObjectType,
  path: string,
  request: Request,
  rows: Rows,
): ConnectionPart {
  const name = nodes[0]!.name.value;
  if (name === '__typename') return { kind: 'typename', key, name: type.name };
  const inner = getNamedType(type.getFields()[name]!.type) as GraphQLObjectType;
  const fields = (): [string, FieldNode[]][] => [...collectFields(inner, selectionSets(nodes), request)];
  switch (name) {
    case 'totalCount':
      return { kind: name, key };
    case 'nodes':
      return { kind: name, key, row: rows.node(nodes, inner, key, path) };
    case 'edges':
      return { kind: name, key, parts: fields().map(([k, same]) => edgePart(k, same, inner, `${path}.${k}`, rows)) };
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
  { node, link }: Rows,
): EdgePart {
  const name = nodes[0]!.name.value;
  if (name === '__typename') return { kind: 'typename', key, name: type.name };
  if (name === 'cursor') return { kind: 'cursor', key };
  const lower = name === 'link' ? link! : node;
  const inner = getNamedType(type.getFields()[name]!.type) as GraphQLObjectType;
  return { kind: 'row', key, row: lower(nodes, inner, key, path) };
}

function pageInfoPart(key: string, name: string, typename: string): PageInfoPart {
  if (name === '__typename') return { kind: 'typename', key, name: typename };
  return { kind: name as Exclude<PageInfoPart['kind'], 'typename'>, key };
}

import type { JoinPair, Relation } from '../../src/ir/entity.js';
import type { Step } from '../../src/ir/operand.js';
import { isNumeric, type DataType } from '../../src/ir/types.js';
import { cypher, name, type Fragment } from './cypher.js';
import { keyOf } from './compare.js';
import { edgeOf, fieldOf, nativeOf, type NativeEdge } from './native.js';
import { readField } from './operand.js';
import { newScope, patternOf, policyOf, whereOf, type Scope, type Variables } from './scope.js';

/** The nearer side of a step: its values by pair, as keys, and the node itself where it is bound. */
export interface Near {
  readonly key: (pair: JoinPair, index: number) => Fragment;
  readonly node: Fragment | null;
  readonly variables: Variables;
}

/** The rows that a step reaches: patterns to match, and what must hold of them. */
export interface Reached {
  readonly scope: Scope;
  readonly patterns: readonly Fragment[];
  readonly where: readonly (Fragment | null)[];
}

export function rowOf(scope: Scope): Near {
  return {
    key: ({ from }) => keyOf(from.type, readField(from, scope)),
    node: scope.variable,
    variables: scope.variables,
  };
}

export function matchOf({ patterns, where }: Reached, more: Fragment | null = null): Fragment {
  // Patterns of one MATCH never share a relationship; those of several may.
  const matches = patterns.map((pattern, i) => (i === 0 ? cypher`MATCH ${pattern}` : cypher` MATCH ${pattern}`));
  return { kind: 'list', of: [...matches, whereOf([...where, more])] };
}

/** The rows that a step reaches from a nearer row. */
export function reachFrom(step: Step, from: Scope): Reached {
  return reach(step, rowOf(from));
}

export function reach(step: Step, near: Near): Reached {
  const { relation } = step;
  const scope = newScope(relation.to, near.variables);
  const policy = policyOf(step.to, scope);
  if (!relation.through) {
    const end = endOfEdge(relation);
    if (end && near.node) {
      const [node, edge] = [patternOf(scope), cypher`[${near.node}]`];
      const pattern = end === 'from' ? cypher`${node}-${edge}->()` : cypher`()-${edge}->${node}`;
      return { scope, patterns: [pattern], where: [policy] };
    }
    const ends = endsAt(relation);
    if (ends) {
      const { start, where } = startOf(relation, near);
      const pattern = directed(start, ends.edge, scope.variable, ends.role, cypher`(:${name(ends.far)})`);
      return { scope, patterns: [pattern], where: [where, policy] };
    }
    return { scope, patterns: [patternOf(scope)], where: [...pairsEqual(relation.on, near, scope), policy] };
  }
  const junction = newScope(relation.through.entity, near.variables);
  const junctionPolicy = policyOf(step.through!, junction);
  const along = alongEdge(relation);
  if (along) {
    const { start, where } = startOf(relation, near);
    const pattern = directed(start, along.edge, junction.variable, along.role, patternOf(scope));
    return { scope, patterns: [pattern], where: [where, junctionPolicy, policy] };
  }
  const onward = pairsEqual(relation.through.on, rowOf(junction), scope);
  const pairs = pairsEqual(relation.on, near, junction);
  return {
    scope,
    patterns: [patternOf(junction), patternOf(scope)],
    where: [...pairs, junctionPolicy, ...onward, policy],
  };
}

/** Which end of a relationship the nearer node is. */
type Role = 'from' | 'to';

function directed(near: Fragment, edge: NativeEdge, variable: Fragment, role: Role, far: Fragment): Fragment {
  const link = cypher`[${variable}:${name(edge.type)}]`;
  return role === 'from' ? cypher`${near}-${link}->${far}` : cypher`${near}<-${link}-${far}`;
}

/** The relation goes from a node to the relationships that start or end at it. */
function endsAt({ from, to, on }: Relation): { edge: NativeEdge; role: Role; far: string } | null {
  const edge = edgeOf(to);
  const role = edge && endOf(from, edge, on);
  return edge && role ? { edge, role, far: role === 'from' ? edge.end : edge.start } : null;
}

/** The relation goes from a relationship to one of its ends: which. */
function endOfEdge({ from, to, on }: Relation): Role | null {
  const [pair, more] = on;
  if (!pair || more || !edgeOf(from) || edgeOf(to) || fieldOf(pair.to).kind !== 'id') return null;
  const { kind } = fieldOf(pair.from);
  return kind === 'from' || kind === 'to' ? kind : null;
}

/** The relation goes from a node along a relationship to the node at its other end. */
export function alongEdge({ from, to, on, through }: Relation): { edge: NativeEdge; role: Role } | null {
  const edge = edgeOf(through!.entity);
  const role = edge && endOf(from, edge, on);
  const back =
    edge &&
    endOf(
      to,
      edge,
      through!.on.map((pair) => ({ from: pair.to, to: pair.from })),
    );
  return edge && role && back && role !== back ? { edge, role } : null;
}

/** Which end of an edge the ids of a node are paired with: null where it is no such pair. */
function endOf(node: Relation['from'], edge: NativeEdge, on: readonly JoinPair[]): Role | null {
  const [pair, more] = on;
  if (!pair || more || fieldOf(pair.from).kind !== 'id') return null;
  const end = fieldOf(pair.to).kind;
  const native = nativeOf(node);
  if (native.kind !== 'node' || (end !== 'from' && end !== 'to')) return null;
  return native.label === (end === 'from' ? edge.start : edge.end) ? end : null;
}

/** The nearer node of a pattern: the bound one, or the one that has the id. */
function startOf({ from, on }: Relation, near: Near): { start: Fragment; where: Fragment | null } {
  if (near.node) return { start: cypher`(${near.node})`, where: null };
  const scope = newScope(from, near.variables);
  return {
    start: patternOf(scope),
    where: cypher`elementId(${scope.variable}) = ${near.key(on[0]!, 0)}`,
  };
}

function pairsEqual(on: readonly JoinPair[], near: Near, far: Scope): Fragment[] {
  return on.map((pair, i) => pairEqual(pair, near.key(pair, i), keyOf(pair.to.type, readField(pair.to, far))));
}

function pairEqual({ from, to }: JoinPair, near: Fragment, far: Fragment): Fragment {
  const alike = from.type.kind === to.type.kind || (isNumeric(from.type) && isNumeric(to.type));
  if (alike || (isText(from.type) && isText(to.type))) return cypher`${far} = ${near}`;
  return cypher`toString(${far}) = toString(${near})`;
}

function isText({ kind }: DataType): boolean {
  return kind === 'text' || kind === 'id' || kind === 'uuid' || kind === 'enum' || kind === 'opaque';
}

import type { Entity, Field } from '../../src/ir/entity.js';
import { fieldOf as fieldNamed } from '../../src/ir/entity.js';
import { ownField, type Operand, type Place, type Step, type Walk } from '../../src/ir/operand.js';
import { conjuncts, isTrue, type Predicate } from '../../src/ir/predicate.js';
import type { Select } from '../../src/ir/select.js';
import { TEXT } from '../../src/ir/types.js';
import { literal } from '../../src/ir/value.js';
import { COMMA, cypher, join, keyword, name, type Fragment } from './cypher.js';
import { followed, type Followed } from './follow.js';
import { isUniqueIn, nativeOf } from './native.js';
import { cannot, readField } from './operand.js';
import { scalar } from './parameter.js';
import { predicate } from './predicate.js';
import { matchOf, reachFrom } from './relation.js';
import { newScope, patternOf, policyOf, whereOf, type Scope } from './scope.js';

/**
 * Breadth first, a level of clauses for each hop: of each row that is new, one way to it, as a list of nodes. `first` is
 * how the first clause begins; the ways to all that is reached are then in `ways`.
 */
function levels(walk: Walk, start: Scope, first: Fragment): { readonly clauses: Fragment; readonly ways: Fragment } {
  const { variables } = start;
  let [edge, seen] = [variables.next('w'), variables.next('s')];
  const clauses = [cypher`${first} [[${start.variable}]] AS ${edge}, [${start.variable}] AS ${seen}`];
  const found: Fragment[] = [];
  for (let hop = 1; hop <= walk.depth; hop += 1) {
    const [next, all] = [variables.next('w'), variables.next('s')];
    clauses.push(
      cypher` CALL (${edge}, ${seen}) { ${onward(walk, edge, seen, start)} AS ${next} }`,
      cypher` WITH *, ${seen} + [x IN ${next} | x[-1]] AS ${all}`,
    );
    found.push(next);
    [edge, seen] = [next, all];
  }
  return { clauses: { kind: 'list', of: clauses }, ways: join(found, cypher` + `) };
}

/** The ways that are longer by one hop and end where none has been yet: one for each such node. */
function onward({ hops }: Walk, edge: Fragment, seen: Fragment, { variables }: Scope): Fragment {
  const [way, near, far] = [variables.next('w'), variables.next('n'), variables.next('n')];
  const branches = hops.map((hop) => {
    const from: Scope = { entity: hop.relation.from, variable: near, variables };
    const reached = reachFrom(hop, from);
    const patterns = [nodePattern(from), ...reached.patterns];
    return cypher`${matchOf({ ...reached, patterns })} RETURN ${reached.scope.variable} AS ${far}`;
  });
  return cypher`UNWIND ${edge} AS ${way} WITH ${way}, ${way}[-1] AS ${near} CALL (${near}) { ${join(branches, cypher` UNION `)} } \
WITH ${far}, head(collect(${way})) AS ${way} WHERE NOT ${far} IN ${seen} RETURN collect(${way} + [${far}])`;
}

function nodePattern(scope: Scope): Fragment {
  if (nativeOf(scope.entity).kind === 'node') return patternOf(scope);
  throw cannot('walk from relationships as rows', 'walk over relations between nodes');
}

/** The rows of a select that a walk reaches from the node of a scope, as clauses behind others. */
export function walkedTo(walk: Walk, start: Scope, select: Select): Walked {
  const follow = followed(walk, start);
  if (follow && isOneRow(select)) return ledTo(follow, walk, start, select);
  // Ways that all are asked for are found together; those of a page one by one.
  if (follow && (select.limit !== null || !showsWays(select))) return spreadTo(follow, walk, start, select);
  const scope = endScope(walk, start, select.from);
  const way = start.variables.next('w');
  const { clauses, ways } = levels(walk, start, cypher` WITH *,`);
  const kept = keptOf(select, scope);
  return {
    scope: { ...scope, way, distance: cypher`(size(${way}) - 1)` },
    clauses: cypher`${clauses} UNWIND ${ways} AS ${way} WITH *, ${way}[-1] AS ${scope.variable}${whereOf(kept)}`,
  };
}

interface Walked {
  readonly scope: Scope;
  readonly clauses: Fragment;
}

/** All that is reached, each node once: the store keeps those that it has met. A way is looked for where it is shown. */
function spreadTo({ link, holds }: Followed, walk: Walk, start: Scope, select: Select): Walked {
  const { variables } = start;
  const scope = endScope(walk, start, select.from);
  const [path, distance, shortest] = [variables.next('p'), variables.next('d'), variables.next('p')];
  const [near, far] = [start.variable, scope.variable];
  const way = cypher`COLLECT { MATCH ${shortest} = shortestPath((${near})${link}(${far})) WHERE ${holds(shortest)} RETURN nodes(${shortest}) LIMIT 1 }[0]`;
  return {
    scope: { ...scope, distance, way },
    clauses: cypher` CALL (${near}) { MATCH ${path} = (${near})${link}(${far}) WHERE ${holds(path)} RETURN ${far}, min(length(${path})) AS ${distance} } \
WITH *${whereOf([cypher`${far} <> ${near}`, ...keptOf(select, scope)])}`,
  };
}

/** A way to the row that a key names: looked for from both ends. */
function ledTo({ link, holds }: Followed, walk: Walk, start: Scope, select: Select): Walked {
  const scope = endScope(walk, start, select.from);
  const path = start.variables.next('p');
  const [near, far] = [start.variable, scope.variable];
  return {
    scope: { ...scope, distance: cypher`length(${path})`, way: cypher`nodes(${path})` },
    clauses: cypher` MATCH (${far})${whereOf([cypher`${far} <> ${near}`, ...keptOf(select, scope)])} \
WITH * MATCH ${path} = shortestPath((${near})${link}(${far})) WHERE ${holds(path)}`,
  };
}

function isOneRow({ from, where }: Select): boolean {
  const equal = conjuncts(where).flatMap((p) => (p.kind === 'compare' && p.op === 'eq' ? ownFieldOf(p.operand) : []));
  return equal.length > 0 && isUniqueIn(from.entity, equal);
}

function ownFieldOf(operand: Operand): readonly Field[] {
  const field = ownField(operand);
  return field ? [field] : [];
}

function showsWays({ output }: Select): boolean {
  return output.some(({ leaf }) => leaf.kind === 'path');
}

function keptOf({ from, where }: Pick<Select, 'from' | 'where'>, scope: Scope): readonly (Fragment | null)[] {
  return [labelOf(scope), policyOf(from, scope), isTrue(where) ? null : predicate(where, scope)];
}

function endScope({ hops }: Walk, start: Scope, end: Place): Scope {
  const entities = [...new Set(hops.flatMap(({ relation }) => [relation.from, relation.to]))];
  return { ...newScope(end.entity, start.variables), entities };
}

function labelOf(scope: Scope): Fragment {
  const native = nativeOf(scope.entity);
  if (native.kind !== 'node') throw cannot('walk to relationships as rows', 'walk to nodes');
  return cypher`${scope.variable}:${name(native.label)}`;
}

/** Whether a walk from the node of a scope reaches a row of a place for which a predicate holds. */
export function reaches(walk: Walk, start: Scope, end: Place, where: Predicate): Fragment {
  const scope = endScope(walk, start, end);
  const kept = whereOf(keptOf({ from: end, where }, scope));
  const follow = followed(walk, start);
  if (!follow) {
    const { clauses, ways } = levels(walk, start, cypher`WITH`);
    const way = start.variables.next('w');
    return cypher`EXISTS { ${clauses} UNWIND ${ways} AS ${way} WITH ${way}[-1] AS ${scope.variable}${kept} RETURN 1 }`;
  }
  const path = start.variables.next('p');
  const [near, far] = [start.variable, scope.variable];
  return cypher`EXISTS { MATCH ${path} = (${near})${follow.link}(${far}) WHERE ${follow.holds(path)} WITH DISTINCT ${near}, ${far} WHERE ${far} <> ${near} WITH ${far}${kept} RETURN 1 }`;
}

/** How many ways of one hop lead away from the node of a scope. */
export function degree(hops: readonly Step[], scope: Scope): Fragment {
  const counts = hops
    .filter(({ relation }) => relation.from === scope.entity)
    .map((hop) => cypher`COUNT { ${matchOf(reachFrom(hop, scope))} }`);
  return counts.length === 0 ? cypher`0` : cypher`(${join(counts, cypher` + `)})`;
}

export function distanceOf({ distance }: Scope): Fragment {
  return distance ?? noWay();
}

function noWay(): never {
  throw cannot('tell of ways here', 'ask for it where a walk is followed');
}

/** The nodes of a way as maps of their entity and the texts of their key. */
export function pathOf(scope: Scope): Fragment {
  const way = scope.way ?? noWay();
  const node = keyword('x');
  const points = (scope.entities ?? []).map((entity) => {
    const native = nativeOf(entity);
    const label = native.kind === 'node' ? native.label : '';
    return cypher`WHEN ${node}:${name(label)} THEN {entity: ${scalar(literal(TEXT, entity.entity))}, key: [${keyTexts(entity, node)}]}`;
  });
  return cypher`[x IN ${way} | CASE ${join(points, cypher` `)} END]`;
}

function keyTexts(entity: Entity, variable: Fragment): Fragment {
  const fields = (entity.key ?? []).map((each) => fieldNamed(entity, each));
  return join(
    fields.map((field) => cypher`toString(${readField(field, { variable })})`),
    COMMA,
  );
}

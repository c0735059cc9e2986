import type { Operand } from '../../src/ir/operand.js';
import { ownField } from '../../src/ir/operand.js';
import { and, conjuncts, isTrue, type Predicate } from '../../src/ir/predicate.js';
import type { Select } from '../../src/ir/select.js';
import { FLOAT64, TEXT } from '../../src/ir/types.js';
import { literal } from '../../src/ir/value.js';
import { cypher, keyword, parameter, type Fragment } from './cypher.js';
import { luceneOf } from './lucene.js';
import { fieldOf, type Similarity } from './native.js';
import { cannot, readField } from './operand.js';
import { scalar } from './parameter.js';
import { newScope, patternOf, policyOf, whereOf, type Scope } from './scope.js';
import { predicate } from './predicate.js';

/** Text matches and nearest vectors: what an index of the store finds, with a score. */
export type Search = Extract<Predicate, { kind: 'match' | 'nearest' }>;

/** The search that a select's rows come from: a conjunct of its own, and the others. */
export function searchOf(where: Predicate): { readonly search: Search; readonly rest: Predicate } | null {
  const all = conjuncts(where);
  const search = all.find((p): p is Search => (p.kind === 'match' || p.kind === 'nearest') && !p.negated);
  return search ? { search, rest: and(...all.filter((p) => p !== search)) } : null;
}

/** Whether an index of the store serves it. */
export function canSearch(p: Search): boolean {
  return p.kind === 'match' ? indexOf(p.operands) !== null : vectorOf(p.operand) !== null;
}

/** The full-text index that has all of these fields. */
function indexOf(operands: readonly Operand[]): string | null {
  const indexes = operands.map((operand) => {
    const field = ownField(operand);
    const native = field && fieldOf(field);
    return native?.kind === 'property' ? (native.fulltext ?? []) : [];
  });
  return indexes[0]?.find((index) => indexes.every((each) => each.includes(index))) ?? null;
}

interface VectorIndex {
  readonly index: string;
  readonly similarity: Similarity;
}

function vectorOf(operand: Operand): VectorIndex | null {
  const field = ownField(operand);
  const native = field && fieldOf(field);
  return native?.kind === 'property' ? (native.vector ?? null) : null;
}

/** Clauses that leave what is found in two variables: the nodes, and how well they match. */
function found(p: Search, node: Fragment, score: Fragment, scope: Scope): Fragment {
  if (p.kind === 'match') {
    const index = indexOf(p.operands);
    if (index === null) throw cannot('match text in these fields at once', 'ask of fields of one full-text index');
    const properties = p.operands.map((operand) => {
      const native = fieldOf(ownField(operand)!);
      return native.kind === 'property' ? native.property : '';
    });
    const query = parameter(p.text, 'STRING', (text) => luceneOf(text as string, properties, p));
    return cypher`CALL db.index.fulltext.queryNodes(${scalar(literal(TEXT, index))}, ${query}) YIELD node AS ${node}, score AS ${score}`;
  }
  const known = vectorOf(p.operand);
  if (!known) throw cannot('find the nearest by this field', 'ask of a field with a vector index');
  const [k, vector] = [scalar(p.k), parameter(p.vector, 'LIST<FLOAT>', (value) => value)];
  if (isTrue(p.among.policy)) {
    return cypher`CALL db.index.vector.queryNodes(${scalar(literal(TEXT, known.index))}, ${k}, ${vector}) YIELD node AS ${node}, score AS ${score}`;
  }
  // The index knows no conditions: of what they leave, all are compared.
  const among: Scope = { ...newScope(p.among.entity, scope.variables), variable: node };
  const similarity = cypher`vector.similarity.${keyword(known.similarity)}(${readField(ownField(p.operand)!, among)}, ${vector})`;
  return cypher`MATCH ${patternOf(among)}${whereOf([policyOf(p.among, among)])} WITH ${node}, ${similarity} AS ${score} WHERE ${score} IS NOT NULL WITH ${node}, ${score} ORDER BY ${score} DESC LIMIT ${k}`;
}

/** The rows of a place that a search finds, as a base of a level, with their score. */
export function searched(
  { from, where }: Pick<Select, 'from' | 'where'>,
  scope: Scope,
): { readonly scope: Scope; readonly base: Fragment } | null {
  const own = searchOf(where);
  if (!own) return null;
  const score = scope.variables.next('z');
  const scored: Scope = { ...scope, score };
  const rest = isTrue(own.rest) ? null : predicate(own.rest, scored);
  const kept = whereOf([policyOf(from, scored), rest]);
  const hits = found(own.search, scope.variable, score, scope);
  return { scope: scored, base: cypher`${hits} MATCH ${patternOf(scope)}${kept}` };
}

/** The score of rows that are matched already; those that the search does not find go. */
export function scoredOf(where: Predicate, scope: Scope): { readonly scope: Scope; readonly clause: Fragment } | null {
  const own = searchOf(where);
  if (!own) return null;
  const [node, score] = [scope.variables.next('n'), scope.variables.next('z')];
  const hits = found(own.search, node, score, scope);
  const clause = cypher` CALL (${scope.variable}) { ${hits} WITH ${node}, ${score} WHERE ${node} = ${scope.variable} RETURN ${score} }`;
  return { scope: { ...scope, score }, clause };
}

/** A search as a condition anywhere. */
export function isFound(p: Search, scope: Scope): Fragment {
  const [node, score] = [scope.variables.next('n'), scope.variables.next('z')];
  const hits = found(p, node, score, scope);
  return cypher`EXISTS { ${hits} WITH ${node} WHERE ${node} = ${scope.variable} RETURN 1 }`;
}

/** A place on the Earth within so many metres of another. */
export function isNear(p: Extract<Predicate, { kind: 'geo' }>, value: Fragment): Fragment {
  if (p.test !== 'near' || p.metres === null || p.operand.type.kind !== 'geopoint') {
    throw cannot('tell what lies within a polygon', 'ask for what is near a point');
  }
  const centre = parameter(p.value, 'MAP', (point) => {
    const { lon, lat } = point as { readonly lon: number; readonly lat: number };
    return { longitude: lon, latitude: lat };
  });
  return cypher`point.distance(${value}, point(${centre})) <= ${scalar(p.metres, FLOAT64)}`;
}

import { isTrue } from '../../src/ir/predicate.js';
import { columnTypes, type Select } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import { ofKey } from './compare.js';
import { COMMA, compile as write, cypher, join, keyword, NOTHING, type Fragment, type Parameter } from './cypher.js';
import { groupKey } from './group.js';
import { measured } from './measure.js';
import { expression } from './operand.js';
import { pageOf, termValue } from './order.js';
import { predicate } from './predicate.js';
import { matchOf } from './relation.js';
import { searched } from './search.js';
import { newScope, patternOf, policyOf, Variables, whereOf, type Scope } from './scope.js';
import { withinOf } from './within.js';

/** A select as Neo4j is sent it. */
export interface Neo4jQuery {
  readonly text: string;
  readonly parameters: readonly Parameter[];
  readonly columns: readonly DataType[];
}

export function compile(select: Select): Neo4jQuery {
  const { text, parameters } = write(statementOf(select, new Variables()));
  return { text, parameters, columns: columnTypes(select) };
}

function statementOf(select: Select, variables: Variables): Fragment {
  if (select.within) return withinOf(select, select.within, variables);
  const scope = newScope(select.from.entity, variables);
  const hits = searched(select, scope);
  return hits ? levelOf(select, hits.scope, hits.base, []) : levelOf(select, scope, baseOf(select, scope), []);
}

/** The rows of an entity that its policy and the select's conditions leave. */
export function baseOf(select: Select, scope: Scope): Fragment {
  return matchOf(
    { scope, patterns: [patternOf(scope)], where: [policyOf(select.from, scope)] },
    whereOfSelect(select, scope),
  );
}

export function whereOfSelect(select: Select, scope: Scope): Fragment | null {
  return isTrue(select.where) ? null : predicate(select.where, scope);
}

/** Clauses that end in the columns of the select: `leading` ones stand before its own. */
export function levelOf(select: Select, scope: Scope, base: Fragment, leading: readonly Fragment[]): Fragment {
  if (select.groups) return groupsOf(select, scope, base, leading);
  const page = pageOf(select, scope, (term) => termValue(term, scope));
  return cypher`${base}${page} RETURN ${columns([...leading, ...select.output.map((o) => expression(o, scope))])}`;
}

/** Columns are called x0, x1 …: in the order of the answer, whatever they are made of. */
function columns(values: readonly Fragment[]): Fragment {
  if (values.length === 0) return cypher`true AS x0`;
  return join(
    values.map((value, i) => cypher`${value} AS ${keyword(`x${i}`)}`),
    COMMA,
  );
}

/** Keys and values of the rows; aggregates of them; keys and measures, called k0 … and m0 …, and what is asked of them. */
function groupsOf(select: Select, scope: Scope, base: Fragment, leading: readonly Fragment[]): Fragment {
  const groups = select.groups!;
  const { variables } = scope;
  const keys = groups.keys.map((key, i) => ({ made: groupKey(key, scope), as: keyword(`k${i}`), type: key.type }));
  const measures = groups.measures.map((m) => {
    const { row, aggregates, result } = measured(m, scope);
    const value = variables.next('v');
    const all = aggregates(value).map((aggregate) => ({ aggregate, as: variables.next('a') }));
    return { row, value, all, result: result(all.map(({ as }) => as)) };
  });
  const given = [
    ...keys.map(({ made, as }) => cypher`${made} AS ${as}`),
    ...measures.flatMap(({ row, value }) => (row ? [cypher`${row} AS ${value}`] : [])),
  ];
  const rows = given.length > 0 ? cypher` WITH ${join(given, COMMA)}` : NOTHING;
  const aggregated = [
    ...keys.map(({ as }) => as),
    ...measures.flatMap(({ all }) => all.map(({ aggregate, as }) => cypher`${aggregate} AS ${as}`)),
  ];
  const counted = measures.length === 0 ? [cypher`count(*) AS ${variables.next('a')}`] : [];
  const made = [
    ...keys.map(({ as, type }) => cypher`${ofKey(type, as)} AS ${as}`),
    ...measures.map(({ result }, i) => cypher`${result} AS ${keyword(`m${i}`)}`),
  ];
  const having = isTrue(groups.having) ? null : predicate(groups.having, scope);
  const page = pageOf(select, scope, (term) => termValue(term, scope));
  const output = columns([...leading, ...select.output.map((operand) => expression(operand, scope))]);
  return cypher`${base}${rows} WITH ${join([...aggregated, ...counted], COMMA)} WITH ${join(made, COMMA)}${whereOf([having])}${page} RETURN ${output}`;
}

import { own } from '../../src/ir/operand.js';
import type { Select, Within } from '../../src/ir/select.js';
import { keyOf, ofKey } from './compare.js';
import { baseOf, levelOf, whereOfSelect } from './compile.js';
import { AND, COMMA, cypher, join, keyword, NOTHING, parameter, type Fragment } from './cypher.js';
import { expression } from './operand.js';
import { pageOf, termValue } from './order.js';
import { made } from './parameter.js';
import { matchOf, reach } from './relation.js';
import { scoredOf, searchOf } from './search.js';
import { newScope, type Scope, type Variables } from './scope.js';
import { walkedTo } from './walk.js';
import { encodeKey } from './values.js';

/** A level within its parents: their distinct join values first, then what is related to each of them. */
export function withinOf(select: Select, within: Within, variables: Variables): Fragment {
  const parents = parentsOf(within, variables);
  const { scope, match } = childrenOf(select, within, parents, variables);
  if (!isPerParent(select)) {
    const leading = within.step.relation.on.map((pair, i) => ofKey(pair.from.type, parents.keys[i]!));
    return levelOf(select, scope, cypher`${parents.clauses} ${match}`, leading);
  }
  const level = levelOf(select, scope, match, []);
  const imported = join(parents.keys, COMMA);
  const copied = select.groups === null ? null : copiesOf(parents.keys, variables);
  const output = [
    ...within.step.relation.on.map(({ from }, i) => {
      const key = ofKey(from.type, (copied?.copies ?? parents.keys)[i]!);
      return cypher`${key} AS ${keyword(`y${i}`)}`;
    }),
    ...select.output.map((_, i) => keyword(`x${i}`)),
  ];
  return cypher`${parents.clauses}${copied?.clause ?? NOTHING} CALL (${imported}) { ${level} } RETURN ${join(output, COMMA)}`;
}

/**
 * Neo4j 5.26 makes nulls of the variables that went into a call whose min or max is of no rows; and it takes a plain second
 * name for the same variable.
 */
function copiesOf(
  keys: readonly Fragment[],
  variables: Variables,
): { readonly clause: Fragment; readonly copies: readonly Fragment[] } {
  const copies = keys.map(() => variables.next('k'));
  const second = keys.map((key, i) => cypher`[${key}][0] AS ${copies[i]!}`);
  return { clause: cypher` WITH ${join([...keys, ...second], COMMA)}`, copies };
}

function isPerParent({ limit, offset, groups }: Select): boolean {
  return limit !== null || offset !== null || groups !== null;
}

/** Clauses that leave the distinct join values of the parents, as keys, in variables. */
interface ParentKeys {
  readonly clauses: Fragment;
  readonly keys: readonly Fragment[];
}

function parentsOf(within: Within, variables: Variables): ParentKeys {
  const { step, parents } = within;
  const { on } = step.relation;
  const keys = on.map(() => variables.next('c'));
  if (parents.kind === 'keys') {
    const types = on.map((pair) => pair.from.type);
    const encoders = types.map(encodeKey);
    const tuples = parameter(
      { kind: 'parameter', slot: parents.slot, type: types[0]!, many: true },
      'LIST<LIST>',
      (given) => (given as readonly (readonly unknown[])[]).map((tuple) => tuple.map((v, i) => encoders[i]!(v))),
    );
    const tuple = variables.next('u');
    const values = keys.map((key, i) => cypher`${made(types[i]!, cypher`${tuple}[${keyword(String(i))}]`)} AS ${key}`);
    return { clauses: cypher`UNWIND ${tuples} AS ${tuple} WITH ${join(values, COMMA)}`, keys };
  }
  const { clauses, scope } = rowsOf(parents.select, variables);
  const values = on.map(({ from }, i) => cypher`${keyOf(from.type, expression(own(from), scope))} AS ${keys[i]!}`);
  const present = join(
    keys.map((key) => cypher`${key} IS NOT NULL`),
    AND,
  );
  return { clauses: cypher`${clauses} WITH DISTINCT ${join(values, COMMA)} WHERE ${present}`, keys };
}

/** Clauses that leave the rows of a select without groups in the variable of a scope. */
function rowsOf(select: Select, variables: Variables): { readonly clauses: Fragment; readonly scope: Scope } {
  const chosen = select.limit !== null || select.offset !== null || select.keyset.length > 0;
  const pageIn = (scope: Scope): Fragment => (chosen ? pageOf(select, scope, (t) => termValue(t, scope)) : cypher``);
  if (!select.within) {
    const scope = newScope(select.from.entity, variables);
    return { clauses: cypher`${baseOf(select, scope)}${pageIn(scope)}`, scope };
  }
  const parents = parentsOf(select.within, variables);
  const { scope, match } = childrenOf(select, select.within, parents, variables);
  const page = pageIn(scope);
  if (!isPerParent(select)) return { clauses: cypher`${parents.clauses} ${match}${page}`, scope };
  const inner = cypher`CALL (${join(parents.keys, COMMA)}) { ${match}${page} RETURN ${scope.variable} }`;
  return { clauses: cypher`${parents.clauses} ${inner}`, scope };
}

function childrenOf(
  select: Select,
  { step, walk }: Within,
  { keys }: ParentKeys,
  variables: Variables,
): { readonly scope: Scope; readonly match: Fragment } {
  const reached = reach(step, { key: (_, i) => keys[i]!, node: null, variables });
  if (walk) {
    const { scope, clauses } = walkedTo(walk, reached.scope, select);
    return { scope, match: cypher`${matchOf(reached)}${clauses}` };
  }
  const scored = scoredOf(select.where, reached.scope);
  if (scored) {
    const rest = whereOfSelect({ ...select, where: searchOf(select.where)!.rest }, scored.scope);
    const kept = rest === null ? NOTHING : cypher` WITH * WHERE ${rest}`;
    return { scope: scored.scope, match: cypher`${matchOf(reached)}${scored.clause}${kept}` };
  }
  return { scope: reached.scope, match: matchOf(reached, whereOfSelect(select, reached.scope)) };
}

import type { Keyset, OrderTerm, Select } from '../../src/ir/select.js';
import { bytewise, compared, ordered as orderable } from './compare.js';
import { AND, COMMA, cypher, join, keyword, NOTHING, OR, type Fragment } from './cypher.js';
import { expression } from './operand.js';
import { bound, scalar } from './parameter.js';
import { conditions, whereOf, type Scope } from './scope.js';

/** A term of an order with the variable that holds its value. */
interface Ordered {
  readonly term: OrderTerm;
  readonly variable: Fragment;
}

/** Order, position and page of the rows of a scope as clauses that keep all variables. */
export function pageOf(
  { orderBy, keyset, limit, offset }: Page,
  scope: Pick<Scope, 'variables'>,
  value: (term: OrderTerm) => Fragment,
): Fragment {
  const most = limit ? cypher` LIMIT ${scalar(limit)}` : NOTHING;
  const page = offset ? cypher` SKIP ${scalar(offset)}${most}` : most;
  if (orderBy.length === 0) {
    const none = keyset.some((each) => !each.inclusive) ? cypher` WITH * WHERE false` : NOTHING;
    return limit || offset ? cypher`${none} WITH *${page}` : none;
  }
  const ordered = orderBy.map((term): Ordered => ({ term, variable: scope.variables.next('r') }));
  const values = ordered.map(({ term, variable }) => cypher`${value(term)} AS ${variable}`);
  const beyond = keyset.map((each) => keysetCondition(each, ordered));
  return cypher` WITH *, ${join(values, COMMA)}${whereOf(beyond)} WITH * ORDER BY ${join(ordered.map(orderTerm), COMMA)}${page}`;
}

type Page = Pick<Select, 'orderBy' | 'keyset' | 'limit' | 'offset'>;

export function termValue(term: OrderTerm, scope: Scope): Fragment {
  return orderable(term.operand.type, expression(term.operand, scope));
}

/** The store has nulls last going up and first going down. */
function orderTerm({ term: { direction, nulls }, variable }: Ordered): Fragment {
  const word = keyword(direction === 'asc' ? '' : ' DESC');
  if (nulls === (direction === 'asc' ? 'last' : 'first')) return cypher`${variable}${word}`;
  return cypher`${variable} IS NULL${keyword(nulls === 'last' ? '' : ' DESC')}, ${variable}${word}`;
}

/** Rows after (or before) a position: one branch a term, equal before it and beyond in it. */
function keysetCondition({ values, side, inclusive }: Keyset, ordered: readonly Ordered[]): Fragment {
  const sides = ordered.map(({ term, variable }, i) => {
    const { type } = term.operand;
    const position = bound(values[i]!, type, 'eq');
    const up = (term.direction === 'asc') === (side === 'after');
    const nullsBeyond = (term.nulls === 'last') === (side === 'after');
    const [a, b] = type.kind === 'text' ? [bytewise(variable), bytewise(position)] : [variable, position];
    const past = compared(type, up ? 'gt' : 'lt', a, b);
    const nulls = nullsBeyond
      ? cypher`(${variable} IS NULL AND ${position} IS NOT NULL)`
      : cypher`(${variable} IS NOT NULL AND ${position} IS NULL)`;
    return {
      equal: cypher`(${compared(type, 'eq', variable, position)} OR (${variable} IS NULL AND ${position} IS NULL))`,
      beyond: cypher`(${past} OR ${nulls})`,
    };
  });
  const branches = sides.map(
    ({ beyond }, i) => cypher`(${join([...sides.slice(0, i).map(({ equal }) => equal), beyond], AND)})`,
  );
  const all = inclusive ? [...branches, cypher`(${conditions(sides.map(({ equal }) => equal))})`] : branches;
  return cypher`(${join(all, OR)})`;
}

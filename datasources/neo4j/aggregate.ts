import { cypher, keyword, type Fragment } from './cypher.js';

/** What is made of the values of many rows; nulls are left out. */
export type Aggregate =
  | { readonly kind: 'count' | 'distinct' | 'min' | 'max' | 'collect' }
  | { readonly kind: 'sum'; readonly of: (row: Fragment) => Fragment; readonly zero: '0' | '0.0' };

const FUNCTION = { count: 'count', min: 'min', max: 'max', collect: 'collect' } as const;

/** Of the rows of a clause. */
export function aggregated(aggregate: Aggregate, row: Fragment): Fragment {
  if (aggregate.kind === 'sum') return cypher`sum(${aggregate.of(row)})`;
  if (aggregate.kind === 'distinct') return cypher`count(DISTINCT ${row})`;
  return cypher`${keyword(FUNCTION[aggregate.kind])}(${row})`;
}

/** Of the elements of a list, none of them null. */
export function listed(aggregate: Aggregate, list: Fragment): Fragment {
  switch (aggregate.kind) {
    case 'count':
      return cypher`size(${list})`;
    case 'collect':
      return list;
    case 'sum':
      return cypher`reduce(t = ${keyword(aggregate.zero)}, x IN ${list} | t + ${aggregate.of(keyword('x'))})`;
    case 'distinct':
      return cypher`COUNT { UNWIND ${list} AS x RETURN DISTINCT x }`;
    case 'min':
      return cypher`COLLECT { UNWIND ${list} AS x RETURN x ORDER BY x LIMIT 1 }[0]`;
    case 'max':
      return cypher`COLLECT { UNWIND ${list} AS x RETURN x ORDER BY x DESC LIMIT 1 }[0]`;
  }
}

import type { Leaf } from '../../src/ir/operand.js';
import { isTrue, type Predicate } from '../../src/ir/predicate.js';
import type { Select, Within } from '../../src/ir/select.js';
import { columnList, levelOf } from '../sql/compile.js';
import type { Purpose } from '../sql/dialect.js';
import { AND, COMMA, identifier, join, sql, type Fragment } from '../sql/fragment.js';
import { parentsOf } from '../sql/parents.js';
import { predicate } from '../sql/predicate.js';
import { pairsEqual, reachFrom, rowOf } from '../sql/relation.js';
import { fromOf, newScope, policyOf, tableOf, whereOf, type Draft, type Scope } from '../sql/scope.js';
import { Columns, isReached, keyColumns, walking } from './walk.js';
import { wayPoint } from './way-point.js';

/** A level whose rows a walk from each of the parents reaches: joined with what it reached, or of each parent apart. */
export function walkedFrom(select: Select, within: Within, draft: Draft, purpose: Purpose): Fragment {
  const walk = within.walk!;
  const { relation } = within.step;
  const parents = parentsOf(within, draft, true);
  const names = parents.columns.map((_, i) => `s${i}`);
  const columns = new Columns(walk, [relation.from, select.from.entity], names, asksForWay(select));
  const given = draft.alias();
  const start = newScope(relation.from, draft, false);
  const near = (_: unknown, i: number) => ({
    ...parents.near(relation.on[i]!, i),
    value: identifier(given, names[i]!),
  });
  const starts = join(
    names.map((name) => sql`${identifier(given, name)}, `),
    sql``,
  );
  const first = sql`select ${starts}${keyColumns(columns, relation.from, start.alias)}${startOfWay(columns, start)} \
from ${identifier(given)} cross join ${tableOf(start)} where ${pairsEqual(relation.on, near, start.alias, draft)}`;
  const { tables, reached } = walking(walk, columns, first, draft);
  const all = draft.alias();
  const named = join(
    parents.columns.map((column, i) => sql`${column} as ${identifier(names[i]!)}`),
    COMMA,
  );
  const before = sql`with ${join(
    [
      sql`${identifier(given)} as (select ${named} from ${parents.table})`,
      ...tables,
      sql`${identifier(all)} as (${reached})`,
    ],
    COMMA,
  )}`;
  const scope: Scope = { ...newScope(select.from.entity, draft, true), reached: all };
  const isOne = isReached(columns, all, scope);
  const policy = policyOf(select.from, scope);
  const from = (): Fragment => sql`${identifier(all)} cross join ${fromOf(scope)}`;
  const startsOf = (table: string): Fragment[] => names.map((name) => identifier(table, name));
  const perParent = select.limit !== null || select.offset !== null || select.groups !== null;
  if (!perParent) {
    const leading = purpose === 'answer' ? startsOf(all) : [];
    return sql`${before} ${levelOf({ ...select, within: null }, { scope, from, where: [isOne, policy] }, leading, purpose)}`;
  }
  const own = join(
    names.map((name) => sql`${identifier(all, name)} = ${identifier(given, name)}`),
    AND,
  );
  const inner = levelOf(
    { ...select, within: null },
    { scope, from, where: [own, isOne, policy], perParent: true },
    [],
    'tuples',
  );
  const child = draft.alias();
  const output = select.output.map((_, i) => identifier(child, `c${i}`));
  const shown = columnList([...(purpose === 'answer' ? startsOf(given) : []), ...output], purpose);
  return sql`${before} select ${shown} from ${identifier(given)} cross join lateral (${inner}) as ${identifier(child)}`;
}

function asksForWay({ output, orderBy }: Select): boolean {
  return [...output, ...orderBy.map(({ operand }) => operand)].some(({ leaf }) => leaf.kind === 'path');
}

function startOfWay(columns: Columns, start: Scope): Fragment {
  const key = columns.keyOf(start.entity).map(({ field }) => field);
  return columns.hasWay ? sql`, ${wayPoint(start.entity, key, start)} as way` : sql``;
}

/** Whether a walk from the row of a scope reaches a row of a place for which a predicate holds. */
export function reaches({ walk, end, where, negated }: Extract<Predicate, { kind: 'reach' }>, scope: Scope): Fragment {
  const { draft, entity, alias } = scope;
  const columns = new Columns(walk, [entity, end.entity], [], false);
  const { tables, reached } = walking(walk, columns, sql`select ${keyColumns(columns, entity, alias)}`, draft);
  const all = draft.alias();
  const far = newScope(end.entity, draft, true);
  const kept = [isReached(columns, all, far), policyOf(end, far), isTrue(where) ? null : predicate(where, far)];
  const exists = sql`exists (with ${join(tables, COMMA)} select 1 from (${reached}) as ${identifier(all)} cross join ${fromOf(far)}${whereOf(kept)})`;
  return negated ? sql`not ${exists}` : exists;
}

/** How many ways of one hop lead away from the row of a scope. */
export function degree({ hops }: Extract<Leaf, { kind: 'degree' }>, scope: Scope): Fragment {
  const counts = hops
    .filter(({ relation }) => relation.from === scope.entity)
    .map((hop) => {
      const { from, where } = reachFrom(hop, rowOf(scope.alias), scope.draft);
      return sql`(select count(*) from ${from()} where ${where})`;
    });
  return counts.length === 0 ? sql`0::bigint` : sql`(${join(counts, sql` + `)})`;
}

/** What a walk's table says of the row that it reached. */
export function ofWay(column: 'd' | 'way', { reached }: Scope): Fragment {
  if (reached === undefined) throw new Error('ways are known only where a walk is followed');
  return identifier(reached, column);
}

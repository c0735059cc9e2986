import { isTrue } from '../../src/ir/predicate.js';
import type { Select, Within } from '../../src/ir/select.js';
import { aroundGroups, levelOf, tupleNames } from './compile.js';
import type { Purpose } from './dialect.js';
import { AND, COMMA, identifier, join, keyword, sql, type Fragment } from './fragment.js';
import { groupKey } from './group.js';
import { measure } from './measure.js';
import { orderBy } from './order.js';
import { scalar } from './parameter.js';
import { parentsOf, type ParentTable } from './parents.js';
import { predicate } from './predicate.js';
import { reachFrom } from './relation.js';
import { newScope, whereOf, type Draft, type Scope } from './scope.js';

/** What is counted per parent, by numbering the rows of each: for stores whose laterals cannot do it, or that have none. */
export function numbered(select: Select, within: Within, draft: Draft, purpose: Purpose): Fragment {
  const paged = select.limit !== null || select.offset !== null;
  const parents = parentsOf(within, draft, select.groups !== null);
  if (!select.groups) return cut(rowsOf(select, within, parents, draft), select, parents, draft, purpose);
  const outer: Scope = { ...newScope(select.from.entity, draft, false), groups: select.groups };
  const inner = groupsOf(select, within, parents, draft);
  const columns = parents.columns.map((_, i) => identifier(outer.alias, `p${i}`));
  if (!paged) return aroundGroups(select, inner, outer, purpose === 'answer' ? columns : [], purpose);
  const number = numberOf(select, columns, outer);
  const whole = aroundGroups({ ...select, limit: null, offset: null }, inner, outer, [number, ...columns], 'tuples');
  return cut(whole, select, parents, draft, purpose);
}

function rowsOf(select: Select, { step }: Within, parents: ParentTable, draft: Draft): Fragment {
  const { scope, from, where } = reachFrom(step, parents.near, draft);
  const base = { scope, from: () => sql`${parents.table} cross join ${from()}`, where: [where] };
  const number = numberOf(select, parents.columns, scope);
  const all: Select = { ...select, within: null, limit: null, offset: null };
  return levelOf(all, base, [number, ...parents.columns], 'tuples');
}

function numberOf(select: Select, columns: readonly Fragment[], scope: Scope): Fragment {
  return sql`row_number() over (partition by ${join(columns, COMMA)}${orderBy(select.orderBy, scope)})`;
}

/** Rows of a number, the parent's join values, and the output: those that limit and offset leave of each parent. */
function cut(rows: Fragment, select: Select, parents: ParentTable, draft: Draft, purpose: Purpose): Fragment {
  const { dialect } = draft;
  const alias = draft.alias();
  const number = identifier(alias, 'c0');
  const before = select.offset && scalar(select.offset, dialect);
  const counted = before ? sql`${number} - ${before}` : number;
  const bounds = [
    before && sql`${number} > ${before}`,
    select.limit && sql`${counted} <= ${scalar(select.limit, dialect)}`,
  ].filter((each) => each !== null);
  const ahead = parents.columns.length;
  const shown = (n: number, from: number): Fragment[] =>
    Array.from({ length: n }, (_, i) => identifier(alias, `c${from + i}`));
  const output = shown(select.output.length, 1 + ahead);
  const answer = purpose === 'answer';
  const columns = answer ? join([...shown(ahead, 1), ...output], COMMA) : tupleNames(output);
  const order = answer ? sql` order by ${number}` : sql``;
  return sql`select ${columns} from (${rows}) as ${identifier(alias)} where ${join(bounds, AND)}${order}`;
}

/** The groups of each parent under its join values p0 …: with keys only where there are rows, without them one a parent. */
function groupsOf(select: Select, { step }: Within, parents: ParentTable, draft: Draft): Fragment {
  const { keys, measures } = select.groups!;
  const ahead = parents.columns.map((column, i) => sql`${column} as ${identifier(`p${i}`)}`);
  const named = (of: readonly Fragment[], letter: string): Fragment[] =>
    of.map((each, i) => sql`${each} as ${identifier(`${letter}${i}`)}`);
  const condition = (scope: Scope): Fragment | null => (isTrue(select.where) ? null : predicate(select.where, scope));
  if (keys.length === 0) {
    const counted = measures.map((m) => {
      const { scope, from, where } = reachFrom(step, parents.near, draft);
      const all = [where, condition(scope)];
      const value = measure(m, scope);
      return sql`(select ${value} from ${from()}${whereOf(all)})`;
    });
    return sql`select ${join([...ahead, ...named(counted, 'm')], COMMA)} from ${parents.table}`;
  }
  const { scope, from, where } = reachFrom(step, parents.near, draft);
  const all = [where, condition(scope)];
  const made = [
    ...named(
      keys.map((key) => groupKey(key, scope)),
      'k',
    ),
    ...named(
      measures.map((m) => measure(m, scope)),
      'm',
    ),
  ];
  const by = Array.from({ length: ahead.length + keys.length }, (_, i) => keyword(String(i + 1)));
  return sql`select ${join([...ahead, ...made], COMMA)} from ${parents.table} cross join ${from()}${whereOf(all)} group by ${join(by, COMMA)}`;
}

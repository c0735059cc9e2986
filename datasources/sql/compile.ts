import type { Entity } from '../../src/ir/entity.js';
import { isTrue, type Predicate } from '../../src/ir/predicate.js';
import type { Select } from '../../src/ir/select.js';
import type { Body, Dialect, Purpose } from './dialect.js';
import { COMMA, compile, identifier, join, keyword, sql, type Fragment, type Statement } from './fragment.js';
import { groupKey } from './group.js';
import { measure } from './measure.js';
import { expression } from './operand.js';
import { keysetConditions, orderBy } from './order.js';
import { scalar } from './parameter.js';
import { predicate } from './predicate.js';
import { Draft, fromOf, newScope, policyOf, whereOf, type Scope } from './scope.js';
import { withinOf } from './within.js';

/** A select as a statement, and the entities that it reads. */
export function statementOf(
  select: Select,
  dialect: Dialect,
  around: (select: Fragment) => Fragment = (plain) => plain,
): { readonly statement: Statement; readonly entities: ReadonlySet<Entity> } {
  const draft = new Draft(dialect);
  return { statement: compile(around(selectOf(select, draft, 'answer')), dialect), entities: draft.entities };
}

export function selectOf(select: Select, draft: Draft, purpose: Purpose): Fragment {
  if (select.within) return withinOf(select, select.within, draft, purpose);
  const scope = newScope(select.from.entity, draft, true);
  return levelOf(select, { scope, from: () => fromOf(scope), where: [policyOf(select.from, scope)] }, [], purpose);
}

/** Where the rows of a level come from, before its own `where`. */
export interface Base {
  readonly scope: Scope;
  readonly from: () => Fragment;
  readonly where: readonly (Fragment | null)[];
  /** It is read once for each parent. */
  readonly perParent?: boolean;
}

/** One level over its base: rows, or groups of them. `leading` columns stand before its own. */
export function levelOf(select: Select, base: Base, leading: readonly Fragment[], purpose: Purpose): Fragment {
  const sought = soughtIn(select.where);
  const scope: Scope = sought.length > 0 ? { ...base.scope, sought } : base.scope;
  const where = [...base.where, isTrue(select.where) ? null : predicate(select.where, scope)];
  if (select.groups) return groupsOf(select, { ...base, scope, where }, leading, purpose);
  const { dialect } = scope.draft;
  const output = select.output.map((operand) => dialect.fields.output(operand, expression(operand, scope), purpose));
  const { perParent = false } = base;
  const body: Body = { columns: [...leading, ...output], from: base.from, where, perParent };
  const special = dialect.levels.special(select, body, scope);
  if (special) return special;
  const keyset = keysetConditions(select.keyset, select.orderBy, scope);
  const chosen = select.limit !== null || select.offset !== null;
  const order = purpose !== 'tuples' || chosen ? orderBy(select.orderBy, scope) : sql``;
  const columns = columnList(body.columns, purpose);
  const rows = sql`select ${columns} from ${base.from()}${whereOf([...where, keyset])}${order}`;
  return sql`${bounded(rows, select, body, scope.draft)}${page(select, dialect)}`;
}

/** The rows that a page is taken of, in the words of a store that has to be told how long it can be. */
export function bounded(rows: Fragment, { limit }: Select, { perParent }: Body, draft: Draft): Fragment {
  return (!perParent && limit && draft.dialect.levels.bounded?.(rows, draft)) || rows;
}

/** What rows can be scored by: text matches and nearests that are asked for, not those that are ruled out. */
function soughtIn(p: Predicate): readonly Predicate[] {
  if (p.kind === 'and' || p.kind === 'or') return p.of.flatMap(soughtIn);
  return (p.kind === 'match' || p.kind === 'nearest') && !p.negated ? [p] : [];
}

/** Groups: keys and measures in an inner select; having, order and output around it where there are such. */
function groupsOf(select: Select, base: Base, leading: readonly Fragment[], purpose: Purpose): Fragment {
  const groups = select.groups!;
  const { scope, where } = base;
  const keys = groups.keys.map((key) => groupKey(key, scope));
  const measures = groups.measures.map((m) => measure(m, scope));
  const single =
    keys.length === 0 && isTrue(groups.having) && !select.limit && !select.offset && select.keyset.length === 0;
  if (single && select.output.length > 0 && select.output.every(({ leaf }) => leaf.kind === 'groupMeasure')) {
    const output = select.output.map(({ leaf }) => measures[(leaf as { readonly index: number }).index]!);
    return sql`select ${columnList([...leading, ...output], purpose)} from ${base.from()}${whereOf(where)}`;
  }
  const columns = [
    ...keys.map((key, i) => sql`${key} as ${identifier(`k${i}`)}`),
    ...measures.map((m, i) => sql`${m} as ${identifier(`m${i}`)}`),
  ];
  const by =
    keys.length > 0
      ? sql` group by ${join(
          keys.map((_, i) => keyword(String(i + 1))),
          COMMA,
        )}`
      : sql``;
  const inner = sql`select ${join(columns.length > 0 ? columns : [sql`count(*)`], COMMA)} from ${base.from()}${whereOf(where)}${by}`;
  const outer: Scope = { ...newScope(select.from.entity, scope.draft, false), groups };
  return aroundGroups(select, inner, outer, leading, purpose);
}

/** Having, order, output and page over a select of columns k0 …, m0 …, of which `outer` speaks. */
export function aroundGroups(
  select: Select,
  inner: Fragment,
  outer: Scope,
  leading: readonly Fragment[],
  purpose: Purpose,
): Fragment {
  const groups = select.groups!;
  const output = select.output.map((operand) => expression(operand, outer));
  const keyset = keysetConditions(select.keyset, select.orderBy, outer);
  const having = whereOf([isTrue(groups.having) ? null : predicate(groups.having, outer), keyset]);
  const order = orderBy(select.orderBy, outer);
  return sql`select ${columnList([...leading, ...output], purpose)} from (${inner}) as ${identifier(outer.alias)}${having}${order}${page(select, outer.draft.dialect)}`;
}

export function columnList(columns: readonly Fragment[], purpose: Purpose): Fragment {
  if (columns.length === 0) return sql`null`;
  return purpose === 'tuples' ? tupleNames(columns) : join(columns, COMMA);
}

/** Columns under the names by which other statements take them. */
export function tupleNames(columns: readonly Fragment[]): Fragment {
  if (columns.length === 0) return sql`null`;
  return join(
    columns.map((column, i) => sql`${column} as ${identifier(`c${i}`)}`),
    COMMA,
  );
}

function page({ limit, offset }: Select, dialect: Dialect): Fragment {
  return dialect.levels.page(limit && scalar(limit, dialect), offset && scalar(offset, dialect));
}

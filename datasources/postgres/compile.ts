import { createHash } from 'node:crypto';
import { ownField, type Operand } from '../../src/ir/operand.js';
import { isTrue } from '../../src/ir/predicate.js';
import { columnTypes, type Select } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import {
  COMMA,
  compile as write,
  identifier,
  join,
  keyword,
  sql,
  type Dialect,
  type Fragment,
  type Parameter,
} from '../sql/fragment.js';
import { groupKey } from './group.js';
import { measure } from './measure.js';
import { columnOf } from './native.js';
import { expression, isLoose, isOpaque } from './operand.js';
import { keysetConditions, orderBy } from './order.js';
import { scalar } from './parameter.js';
import { predicate } from './predicate.js';
import { pageOfRanges, rangesOf } from './ranges.js';
import { Aliases, conditions, fromOf, newScope, policyOf, type Scope } from './scope.js';
import { withinOf } from './within.js';

/** A select as PostgreSQL is sent it. */
export interface PostgresQuery {
  readonly text: string;
  /** The statement is prepared under this name: the same text has the same name. */
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly columns: readonly DataType[];
  readonly select: Select;
}

export const POSTGRES_DIALECT: Dialect = {
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
  placeholder: (index, native) => `$${index}::${native}`,
};

export function compile(select: Select): PostgresQuery {
  const { text, parameters } = write(selectOf(select, new Aliases(), 'answer'), POSTGRES_DIALECT);
  const name = createHash('sha1').update(text).digest('hex');
  return { text, name, parameters, columns: columnTypes(select), select };
}

/**
 * What a statement is for. `answer`: the columns of the select. `copy`: the same for COPY in its binary format, so types
 * that we do not know, and floats of 32 bits, as their text. `tuples`: fields of its rows, called c0, c1 …, to join other rows by; null, repeated
 * and in any order.
 */
export type Purpose = 'answer' | 'copy' | 'tuples';

export function selectOf(select: Select, aliases: Aliases, purpose: Purpose): Fragment {
  if (select.within) return withinOf(select, select.within, aliases, purpose);
  const scope = newScope(select.from.entity, aliases, true);
  return levelOf(select, { scope, from: () => fromOf(scope), where: [policyOf(select.from, scope)] }, [], purpose);
}

/** Where the rows of a level come from, before its own `where`. */
export interface Base {
  readonly scope: Scope;
  readonly from: () => Fragment;
  readonly where: readonly (Fragment | null)[];
}

/** One level over its base: rows, or groups of them. `leading` columns stand before its own. */
export function levelOf(select: Select, base: Base, leading: readonly Fragment[], purpose: Purpose): Fragment {
  const { scope } = base;
  const where = [...base.where, isTrue(select.where) ? null : predicate(select.where, scope)];
  if (select.groups) return groupsOf(select, { ...base, where }, leading, purpose);
  const output = select.output.map((operand) => outputOf(operand, scope, purpose));
  const ranges = purpose === 'copy' ? null : rangesOf(select, scope);
  if (ranges) {
    const columns = leading.length + output.length > 0 ? [...leading, ...output] : [sql`null`];
    return pageOfRanges(select, ranges, { columns, from: base.from, where }, scope);
  }
  const keyset = keysetConditions(select.keyset, select.orderBy, scope);
  const chosen = select.limit !== null || select.offset !== null;
  const order = purpose !== 'tuples' || chosen ? orderBy(select.orderBy, scope) : sql``;
  const columns = columnList([...leading, ...output], purpose);
  return sql`select ${columns} from ${base.from()}${whereOf([...where, keyset])}${order}${page(select)}`;
}

function outputOf(operand: Operand, scope: Scope, purpose: Purpose): Fragment {
  const value = expression(operand, scope);
  if (purpose === 'copy' && (isOpaque(operand) || isSingle(operand.type))) return textOf(operand, value);
  if (!isLoose(operand)) return value;
  if (purpose === 'tuples') return sql`(${value})::text collate "C"`;
  // The blanks at the end of char(n) are no part of its value.
  const field = ownField(operand);
  const native = field && columnOf(field).type;
  if (native === 'bpchar[]') return sql`(${value})::text[]`;
  return native !== null && native !== 'bpchar' ? value : sql`(${value})::text`;
}

function isSingle(type: DataType): boolean {
  return type.kind === 'list' ? isSingle(type.of) : type.kind === 'float' && type.bits === 32;
}

/** What the type's own output gives, which a cast to text does not for all. `is distinct` looks at the value, not into a row. */
function textOf({ type }: Operand, value: Fragment): Fragment {
  if (type.kind === 'list') return sql`(${value})::text::text[]`;
  return sql`case when ${value} is distinct from null then format('%s', ${value}) end`;
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
  return aroundGroups(select, inner, leading, purpose, scope.aliases);
}

/** Having, order, output and page over a select of columns k0 …, m0 … */
function aroundGroups(
  select: Select,
  inner: Fragment,
  leading: readonly Fragment[],
  purpose: Purpose,
  aliases: Aliases,
): Fragment {
  const groups = select.groups!;
  const outer: Scope = { ...newScope(select.from.entity, aliases, false), groups };
  const output = select.output.map((operand) => expression(operand, outer));
  const keyset = keysetConditions(select.keyset, select.orderBy, outer);
  const having = whereOf([isTrue(groups.having) ? null : predicate(groups.having, outer), keyset]);
  const order = orderBy(select.orderBy, outer);
  return sql`select ${columnList([...leading, ...output], purpose)} from (${inner}) as ${identifier(outer.alias)}${having}${order}${page(select)}`;
}

function whereOf(of: readonly (Fragment | null)[]): Fragment {
  return of.every((each) => each === null) ? sql`` : sql` where ${conditions(of)}`;
}

export function columnList(columns: readonly Fragment[], purpose: Purpose): Fragment {
  if (columns.length === 0) return sql`null`;
  return join(purpose === 'tuples' ? columns.map((c, i) => sql`${c} as ${identifier(`c${i}`)}`) : columns, COMMA);
}

function page({ limit, offset }: Select): Fragment {
  const most = limit ? sql` limit ${scalar(limit)}` : sql``;
  return offset ? sql`${most} offset ${scalar(offset)}` : most;
}

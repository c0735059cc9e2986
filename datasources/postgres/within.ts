import type { JoinPair } from '../../src/ir/entity.js';
import { own } from '../../src/ir/operand.js';
import type { Select, Within } from '../../src/ir/select.js';
import { COMMA, identifier, join, sql, type Fragment } from '../sql/fragment.js';
import { columnList, levelOf, selectOf, type Purpose } from './compile.js';
import { columnOf, isUniqueIn, sameCollation } from './native.js';
import { nativeOfType } from './operand.js';
import { parameter } from './parameter.js';
import { pairsEqual, reach, reachFrom, type NearOf } from './relation.js';
import type { Aliases } from './scope.js';
import { encodeList } from './values.js';

/**
 * A level within its parents, in the cheapest form that says it:
 * - `fk in (parents)`, when the rows' own columns equal the parents' join values to the letter;
 * - a join with the distinct parents, when they do not;
 * - a lateral for each parent, when something is counted per parent: limit, offset, groups.
 */
export function withinOf(select: Select, within: Within, aliases: Aliases, purpose: Purpose): Fragment {
  const perParent = select.limit !== null || select.offset !== null || select.groups !== null;
  if (perParent) return lateral(select, within, aliases, purpose);
  return within.step.relation.on.every((pair) => sameText(pair, within))
    ? byColumn(select, within, aliases, purpose)
    : joined(select, within, aliases, purpose);
}

const TEXT_IS_VALUE: ReadonlySet<string> = new Set(['int', 'text', 'uuid', 'enum', 'date', 'bool']);

/** Whether equal values on both sides have the same text. Keys may come from another store, whose fields say nothing here. */
function sameText({ from, to }: JoinPair, { parents }: Within): boolean {
  const far = columnOf(to);
  if (from.type.kind !== to.type.kind || !TEXT_IS_VALUE.has(to.type.kind) || far.loose) return false;
  if (parents.kind === 'keys') return to.type.kind !== 'enum';
  const near = columnOf(from);
  return !near.loose && sameCollation(near, far);
}

function byColumn(select: Select, within: Within, aliases: Aliases, purpose: Purpose): Fragment {
  const { scope, nearest, from, where } = reach(within.step, aliases);
  const columns = within.step.relation.on.map(({ to }) => identifier(nearest, columnOf(to).column));
  const named = namedBy(columns, within, aliases);
  return levelOf(select, { scope, from, where: [named, where] }, purpose === 'answer' ? columns : [], purpose);
}

function namedBy(columns: readonly Fragment[], within: Within, aliases: Aliases): Fragment {
  const [first, ...more] = columns;
  if (within.parents.kind === 'keys') {
    const keys = keyColumns(within);
    if (more.length === 0) return sql`${first!} = any(${keys[0]!})`;
    return sql`(${join(columns, COMMA)}) in (select * from unnest(${join(keys, COMMA)}))`;
  }
  const left = more.length === 0 ? first! : sql`(${join(columns, COMMA)})`;
  return sql`${left} in (${tuplesOf(within, within.parents.select, aliases)})`;
}

function joined(select: Select, within: Within, aliases: Aliases, purpose: Purpose): Fragment {
  const parents = parentsOf(within, aliases, false);
  const { scope, nearest, from, where } = reach(within.step, aliases);
  const pairs = pairsEqual(within.step.relation.on, parents.near, nearest);
  const base = { scope, from: () => sql`${parents.table} cross join ${from()}`, where: [pairs, where] };
  return levelOf(select, base, purpose === 'answer' ? parents.columns : [], purpose);
}

function lateral(select: Select, within: Within, aliases: Aliases, purpose: Purpose): Fragment {
  const parents = parentsOf(within, aliases, select.groups !== null);
  const { scope, from, where } = reachFrom(within.step, parents.near, aliases);
  const inner = levelOf({ ...select, within: null }, { scope, from, where: [where] }, [], 'tuples');
  const child = aliases.next();
  const output = select.output.map((_, i) => identifier(child, `c${i}`));
  const columns = columnList([...(purpose === 'answer' ? parents.columns : []), ...output], purpose);
  return sql`select ${columns} from ${parents.table} cross join lateral (${inner}) as ${identifier(child)}`;
}

/** The distinct join values of the parents as a table. */
interface ParentTable {
  readonly table: Fragment;
  readonly columns: readonly Fragment[];
  readonly near: NearOf;
}

/** `whole`: a parent counts even when it has no rows, so those without a join value must be left out here. */
function parentsOf(within: Within, aliases: Aliases, whole: boolean): ParentTable {
  const { parents, step } = within;
  const { on } = step.relation;
  const alias = aliases.next();
  const names = on.map((_, i) => `c${i}`);
  const columns = names.map((name) => identifier(alias, name));
  const as = sql`${identifier(alias)} (${join(
    names.map((name) => identifier(name)),
    COMMA,
  )})`;
  if (parents.kind === 'keys') {
    const table = sql`unnest(${join(keyColumns(within), COMMA)}) as ${as}`;
    return { table, columns, near: (_, i) => ({ value: columns[i]!, native: null }) };
  }
  const near: NearOf = ({ from }, i) => {
    const native = columnOf(from);
    return { value: columns[i]!, native: native.loose ? null : native };
  };
  const tuples = tuplesOf(within, parents.select, aliases);
  const nullable = whole && on.some(({ from }) => columnOf(from).nullable);
  if (!nullable && isDistinct(within, parents.select)) return { table: sql`(${tuples}) as ${as}`, columns, near };
  const all = aliases.next();
  const inner = names.map((name) => identifier(all, name));
  const present = nullable
    ? sql` where ${join(
        inner.map((name) => sql`${name} is not null`),
        sql` and `,
      )}`
    : sql``;
  return {
    table: sql`(select distinct ${join(inner, COMMA)} from (${tuples}) as ${identifier(all)}${present}) as ${as}`,
    columns,
    near,
  };
}

/** Whether no two parents have the same join values: they hold a unique key, and no parent stands there twice. */
function isDistinct({ step }: Within, parents: Select): boolean {
  for (
    let at: Select | null = parents;
    at;
    at = at.within?.parents.kind === 'select' ? at.within.parents.select : null
  ) {
    if (at.within?.step.relation.through) return false;
  }
  return isUniqueIn(
    parents.from.entity,
    step.relation.on.map(({ from }) => columnOf(from).column),
  );
}

/** The parents' join values: null and repeated ones are left to whoever uses them. */
function tuplesOf({ step }: Within, parents: Select, aliases: Aliases): Fragment {
  return selectOf({ ...parents, output: step.relation.on.map(({ from }) => own(from)) }, aliases, 'tuples');
}

/** The slot's tuples as one array a column. */
function keyColumns({ step, parents }: Within): Fragment[] {
  if (parents.kind !== 'keys') throw new Error('these parents are not named by keys');
  return step.relation.on.map(({ from: { type } }, i) => {
    const column = encodeList(type);
    const encoder = (tuples: unknown): string => column((tuples as readonly (readonly unknown[])[]).map((t) => t[i]));
    return parameter({ kind: 'parameter', slot: parents.slot, type, many: true }, `${nativeOfType(type)}[]`, encoder);
  });
}

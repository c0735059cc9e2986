import type { JoinPair } from '../../src/ir/entity.js';
import { own } from '../../src/ir/operand.js';
import type { Select, Within } from '../../src/ir/select.js';
import { columnList, levelOf, selectOf } from './compile.js';
import type { Dialect, Purpose } from './dialect.js';
import { COMMA, identifier, join, sql, type Fragment } from './fragment.js';
import { columnOf, isUniqueIn } from './native.js';
import { parameter } from './parameter.js';
import { pairsEqual, reach, reachFrom, type NearOf } from './relation.js';
import type { Draft } from './scope.js';

/**
 * A level within its parents, in the cheapest form that says it:
 * - `fk in (parents)`, when the rows' own columns equal the parents' join values to the letter;
 * - a join with the distinct parents, when they do not;
 * - a lateral for each parent, when something is counted per parent: limit, offset, groups.
 */
export function withinOf(select: Select, within: Within, draft: Draft, purpose: Purpose): Fragment {
  const perParent = select.limit !== null || select.offset !== null || select.groups !== null;
  if (perParent) return lateral(select, within, draft, purpose);
  return within.step.relation.on.every((pair) => sameText(pair, within, draft.dialect))
    ? byColumn(select, within, draft, purpose)
    : joined(select, within, draft, purpose);
}

const TEXT_IS_VALUE: ReadonlySet<string> = new Set(['int', 'text', 'uuid', 'enum', 'date', 'bool']);

/** Whether equal values on both sides have the same text. Keys may come from another store, whose fields say nothing here. */
function sameText({ from, to }: JoinPair, { parents }: Within, { fields }: Dialect): boolean {
  const far = columnOf(to);
  if (from.type.kind !== to.type.kind || !TEXT_IS_VALUE.has(to.type.kind) || far.loose) return false;
  if (parents.kind === 'keys') return to.type.kind !== 'enum';
  return !columnOf(from).loose && fields.sameCollation(from, to);
}

function byColumn(select: Select, within: Within, draft: Draft, purpose: Purpose): Fragment {
  const { scope, nearest, from, where } = reach(within.step, draft);
  const columns = within.step.relation.on.map(({ to }) => identifier(nearest, columnOf(to).column));
  const named = namedBy(columns, within, draft);
  return levelOf(select, { scope, from, where: [named, where] }, purpose === 'answer' ? columns : [], purpose);
}

function namedBy(columns: readonly Fragment[], within: Within, draft: Draft): Fragment {
  const [first, ...more] = columns;
  if (within.parents.kind === 'keys') {
    const { conditions, levels } = draft.dialect;
    const keys = keyColumns(within, draft.dialect);
    if (more.length === 0) return conditions.among(first!, keys[0]!, false);
    return sql`(${join(columns, COMMA)}) in (select * from ${levels.unnest(keys)})`;
  }
  const left = more.length === 0 ? first! : sql`(${join(columns, COMMA)})`;
  return sql`${left} in (${tuplesOf(within, within.parents.select, draft)})`;
}

function joined(select: Select, within: Within, draft: Draft, purpose: Purpose): Fragment {
  const parents = parentsOf(within, draft, false);
  const { scope, nearest, from, where } = reach(within.step, draft);
  const pairs = pairsEqual(within.step.relation.on, parents.near, nearest, draft);
  const base = { scope, from: () => sql`${parents.table} cross join ${from()}`, where: [pairs, where] };
  return levelOf(select, base, purpose === 'answer' ? parents.columns : [], purpose);
}

function lateral(select: Select, within: Within, draft: Draft, purpose: Purpose): Fragment {
  const parents = parentsOf(within, draft, select.groups !== null);
  const { scope, from, where } = reachFrom(within.step, parents.near, draft);
  const inner = levelOf({ ...select, within: null }, { scope, from, where: [where] }, [], 'tuples');
  const child = draft.alias();
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
function parentsOf(within: Within, draft: Draft, whole: boolean): ParentTable {
  const { parents, step } = within;
  const { on } = step.relation;
  const alias = draft.alias();
  const names = on.map((_, i) => `c${i}`);
  const columns = names.map((name) => identifier(alias, name));
  const as = sql`${identifier(alias)} (${join(
    names.map((name) => identifier(name)),
    COMMA,
  )})`;
  if (parents.kind === 'keys') {
    const table = sql`${draft.dialect.levels.unnest(keyColumns(within, draft.dialect))} as ${as}`;
    return { table, columns, near: (_, i) => ({ value: columns[i]!, isField: false }) };
  }
  const near: NearOf = ({ from }, i) => ({ value: columns[i]!, isField: !columnOf(from).loose });
  const tuples = tuplesOf(within, parents.select, draft);
  const nullable = whole && on.some(({ from }) => columnOf(from).nullable);
  if (!nullable && isDistinct(within, parents.select)) return { table: sql`(${tuples}) as ${as}`, columns, near };
  const all = draft.alias();
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
function tuplesOf({ step }: Within, parents: Select, draft: Draft): Fragment {
  return selectOf({ ...parents, output: step.relation.on.map(({ from }) => own(from)) }, draft, 'tuples');
}

/** The slot's tuples as one list a column. */
function keyColumns({ step, parents }: Within, { parameters }: Dialect): Fragment[] {
  if (parents.kind !== 'keys') throw new Error('these parents are not named by keys');
  return step.relation.on.map(({ from: { type } }, i) => {
    const native = parameters.type(type);
    const column = parameters.encodeList(type, native);
    const encode = (tuples: unknown): unknown => column((tuples as readonly (readonly unknown[])[]).map((t) => t[i]));
    return parameter({ kind: 'parameter', slot: parents.slot, type, many: true }, parameters.listOf(native), encode);
  });
}

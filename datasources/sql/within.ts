import type { JoinPair } from '../../src/ir/entity.js';
import type { Select, Within } from '../../src/ir/select.js';
import { columnList, levelOf } from './compile.js';
import type { Dialect, Purpose } from './dialect.js';
import { COMMA, identifier, join, sql, type Fragment } from './fragment.js';
import { columnOf } from './native.js';
import { numbered } from './numbered.js';
import { keyColumns, keySet, parentsOf, tuplesOf } from './parents.js';
import { pairsEqual, reach, reachFrom } from './relation.js';
import type { Draft } from './scope.js';

/**
 * A level within its parents, in the cheapest form that says it:
 * - `fk in (parents)`, when the rows' own columns equal the parents' join values to the letter;
 * - a join with the distinct parents, when they do not;
 * - a lateral for each parent, or the rows of all numbered, when something is counted per parent: limit, offset, groups.
 */
export function withinOf(select: Select, within: Within, draft: Draft, purpose: Purpose): Fragment {
  const walked = within.walk && draft.dialect.beyond?.walked(select, within, draft, purpose);
  if (walked) return walked;
  const perParent = select.limit !== null || select.offset !== null || select.groups !== null;
  if (perParent)
    return (draft.dialect.levels.perParent === 'lateral' ? lateral : numbered)(select, within, draft, purpose);
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
    if (more.length === 0) return conditions.among(first!, keySet(within, draft.dialect), false, false);
    const keys = keyColumns(within, draft.dialect);
    return sql`(${join(columns, COMMA)}) in (select * from ${levels.unnest(keys, draft.alias())})`;
  }
  const left = more.length === 0 ? first! : sql`(${join(columns, COMMA)})`;
  const { select } = within.parents;
  const tuples = tuplesOf(within, select, draft);
  const isLimited = select.limit !== null || select.offset !== null;
  return sql`${left} in (${isLimited ? draft.dialect.levels.limited(tuples, draft.alias()) : tuples})`;
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
  const inner = levelOf({ ...select, within: null }, { scope, from, where: [where], perParent: true }, [], 'tuples');
  const child = draft.alias();
  const output = select.output.map((_, i) => identifier(child, `c${i}`));
  const columns = columnList([...(purpose === 'answer' ? parents.columns : []), ...output], purpose);
  return sql`select ${columns} from ${parents.table} cross join lateral (${inner}) as ${identifier(child)}`;
}

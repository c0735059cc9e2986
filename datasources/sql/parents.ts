import { own } from '../../src/ir/operand.js';
import type { Select, Within } from '../../src/ir/select.js';
import { selectOf } from './compile.js';
import type { Dialect } from './dialect.js';
import { COMMA, identifier, join, sql, type Fragment } from './fragment.js';
import { columnOf, isUniqueIn } from './native.js';
import { elementOf } from './operand.js';
import { parameter, setOf } from './parameter.js';
import type { NearOf } from './relation.js';
import type { Draft } from './scope.js';

/** The distinct join values of the parents as a table. */
export interface ParentTable {
  readonly table: Fragment;
  readonly columns: readonly Fragment[];
  readonly near: NearOf;
}

/** `whole`: a parent counts even when it has no rows, so those without a join value must be left out here. */
export function parentsOf(within: Within, draft: Draft, whole: boolean): ParentTable {
  const { parents, step } = within;
  const { on } = step.relation;
  const alias = draft.alias();
  const names = on.map((_, i) => `c${i}`);
  const columns = names.map((name) => identifier(alias, name));
  if (parents.kind === 'keys') {
    const table = draft.dialect.levels.unnest(keyColumns(within, draft.dialect), alias);
    return { table, columns, near: (_, i) => ({ value: columns[i]!, isField: false }) };
  }
  const near: NearOf = ({ from }, i) => ({ value: columns[i]!, isField: !columnOf(from).loose });
  const tuples = tuplesOf(within, parents.select, draft);
  const nullable = whole && on.some(({ from }) => columnOf(from).nullable);
  if (!nullable && isDistinct(within, parents.select))
    return { table: sql`(${tuples}) as ${identifier(alias)}`, columns, near };
  const all = draft.alias();
  const inner = names.map((name) => identifier(all, name));
  const present = nullable
    ? sql` where ${join(
        inner.map((name) => sql`${name} is not null`),
        sql` and `,
      )}`
    : sql``;
  return {
    table: sql`(select distinct ${join(inner, COMMA)} from (${tuples}) as ${identifier(all)}${present}) as ${identifier(alias)}`,
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
    if (at.within?.step.relation.through || at.within?.walk) return false;
  }
  return isUniqueIn(
    parents.from.entity,
    step.relation.on.map(({ from }) => columnOf(from).column),
  );
}

/** The parents' join values: null and repeated ones are left to whoever uses them. */
export function tuplesOf({ step }: Within, parents: Select, draft: Draft): Fragment {
  return selectOf({ ...parents, output: step.relation.on.map(({ from }) => own(from)) }, draft, 'tuples');
}

/** The slot's keys of one column as a list of what rows may have there. */
export function keySet({ step, parents }: Within, dialect: Dialect): Fragment {
  if (parents.kind !== 'keys') throw new Error('these parents are not named by keys');
  const { parameters } = dialect;
  const { to } = step.relation.on[0]!;
  const element = elementOf(to, dialect) ?? parameters.type(to.type);
  const many = setOf(parameters, to.type, element);
  const encode = (tuples: unknown): unknown => many((tuples as readonly (readonly unknown[])[]).map(([key]) => key));
  const value = { kind: 'parameter', slot: parents.slot, type: to.type, many: true } as const;
  return parameter(value, parameters.listOf(element), encode);
}

/** The slot's tuples as one list a column. */
export function keyColumns({ step, parents }: Within, { parameters }: Dialect): Fragment[] {
  if (parents.kind !== 'keys') throw new Error('these parents are not named by keys');
  return step.relation.on.map(({ from: { type } }, i) => {
    const native = parameters.type(type);
    const column = parameters.encodeList(type, native);
    const encode = (tuples: unknown): unknown => column((tuples as readonly (readonly unknown[])[]).map((t) => t[i]));
    return parameter({ kind: 'parameter', slot: parents.slot, type, many: true }, parameters.listOf(native), encode);
  });
}

import type { Entity } from '../../src/ir/entity.js';
import { nearKey } from '../../src/ir/join.js';
import type { Place } from '../../src/ir/operand.js';
import type { Parents, Select, Within } from '../../src/ir/select.js';
import type { Args } from '../../src/ir/value.js';
import type { Row } from '../../src/store/batch.js';
import { groupRows } from './group.js';
import { page } from './order.js';
import { holds } from './predicate.js';
import { reached } from './walk.js';
import { joinValues, operandValue, relatedTo, visible, type Rec, type Table, type World } from './world.js';

export type { Table } from './world.js';

/** The answer of a select over tables, by the letter of ir/README.md: what every other engine is compared with. */
export function evaluate(select: Select, tables: (entity: Entity) => Table, args: Args): Row[] {
  const world: World = { tables, args, indexes: new Map() };
  if (!select.within) return answerRows(select, kept(select, visible(select.from, world), world), world);
  return parentTuples(select, select.within.parents, world).flatMap((tuple) => {
    const rows = kept(select, rowsOf(select.within!, select.from, tuple, world), world);
    return answerRows(select, rows, world).map((row) => [...tuple, ...row]);
  });
}

/** The rows that belong to the parents of these join values. */
function rowsOf({ step, walk }: Within, from: Place, tuple: Row, world: World): Rec[] {
  if (!walk) return relatedTo(step, tuple, world);
  const { entity } = from;
  return relatedTo(step, tuple, world)
    .flatMap((start) => reached(walk, start, world))
    .filter((far) => far.entity === entity && holds(from.policy, far, world));
}

function kept(select: Select, rows: readonly Rec[], world: World): Rec[] {
  return rows.filter((rec) => holds(select.where, rec, world));
}

function answerRows(select: Select, rows: readonly Rec[], world: World): Row[] {
  if (select.groups) return groupRows(select, select.groups, rows, world);
  return chosen(select, rows, world).map((rec) => select.output.map((operand) => operandValue(operand, rec, world)));
}

function chosen(select: Select, rows: readonly Rec[], world: World): Rec[] {
  const keyed = rows.map((rec) => ({
    item: rec,
    by: select.orderBy.map((term) => operandValue(term.operand, rec, world)),
  }));
  return page(select, keyed, world.args);
}

/** The parents' distinct join values, none with a null. */
function parentTuples(select: Select, parents: Parents, world: World): Row[] {
  const { step } = select.within!;
  if (parents.kind === 'keys') return world.args[parents.slot] as Row[];
  const distinct = new Map<string, Row>();
  for (const rec of parentRecs(parents.select, world)) {
    const tuple = joinValues(step, rec);
    const key = nearKey(step.relation.on, tuple);
    if (key !== null) distinct.set(key, tuple);
  }
  return [...distinct.values()];
}

/** The rows that a select without groups chooses, before they become output. */
function parentRecs(select: Select, world: World): Rec[] {
  if (!select.within) return chosen(select, kept(select, visible(select.from, world), world), world);
  const { within, from } = select;
  return parentTuples(select, within.parents, world).flatMap((tuple) =>
    chosen(select, kept(select, rowsOf(within, from, tuple, world), world), world),
  );
}

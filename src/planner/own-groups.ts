import { crosses, type Entity, type Relation } from '../ir/entity.js';
import { own, place } from '../ir/operand.js';
import { TRUE, type Predicate } from '../ir/predicate.js';
import type { GroupKey, Select } from '../ir/select.js';
import type { PlanContext } from './context.js';
import type { Grouped } from './far-groups.js';
import { GroupRows, isTooLong, mergeMany } from './group-rows.js';
import { missing } from './pushdown.js';

/**
 * Groups by fields of another source are made of smaller ones, by the join values and the select's other keys, which the
 * rows' own store makes; null where it cannot, or where measures of those cannot be put together to the last digit.
 * `where`: which rows are seen and asked for.
 */
export function withOwnGroups(select: Select, where: Predicate, { capabilitiesOf }: PlanContext): Grouped | null {
  const { groups, within, from } = select;
  if (groups === null || within !== null) return null;
  const can = capabilitiesOf(from.entity.source);
  const merges = groups.measures.map((measure) => mergeMany(measure, can));
  if (merges.includes(undefined) || groups.measures.some(isTooLong)) return null;
  const rows = new GroupRows(place(from.entity), `${from.entity.entity} in groups`);
  // One for all keys behind it, so that it is joined once.
  const relations = new Map<Relation, Relation>();
  const keys = groups.keys.map((key): GroupKey => {
    const { type } = key;
    const [first, ...rest] = key.operand.steps;
    if (!first || !crosses(first.relation)) {
      return { operand: own(rows.key(key)), grouping: { kind: 'value' }, type };
    }
    for (const pair of first.relation.on) rows.by(pair.from);
    const relation = relations.get(first.relation) ?? { ...first.relation, from: rows.entity };
    relations.set(first.relation, relation);
    const step = { ...first, relation };
    return { ...key, operand: { ...key.operand, steps: [step, ...rest] } };
  });
  const measures = groups.measures.map((measure, i) => rows.measure(measure, merges[i]!));
  const made = rows.select();
  if (missing({ ...made, where }, can).length > 0) return null;
  return {
    select: { ...select, from: place(rows.entity), where: TRUE, groups: { ...groups, keys, measures } },
    grouped: new Map<Entity, Select>([[rows.entity, made]]),
  };
}

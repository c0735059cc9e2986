import type { Relation } from '../ir/entity.js';
import { own, ownField, type Operand } from '../ir/operand.js';
import type { Parents, Select, Within } from '../ir/select.js';
import type { DataType } from '../ir/types.js';
import type { Capabilities } from '../store/capabilities.js';
import { arrival } from './arrival.js';
import type { BoundLevel } from './bind.js';
import type { PlanContext } from './context.js';
import type { ChildPlan, LevelPlan } from './plan.js';
import { missing } from './pushdown.js';
import { residualOf } from './residual.js';
import { withSemiJoins } from './semi-joins.js';

interface ParentPlan {
  /** The parent's select as its store is sent it, when the store answers it whole. */
  readonly select: Select | null;
  readonly source: string;
  readonly form: LevelPlan['form'];
  readonly keysFrom: number | null;
}

/** The plan of a page: one read a level; levels of one source that can name their parents go in one round trip. */
export function planLevels(bound: BoundLevel, context: PlanContext): LevelPlan {
  return planLevel(bound, null, context);
}

function planLevel(bound: BoundLevel, parent: ParentPlan | null, context: PlanContext): LevelPlan {
  const { source } = bound.select.from.entity;
  const can = context.capabilitiesOf(source);
  const { output, columns } = withJoinColumns(bound);
  const { select: narrowed, semiJoins } = withSemiJoins(bound.select, context);
  const plain: Select = { ...narrowed, output };
  const parents = parent === null ? 'root' : canNameParents(parent, source, plain, bound, can) ? 'select' : 'keys';
  const keySlot = parents === 'keys' ? context.slots.reserve() : null;
  const select = bound.step === null ? plain : withParents(plain, bound, parent, keySlot);
  const residual = residualOf(select, context);
  const keyColumns = bound.step === null ? 0 : bound.step.relation.on.length;
  const form = residual === null ? 'TEXT' : 'TYPED';
  const keysFrom = parents === 'select' ? parent!.keysFrom : keySlot;
  const self: ParentPlan = { select: residual === null ? select : null, source, form, keysFrom };
  const children = bound.children.map((child, i): ChildPlan => ({
    plan: planLevel(child, self, context),
    parentColumns: columns[i]!.map((c) => keyColumns + c),
    relation: child.step!.relation,
    keyTypes: arrival(child.step!).relation.on.map((pair) => pair.from.type),
  }));
  const asked = bound.select.output.length;
  return {
    path: bound.path,
    kind: bound.kind,
    source,
    select,
    measures: bound.measures,
    asked,
    keyColumns,
    parents,
    keySlot,
    keysFrom,
    form,
    joinsAsText: parent !== null && joinsAsText(bound.step!.relation, parent, { source, form }),
    page: bound.page && { ...bound.page, columns: bound.page.columns.map((c) => keyColumns + c) },
    most: bound.most,
    residual,
    semiJoins,
    children,
  };
}

function withParents(select: Select, bound: BoundLevel, parent: ParentPlan | null, keySlot: number | null): Select {
  if (keySlot !== null) return { ...select, within: withinOf(bound, { kind: 'keys', slot: keySlot }) };
  return { ...select, within: withinOf(bound, { kind: 'select', select: parent!.select! }) };
}

function withinOf({ step, walk }: BoundLevel, parents: Parents): Within {
  return { step: arrival(step!), parents, ...(walk ? { walk } : {}) };
}

/** Parents are named by a sub-select when one store answers both levels whole, and the parents are the same rows at each reading. */
function canNameParents(
  parent: ParentPlan,
  source: string,
  select: Select,
  bound: BoundLevel,
  can: Capabilities,
): boolean {
  if (parent.select === null || parent.source !== source || can.within !== 'select') return false;
  if (can.keysAreCheaper && haveSameText(bound.step!.relation)) return false;
  const within = withinOf(bound, { kind: 'select', select: parent.select });
  if (missing({ ...select, within }, can).length > 0) return false;
  return isRepeatable(parent.select);
}

/** A page of an entity without a key has no total order: two readings may choose other rows. */
function isRepeatable(select: Select): boolean {
  return (select.limit === null && select.offset === null) || select.from.entity.key !== null;
}

/** The output with the join values that the children need, each field once. */
function withJoinColumns(bound: BoundLevel): { output: readonly Operand[]; columns: readonly (readonly number[])[] } {
  const output = [...bound.select.output];
  const columns = bound.children.map((child) =>
    child.step!.relation.on.map(({ from }) => {
      const known = output.findIndex((operand) => ownField(operand) === from);
      return known >= 0 ? known : output.push(own(from)) - 1;
    }),
  );
  return { output, columns };
}

/** Types whose text is the same for equal values of one store. */
const SAME_TEXT: ReadonlySet<DataType['kind']> = new Set(['int', 'text', 'uuid', 'enum', 'date', 'bool', 'id']);

/** Whether rows of two levels can be joined by the text that their store has for the values. */
function joinsAsText(
  relation: Relation,
  ...levels: readonly [Pick<LevelPlan, 'source' | 'form'>, Pick<LevelPlan, 'source' | 'form'>]
): boolean {
  const [near, far] = levels;
  return near.source === far.source && levels.every(({ form }) => form === 'TEXT') && haveSameText(relation);
}

/** Whether the keys of both sides are equal exactly where their text is. */
function haveSameText({ on }: Relation): boolean {
  return on.every(({ form, from, to }) => !form && SAME_TEXT.has(from.type.kind) && from.type.kind === to.type.kind);
}

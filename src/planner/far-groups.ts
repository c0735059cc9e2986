import { crosses, relationPath, type Entity, type JoinPair } from '../ir/entity.js';
import { changes } from '../ir/join.js';
import { place, type Leaf, type Step } from '../ir/operand.js';
import { withParts } from '../ir/parts.js';
import { samePolicy } from '../ir/predicate.js';
import type { MeasureFn, Select } from '../ir/select.js';
import type { PlanContext } from './context.js';
import { GroupRows, isTooLong, mergeMany, mergeOne } from './group-rows.js';
import { missing } from './pushdown.js';

/** A select as compute answers it, and what gives the rows of entities that stand for groups. */
export interface Grouped {
  readonly select: Select;
  readonly grouped: ReadonlyMap<Entity, Select>;
}

/** A measure of the rows on the far side of a relation. */
type Related = Extract<Leaf, { kind: 'related' }>;

/** The groups of the rows that a step leads to. */
interface Far {
  readonly step: Step;
  readonly rows: GroupRows;
}

/**
 * Measures of the rows of another source are taken there, in groups by join values, and only the groups move. Compute
 * finds the one of a near row, or, where several have one common form, those of it.
 */
export function withFarGroups(select: Select, context: PlanContext): Grouped {
  const all: Far[] = [];
  const rewritten = withParts(select, (part, name) => {
    if (name === 'entity' || name === 'field' || name === 'relation') return part;
    if (!isRelated(part)) return undefined;
    const merge = mergeOf(part, context);
    return merge && measured(part, merge, farOf(part.step, all));
  });
  return {
    select: all.length > 0 ? rewritten : select,
    grouped: new Map(all.map(({ rows }) => [rows.entity, rows.select()])),
  };
}

function isRelated(part: unknown): part is Related {
  return typeof part === 'object' && part !== null && 'measure' in part && (part as Related).kind === 'related';
}

/** How compute makes the measure of those of groups; undefined where the far store cannot group, or that is not exact. */
function mergeOf({ step, measure }: Related, { capabilitiesOf }: PlanContext): MeasureFn | undefined {
  const { relation, to } = step;
  if (!crosses(relation) || relation.through !== null) return undefined;
  const can = capabilitiesOf(to.entity.source);
  const merge = relation.on.every(isApart) ? mergeOne(measure) : mergeMany(measure, can);
  if (merge === undefined || isTooLong(measure)) return undefined;
  const alone = groupsOf(step, '');
  alone.measure(measure, merge);
  return missing(alone.select(), can).length === 0 ? merge : undefined;
}

/** Types of whose values a store can tell more apart than we do: we cut their finest digits. */
const CUT: ReadonlySet<string> = new Set(['time', 'localdatetime', 'instant']);

/** Whether no two groups by the far field have one common form. */
function isApart({ to, form }: JoinPair): boolean {
  return !changes(to.type, form) && !CUT.has(to.type.kind);
}

function farOf(step: Step, all: Far[]): Far {
  const same = all.filter((far) => far.step.relation === step.relation);
  const known = same.find((far) => samePolicy(far.step.to.policy, step.to.policy));
  if (known) return known;
  const name = `${step.to.entity.entity} by ${relationPath(step.relation)}`;
  const far: Far = { step, rows: groupsOf(step, same.length > 0 ? `${name} ${same.length + 1}` : name) };
  all.push(far);
  return far;
}

function groupsOf({ relation, to }: Step, name: string): GroupRows {
  const rows = new GroupRows(to, name);
  for (const pair of relation.on) rows.by(pair.to);
  return rows;
}

/** The leaf that finds the measure among the groups. */
function measured({ step, measure }: Related, merge: MeasureFn, { rows }: Far): Related {
  const relation = { ...step.relation, to: rows.entity, many: true };
  return {
    kind: 'related',
    step: { relation, to: place(rows.entity), through: null },
    measure: rows.measure(measure, merge),
  };
}

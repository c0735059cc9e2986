import { relationPath } from '../ir/entity.js';
import { conjuncts, type Predicate } from '../ir/predicate.js';
import type { Select } from '../ir/select.js';
import type { NativeText, Store } from '../store/store.js';
import type { KeyRead, LevelPlan, SemiJoin } from './plan.js';

/** A plan as `explain` shows it: native queries and types of parameters, never values. */
export interface PlanView {
  readonly nodes: readonly PlanNodeView[];
}

export interface PlanNodeView {
  readonly source: string;
  readonly entity: string;
  /** The place in the answer, dotted. */
  readonly path: string;
  /** One, or one a scan where the gateway does what the store cannot. */
  readonly native: readonly NativeText[];
  readonly pushed: readonly string[];
  readonly residual: readonly string[];
  readonly estimatedRows: number | null;
  /** Filters through relations to other sources: what is read for them before. */
  readonly semiJoins: readonly SemiJoinView[];
  readonly children: readonly PlanNodeView[];
}

export interface SemiJoinView {
  /** `source.entity.relation` */
  readonly relation: string;
  readonly most: number;
  /** Of the far rows that pass. */
  readonly far: KeyReadView;
  /** Of the near rows that other filters leave: read first when they are known to be fewer, or the far ones are too many. */
  readonly near: KeyReadView;
}

export interface KeyReadView {
  readonly source: string;
  readonly native: readonly NativeText[];
  readonly estimatedKeys: number | null;
}

export type StoreOf = (source: string) => Pick<Store, 'explain' | 'estimate'>;

export async function viewPlans(plans: readonly LevelPlan[], storeOf: StoreOf, signal: AbortSignal): Promise<PlanView> {
  return { nodes: await Promise.all(plans.map((plan) => viewLevel(plan, storeOf, signal))) };
}

async function viewLevel(plan: LevelPlan, storeOf: StoreOf, signal: AbortSignal): Promise<PlanNodeView> {
  const store = storeOf(plan.source);
  const { residual } = plan;
  const selects = residual ? residual.scans.map((scan) => scan.select) : [plan.select];
  const [estimatedRows, semiJoins, children] = await Promise.all([
    // Statistics speak of whole queries: a level below others is read for parents that are not known yet.
    plan.parents === 'root' && !residual ? store.estimate(plan.select, signal) : null,
    Promise.all(plan.semiJoins.map((each) => viewSemiJoin(each, storeOf, signal))),
    Promise.all(plan.children.map((child) => viewLevel(child.plan, storeOf, signal))),
  ]);
  return {
    source: plan.source,
    entity: plan.select.from.entity.entity,
    path: plan.path,
    native: selects.map((select) => storeOf(select.from.entity.source).explain(select)),
    pushed: residual ? residual.pushed.map(words) : partsOf(plan.select),
    residual: residual ? [...residual.left.map(words), ...residual.parts] : [],
    estimatedRows,
    semiJoins,
    children,
  };
}

async function viewSemiJoin(
  { relation, far, near, most }: SemiJoin,
  storeOf: StoreOf,
  signal: AbortSignal,
): Promise<SemiJoinView> {
  const view = async ({ source, select, residual }: KeyRead): Promise<KeyReadView> => {
    const store = storeOf(source);
    const selects = residual ? residual.scans.map((scan) => scan.select) : [select];
    const native = selects.map((each) => storeOf(each.from.entity.source).explain(each));
    return { source, native, estimatedKeys: residual ? null : await store.estimate(select, signal) };
  };
  const [farView, nearView] = await Promise.all([view(far), view(near.keys)]);
  return { relation: relationPath(relation), most, far: farView, near: nearView };
}

function partsOf(select: Select): string[] {
  return [
    ...conjuncts(select.where).map(words),
    ...(select.groups ? ['groups'] : []),
    ...(select.groups?.measures ?? []).flatMap(({ fn, approximate }) => (approximate ? [`approximate ${fn}`] : [])),
    ...(select.orderBy.length > 0 ? ['order'] : []),
    ...(select.keyset.length === 0 ? [] : ['position']),
    ...(select.limit === null ? [] : ['limit']),
    ...(select.offset === null ? [] : ['offset']),
  ];
}

/** What a condition is, without its values: `where or`, `where compare`. */
function words(predicate: Predicate): string {
  return `where ${predicate.kind}`;
}

import type { SourceProgress } from '../executor/uses.js';
import type { LevelPlan } from '../planner/plan.js';
import type { NativeText, Store } from '../store/store.js';

/** One read of a plan in short: what is read for which place in the answer, and what is left to the gateway. */
export interface ReadView {
  readonly path: string;
  readonly source: string;
  readonly entity: string;
  readonly left: readonly string[];
}

/** What an operation does at its sources, while it does it. Made for each operation, so it only notes; views are made when asked for. */
export class Progress {
  readonly uses = new Map<string, SourceProgress>();
  private plans: readonly LevelPlan[] = [];
  private storeOf: ((source: string) => Pick<Store, 'explain'>) | null = null;

  begin(plans: readonly LevelPlan[], storeOf: (source: string) => Pick<Store, 'explain'>): void {
    this.plans = plans;
    this.storeOf = storeOf;
  }

  /** What each source of the plan was asked so far, those that did not answer yet with nothing. */
  sources(): SourceProgress[] {
    const planned = new Set(this.levels().map(({ source }) => source));
    for (const name of this.uses.keys()) planned.add(name);
    return [...planned].map(
      (name) => this.uses.get(name) ?? { name, readAt: null, rows: 0, bytes: 0, calls: 0, ms: 0 },
    );
  }

  reads(): ReadView[] {
    return this.levels().map(({ path, source, select, residual }) => ({
      path,
      source,
      entity: select.from.entity.entity,
      left: residual ? [...residual.left.map(({ kind }) => `where ${kind}`), ...residual.parts] : [],
    }));
  }

  /** What each store is asked, with no value in it. */
  native(): (NativeText & { readonly source: string; readonly path: string })[] {
    return this.levels().flatMap(({ path, source, select, residual }) => {
      const selects = residual ? residual.scans.map((scan) => scan.select) : [select];
      return selects.map((each) => ({ source, path, ...this.storeOf!(source).explain(each) }));
    });
  }

  private levels(): LevelPlan[] {
    const below = (plan: LevelPlan): LevelPlan[] => [plan, ...plan.children.flatMap((child) => below(child.plan))];
    return this.plans.flatMap(below);
  }
}

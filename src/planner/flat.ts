import type { Select } from '../ir/select.js';
import type { PlanContext } from './context.js';
import { residualOf } from './residual.js';
import type { BoundLevel } from './bind.js';
import type { Residual, SemiJoin } from './plan.js';
import { withSemiJoins } from './semi-joins.js';

/** The plan of a stream: one select a source, to-one fields as paths, no levels. */
export interface FlatPlan {
  readonly source: string;
  readonly select: Select;
  readonly residual: Residual | null;
  readonly semiJoins: readonly SemiJoin[];
}

export function planFlat(bound: BoundLevel, context: PlanContext): FlatPlan {
  if (bound.children.length > 0) throw new Error(`${bound.path}: a flat plan has no levels`);
  const { select, semiJoins } = withSemiJoins(bound.select, context);
  return { source: select.from.entity.source, select, residual: residualOf(select, context), semiJoins };
}

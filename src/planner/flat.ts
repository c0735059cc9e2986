import type { Select } from '../ir/select.js';
import type { PlanContext } from './context.js';
import { planResidual } from './residual.js';
import type { BoundLevel } from './bind.js';
import type { Residual, SemiJoin } from './plan.js';
import { missing } from './pushdown.js';
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
  const { source } = select.from.entity;
  const lacking = missing(select, context.capabilitiesOf(source));
  const residual = lacking.length === 0 ? null : planResidual(select, lacking, context);
  return { source, select, residual, semiJoins };
}

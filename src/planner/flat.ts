import type { Select } from '../ir/select.js';
import { planResidual, type PlanContext } from './levels.js';
import type { BoundLevel } from './bind.js';
import type { Residual } from './plan.js';
import { missing } from './pushdown.js';

/** The plan of a stream: one select a source, to-one fields as paths, no levels. */
export interface FlatPlan {
  readonly source: string;
  readonly select: Select;
  readonly residual: Residual | null;
}

export function planFlat(bound: BoundLevel, context: PlanContext): FlatPlan {
  if (bound.children.length > 0) throw new Error(`${bound.path}: a flat plan has no levels`);
  const { select } = bound;
  const { source } = select.from.entity;
  const can = context.capabilitiesOf(source);
  const lacking = missing(select, can);
  const residual = lacking.length === 0 ? null : planResidual(select, lacking, can, context.rowBudget);
  return { source, select, residual };
}

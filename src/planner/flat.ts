import type { Select } from '../ir/select.js';
import type { PlanContext } from './context.js';
import { residualOf } from './residual.js';
import type { BoundLevel } from './bind.js';
import type { Residual, SemiJoin } from './plan.js';
import { withSemiJoins } from './semi-joins.js';

/** The plan of a stream: one select a source, to-one fields as paths, no levels. */
export interface FlatPlan extends FlatWay {
  readonly semiJoins: readonly SemiJoin[];
  /** The way where filters through other sources meet more join values than may be moved: compute joins all rows. */
  readonly joined: FlatWay | null;
}

interface FlatWay {
  readonly source: string;
  readonly select: Select;
  /** Its scans are read to their end: compute writes to disk what memory does not hold. */
  readonly residual: Residual | null;
}

export function planFlat(bound: BoundLevel, context: PlanContext): FlatPlan {
  if (bound.children.length > 0) throw new Error(`${bound.path}: a flat plan has no levels`);
  const wayOf = (select: Select): FlatWay => ({
    source: select.from.entity.source,
    select,
    residual: residualOf(select, { ...context, rowBudget: null }),
  });
  const { select, semiJoins } = withSemiJoins(bound.select, context);
  return { ...wayOf(select), semiJoins, joined: semiJoins.length > 0 ? wayOf(bound.select) : null };
}

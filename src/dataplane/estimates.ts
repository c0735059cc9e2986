import type { LevelRows } from '../executor/execute.js';

/** A figure of the answer that is an estimate. */
export interface ToldEstimate {
  /** The place in the answer, dotted; the groups themselves where it decides which there are, or their order. */
  readonly path: string;
  /** How it was made, and how far off it may be. */
  readonly by: string;
}

/** The estimates in some levels and those below them, as their stores tell them. */
export function estimatesIn(levels: readonly LevelRows[]): readonly ToldEstimate[] {
  return levels.flatMap((level) => {
    if (level.failed) return [];
    const { path, measures } = level.plan;
    const own = (level.batch.estimates ?? []).map(({ measure, by }) => {
      const name = measures[measure] ?? null;
      return { path: name === null ? path : `${path}.${name}`, by };
    });
    return [...own, ...estimatesIn(level.children)];
  });
}

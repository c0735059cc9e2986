import type { Problem } from '../store/shape.js';
import type { SourceModel } from './model.js';
import { declare, isWithin, sourcesOf, type DeclaredRelation } from './relations.js';

/**
 * Adds the relations between sources to freshly built models. What cannot be added is told as a problem of the source that
 * it begins at, by the source's name.
 */
export function linkSources(
  models: ReadonlyMap<string, SourceModel>,
  declared: readonly DeclaredRelation[],
): ReadonlyMap<string, readonly Problem[]> {
  const problems = new Map<string, Problem[]>();
  for (const each of declared) {
    if (isWithin(each)) continue;
    const [home] = sourcesOf(each);
    const own = problems.get(home) ?? [];
    problems.set(home, own);
    declare(each, home, ({ source, entity }) => models.get(source)?.drafts.get(entity) ?? null, own);
  }
  return problems;
}

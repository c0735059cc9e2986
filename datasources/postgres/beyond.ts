import type { BeyondDialect } from '../sql/dialect.js';
import { nearest } from './nearest.js';
import { highlights, match, score } from './search.js';
import { degree, ofWay, reaches, walkedFrom } from './walked.js';

/** What a database of tables answers beside tables: searches and walks. */
export const BEYOND: BeyondDialect = {
  condition: (p, scope) => {
    switch (p.kind) {
      case 'match':
        return match(p, scope);
      case 'nearest':
        return nearest(p, scope);
      case 'reach':
        return reaches(p, scope);
      default:
        return null;
    }
  },
  leaf: (leaf, scope) => {
    switch (leaf.kind) {
      case 'score':
        return score(scope);
      case 'highlights':
        return highlights(leaf, scope);
      case 'degree':
        return degree(leaf, scope);
      case 'distance':
        return ofWay('d', scope);
      case 'path':
        return ofWay('way', scope);
      default:
        return null;
    }
  },
  walked: walkedFrom,
};

import type { Predicate } from '../../src/ir/predicate.js';
import type { GeoPoint } from '../../src/ir/types.js';
import { valueOf } from '../../src/ir/value.js';
import { searchedIn } from './ability.js';
import { exists } from './compare.js';
import { indexOf, locate, type Location } from './native.js';
import { allOf, anyOf, Late, noneOf, type Found, type Query } from './query.js';
import { unable } from './unable.js';

type Match = Extract<Predicate, { kind: 'match' }>;

/** A text match: a clause a field, so that no field's name is read as a pattern. What is found in several counts more. */
export function match(p: Match): Query {
  const locations = p.operands.map((operand) => locate(operand, null));
  const clauses = locations.map((location, i) => {
    const path = searchedIn(location.native);
    if (path === null || p.operands[i]!.steps.length > 0) throw unable(`a text match of ${location.native.path}`);
    const boost = p.boosts[i] ?? 1;
    return new Late([p.text], (args) => matchClause(p, path, valueOf(p.text, args), boost), p.mode.toLowerCase(), path);
  });
  const found = anyOf(clauses);
  return p.negated ? allOf([anyOf(locations.map(exists)), noneOf(found)]) : found;
}

function matchClause({ mode, fuzzy }: Match, path: string, query: unknown, boost: number): Query {
  if (mode === 'PHRASE') return { match_phrase: { [path]: { query, boost } } };
  const operator = mode === 'ALL' ? 'and' : 'or';
  return { match: { [path]: { query, operator, boost, ...(fuzzy ? { fuzziness: 'AUTO' } : {}) } } };
}

/** The k documents nearest to a vector, found by a search of their own. */
export function nearest(p: Extract<Predicate, { kind: 'nearest' }>, policy: Query): Found {
  const { native } = locate(p.operand, null);
  const { similarity, path } = native;
  if (!similarity || p.operand.steps.length > 0) throw unable(`the nearest by ${path}`);
  const among = allOf([exists({ native, type: p.operand.type }), policy]);
  return { kind: 'nearest', index: indexOf(p.among.entity), path, similarity, vector: p.vector, k: p.k, among };
}

/** A grid of a centimetre, and a sphere that is counted a little otherwise: so much is looked at beyond the edge. */
const BEYOND = { degrees: 1e-5, metres: 1, share: 1e-6 };

/** All places that may lie so, and few others. */
export function geo(p: Extract<Predicate, { kind: 'geo' }>, { native }: Location): Query {
  if (native.type !== 'geo_point' || p.negated) throw unable(`places of ${native.path}`);
  const make = (args: readonly unknown[]): Query => {
    const value = valueOf(p.value, args);
    if (p.test === 'within') return boxOf(native.path, value as readonly GeoPoint[]);
    const metres = valueOf(p.metres!, args) as number;
    const { lon, lat } = value as GeoPoint;
    const distance = `${Math.max(0, metres) * (1 + BEYOND.share) + BEYOND.metres}m`;
    return { geo_distance: { distance, [native.path]: { lon, lat } } };
  };
  return new Late(p.metres ? [p.value, p.metres] : [p.value], make, p.test, native.path);
}

function boxOf(path: string, corners: readonly GeoPoint[]): Query {
  if (corners.length < 3) return { match_none: {} };
  const [lons, lats] = [corners.map(({ lon }) => lon), corners.map(({ lat }) => lat)];
  const within = (value: number, most: number): number => Math.min(most, Math.max(-most, value));
  return {
    geo_bounding_box: {
      [path]: {
        top: within(Math.max(...lats) + BEYOND.degrees, 90),
        bottom: within(Math.min(...lats) - BEYOND.degrees, 90),
        left: within(Math.min(...lons) - BEYOND.degrees, 180),
        right: within(Math.max(...lons) + BEYOND.degrees, 180),
      },
    },
  };
}

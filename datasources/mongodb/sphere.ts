import { EARTH_RADIUS, metresBetween } from '../../src/ir/geo.js';
import { ownField } from '../../src/ir/operand.js';
import type { Predicate } from '../../src/ir/predicate.js';
import { typeName, type GeoPoint } from '../../src/ir/types.js';
import { Slot, type Stage } from './expression.js';
import { isPlain, nativeOf } from './native.js';

/** The store counts on the same sphere, but not in the same order: so much is looked at beyond the edge. */
const BEYOND = { metres: 1, share: 1e-6 };

/**
 * A circle on the sphere that holds all places of which a condition is true, for an index of the field: what lies in it is
 * looked at again. null where there is no such index, or nothing to narrow.
 */
export function covering(p: Extract<Predicate, { kind: 'geo' }>): Stage | null {
  const field = ownField(p.operand);
  const native = field && nativeOf(field);
  if (!native?.sphere || !isPlain(native.name) || p.negated || p.operand.type.kind !== 'geopoint') return null;
  const circle =
    p.test === 'near'
      ? [new Slot(p.value, coordinates, '[double]'), new Slot(p.metres!, radius, typeName(p.metres!.type))]
      : new Slot(p.value, around, '[[double], double]');
  return { [native.name]: { $geoWithin: { $centerSphere: circle } } };
}

function coordinates(point: unknown): number[] {
  const { lon, lat } = point as GeoPoint;
  return [lon, lat];
}

/** In radians, half the way around the Earth at most. */
function radius(metres: unknown): number {
  const most = Number(metres) * (1 + BEYOND.share) + BEYOND.metres;
  return most > 0 ? Math.min(Math.PI, most / EARTH_RADIUS) : 0;
}

/**
 * Around the box of the corners in degrees: from its middle the farthest place is one of its own corners, unless it goes
 * around more than half of the Earth.
 */
function around(given: unknown): unknown {
  const corners = given as readonly GeoPoint[];
  if (corners.length < 3) return [[0, 0], 0];
  const [lons, lats] = [corners.map(({ lon }) => lon), corners.map(({ lat }) => lat)];
  const [west, east, south, north] = [Math.min(...lons), Math.max(...lons), Math.min(...lats), Math.max(...lats)];
  const middle = { lon: (west + east) / 2, lat: (south + north) / 2 };
  if (east - west > 180) return [coordinates(middle), Math.PI];
  return [
    coordinates(middle),
    radius(Math.max(...[south, north].map((lat) => metresBetween(middle, { lon: west, lat })))),
  ];
}

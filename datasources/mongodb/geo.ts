import { EARTH_RADIUS } from '../../src/ir/geo.js';
import type { Predicate } from '../../src/ir/predicate.js';
import { typeName, type GeoPoint } from '../../src/ir/types.js';
import { all, cannot, constant, isPresent, Slot, unless, type Expression } from './expression.js';
import { encode } from './values.js';

type Geo = Extract<Predicate, { kind: 'geo' }>;

/** Places are compared as everywhere in the gateway: over great circles of a sphere, polygons with edges straight in degrees. */
export function place(p: Geo, point: Expression): Expression {
  if (p.operand.type.kind !== 'geopoint') throw cannot('compare what is no place', 'ask a field of type GeoPoint');
  const inner = p.test === 'near' ? near(p) : inside(p);
  const coordinate = (index: number): Expression => ({
    $arrayElemAt: [{ $getField: { field: { $literal: 'coordinates' }, input: '$$place' } }, index],
  });
  const test: Expression = {
    $let: { vars: { place: point }, in: { $let: { vars: { lon: coordinate(0), lat: coordinate(1) }, in: inner } } },
  };
  return all([isPresent(point), unless(p.negated, test)]);
}

/** The haversine formula. */
function near({ value, metres }: Geo): Expression {
  const of = (pick: (point: GeoPoint) => number): Expression =>
    constant(new Slot(value, (given) => pick(given as GeoPoint), 'double'));
  const [lon, lat] = [of((point) => point.lon), of((point) => point.lat)];
  const radians = (degrees: Expression): Expression => ({ $degreesToRadians: degrees });
  const squared = (from: Expression, to: Expression): Expression => ({
    $pow: [{ $sin: { $divide: [radians({ $subtract: [to, from] }), 2] } }, 2],
  });
  const haversine: Expression = {
    $add: [
      squared('$$lat', lat),
      { $multiply: [{ $cos: radians('$$lat') }, { $cos: radians(lat) }, squared('$$lon', lon)] },
    ],
  };
  const distance: Expression = {
    $multiply: [2 * EARTH_RADIUS, { $asin: { $min: [1, { $sqrt: haversine }] } }],
  };
  return { $lte: [distance, constant(new Slot(metres!, encode(metres!.type), typeName(metres!.type)))] };
}

/** By the parity of crossings. */
function inside({ value }: Geo): Expression {
  const edges = constant(new Slot(value, (given) => edgesOf(given as readonly GeoPoint[]), '[edge]'));
  const slope: Expression = { $multiply: ['$$edge.slope', { $subtract: ['$$lat', '$$edge.lat'] }] };
  const crossed: Expression = {
    $and: [
      { $ne: [{ $gt: ['$$edge.lat', '$$lat'] }, { $gt: ['$$edge.end', '$$lat'] }] },
      { $lt: ['$$lon', { $add: ['$$edge.lon', slope] }] },
    ],
  };
  return { $eq: [{ $mod: [{ $size: { $filter: { input: edges, as: 'edge', cond: crossed } } }, 2] }, 1] };
}

function edgesOf(corners: readonly GeoPoint[]): unknown[] {
  return corners.map((a, i) => {
    const b = corners[(i + 1) % corners.length]!;
    // Level edges are never crossed.
    return { lon: a.lon, lat: a.lat, end: b.lat, slope: a.lat === b.lat ? 0 : (b.lon - a.lon) / (b.lat - a.lat) };
  });
}

import type { GeoPoint } from './types.js';

/** The mean radius of the Earth in metres (IUGG R1, WGS 84). */
export const EARTH_RADIUS = 6_371_008.7714;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Over the great circle of a sphere, by the haversine formula. */
export function metresBetween(a: GeoPoint, b: GeoPoint): number {
  const [north, east] = [radians(b.lat - a.lat), radians(b.lon - a.lon)];
  const h = Math.sin(north / 2) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(east / 2) ** 2;
  return 2 * EARTH_RADIUS * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Whether a place is inside of a polygon whose edges are straight in degrees, by the parity of crossings. */
export function isInside({ lon, lat }: GeoPoint, corners: readonly GeoPoint[]): boolean {
  let inside = false;
  for (const [i, a] of corners.entries()) {
    const b = corners[(i + 1) % corners.length]!;
    if (a.lat > lat === b.lat > lat) continue;
    if (lon < a.lon + ((lat - a.lat) / (b.lat - a.lat)) * (b.lon - a.lon)) inside = !inside;
  }
  return inside;
}

import { describe, expect, test } from '@jest/globals';
import { memoryStore, type MemoryConfig } from '../../datasources/memory/index.js';
import { fill } from '../../datasources/mongodb/expression.js';
import { covering } from '../../datasources/mongodb/sphere.js';
import { isInside, metresBetween } from '../../src/ir/geo.js';
import { fieldOf } from '../../src/ir/entity.js';
import { own, place } from '../../src/ir/operand.js';
import { not, type Predicate } from '../../src/ir/predicate.js';
import { selectFrom } from '../../src/ir/select.js';
import { FLOAT64, INT32, type GeoPoint } from '../../src/ir/types.js';
import { literal, literals } from '../../src/ir/value.js';
import { pipelinesOver } from '../conformance/harness/mongodb.js';
import { sharedModel } from '../conformance/harness/model.js';
import { Random } from '../random.js';
import { isInCircle } from './stand-in.js';

const GEOPOINT = { kind: 'geopoint' } as const;
const random = new Random(7);
const anywhere = (): GeoPoint => ({ lon: random.next() * 360 - 180, lat: random.next() * 180 - 90 });
const field = (name: string, type: typeof GEOPOINT | typeof INT32) => ({
  name,
  type,
  nullable: true,
  description: null,
  native: null,
});

const PLACES: MemoryConfig = {
  shape: {
    problems: [],
    entities: [
      {
        name: 'spot',
        id: 'spot',
        kind: 'COLLECTION',
        description: null,
        fields: [field('id', INT32), field('at', GEOPOINT)],
        key: null,
        unique: [],
        references: [],
        estimatedRows: null,
        native: null,
      },
    ],
  },
  rows: { spot: Array.from({ length: 45 }, (_, i) => ({ id: BigInt(i), at: i % 9 === 0 ? null : anywhere() })) },
};

const SPHERE = new Map([['spot', { indexes: [{ name: 'at', key: { at: '2dsphere' } }], searches: [] }]]);

test.each([
  ['without an index', undefined, 0],
  ['with a 2dsphere index, whose $geoWithin mingo runs over what stands in for it', SPHERE, 24],
] as const)(
  'places near and within, as the memory engine finds them: pipelines in mingo %s',
  async (_, told, circles) => {
    const { signal } = new AbortController();
    const pipelines = await pipelinesOver(PLACES, told);
    const memory = await memoryStore('memory', PLACES);
    const spot = sharedModel(await pipelines.introspect(signal)).entities.get('spot')!;
    const at = own(fieldOf(spot, 'at'));
    let [telling, narrowed] = [0, 0];
    for (let i = 0; i < 12; i += 1) {
      const near: Predicate = {
        kind: 'geo',
        operand: at,
        test: 'near',
        value: literal(GEOPOINT, anywhere()),
        metres: literal(FLOAT64, random.next() * 1.5e7),
        negated: false,
      };
      const corners = Array.from({ length: 3 + random.int(4) }, anywhere);
      const within: Predicate = {
        kind: 'geo',
        operand: at,
        test: 'within',
        value: literals(GEOPOINT, corners),
        metres: null,
        negated: false,
      };
      for (const where of [near, within, not(near), not(within)]) {
        const select = selectFrom(place(spot), { where, output: [own(fieldOf(spot, 'id')), at] });
        const run = { args: [], form: 'TYPED', signal } as const;
        if (pipelines.explain(select).text.includes('$geoWithin')) narrowed += 1;
        const [[got], [expected]] = await Promise.all([pipelines.read([select], run), memory.read([select], run)]);
        expect(got!.rows).toEqual(expected!.rows);
        telling += expected!.rows.length > 0 && expected!.rows.length < 40 ? 1 : 0;
      }
    }
    expect(telling).toBeGreaterThan(30);
    expect(narrowed).toBe(circles);
  },
);

describe('the circle around what is asked', () => {
  const native = { name: 'at', sure: false, sphere: true };
  const at = own({ name: 'at', type: GEOPOINT, nullable: true, description: null, native });
  const geo = { kind: 'geo', operand: at, negated: false } as const;
  const circleOf = (p: Extract<Predicate, { kind: 'geo' }>): Parameters<typeof isInCircle>[1] => {
    const { at: found } = fill(covering(p), []) as { at: { $geoWithin: { $centerSphere: never } } };
    return found.$geoWithin.$centerSphere;
  };
  const stored = ({ lon, lat }: GeoPoint): unknown => ({ type: 'Point', coordinates: [lon, lat] });
  const within = (most: number): number => (random.next() * 2 - 1) * most;
  const beside = ({ lon, lat }: GeoPoint, most: number): GeoPoint => ({
    lon: Math.min(180, Math.max(-180, lon + within(most))),
    lat: Math.min(90, Math.max(-90, lat + within(most))),
  });

  test('holds every place that is near, also at the edge, and few others', () => {
    let [inside, outside] = [0, 0];
    for (let i = 0; i < 3_000; i += 1) {
      const [home, size] = [anywhere(), 10 ** (random.next() * 8 - 6)];
      const place = beside(home, size);
      const far = metresBetween(place, home);
      for (const metres of [far, far * 1.5, far * 0.5]) {
        const value = literal(GEOPOINT, home);
        const circle = circleOf({ ...geo, test: 'near', value, metres: literal(FLOAT64, metres) });
        const held = isInCircle(stored(place), circle);
        if (far <= metres) expect([home, place, metres, held]).toEqual([home, place, metres, true]);
        inside += far <= metres ? 1 : 0;
        outside += held ? 0 : 1;
      }
    }
    expect(inside).toBeGreaterThan(5_900);
    expect(outside).toBeGreaterThan(1_500);
    const all = circleOf({ ...geo, test: 'near', value: literal(GEOPOINT, anywhere()), metres: literal(FLOAT64, 1e9) });
    expect(all[1]).toBe(Math.PI);
    for (const metres of [-10, NaN, -Infinity])
      expect(
        circleOf({ ...geo, test: 'near', value: literal(GEOPOINT, anywhere()), metres: literal(FLOAT64, metres) })[1],
      ).toBe(0);
  });

  test('holds every place within a polygon, also at its corners, and few others', () => {
    let [inside, outside] = [0, 0];
    for (let i = 0; i < 4_000; i += 1) {
      const [home, size] = [anywhere(), 10 ** (random.next() * 6 - 4)];
      const corners = Array.from({ length: 3 + random.int(4) }, () => beside(home, size));
      const corner = random.pick(corners);
      const circle = circleOf({ ...geo, test: 'within', value: literals(GEOPOINT, corners), metres: null });
      for (const place of [beside(home, size), beside(home, size * 5), beside(corner, size * 1e-9), corner]) {
        const held = isInCircle(stored(place), circle);
        if (isInside(place, corners)) {
          inside += 1;
          expect([corners, place, held]).toEqual([corners, place, true]);
        } else outside += held ? 0 : 1;
      }
    }
    expect(inside).toBeGreaterThan(1_500);
    expect(outside).toBeGreaterThan(1_500);
    expect(circleOf({ ...geo, test: 'within', value: literals(GEOPOINT, []), metres: null })).toEqual([[0, 0], 0]);
  });

  test('is not asked for without an index, or when negated', () => {
    const p = { ...geo, test: 'near', value: literal(GEOPOINT, anywhere()), metres: literal(FLOAT64, 5) } as const;
    const plain = own({
      name: 'at',
      type: GEOPOINT,
      nullable: true,
      description: null,
      native: { name: 'at', sure: false },
    });
    expect(covering(p)).not.toBeNull();
    expect(covering({ ...p, negated: true })).toBeNull();
    expect(covering({ ...p, operand: plain })).toBeNull();
  });
});

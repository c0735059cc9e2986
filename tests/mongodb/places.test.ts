import { expect, test } from '@jest/globals';
import { memoryStore, type MemoryConfig } from '../../datasources/memory/index.js';
import { fieldOf } from '../../src/ir/entity.js';
import { own, place } from '../../src/ir/operand.js';
import { not, type Predicate } from '../../src/ir/predicate.js';
import type { Select } from '../../src/ir/select.js';
import { FLOAT64, INT32, type GeoPoint } from '../../src/ir/types.js';
import { literal, literals } from '../../src/ir/value.js';
import { pipelinesOver } from '../conformance/harness/mongodb.js';
import { sharedModel } from '../conformance/harness/model.js';
import { Random } from '../random.js';

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

test('places near and within, as the memory engine finds them (pipelines in mingo)', async () => {
  const { signal } = new AbortController();
  const pipelines = await pipelinesOver(PLACES);
  const memory = await memoryStore('memory', PLACES);
  const spot = sharedModel(await pipelines.introspect(signal)).entities.get('spot')!;
  const at = own(fieldOf(spot, 'at'));
  let telling = 0;
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
      const select: Select = {
        from: place(spot),
        where,
        output: [own(fieldOf(spot, 'id')), at],
        groups: null,
        orderBy: [],
        limit: null,
        offset: null,
        keyset: [],
        within: null,
      };
      const run = { args: [], form: 'TYPED', signal } as const;
      const [[got], [expected]] = await Promise.all([pipelines.read([select], run), memory.read([select], run)]);
      expect(got!.rows).toEqual(expected!.rows);
      telling += expected!.rows.length > 0 && expected!.rows.length < 40 ? 1 : 0;
    }
  }
  expect(telling).toBeGreaterThan(30);
});

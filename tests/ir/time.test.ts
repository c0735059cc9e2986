import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  bucketInstant,
  bucketLocal,
  civilFromDays,
  daysFromCivil,
  offsetAt,
  parseInstant,
  parseLocal,
  partLocal,
  printInstant,
} from '../../src/ir/time.js';
import type { DatePart, TimeBucket } from '../../src/ir/select.js';

test('days and civil dates agree with each other and with JavaScript', () => {
  fc.assert(
    fc.property(fc.integer({ min: -90_000_000, max: 90_000_000 }), (days) => {
      const civil = civilFromDays(days);
      expect(daysFromCivil(civil)).toBe(days);
      const date = new Date(days * 86_400_000);
      expect(civil).toEqual({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() });
    }),
  );
});

/** The clock of Berlin goes forward on 2024-03-31 at 01:00Z and back on 2024-10-27 at 01:00Z. */
test.each<readonly [string, TimeBucket, string, string]>([
  ['2024-03-31T12:00:00Z', 'DAY', 'Europe/Berlin', '2024-03-30T23:00:00Z'],
  ['2024-03-31T01:30:00Z', 'HOUR', 'Europe/Berlin', '2024-03-31T01:00:00Z'],
  ['2024-10-27T12:00:00Z', 'DAY', 'Europe/Berlin', '2024-10-26T22:00:00Z'],
  ['2024-10-27T00:30:00Z', 'HOUR', 'Europe/Berlin', '2024-10-27T00:00:00Z'],
  ['2024-10-27T01:30:00Z', 'HOUR', 'Europe/Berlin', '2024-10-27T01:00:00Z'],
  ['2024-10-28T12:00:00Z', 'MONTH', 'Europe/Berlin', '2024-09-30T22:00:00Z'],
  ['2024-01-01T00:00:00Z', 'YEAR', 'America/New_York', '2023-01-01T05:00:00Z'],
  ['2024-05-05T20:00:00Z', 'WEEK', 'Asia/Kolkata', '2024-05-05T18:30:00Z'],
  ['2024-05-15T20:10:00Z', 'HOUR', 'Asia/Kolkata', '2024-05-15T19:30:00Z'],
  ['2024-05-15T20:10:00Z', 'QUARTER', 'UTC', '2024-04-01T00:00:00Z'],
])('%s by %s in %s begins at %s', (instant, bucket, zone, start) => {
  expect(printInstant(bucketInstant(parseInstant(instant)!, bucket, zone))).toBe(start);
});

test('a bucket begins at or before its instants and is its own start', () => {
  const buckets: readonly TimeBucket[] = ['SECOND', 'MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'];
  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'];
  fc.assert(
    fc.property(
      fc.bigInt(-1_000_000_000_000_000n, 4_000_000_000_000_000n),
      fc.constantFrom(...buckets),
      fc.constantFrom(...zones),
      (instant, bucket, zone) => {
        const start = bucketInstant(instant, bucket, zone);
        expect(start <= instant).toBe(true);
        expect(bucketInstant(start, bucket, zone)).toBe(start);
        const local = start + offsetAt(start, zone);
        expect(bucketLocal(local, bucket)).toBe(local);
      },
    ),
  );
});

test.each<readonly [string, DatePart, number]>([
  ['2024-12-30T00:00:00', 'WEEK', 1],
  ['2021-01-03T00:00:00', 'WEEK', 53],
  ['2024-02-29T00:00:00', 'DAY_OF_YEAR', 60],
  ['2024-03-03T00:00:00', 'DAY_OF_WEEK', 7],
  ['1969-12-31T23:59:58', 'SECOND', 58],
  ['2024-05-05T00:00:00', 'QUARTER', 2],
])('%s: %s is %s', (local, part, value) => {
  expect(partLocal(parseLocal(local)!, part)).toBe(value);
});

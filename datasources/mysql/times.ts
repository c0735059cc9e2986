import type { DatePart, TimeBucket } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import type { TimeDialect } from '../sql/dialect.js';
import { keyword, sql, type Fragment } from '../sql/fragment.js';
import { clockOf, localClock, type Clock } from './zones.js';

const PARTS: Readonly<Record<DatePart, (value: Fragment) => Fragment>> = {
  YEAR: (value) => sql`year(${value})`,
  QUARTER: (value) => sql`quarter(${value})`,
  MONTH: (value) => sql`month(${value})`,
  WEEK: (value) => sql`weekofyear(${value})`,
  DAY: (value) => sql`dayofmonth(${value})`,
  DAY_OF_WEEK: (value) => sql`weekday(${value}) + 1`,
  DAY_OF_YEAR: (value) => sql`dayofyear(${value})`,
  HOUR: (value) => sql`hour(${value})`,
  MINUTE: (value) => sql`minute(${value})`,
  SECOND: (value) => sql`second(${value})`,
};

/** The start of a bucket as text. */
const STARTS: Readonly<Record<Exclude<TimeBucket, 'WEEK' | 'QUARTER'>, string>> = {
  SECOND: '%Y-%m-%d %H:%i:%s',
  MINUTE: '%Y-%m-%d %H:%i:00',
  HOUR: '%Y-%m-%d %H:00:00',
  DAY: '%Y-%m-%d',
  MONTH: '%Y-%m-01',
  YEAR: '%Y-01-01',
};

export const TIMES: TimeDialect = {
  bucket: (kind, value, bucket, zone) => {
    const clock = clockIn(zone);
    if (!clock) return startOf(kind, value, bucket);
    const ahead = offsetOf(value, clock);
    const start = startOf(kind, sql`(${value} + interval ${ahead} second)`, bucket);
    // In the smallest buckets the offset is taken to be the same.
    return SHORT.has(bucket)
      ? sql`(${start} - interval ${ahead} second)`
      : sql`(${start} - interval ${offsetOf(start, localClock(clock))} second)`;
  },
  part: (_kind, value, part, zone) => {
    const clock = clockIn(zone);
    return PARTS[part](clock ? sql`(${value} + interval ${offsetOf(value, clock)} second)` : value);
  },
  bin: (value, width, origin) => sql`floor((${value} * 1e0 - ${origin}) / ${width}) * ${width} + ${origin}`,
};

const SHORT: ReadonlySet<TimeBucket> = new Set(['SECOND', 'MINUTE', 'HOUR']);

function startOf(kind: DataType['kind'], value: Fragment, bucket: TimeBucket): Fragment {
  const type = keyword(kind === 'date' ? 'date' : 'datetime(6)');
  switch (bucket) {
    case 'WEEK':
      return sql`cast(date(${value}) - interval weekday(${value}) day as ${type})`;
    case 'QUARTER':
      return sql`cast(date(${value}) - interval dayofmonth(${value}) - 1 day - interval (month(${value}) - 1) % 3 month as ${type})`;
    default:
      return sql`cast(date_format(${value}, '${keyword(STARTS[bucket])}') as ${type})`;
  }
}

/** The clock of a zone, which is a parameter that is known; null where it is UTC. */
function clockIn(zone: Fragment | null): Clock | null {
  if (zone?.kind !== 'parameter' || zone.parameter.value.kind !== 'literal') return null;
  const name = zone.parameter.value.value as string;
  return name === 'UTC' ? null : clockOf(name);
}

/** Seconds that a clock is ahead at a time: its changes are looked through by halves. */
function offsetOf(value: Fragment, { changes, offsets }: Clock): Fragment {
  const numbers = (of: readonly number[]): Fragment => keyword(of.join(', '));
  if (changes.length === 0) return numbers(offsets);
  const second = sql`timestampdiff(second, '1970-01-01', ${value})`;
  return sql`elt(interval(${second}, ${numbers(changes)}) + 1, ${numbers(offsets)})`;
}

import type { DatePart, GroupKey, TimeBucket } from '../../src/ir/select.js';
import { FLOAT64, TEXT, type DataType } from '../../src/ir/types.js';
import { literal } from '../../src/ir/value.js';
import { keyOf } from './compare.js';
import { cypher, keyword, type Fragment } from './cypher.js';
import { expression } from './operand.js';
import { scalar } from './parameter.js';
import type { Scope } from './scope.js';
import { floatOf } from './spread.js';

/** A group key as an expression, in the form of keys: the value, the start of its bucket, a part of a date, the start of its bin. */
export function groupKey({ operand, grouping }: GroupKey, scope: Scope): Fragment {
  const value = expression(operand, scope);
  switch (grouping.kind) {
    case 'value':
      return keyOf(operand.type, value);
    case 'bucket':
      return bucketOf(operand.type, grouping.bucket, grouping.zone, value);
    case 'part':
      return partOf(operand.type, grouping.part, grouping.zone, value);
    case 'width': {
      const [width, origin] = [grouping.width, grouping.origin].map((n) => scalar(literal(FLOAT64, n)));
      const bin = cypher`floor((${floatOf(operand.type, value)} - ${origin!}) / ${width!}) * ${width!} + ${origin!}`;
      return cypher`[w IN [${bin}] | ${keyOf(FLOAT64, keyword('w'))}][0]`;
    }
  }
}

function zoneOf(zone: string | null): Fragment {
  return scalar(literal(TEXT, zone ?? 'UTC'));
}

/** Integers are cut towards nought by the store. */
function floorTo(value: Fragment, unit: string): Fragment {
  const n = keyword(unit);
  return cypher`(${value} - (${value} % ${n} + ${n}) % ${n})`;
}

function secondsOf(micros: Fragment): Fragment {
  return cypher`${floorTo(micros, '1000000')} / 1000000`;
}

function offsetAt(seconds: Fragment, zone: Fragment): Fragment {
  return cypher`datetime({epochSeconds: ${seconds}, timezone: ${zone}}).offsetSeconds`;
}

const PRESENT = keyword('j');

/** What is made of a value, which it calls PRESENT; null of null. */
function ofPresent(value: Fragment, then: Fragment): Fragment {
  return letting([['j', value]], cypher`CASE WHEN ${PRESENT} IS NOT NULL THEN ${then} END`);
}

/** An expression with names for what it needs more than once. */
function letting(values: readonly (readonly [string, Fragment])[], then: Fragment): Fragment {
  return values.reduceRight((inner, [as, value]) => cypher`[${keyword(as)} IN [${value}] | ${inner}][0]`, then);
}

const SHORT: Partial<Record<TimeBucket, string>> = { SECOND: '1', MINUTE: '60', HOUR: '3600' };

function bucketOf(type: DataType, bucket: TimeBucket, zone: string | null, value: Fragment): Fragment {
  const unit = keyword(bucket.toLowerCase());
  if (type.kind === 'date') return ofPresent(value, cypher`date.truncate('${unit}', ${PRESENT})`);
  const local = type.kind === 'localdatetime' || zone === null || zone === 'UTC';
  const [seconds, start, named] = [keyword('g'), keyword('h'), zoneOf(zone)];
  const offset = local ? cypher`0` : offsetAt(seconds, named);
  const short = SHORT[bucket];
  const truncated =
    short !== undefined
      ? floorTo(cypher`(${seconds} + z)`, short)
      : cypher`datetime.truncate('${unit}', datetime({epochSeconds: ${seconds} + z})).epochSeconds`;
  // The smallest buckets do not depend on changes of the clock; of two instants with one local time the later counts.
  const back = local ? start : short === undefined ? instantOf(start, named) : cypher`${start} - z`;
  return ofPresent(
    value,
    letting(
      [
        ['g', secondsOf(PRESENT)],
        ['z', offset],
        ['h', truncated],
      ],
      cypher`(${back}) * 1000000`,
    ),
  );
}

/** The instant of a local time, both in seconds: in a gap of the clock the time after it. */
function instantOf(local: Fragment, zone: Fragment): Fragment {
  const [before, after] = [keyword('u'), keyword('w')];
  return letting(
    [
      ['u', cypher`${local} - ${offsetAt(cypher`${local} - 86400`, zone)}`],
      ['w', cypher`${local} - ${offsetAt(cypher`${local} + 86400`, zone)}`],
    ],
    cypher`CASE WHEN ${after} + ${offsetAt(after, zone)} = ${local} THEN ${after} ELSE ${before} END`,
  );
}

const PARTS: Record<Exclude<DatePart, 'YEAR'>, string> = {
  QUARTER: 'quarter',
  MONTH: 'month',
  WEEK: 'week',
  DAY: 'day',
  DAY_OF_WEEK: 'dayOfWeek',
  DAY_OF_YEAR: 'ordinalDay',
  HOUR: 'hour',
  MINUTE: 'minute',
  SECOND: 'second',
};

function partOf(type: DataType, part: DatePart, zone: string | null, value: Fragment): Fragment {
  const date = keyword('d');
  const at =
    type.kind === 'date' ? PRESENT : cypher`datetime({epochSeconds: ${secondsOf(PRESENT)}, timezone: ${zoneOf(zone)}})`;
  // 1 BC is year 0 in the store's reckoning and -1 in ours.
  const found =
    part === 'YEAR'
      ? cypher`CASE WHEN ${date}.year <= 0 THEN ${date}.year - 1 ELSE ${date}.year END`
      : cypher`${date}.${keyword(PARTS[part])}`;
  return ofPresent(value, letting([['d', at]], found));
}

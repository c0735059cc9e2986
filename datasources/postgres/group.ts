import type { GroupKey, TimeBucket } from '../../src/ir/select.js';
import { FLOAT64, TEXT } from '../../src/ir/types.js';
import { literal } from '../../src/ir/value.js';
import { keyword, sql, type Fragment } from '../sql/fragment.js';
import { distinct } from './measure.js';
import { expression } from './operand.js';
import { scalar } from './parameter.js';
import type { Scope } from './scope.js';

const PARTS = {
  YEAR: 'year',
  QUARTER: 'quarter',
  MONTH: 'month',
  WEEK: 'week',
  DAY: 'day',
  DAY_OF_WEEK: 'isodow',
  DAY_OF_YEAR: 'doy',
  HOUR: 'hour',
  MINUTE: 'minute',
  SECOND: 'second',
} as const;

/** A group key as an expression: the value, the start of its bucket, a part of a date, the start of its bin. */
export function groupKey(key: GroupKey, scope: Scope): Fragment {
  const { operand, grouping } = key;
  const value = expression(operand, scope);
  const { kind } = operand.type;
  switch (grouping.kind) {
    case 'value':
      return distinct(operand, scope);
    case 'bucket': {
      const unit = sql`'${unitOf(grouping.bucket)}'`;
      if (kind === 'instant') return sql`date_trunc(${unit}, ${value}, ${zoneOf(grouping.zone)})`;
      return kind === 'date' ? sql`date_trunc(${unit}, ${value}::timestamp)::date` : sql`date_trunc(${unit}, ${value})`;
    }
    case 'part': {
      const local = kind === 'instant' ? sql`(${value} at time zone ${zoneOf(grouping.zone)})` : value;
      return sql`floor(extract(${keyword(PARTS[grouping.part])} from ${local}))::int4`;
    }
    case 'width': {
      const [width, origin] = [grouping.width, grouping.origin].map((n) => scalar(literal(FLOAT64, n))) as [
        Fragment,
        Fragment,
      ];
      return sql`floor((${value}::float8 - ${origin}) / ${width}) * ${width} + ${origin}`;
    }
  }
}

function unitOf(bucket: TimeBucket): Fragment {
  return keyword(bucket.toLowerCase());
}

function zoneOf(zone: string | null): Fragment {
  return scalar(literal(TEXT, zone ?? 'UTC'));
}

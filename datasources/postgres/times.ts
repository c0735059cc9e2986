import type { TimeDialect } from '../sql/dialect.js';
import { keyword, sql } from '../sql/fragment.js';

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

export const TIMES: TimeDialect = {
  bucket: (kind, value, bucket, zone) => {
    const unit = sql`'${keyword(bucket.toLowerCase())}'`;
    if (zone) return sql`date_trunc(${unit}, ${value}, ${zone})`;
    return kind === 'date' ? sql`date_trunc(${unit}, ${value}::timestamp)::date` : sql`date_trunc(${unit}, ${value})`;
  },
  part: (_kind, value, part, zone) => {
    const local = zone ? sql`(${value} at time zone ${zone})` : value;
    return sql`floor(extract(${keyword(PARTS[part])} from ${local}))::int4`;
  },
  bin: (value, width, origin) => sql`floor((${value}::float8 - ${origin}) / ${width}) * ${width} + ${origin}`,
};

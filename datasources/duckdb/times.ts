import type { TimeBucket } from '../../src/ir/select.js';
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

/** Buckets in which the offset of a zone is taken to be the same. */
const SHORT: ReadonlySet<TimeBucket> = new Set(['SECOND', 'MINUTE', 'HOUR']);

export const TIMES: TimeDialect = {
  bucket: (kind, value, bucket, zone) => {
    const unit = sql`'${keyword(bucket.toLowerCase())}'`;
    if (!zone) return sql`date_trunc(${unit}, ${value})::${keyword(kind === 'date' ? 'DATE' : 'TIMESTAMP')}`;
    const local = sql`timezone(${zone}, ${value})`;
    return SHORT.has(bucket)
      ? sql`${value} - (${local} - date_trunc(${unit}, ${local}))`
      : sql`timezone(${zone}, date_trunc(${unit}, ${local})::TIMESTAMP)`;
  },
  part: (_kind, value, part, zone) => {
    const local = zone ? sql`timezone(${zone}, ${value})` : value;
    const found = sql`extract(${keyword(PARTS[part])} from ${local})::INTEGER`;
    // There is no year 0: the one before 1 is -1.
    return part === 'YEAR' ? sql`${found} - (${found} < 1)::INTEGER` : found;
  },
  bin: (value, width, origin) => sql`floor((${value}::DOUBLE - ${origin}) / ${width}) * ${width} + ${origin}`,
};

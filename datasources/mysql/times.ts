import type { DatePart, TimeBucket } from '../../src/ir/select.js';
import type { TimeDialect } from '../sql/dialect.js';
import { keyword, sql, type Fragment } from '../sql/fragment.js';

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

/** Zones other than UTC are refused by the engine's capabilities: a server has them only where somebody loaded them. */
export const TIMES: TimeDialect = {
  bucket: (kind, value, bucket) => {
    const type = keyword(kind === 'date' ? 'date' : 'datetime(6)');
    switch (bucket) {
      case 'WEEK':
        return sql`cast(date(${value}) - interval weekday(${value}) day as ${type})`;
      case 'QUARTER':
        return sql`cast(date(${value}) - interval dayofmonth(${value}) - 1 day - interval (month(${value}) - 1) % 3 month as ${type})`;
      default:
        return sql`cast(date_format(${value}, '${keyword(STARTS[bucket])}') as ${type})`;
    }
  },
  part: (_kind, value, part) => PARTS[part](value),
  bin: (value, width, origin) => sql`floor((${value} * 1e0 - ${origin}) / ${width}) * ${width} + ${origin}`,
};

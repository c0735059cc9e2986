import type { DatePart, GroupKey, TimeBucket } from '../../src/ir/select.js';
import { cond, type Expression } from './expression.js';
import { expression } from './operand.js';
import type { Scope } from './rows.js';

/** A group key as an expression: the value, the start of its bucket, a part of a date, the start of its bin. */
export function keyOf({ operand, grouping }: GroupKey, scope: Scope): Expression {
  const value = expression(operand, scope);
  switch (grouping.kind) {
    case 'value':
      return value;
    case 'bucket':
      return cond({ $eq: [value, null] }, null, bucket(value, grouping.bucket, grouping.zone ?? 'UTC'));
    case 'part':
      return cond({ $eq: [value, null] }, null, part(value, grouping.part, grouping.zone ?? 'UTC'));
    case 'width': {
      const { width, origin } = grouping;
      const bins: Expression = { $floor: { $divide: [{ $subtract: [{ $toDouble: value }, origin] }, width] } };
      return cond({ $eq: [value, null] }, null, { $add: [{ $multiply: [bins, width] }, origin] });
    }
  }
}

type Unit = 'hour' | 'minute' | 'second' | 'millisecond';
const OPERATORS = { hour: '$hour', minute: '$minute', second: '$second', millisecond: '$millisecond' } as const;

/** Days and longer begin at the zone's midnight; shorter buckets do not depend on the changes of its clock. */
function bucket(date: Expression, of: TimeBucket, zone: string): Expression {
  const timezone: Expression = { $literal: zone };
  const local = (unit: Unit): Expression => ({ [OPERATORS[unit]]: { date, timezone } });
  const since = (units: Readonly<Partial<Record<Unit, number>>>): Expression => ({
    $subtract: [
      date,
      { $add: Object.entries(units).map(([unit, ms]): Expression => ({ $multiply: [local(unit as Unit), ms] })) },
    ],
  });
  switch (of) {
    case 'SECOND':
      return since({ millisecond: 1 });
    case 'MINUTE':
      return since({ second: 1_000, millisecond: 1 });
    case 'HOUR':
      return since({ minute: 60_000, second: 1_000, millisecond: 1 });
    default:
      return { $dateTrunc: { date, unit: of.toLowerCase(), timezone, startOfWeek: 'monday' } };
  }
}

const PARTS = {
  MONTH: '$month',
  WEEK: '$isoWeek',
  DAY: '$dayOfMonth',
  DAY_OF_WEEK: '$isoDayOfWeek',
  DAY_OF_YEAR: '$dayOfYear',
  HOUR: '$hour',
  MINUTE: '$minute',
  SECOND: '$second',
} as const;

function part(date: Expression, of: DatePart, zone: string): Expression {
  const timezone: Expression = { $literal: zone };
  if (of === 'QUARTER') return { $toInt: { $ceil: { $divide: [{ $month: { date, timezone } }, 3] } } };
  if (of !== 'YEAR') return { [PARTS[of]]: { date, timezone } };
  // The year before 1 is year -1 in words.
  const year: Expression = { $year: { date, timezone } };
  return cond({ $lte: [year, 0] }, { $subtract: [year, 1] }, year);
}

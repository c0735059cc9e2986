import type { Measure } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import type { Measured, MeasureDialect } from '../sql/dialect.js';
import { keyword, sql, type Fragment } from '../sql/fragment.js';
import { scalar } from '../sql/parameter.js';
import type { Scope } from '../sql/scope.js';
import { MOST_DIGITS } from './values.js';

export const MEASURES: MeasureDialect = {
  // Narrowed by value, so that an aggregate can have a filter of its own.
  only: (value, where) => ({ value: sql`case when ${where} then ${value ?? sql`1`} end`, filter: sql`` }),
  of: aggregate,
};

function aggregate({ measure, operand, value }: Measured, { draft }: Scope): Fragment {
  const { type } = operand;
  const double = type.kind === 'float' && type.bits === 64 ? value : sql`${value}::DOUBLE`;
  switch (measure.fn) {
    case 'SUM':
      return sum(measure, type, value, double);
    case 'AVG':
      if (type.kind === 'decimal') return decimalAverage(type, value);
      // Of whole numbers the exact sum, rounded once.
      return type.kind === 'int' ? sql`sum(${value})::DOUBLE / count(${value})` : sql`avg(${double})`;
    case 'MIN':
      return sql`min(${value})`;
    case 'MAX':
      return sql`max(${value})`;
    case 'VARIANCE':
      return spread('var_samp', type, value, double);
    case 'VARIANCE_POP':
      return spread('var_pop', type, value, double);
    case 'STDDEV':
      return sql`sqrt(${spread('var_samp', type, value, double)})`;
    case 'STDDEV_POP':
      return sql`sqrt(${spread('var_pop', type, value, double)})`;
    case 'QUANTILE':
      return sql`quantile_cont(${double}, ${scalar(measure.q!, draft.dialect)})`;
    case 'COUNT':
    case 'COUNT_DISTINCT':
      throw new Error(`${measure.fn} is counted alike everywhere`);
  }
}

/** Whole numbers are summed in 128 bits, decimals in 38 digits: what does not fit is an error of the store. */
function sum({ type: answer, ofCounts }: Measure, type: DataType, value: Fragment, double: Fragment): Fragment {
  if (type.kind === 'float') return sql`sum(${double})`;
  if (type.kind !== 'int') return sql`sum(${value})`;
  const total = sql`sum(${value})::${keyword(answer.kind === 'decimal' ? `DECIMAL(${MOST_DIGITS},0)` : 'BIGINT')}`;
  return ofCounts ? sql`coalesce(${total}, 0)` : total;
}

/** The exact sum ÷ count, rounded half to even at scale + 6: all in whole numbers of 128 bits. */
function decimalAverage({ scale }: Extract<DataType, { kind: 'decimal' }>, value: Fragment): Fragment {
  const digits = (scale ?? 0) + 6;
  const whole = sql`replace(sum(${value})::VARCHAR, '.', '')::HUGEINT`;
  const count = sql`count(${value})::HUGEINT`;
  const rest = sql`(${whole} % ${count}) * 1000000`;
  const twice = sql`2 * abs((${rest}) % ${count})`;
  const odd = sql`((${rest}) // ${count}) % 2 <> 0`;
  const up = sql`case when ${twice} > ${count} or (${twice} = ${count} and ${odd}) then sign(${whole}) else 0 end`;
  const unit = keyword(`'0.${'1'.padStart(digits, '0')}'::DECIMAL(${digits},${digits})`);
  return sql`((${whole} // ${count}) * 1000000 + (${rest}) // ${count} + ${up})::DECIMAL(${keyword(String(MOST_DIGITS))},0) * ${unit}`;
}

/**
 * Variances, which the store refuses of what is not finite. Whole numbers and decimals that a float cannot tell apart are
 * taken as their distance from the least of them.
 */
function spread(name: 'var_samp' | 'var_pop', type: DataType, value: Fragment, double: Fragment): Fragment {
  const word = keyword(name);
  if (type.kind !== 'float') {
    if (isNarrow(type)) return sql`${word}(${double})`;
    const wide = keyword(type.kind === 'int' ? 'HUGEINT' : `DECIMAL(${MOST_DIGITS},${decimalScale(type)})`);
    const distance = sql`lambda x: (x::${wide} - min(${value})::${wide})::DOUBLE`;
    return sql`list_aggregate(list_transform(list(${value}) filter (where ${value} is not null), ${distance}), ${keyword(`'${name}'`)})`;
  }
  const finite = sql`${word}(${double}) filter (where isfinite(${double}))`;
  const none = name === 'var_samp' ? sql`1` : sql`0`;
  return sql`case when bool_and(isfinite(${double})) then ${finite} when count(${value}) > ${none} then 'NaN'::DOUBLE end`;
}

function decimalScale(type: DataType): number {
  return type.kind === 'decimal' ? (type.scale ?? 0) : 0;
}

/** Whether a float tells all values of the type apart. */
function isNarrow(type: DataType): boolean {
  if (type.kind === 'int') return type.bits < 64;
  return type.kind === 'decimal' && type.precision !== null && type.precision <= 15;
}

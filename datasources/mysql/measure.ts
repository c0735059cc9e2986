import type { DataType } from '../../src/ir/types.js';
import type { Measured, MeasureDialect } from '../sql/dialect.js';
import { keyword, sql, type Fragment } from '../sql/fragment.js';
import { isLoose } from '../sql/operand.js';
import { scalar } from '../sql/parameter.js';
import type { Scope } from '../sql/scope.js';
import type { Bytewise } from './text.js';

export function measuresOf(bytewise: Bytewise): MeasureDialect {
  return {
    // Narrowed by value: aggregates have no filter.
    only: (value, where) => ({ value: sql`case when ${where} then ${value ?? sql`1`} end`, filter: sql`` }),
    of: (measured, scope) => aggregate(measured, scope, bytewise),
  };
}

function aggregate(measured: Measured, { draft }: Scope, bytewise: Bytewise): Fragment {
  const { measure, operand, value } = measured;
  const { type } = operand;
  const double = sql`${value} * 1e0`;
  switch (measure.fn) {
    case 'SUM':
      // Of whole numbers and decimals the store's sum is exact.
      return type.kind === 'float' ? sql`sum(${double})` : sql`sum(${value})`;
    case 'AVG':
      if (type.kind === 'decimal') return decimalAverage(type, value);
      return type.kind === 'int' ? sql`sum(${value}) * 1e0 / count(${value})` : sql`avg(${double})`;
    case 'MIN':
    case 'MAX':
      return extreme(measured, bytewise);
    case 'VARIANCE':
      return variance('var_samp', type, value);
    case 'VARIANCE_POP':
      return variance('var_pop', type, value);
    case 'STDDEV':
      return sql`sqrt(${variance('var_samp', type, value)})`;
    case 'STDDEV_POP':
      return sql`sqrt(${variance('var_pop', type, value)})`;
    case 'QUANTILE':
      return quantile(double, scalar(measure.q!, draft.dialect));
    case 'COUNT':
    case 'COUNT_DISTINCT':
      throw new Error(`${measure.fn} is counted alike everywhere`);
  }
}

function extreme({ measure, operand, value }: Measured, bytewise: Bytewise): Fragment {
  const of = (inner: Fragment): Fragment => (measure.fn === 'MIN' ? sql`min(${inner})` : sql`max(${inner})`);
  switch (operand.type.kind) {
    case 'uuid':
      return of(bytewise(sql`cast(${value} as char(36))`));
    case 'text':
      if (measure.collate === 'BINARY') return of(bytewise(value));
      return isLoose(operand) ? bytewise(of(value)) : of(value);
    default:
      return of(value);
  }
}

/** Digits after the point that averages of decimals can have: a product has at most 30. */
export const MOST_AVERAGED = 24;

/** The exact sum ÷ count, rounded half to even at scale + 6: a whole number of the last digit's units. */
function decimalAverage({ scale }: Extract<DataType, { kind: 'decimal' }>, value: Fragment): Fragment {
  const digits = (scale ?? 0) + 6;
  const units = sql`(sum(${value}) * ${keyword(`1${'0'.repeat(digits)}`)})`;
  const count = sql`count(${value})`;
  const rest = sql`mod(${units}, ${count})`;
  const whole = sql`cast((${units} - ${rest}) / ${count} as decimal(65,0))`;
  const twice = sql`2 * abs(${rest})`;
  const up = sql`case when ${twice} > ${count} or (${twice} = ${count} and mod(${whole}, 2) <> 0) then sign(${units}) else 0 end`;
  return sql`(${whole} + ${up}) * ${keyword(`0.${'1'.padStart(digits, '0')}`)}`;
}

/** Digits after the point of which squares can be summed exactly. */
const MOST_SQUARED = 15;

/** Whether a double tells all values of the type apart. */
function isNarrow(type: DataType): boolean {
  if (type.kind === 'int') return type.bits < 64;
  return type.kind === 'float' || (type.kind === 'decimal' && type.precision !== null && type.precision <= 15);
}

export function canVary(type: DataType): boolean {
  return isNarrow(type) || type.kind !== 'decimal' || (type.scale ?? 0) <= MOST_SQUARED;
}

/** The store squares doubles; of what is wider the sums are taken as decimals, in which nothing cancels. */
function variance(name: 'var_samp' | 'var_pop', type: DataType, value: Fragment): Fragment {
  if (isNarrow(type)) return sql`${keyword(name)}(${value} * 1e0)`;
  const exact = type.kind === 'int' ? sql`cast(${value} as decimal(38,0))` : value;
  const count = sql`count(${value})`;
  const divisor = name === 'var_samp' ? sql`nullif(${count} - 1, 0)` : sql`nullif(${count}, 0)`;
  return sql`(${count} * sum(${exact} * ${exact}) - sum(${exact}) * sum(${exact})) * 1e0 / ${count} / ${divisor}`;
}

/**
 * The store has no such aggregate: the values stand in order in one text, of which two are taken. A text that was cut
 * for its length has less of them than there should be, which is made an error.
 */
function quantile(double: Fragment, q: Fragment): Fragment {
  const all = sql`group_concat(${double} order by ${double} separator ',')`;
  const count = sql`count(${double})`;
  const place = sql`(${q} * (${count} - 1))`;
  const at = (n: Fragment): Fragment => sql`substring_index(substring_index(${all}, ',', ${n} + 1), ',', -1) * 1e0`;
  const [low, high] = [at(sql`floor(${place})`), at(sql`ceil(${place})`)];
  const isWhole = sql`char_length(${all}) - char_length(replace(${all}, ',', '')) = ${count} - 1`;
  return sql`case when ${count} = 0 then null when ${isWhole} then ${low} + (${high} - ${low}) * (${place} - floor(${place})) else exp(${count} + 1000) end`;
}

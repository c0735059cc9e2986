import type { Operand } from '../../src/ir/operand.js';
import { INT32 } from '../../src/ir/types.js';
import { literal } from '../../src/ir/value.js';
import type { Measured, MeasureDialect } from '../sql/dialect.js';
import { sql, type Fragment } from '../sql/fragment.js';
import { ROWS } from '../sql/measure.js';
import { bytewise, isLoose } from '../sql/operand.js';
import { scalar } from '../sql/parameter.js';
import type { Scope } from '../sql/scope.js';

export const MEASURES: MeasureDialect = {
  only: (value, where) => ({ value: value ?? ROWS, filter: sql` filter (where ${where})` }),
  of: aggregate,
};

function aggregate(measured: Measured, scope: Scope): Fragment {
  const { measure, operand, value, filter } = measured;
  const { kind } = operand.type;
  const float = kind === 'float' ? wide(operand, value) : sql`${value}::float8`;
  // Of whole numbers and decimals the exact arithmetic of numeric, in which nothing cancels.
  const exact = kind === 'float' ? float : value;
  switch (measure.fn) {
    case 'SUM':
      return sql`sum(${kind === 'float' ? float : value})${filter}`;
    case 'AVG':
      if (kind === 'decimal') return decimalAverage(measured, scope);
      // Of whole numbers: the exact sum, rounded once. The server's own avg cuts digits before it is made a float.
      return kind === 'int'
        ? sql`(sum(${value})${filter})::float8 / count(${value})${filter}`
        : sql`avg(${float})${filter}`;
    case 'MIN':
    case 'MAX':
      return extreme(measured, scope);
    case 'STDDEV':
      // The server's own stddev of numerics has fewer digits than a float.
      return sql`sqrt((var_samp(${exact})${filter})::float8)`;
    case 'STDDEV_POP':
      return sql`sqrt((var_pop(${exact})${filter})::float8)`;
    case 'VARIANCE':
      return sql`(var_samp(${exact})${filter})::float8`;
    case 'VARIANCE_POP':
      return sql`(var_pop(${exact})${filter})::float8`;
    case 'QUANTILE':
      return sql`percentile_cont(${scalar(measure.q!, scope.draft.dialect)}) within group (order by ${float})${filter}`;
    case 'COUNT':
    case 'COUNT_DISTINCT':
      throw new Error(`${measure.fn} is counted alike everywhere`);
  }
}

function wide({ type }: Operand, value: Fragment): Fragment {
  return type.kind === 'float' && type.bits === 64 ? value : sql`${value}::float8`;
}

/** The exact sum ÷ count, rounded half to even at scale + 6: PostgreSQL itself rounds half away from zero. */
function decimalAverage({ operand: { type }, value, filter }: Measured, { draft }: Scope): Fragment {
  const scale =
    type.kind === 'decimal' && type.scale !== null
      ? scalar(literal(INT32, BigInt(type.scale + 6)), draft.dialect, 'integer')
      : sql`scale(trim_scale(a.s)) + 6`;
  return sql`(select case when a.s is null or a.s in ('NaN', 'Infinity', '-Infinity') then a.s \
else sign(a.s) * (d.q + case when 2 * d.r > a.n or (2 * d.r = a.n and mod(d.q, 2) = 1) then 1 else 0 end) * ('1e-' || b.k)::numeric end \
from (values (sum(${value})${filter}, count(${value})${filter})) as a(s, n) \
cross join lateral (select ${scale} as k) as b \
cross join lateral (select case when a.s in ('NaN', 'Infinity', '-Infinity') then 0 else abs(a.s) * ('1e' || b.k)::numeric end as v) as c \
cross join lateral (select div(c.v, nullif(a.n, 0)) as q, mod(c.v, nullif(a.n, 0)) as r) as d)`;
}

/** min and max, with what PostgreSQL lacks: of booleans, of uuid and bytea (before 18), of text by its bytes. */
function extreme({ measure, operand, value, filter }: Measured, scope: Scope): Fragment {
  const low = measure.fn === 'MIN';
  const of = (inner: Fragment): Fragment => (low ? sql`min(${inner})${filter}` : sql`max(${inner})${filter}`);
  switch (operand.type.kind) {
    case 'bool':
      return low ? sql`bool_and(${value})${filter}` : sql`bool_or(${value})${filter}`;
    case 'uuid':
      return sql`(${of(sql`${value}::text collate "C"`)})::uuid`;
    case 'bytes':
      return sql`decode(${of(sql`encode(${value}, 'hex') collate "C"`)}, 'hex')`;
    case 'text':
      if (measure.collate === 'BINARY') return of(bytewise(operand, value, scope));
      return isLoose(operand) ? sql`(${of(value)})::text` : of(value);
    default:
      return of(value);
  }
}

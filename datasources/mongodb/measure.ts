import type { Operand } from '../../src/ir/operand.js';
import { isTrue } from '../../src/ir/predicate.js';
import type { Measure } from '../../src/ir/select.js';
import { hasNaN } from './compare.js';
import { cond, constant, Slot, type Expression, type Stage } from './expression.js';
import { expression } from './operand.js';
import { predicate } from './predicate.js';
import type { Scope } from './rows.js';
import { encode } from './values.js';

/** Accumulators of a `$group`, and the measure made of them after it; where there were no rows they are missing. */
export interface Accumulated {
  readonly accumulators: Stage;
  readonly value: Expression;
}

/** A measure over the rows of a scope; its accumulators are called `name` and a letter. */
export function measureOf(m: Measure, name: string, scope: Scope): Accumulated {
  const narrowed = isTrue(m.where) ? null : predicate(m.where, scope);
  if (m.operand === null) {
    return counted(name, narrowed === null ? 1 : cond(narrowed, 1, 0));
  }
  const { operand } = m;
  const all = expression(operand, scope);
  const value = narrowed === null ? all : cond(narrowed, all, null);
  switch (m.fn) {
    case 'COUNT':
      return counted(name, one(value));
    case 'COUNT_DISTINCT':
      return distinct(name, value);
    case 'SUM':
      return total(name, operand, value, (sum) => sum);
    case 'AVG':
      return total(name, operand, value, (sum, n) => average(operand, { $divide: [sum, n] }, sum));
    case 'MIN':
    case 'MAX':
      return extreme(m.fn, name, operand, value);
    case 'QUANTILE':
      return quantile(m, name, value);
    default:
      return spread(m.fn, name, operand, value);
  }
}

function one(value: Expression): Expression {
  return cond({ $eq: [value, null] }, 0, 1);
}

function counted(name: string, value: Expression): Accumulated {
  return { accumulators: { [`${name}n`]: { $sum: value } }, value: { $ifNull: [`$${name}n`, 0] } };
}

function distinct(name: string, value: Expression): Accumulated {
  const set: Expression = { $ifNull: [`$${name}s`, []] };
  const some: Expression = { $filter: { input: set, as: 'v', cond: { $ne: ['$$v', null] } } };
  return { accumulators: { [`${name}s`]: { $addToSet: value } }, value: { $size: some } };
}

/** Whole numbers of 64 bits, and whatever is averaged, are added as decimals: the store's own sums of longs become floats. */
function total(
  name: string,
  { type }: Operand,
  value: Expression,
  of: (sum: Expression, n: Expression) => Expression,
): Accumulated {
  // A double becomes a decimal of fifteen digits only; whole ones are longs first.
  const exact = type.kind === 'int' && type.bits === 64 ? { $toDecimal: { $toLong: value } } : value;
  const [sum, n] = [`$${name}s`, `$${name}n`];
  return {
    accumulators: { [`${name}s`]: { $sum: exact }, [`${name}n`]: { $sum: one(value) } },
    value: cond({ $gt: [n, 0] }, of(sum, n), null),
  };
}

/** Of decimals exact at six more digits than the sum has, half to even; of others a float. */
function average({ type }: Operand, quotient: Expression, sum: Expression): Expression {
  if (type.kind !== 'decimal') return { $toDouble: quotient };
  if (type.scale !== null) return { $round: [quotient, type.scale + 6] };
  const scales: Expression = {
    $filter: { input: { $range: [0, 35] }, as: 'k', cond: { $eq: [{ $round: [sum, '$$k'] }, sum] } },
  };
  return { $round: [quotient, { $add: [{ $ifNull: [{ $arrayElemAt: [scales, 0] }, 34] }, 6] }] };
}

/** The store's NaN is below all numbers, ours above: it stands apart. */
function extreme(fn: 'MIN' | 'MAX', name: string, { type }: Operand, value: Expression): Accumulated {
  const operator = fn === 'MIN' ? '$min' : '$max';
  const best = `$${name}b`;
  if (!hasNaN(type)) return { accumulators: { [`${name}b`]: { [operator]: value } }, value: { $ifNull: [best, null] } };
  const isNaN: Expression = { $eq: [value, NaN] };
  const nan = cond({ $eq: [`$${name}i`, true] }, NaN, null);
  return {
    accumulators: {
      [`${name}b`]: { [operator]: cond(isNaN, null, value) },
      [`${name}i`]: { $max: isNaN },
    },
    value: { $ifNull: fn === 'MIN' ? [best, nan] : [nan, best, null] },
  };
}

/** Of floats the store's own; of whole numbers and decimals by exact sums, so that nothing cancels within 34 digits. */
function spread(fn: string, name: string, { type }: Operand, value: Expression): Accumulated {
  const sample = fn === 'STDDEV' || fn === 'VARIANCE';
  const root = fn.startsWith('STDDEV');
  if (type.kind === 'float') {
    const deviation: Expression = { $ifNull: [`$${name}d`, null] };
    return {
      accumulators: { [`${name}d`]: { [sample ? '$stdDevSamp' : '$stdDevPop']: { $toDouble: value } } },
      value: root ? deviation : { $multiply: [deviation, deviation] },
    };
  }
  const exact: Expression = { $toDecimal: type.kind === 'int' ? { $toLong: value } : value };
  const [n, sum, squares, low, high] = ['n', 's', 'q', 'l', 'h'].map((letter) => `$${name}${letter}`) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const scaled: Expression = { $subtract: [{ $multiply: [n, squares] }, { $multiply: [sum, sum] }] };
  const variance: Expression = { $divide: [scaled, { $multiply: [n, { $subtract: [n, sample ? 1 : 0] }] }] };
  const same: Expression = { $eq: [{ $subtract: [high, low] }, 0] };
  const number: Expression = { $toDouble: variance };
  return {
    accumulators: {
      [`${name}n`]: { $sum: one(value) },
      [`${name}s`]: { $sum: exact },
      [`${name}q`]: { $sum: { $multiply: [exact, exact] } },
      [`${name}l`]: { $min: exact },
      [`${name}h`]: { $max: exact },
    },
    value: cond({ $gt: [n, sample ? 1 : 0] }, cond(same, 0, root ? { $sqrt: number } : number), null),
  };
}

/** Between the two nearest of all values in order, NaN last. */
function quantile({ q }: Measure, name: string, value: Expression): Accumulated {
  const filtered = (test: Expression): Expression => ({ $filter: { input: `$${name}a`, as: 'v', cond: test } });
  const numbers = filtered({ $and: [{ $ne: ['$$v', null] }, { $ne: ['$$v', NaN] }] });
  const sorted: Expression = {
    $concatArrays: [{ $sortArray: { input: numbers, sortBy: 1 } }, filtered({ $eq: ['$$v', NaN] })],
  };
  const at = (index: Expression): Expression => ({ $arrayElemAt: ['$$all', { $toInt: index }] });
  const low: Expression = { $floor: '$$p' };
  const between: Expression = {
    $add: [at(low), { $multiply: [{ $subtract: [at({ $add: [low, 1] }), at(low)] }, { $subtract: ['$$p', low] }] }],
  };
  const position: Expression = {
    $multiply: [{ $subtract: [{ $size: '$$all' }, 1] }, constant(new Slot(q!, encode(q!.type), 'double'))],
  };
  return {
    accumulators: { [`${name}a`]: { $push: { $toDouble: value } } },
    value: {
      $let: {
        vars: { all: cond({ $isArray: [`$${name}a`] }, sorted, []) },
        in: cond({ $eq: ['$$all', []] }, null, {
          $let: { vars: { p: position }, in: cond({ $eq: ['$$p', low] }, at(low), between) },
        }),
      },
    },
  };
}

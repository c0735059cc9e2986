import type { DataType } from '../../src/ir/types.js';
import type { ParameterDialect } from '../sql/dialect.js';
import type { Fragment } from '../sql/fragment.js';
import { encode, encodeList } from './values.js';

/** Digits after the point, and digits, that a decimal of the store can have. */
const MOST_SCALE = 30;
const MOST_DIGITS = 65;

/** Types as casts have them. `float` is a double that a float can hold, `enum` the number of a value in its list. */
const NATIVE: Partial<Record<DataType['kind'], string>> = {
  bool: 'signed',
  int: 'signed',
  float: 'double',
  enum: 'enum',
  bytes: 'binary',
  date: 'date',
  time: 'time(6)',
  localdatetime: 'datetime(6)',
  instant: 'datetime(6)',
};

export function parameterType(type: DataType): string {
  if (type.kind !== 'decimal') return NATIVE[type.kind] ?? 'char';
  // One digit more than the values of a field have tells whether a value lies between two of them.
  return `decimal(${MOST_DIGITS},${Math.min((type.scale ?? MOST_SCALE) + 1, MOST_SCALE)})`;
}

const LIST = 'list of ';

export const PARAMETERS: ParameterDialect = {
  type: parameterType,
  listOf: (native) => LIST + native,
  encode,
  encodeList,
};

/** Parameters that are sent as they are: text takes the collation of what it is compared with. */
const BARE: ReadonlySet<string> = new Set(['char', 'limit']);
const CASTS: Readonly<Record<string, string>> = { float: 'double', enum: 'signed' };

export function placeholder(_index: number, native: string): string {
  return BARE.has(native) || native.startsWith(LIST) ? '?' : `cast(? as ${CASTS[native] ?? native})`;
}

/** A parameter where the grammar takes no expression. */
export function bare(fragment: Fragment): Fragment {
  return { kind: 'parameter', parameter: { ...parameterOf(fragment), native: 'limit' } };
}

/** The native type of the values in a parameter that is a list. */
export function elementOf(list: Fragment): string {
  return parameterOf(list).native.slice(LIST.length);
}

function parameterOf(fragment: Fragment): Extract<Fragment, { kind: 'parameter' }>['parameter'] {
  if (fragment.kind !== 'parameter') throw new Error('this is no parameter');
  return fragment.parameter;
}

import type { DataType } from '../../src/ir/types.js';
import type { ParameterDialect } from '../sql/dialect.js';
import { encode, encodeList } from './values.js';

const NATIVE: Partial<Record<DataType['kind'], string>> = {
  bool: 'boolean',
  // Wide, so that no value of a question is out of range; indexes of narrower columns serve all the same.
  int: 'bigint',
  float: 'double precision',
  decimal: 'numeric',
  uuid: 'uuid',
  bytes: 'bytea',
  date: 'date',
  time: 'time without time zone',
  localdatetime: 'timestamp without time zone',
  instant: 'timestamp with time zone',
  duration: 'interval',
  json: 'jsonb',
};

function nativeOf(type: DataType): string {
  return type.kind === 'list' ? `${nativeOf(type.of)}[]` : (NATIVE[type.kind] ?? 'text');
}

type EncodeText = (value: unknown) => string;

const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  smallint: [-(2n ** 15n), 2n ** 15n - 1n],
  integer: [-(2n ** 31n), 2n ** 31n - 1n],
};

/** Values that a narrow native type would refuse: a list cannot have such a whole number, which null says as well. */
function fitted(encoder: EncodeText, native: string): EncodeText {
  if (native === 'real') return (value) => encoder(Math.fround(value as number));
  const range = RANGES[native];
  if (!range) return encoder;
  return (value) => (isIn(range, value) ? encoder(value) : 'NULL');
}

function isIn([least, most]: readonly [bigint, bigint], value: unknown): boolean {
  return (value as bigint) >= least && (value as bigint) <= most;
}

/** All values go as text, a list as an array literal. */
export const PARAMETERS: ParameterDialect = {
  type: nativeOf,
  listOf: (native) => `${native}[]`,
  // Long lists are looked up by a hash where their elements have the type of the column, and else one by one for each row.
  holds: (native) => {
    const range = RANGES[native];
    return range ? (value) => isIn(range, value) : null;
  },
  encode: (type, native) => fitted(encode(type), native),
  encodeList: (type, native) => encodeList(type, fitted(encode(type), native)),
};

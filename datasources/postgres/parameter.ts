import type { DataType } from '../../src/ir/types.js';
import type { Value } from '../../src/ir/value.js';
import type { Fragment } from '../sql/fragment.js';
import { nativeOfType } from './operand.js';
import { encode, encodeList } from './values.js';

type Encode = (value: unknown) => string;

export function parameter(value: Value, native: string, encoder: Encode): Fragment {
  return { kind: 'parameter', parameter: { value, native, encode: encoder } };
}

/** One value of a type. */
export function scalar(value: Value, native = nativeOfType(value.type), type: DataType = value.type): Fragment {
  return parameter(
    value,
    native,
    remembered(type, native, () => fitted(encode(type), native)),
  );
}

/** A list of values as an array; with `single` one value as an array of it. */
export function list(value: Value, element: string, type: DataType, single = false): Fragment {
  const make = (): Encode => {
    const many = encodeList(type, fitted(encode(type), element));
    return single ? (one) => many([one]) : many;
  };
  return parameter(value, `${element}[]`, remembered(type, `${element}[]${single ? '1' : ''}`, make));
}

const encoders = new WeakMap<DataType, Map<string, Encode>>();

/** One function a type and purpose, so that equal parameters are seen to be equal. */
function remembered(type: DataType, purpose: string, make: () => Encode): Encode {
  const known = encoders.get(type) ?? new Map<string, Encode>();
  encoders.set(type, known);
  const encoder = known.get(purpose) ?? make();
  known.set(purpose, encoder);
  return encoder;
}

const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  smallint: [-(2n ** 15n), 2n ** 15n - 1n],
  integer: [-(2n ** 31n), 2n ** 31n - 1n],
};

/** Values that a narrow native type would refuse: a list cannot have such a whole number, which null says as well. */
function fitted(encoder: Encode, native: string): Encode {
  if (native === 'real') return (value) => encoder(Math.fround(value as number));
  const range = RANGES[native];
  if (!range) return encoder;
  return (value) => ((value as bigint) < range[0] || (value as bigint) > range[1] ? 'NULL' : encoder(value));
}

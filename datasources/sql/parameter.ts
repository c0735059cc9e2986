import type { DataType } from '../../src/ir/types.js';
import type { Value } from '../../src/ir/value.js';
import type { Dialect, ParameterDialect } from './dialect.js';
import type { Encode, Fragment } from './fragment.js';

export function parameter(value: Value, native: string, encode: Encode): Fragment {
  return { kind: 'parameter', parameter: { value, native, encode } };
}

/** One value of a type. */
export function scalar(
  value: Value,
  { parameters }: Dialect,
  native = parameters.type(value.type),
  type: DataType = value.type,
): Fragment {
  return parameter(
    value,
    native,
    remembered(parameters, type, native, () => parameters.encode(type, native)),
  );
}

/** A list of values; with `single` one value as a list of it. */
export function list(value: Value, { parameters }: Dialect, element: string, type: DataType, single = false): Fragment {
  const make = (): Encode => {
    const many = parameters.encodeList(type, element);
    return single ? (one) => many([one]) : many;
  };
  const native = parameters.listOf(element);
  return parameter(value, native, remembered(parameters, type, `${native}${single ? '1' : ''}`, make));
}

/** A list of which a value may be one; what the elements' native type cannot hold is none of them. */
export function set(value: Value, { parameters }: Dialect, element: string, type: DataType): Fragment {
  const native = parameters.listOf(element);
  const make = (): Encode => setOf(parameters, type, element);
  return parameter(value, native, remembered(parameters, type, `${native} set`, make));
}

export function setOf(parameters: ParameterDialect, type: DataType, element: string): Encode {
  const many = parameters.encodeList(type, element);
  const holds = parameters.holds?.(element);
  return holds ? (values) => many((values as readonly unknown[]).filter(holds)) : many;
}

const encoders = new WeakMap<object, WeakMap<DataType, Map<string, Encode>>>();

/** One function a dialect, type and purpose, so that equal parameters are seen to be equal. */
function remembered(dialect: object, type: DataType, purpose: string, make: () => Encode): Encode {
  const ofDialect = encoders.get(dialect) ?? new WeakMap<DataType, Map<string, Encode>>();
  encoders.set(dialect, ofDialect);
  const known = ofDialect.get(type) ?? new Map<string, Encode>();
  ofDialect.set(type, known);
  const encode = known.get(purpose) ?? make();
  known.set(purpose, encode);
  return encode;
}

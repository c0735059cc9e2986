import type { DataType } from './types.js';

/**
 * A value inside a question: known when it was compiled, or filled for each execution from slot `slot` of the
 * arguments. Either way its form is that of `type` (types.ts); `many` says that it is a list of such values.
 */
export type Value =
  | { readonly kind: 'literal'; readonly type: DataType; readonly many: boolean; readonly value: unknown }
  | { readonly kind: 'parameter'; readonly type: DataType; readonly many: boolean; readonly slot: number };

/** The arguments of one execution, by slot. */
export type Args = readonly unknown[];

export function literal(type: DataType, value: unknown): Value {
  return { kind: 'literal', type, many: false, value };
}

export function literals(type: DataType, values: readonly unknown[]): Value {
  return { kind: 'literal', type, many: true, value: values };
}

export function parameter(type: DataType, slot: number, many = false): Value {
  return { kind: 'parameter', type, many, slot };
}

export function valueOf(value: Value, args: Args): unknown {
  return value.kind === 'literal' ? value.value : args[value.slot];
}

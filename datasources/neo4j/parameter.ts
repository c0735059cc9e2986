import type { Comparison } from '../../src/ir/predicate.js';
import type { DataType } from '../../src/ir/types.js';
import type { Value } from '../../src/ir/value.js';
import { cypher, parameter, type Fragment } from './cypher.js';
import { encode } from './values.js';

/** One value in the form in which values of its type are compared. */
export function scalar(value: Value, type: DataType = value.type): Fragment {
  return made(type, parameter(value, nativeOf(type), remembered(type, false)));
}

const lower = (value: unknown): unknown => (value === 0 ? -0 : value);
const upper = (value: unknown): unknown => (value as number) + 0;

/** The store has -0 below 0: a float as the bound that takes both of them in, or leaves both out. */
export function bound(value: Value, type: DataType, op: Comparison): Fragment {
  if (type.kind !== 'float' || op === 'ne') return scalar(value, type);
  return parameter(value, nativeOf(type), op === 'lt' || op === 'gte' ? lower : upper);
}

/** A list of such values. */
export function list(value: Value, type: DataType = value.type): Fragment {
  const given = parameter(value, `LIST<${nativeOf(type)}>`, remembered(type, true));
  return type.kind === 'date' ? cypher`[d IN ${given} | date(d)]` : given;
}

/** What is sent as a map of numbers is made a value of the store there. */
export function made(type: DataType, given: Fragment): Fragment {
  return type.kind === 'date' ? cypher`date(${given})` : given;
}

type Encode = (value: unknown) => unknown;

const encoders = new WeakMap<DataType, { readonly one: Encode; readonly many: Encode }>();

/** One function a type and purpose, so that equal parameters are seen to be equal. */
function remembered(type: DataType, many: boolean): Encode {
  let known = encoders.get(type);
  if (!known) {
    const one = encode(type);
    known = { one, many: (values) => (values as readonly unknown[]).map(one) };
    encoders.set(type, known);
  }
  return many ? known.many : known.one;
}

function nativeOf({ kind }: DataType): string {
  switch (kind) {
    case 'bool':
      return 'BOOLEAN';
    case 'int':
    case 'time':
    case 'localdatetime':
    case 'instant':
    case 'duration':
      return 'INTEGER';
    case 'float':
      return 'FLOAT';
    case 'date':
      return 'MAP';
    case 'bytes':
    case 'decimal':
      return 'LIST<INTEGER>';
    default:
      return 'STRING';
  }
}

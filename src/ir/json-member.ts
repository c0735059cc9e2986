import { minimalDecimal } from './decimal.js';
import type { DataType, StructField } from './types.js';

/** A number as it was written: JavaScript's own would lose digits. */
class JsonNumber {
  constructor(readonly text: string) {}
}

/** What stands in a JSON text at the end of a way, in the form of its type; null when it is not there, null, or of another type. */
export function jsonMember(text: string, way: readonly string[], type: DataType): unknown {
  let at = parsed(text);
  for (const name of way) {
    if (!isObject(at)) return null;
    at = Object.hasOwn(at, name) ? at[name] : null;
  }
  return typed(at, type);
}

/** A JSON text in the form of its type, objects by the store's own names; null as above, inside as well. */
export function jsonValue(text: string, type: DataType): unknown {
  return typed(parsed(text), type);
}

function parsed(text: string): unknown {
  return JSON.parse(text, (_name, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' ? new JsonNumber(context?.source ?? String(value)) : value,
  ) as unknown;
}

function typed(value: unknown, type: DataType): unknown {
  if (value === null) return null;
  switch (type.kind) {
    case 'bool':
      return typeof value === 'boolean' ? value : null;
    case 'text':
      return typeof value === 'string' ? value : null;
    case 'float': {
      const number = value instanceof JsonNumber ? Number(value.text) : NaN;
      return Number.isFinite(number) ? number : null;
    }
    case 'decimal':
      return value instanceof JsonNumber ? minimalDecimal(value.text) : null;
    case 'int':
      return value instanceof JsonNumber ? whole(value.text, type.bits) : null;
    case 'json':
      return JSON.stringify(value, (_name, each: unknown) => (each instanceof JsonNumber ? Number(each.text) : each));
    case 'list':
      return Array.isArray(value) ? value.map((each) => typed(each, type.of)) : null;
    case 'struct':
      return isObject(value) ? structOf(value, type.fields) : null;
    default:
      throw new Error(`json has no members of type ${type.kind}`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);
}

function structOf(value: Readonly<Record<string, unknown>>, fields: readonly StructField[]): unknown {
  return Object.fromEntries(
    fields.map(({ name, native = name, type }) => [
      name,
      Object.hasOwn(value, native) ? typed(value[native], type) : null,
    ]),
  );
}

function whole(text: string, bits: number): bigint | null {
  const minimal = minimalDecimal(text);
  if (minimal === null || !/^-?\d+$/.test(minimal)) return null;
  const value = BigInt(minimal);
  return BigInt.asIntN(bits, value) === value ? value : null;
}

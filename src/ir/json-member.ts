import { minimalDecimal } from './decimal.js';
import type { DataType } from './types.js';

/** A number as it was written: JavaScript's own would lose digits. */
class JsonNumber {
  constructor(readonly text: string) {}
}

/** What stands in a JSON text at the end of a way, in the form of its type; null when it is not there, null, or of another type. */
export function jsonMember(text: string, way: readonly string[], type: DataType): unknown {
  let at: unknown = JSON.parse(text, (_name, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' ? new JsonNumber(context?.source ?? String(value)) : value,
  );
  for (const name of way) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || at instanceof JsonNumber) return null;
    at = Object.hasOwn(at, name) ? (at as Readonly<Record<string, unknown>>)[name] : null;
  }
  return typed(at, type);
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
    default:
      throw new Error(`json has no members of type ${type.kind}`);
  }
}

function whole(text: string, bits: number): bigint | null {
  const minimal = minimalDecimal(text);
  if (minimal === null || !/^-?\d+$/.test(minimal)) return null;
  const value = BigInt(minimal);
  return BigInt.asIntN(bits, value) === value ? value : null;
}

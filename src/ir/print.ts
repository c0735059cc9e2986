import { printDate, printDuration, printInstant, printLocal, printTime } from './time.js';
import type { DataType, Duration } from './types.js';

/** The same without loss: floats that JSON has no number for are words. `coerceValue` reads it back. */
export function exactText(type: DataType): (value: unknown) => string {
  if (type.kind !== 'float') return jsonText(type);
  return (value) => (Number.isFinite(value) ? JSON.stringify(value) : `"${String(value)}"`);
}

/** The JSON text of non-null values of a type, as the schema's scalars write them. */
export function jsonText(type: DataType): (value: unknown) => string {
  switch (type.kind) {
    case 'bool':
      return String;
    case 'int':
      return type.bits === 64 ? (value) => `"${String(value)}"` : String;
    case 'float':
      return (value) => (Number.isFinite(value) ? JSON.stringify(value) : 'null');
    case 'decimal':
      return (value) => `"${String(value)}"`;
    case 'date':
      return (value) => `"${printDate(value as number)}"`;
    case 'time':
      return (value) => `"${printTime(value as bigint)}"`;
    case 'localdatetime':
      return (value) => `"${printLocal(value as bigint)}"`;
    case 'instant':
      return (value) => `"${printInstant(value as bigint)}"`;
    case 'duration':
      return (value) => `"${printDuration(value as Duration)}"`;
    case 'bytes':
      return (value) => `"${Buffer.from(value as Uint8Array).toString('base64')}"`;
    case 'json':
      return (value) => value as string;
    case 'list': {
      const inner = jsonText(type.of);
      return (value) =>
        `[${(value as readonly unknown[]).map((each) => (each === null ? 'null' : inner(each))).join(',')}]`;
    }
    case 'struct': {
      const fields = type.fields.map((f) => [f.name, jsonText(f.type)] as const);
      return (value) => {
        const struct = value as Readonly<Record<string, unknown>>;
        return `{${fields.map(([name, text]) => `${JSON.stringify(name)}:${struct[name] == null ? 'null' : text(struct[name])}`).join(',')}}`;
      };
    }
    default:
      return (value) => JSON.stringify(value);
  }
}

import { coerceValue } from '../../src/ir/coerce.js';
import { jsonText } from '../../src/ir/print.js';
import type { DataType } from '../../src/ir/types.js';

/** The text of a TEXT batch's values: their JSON, but for floats, which may be words that JSON has not. */
export function textOf(type: DataType): (value: unknown) => string {
  return type.kind === 'float' ? String : jsonText(type);
}

export function jsonOf({ kind }: DataType): (raw: string) => string {
  return kind === 'float' ? (raw) => (/^[-\d]/.test(raw) && !raw.endsWith('y') ? raw : 'null') : (raw) => raw;
}

export function valueOfText(type: DataType): (raw: string) => unknown {
  return (raw) => coerceValue(type, type.kind === 'float' && !/\d/.test(raw) ? raw : JSON.parse(raw), 'elasticsearch');
}

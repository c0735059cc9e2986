import type { DataType } from '../ir/types.js';
import { legalEnumName } from '../sources/names.js';

type Text = (value: unknown) => string;

/** The JSON text of labels by the names that GraphQL can hold; of other types the text itself. */
export function relabelled(type: DataType, text: Text): Text {
  const labels = enumLabels(type);
  if (labels === null) return text;
  return (value) => {
    const plain = text(value);
    return labels.get(plain) ?? relabel(plain, labels);
  };
}

/** JSON text of a label → JSON text of its legal name, for labels that GraphQL cannot hold. */
function enumLabels(type: DataType): Map<string, string> | null {
  if (type.kind === 'list') return enumLabels(type.of);
  if (type.kind !== 'enum') return null;
  const names = type.values.map(legalEnumName);
  if (new Set(names).size < names.length || names.every((n, i) => n === type.values[i])) return null;
  return new Map(names.map((name, i) => [JSON.stringify(type.values[i]), JSON.stringify(name)]));
}

/** A list of labels, or of lists of them. */
function relabel(plain: string, labels: ReadonlyMap<string, string>): string {
  const one = (value: unknown): string =>
    Array.isArray(value)
      ? `[${value.map(one).join(',')}]`
      : (labels.get(JSON.stringify(value)) ?? JSON.stringify(value));
  return plain.startsWith('[') ? one(JSON.parse(plain)) : plain;
}

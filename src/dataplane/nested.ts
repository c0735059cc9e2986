import { GatewayError } from '../errors.js';
import { jsonText } from '../ir/print.js';
import { FLOAT64, type DataType, type StructField } from '../ir/types.js';
import { relabelled } from './labels.js';

/** Which members of an object are shown, under which names, in the order of the selection set. */
export type Nested = readonly NestedEntry[];

export type NestedEntry =
  | { readonly kind: 'typename'; readonly key: string; readonly name: string }
  | {
      readonly kind: 'member';
      readonly key: string;
      readonly name: string;
      readonly type: DataType;
      /** Of objects and lists of them. */
      readonly nested: Nested | null;
    };

const POINT: readonly StructField[] = [
  { name: 'lon', type: FLOAT64, nullable: false },
  { name: 'lat', type: FLOAT64, nullable: false },
];

/** The members that the schema shows of a value, when it is an object there; null when it is a scalar. */
export function shownMembers(type: DataType): readonly StructField[] | null {
  if (type.kind === 'geopoint') return POINT;
  return type.kind === 'struct' && type.fields.length > 0 ? type.fields : null;
}

/** What a list is of, however deep. */
export function elementOf(type: DataType): DataType {
  return type.kind === 'list' ? elementOf(type.of) : type;
}

type Text = (value: unknown) => string;

/** Writes an object, or lists of them. `lost` is told of each value that JSON cannot hold: it is null then. */
export function nestedText(type: DataType, nested: Nested, lost: () => void): Text {
  if (type.kind === 'list') {
    const one = nestedText(type.of, nested, lost);
    return (value) =>
      `[${(value as readonly unknown[]).map((each) => (each === null ? 'null' : one(each))).join(',')}]`;
  }
  const parts = nested.map((entry, i): ((object: Readonly<Record<string, unknown>>) => string) => {
    const label = `${i === 0 ? '{' : ','}${JSON.stringify(entry.key)}:`;
    if (entry.kind === 'typename') {
      const text = label + JSON.stringify(entry.name);
      return () => text;
    }
    const text = memberText(entry, lost);
    return (object) => {
      const value = object[entry.name];
      return label + (value === null || value === undefined ? 'null' : text(value));
    };
  });
  return (value) => {
    let text = '';
    for (const part of parts) text += part(value as Readonly<Record<string, unknown>>);
    return parts.length === 0 ? '{}' : `${text}}`;
  };
}

function memberText({ type, nested }: Extract<NestedEntry, { kind: 'member' }>, lost: () => void): Text {
  if (nested) return nestedText(type, nested, lost);
  const plain = relabelled(type, jsonText(type));
  return (value) => {
    try {
      const text = plain(value);
      if (text === 'null') lost();
      return text;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      lost();
      return 'null';
    }
  };
}

import { FLOAT64, INT32, INT64, TEXT, type DataType, type StructField } from '../../src/ir/types.js';

/** What a collection's `$jsonSchema` says of a field. */
export interface ValidatedField {
  /** null where it leaves the type open. */
  readonly type: DataType | null;
  readonly nullable: boolean;
  readonly description: string | null;
  /** Documents that differ are refused. */
  readonly sure: boolean;
}

export interface Validated {
  readonly description: string | null;
  readonly fields: ReadonlyMap<string, ValidatedField>;
}

type Schema = Readonly<Record<string, unknown>>;

const TYPES: Readonly<Record<string, DataType>> = {
  string: TEXT,
  bool: { kind: 'bool' },
  int: INT32,
  long: INT64,
  double: FLOAT64,
  decimal: { kind: 'decimal', precision: null, scale: null },
  date: { kind: 'instant' },
  objectId: { kind: 'id' },
};

/** The options of a collection, read for its validator. One that only warns promises nothing. */
export function validated(options: Schema): Validated {
  const schema = object(object(options.validator)?.$jsonSchema);
  if (!schema) return { description: null, fields: new Map() };
  const strict =
    (options.validationAction ?? 'error') === 'error' && (options.validationLevel ?? 'strict') === 'strict';
  const required = strings(schema.required);
  const fields = Object.entries(object(schema.properties) ?? {}).map(([name, each]) => {
    const property = object(each) ?? {};
    const kinds = strings(property.bsonType);
    const type = typeOf(property);
    const nullable = !required.includes(name) || kinds.includes('null') || !strict;
    const sure = strict && type !== null && type.kind !== 'struct' && type.kind !== 'list';
    return [name, { type, nullable, description: text(property.description), sure }] as const;
  });
  return { description: text(schema.description) ?? text(schema.title), fields: new Map(fields) };
}

function typeOf(schema: Schema): DataType | null {
  const kinds = strings(schema.bsonType).filter((kind) => kind !== 'null');
  if (kinds.length !== 1) return null;
  const [kind] = kinds as [string];
  if (kind === 'array') {
    const items = object(schema.items);
    const of = items && typeOf(items);
    return of && of.kind !== 'list' ? { kind: 'list', of } : null;
  }
  if (kind !== 'object') return TYPES[kind] ?? null;
  const members = Object.entries(object(schema.properties) ?? {}).map(([name, each]) => {
    const type = typeOf(object(each) ?? {});
    return type ? ({ name, type, nullable: true } satisfies StructField) : null;
  });
  // What the schema leaves open is better told by a sample.
  const closed = schema.additionalProperties === false && members.length > 0;
  return closed && members.every((each) => each !== null) ? { kind: 'struct', fields: members } : null;
}

function object(value: unknown): Schema | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : null;
}

function strings(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string');
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

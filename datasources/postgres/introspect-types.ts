import type { DataType } from '../../src/ir/types.js';
import type { TypeRow } from './introspect-queries.js';
import type { NativeField } from './native.js';

const BUILT_IN: Readonly<Record<string, DataType>> = {
  bool: { kind: 'bool' },
  int2: { kind: 'int', bits: 16 },
  int4: { kind: 'int', bits: 32 },
  int8: { kind: 'int', bits: 64 },
  float4: { kind: 'float', bits: 32 },
  float8: { kind: 'float', bits: 64 },
  text: { kind: 'text' },
  varchar: { kind: 'text' },
  bpchar: { kind: 'text' },
  name: { kind: 'text' },
  uuid: { kind: 'uuid' },
  bytea: { kind: 'bytes' },
  date: { kind: 'date' },
  time: { kind: 'time' },
  timestamp: { kind: 'localdatetime' },
  timestamptz: { kind: 'instant' },
  interval: { kind: 'duration' },
  json: { kind: 'json' },
  jsonb: { kind: 'json' },
};

/** A type of the store, opened: what it is to us, and what the compiler must know of it. */
export interface FoundType {
  readonly type: DataType;
  /** As casts name it: the base of a domain, without a length or precision. */
  readonly cast: string;
  readonly loose: boolean;
  readonly opaque: boolean;
  /** A domain that operators do not look through, where they look through others: of an enum, or of a list's elements. */
  readonly wrapped: NativeField['wrapped'];
  /** The outermost domain on the way, as the store names it. */
  readonly domain: string | null;
}

export interface TypeFinder {
  find(oid: string, modifier: number, dimensions: number): FoundType;
}

/** `nameOf` makes the name of an enum from its schema and its own name. */
export function typeFinder(rows: readonly TypeRow[], nameOf: (schema: string, name: string) => string): TypeFinder {
  const byOid = new Map(rows.map((row) => [row.oid, row]));
  const find = (oid: string, modifier: number, dimensions: number): FoundType => {
    const row = byOid.get(oid)!;
    if (row.kind === 'd') {
      const inner = find(row.base, Number(row.modifier), Number(row.dimensions));
      const wrapped = inner.type.kind === 'enum' ? below(row, byOid) : inner.wrapped;
      return { ...inner, wrapped, domain: row.formatted };
    }
    if (row.element !== '0') {
      const { type, loose, opaque, domain } = find(row.element, modifier, 0);
      const depth = Math.max(1, dimensions);
      const list = Array.from({ length: depth }).reduce<DataType>((of) => ({ kind: 'list', of }), type);
      return {
        type: list,
        cast: castOfArray(row, byOid),
        loose,
        opaque,
        wrapped: domain === null ? null : below(byOid.get(row.element)!, byOid),
        domain,
      };
    }
    const type = scalar(row, modifier, nameOf);
    const loose = row.name === 'bpchar' || row.name === 'citext';
    return { type, cast: row.formatted, loose, opaque: type.kind === 'opaque', wrapped: null, domain: null };
  };
  return { find };
}

/** An array of a domain compares with an array of its base. */
function castOfArray(row: TypeRow, byOid: ReadonlyMap<string, TypeRow>): string {
  const element = byOid.get(row.element)!;
  return element.kind === 'd' ? `${baseOf(element, byOid).formatted}[]` : row.formatted;
}

function below(domain: TypeRow, byOid: ReadonlyMap<string, TypeRow>): readonly [string, string] {
  const { schema, name } = baseOf(domain, byOid);
  return [schema, name];
}

/** What is below all domains. */
function baseOf(row: TypeRow, byOid: ReadonlyMap<string, TypeRow>): TypeRow {
  return row.kind === 'd' ? baseOf(byOid.get(row.base)!, byOid) : row;
}

function scalar(row: TypeRow, modifier: number, nameOf: (schema: string, name: string) => string): DataType {
  if (row.kind === 'e')
    return { kind: 'enum', name: nameOf(row.schema, row.name), values: JSON.parse(row.labels ?? '[]') as string[] };
  if (row.schema !== 'pg_catalog')
    return row.name === 'citext' ? { kind: 'text' } : { kind: 'opaque', native: row.formatted };
  if (row.name !== 'numeric') return BUILT_IN[row.name] ?? { kind: 'opaque', native: row.formatted };
  if (modifier < 4) return { kind: 'decimal', precision: null, scale: null };
  const packed = modifier - 4;
  // Eleven bits, signed: a scale below zero rounds to tens and hundreds, and has no digits after the point.
  const scale = ((packed & 0x7ff) ^ 0x400) - 0x400;
  const precision = (packed >> 16) & 0xffff;
  // Numbers are rounded to tens or hundreds, or have zeros after the point before their first digit.
  return {
    kind: 'decimal',
    precision: scale < 0 ? precision - scale : Math.max(precision, scale),
    scale: Math.max(0, scale),
  };
}

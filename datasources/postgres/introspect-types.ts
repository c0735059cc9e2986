import type { DataType } from '../../src/ir/types.js';
import type { TypeRow } from './introspect-queries.js';

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
      return { ...inner, domain: row.formatted };
    }
    if (row.element !== '0') {
      const { type, loose, opaque, domain } = find(row.element, modifier, 0);
      const depth = Math.max(1, dimensions);
      const list = Array.from({ length: depth }).reduce<DataType>((of) => ({ kind: 'list', of }), type);
      return { type: list, cast: castOfArray(row, byOid), loose, opaque, domain };
    }
    const type = scalar(row, modifier, nameOf);
    const loose = row.name === 'bpchar' || row.name === 'citext';
    return { type, cast: row.formatted, loose, opaque: type.kind === 'opaque', domain: null };
  };
  return { find };
}

/** An array of a domain compares with an array of its base. */
function castOfArray(row: TypeRow, byOid: ReadonlyMap<string, TypeRow>): string {
  let element = byOid.get(row.element)!;
  if (element.kind !== 'd') return row.formatted;
  while (element.kind === 'd') element = byOid.get(element.base)!;
  return `${element.formatted}[]`;
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
  return { kind: 'decimal', precision: (packed >> 16) & 0xffff, scale: Math.max(0, scale) };
}

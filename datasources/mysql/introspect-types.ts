import type { DataType } from '../../src/ir/types.js';
import type { COLUMNS, RowOf } from './introspect-queries.js';
import type { NativeField } from './native.js';
import { parameterType } from './parameters.js';
import { BYTES } from './text.js';

export type ColumnRow = RowOf<typeof COLUMNS>;

interface Found {
  readonly type: DataType;
  readonly native: Omit<NativeField, 'column' | 'nullable'>;
}

const BITS: Readonly<Record<string, readonly [signed: 16 | 32 | 64, unsigned: 16 | 32 | 64 | null]>> = {
  tinyint: [16, 16],
  smallint: [16, 32],
  mediumint: [32, 32],
  int: [32, 64],
  bigint: [64, null],
};
const TEXTS = /^(?:char|varchar|(?:tiny|medium|long)?text)$/;
const BYTE_TYPES = /^(?:binary|varbinary|(?:tiny|medium|long)?blob)$/;
const SHAPES = /^(?:geometry|point|linestring|polygon|multi\w+|geom(?:etry)?collection)$/;
const SAME = ['date', 'time', 'uuid', 'json'] as const;
const UNSIGNED_64: DataType = { kind: 'decimal', precision: 20, scale: 0 };

/** A column's type as ours, and how it is read and compared. */
export function typeOf(column: ColumnRow, isJson: boolean): Found {
  const { type: name, collation, charset } = column;
  const type = isJson ? ({ kind: 'json' } as const) : dataType(column);
  const isText = type.kind === 'text';
  const binary = isText && Object.values(BYTES).includes(collation ?? '');
  const native = {
    type: type.kind === 'float' && type.bits === 32 ? 'float' : parameterType(type),
    collation: isText ? collation : null,
    charset: isText ? charset : null,
    form: formOf(name!, type),
    loose: isText && !binary,
    binary,
    opaque: type.kind === 'opaque',
  };
  return { type, native };
}

function dataType({ table, column, type: name, formatted, precision, scale }: ColumnRow): DataType {
  const known = SAME.find((kind) => kind === name);
  if (known !== undefined) return { kind: known };
  const bits = BITS[name!];
  if (bits) {
    if (/^tinyint\(1\)/.test(formatted!)) return { kind: 'bool' };
    const width = bits[/\bunsigned\b/.test(formatted!) ? 1 : 0];
    return width === null ? UNSIGNED_64 : { kind: 'int', bits: width };
  }
  switch (name) {
    case 'decimal':
      return { kind: 'decimal', precision: Number(precision), scale: Number(scale) };
    case 'float':
      return { kind: 'float', bits: 32 };
    case 'double':
      return { kind: 'float', bits: 64 };
    case 'year':
      return { kind: 'int', bits: 16 };
    case 'bit':
      if (formatted === 'bit(1)') return { kind: 'bool' };
      return formatted === 'bit(64)' ? UNSIGNED_64 : { kind: 'int', bits: 64 };
    case 'datetime':
      return { kind: 'localdatetime' };
    case 'timestamp':
      return { kind: 'instant' };
    case 'enum':
      return { kind: 'enum', name: `${table!}_${column!}`, values: wordsOf(formatted!) };
    case 'set':
      return { kind: 'text' };
    default:
      if (TEXTS.test(name!)) return { kind: 'text' };
      return BYTE_TYPES.test(name!) ? { kind: 'bytes' } : { kind: 'opaque', native: name! };
  }
}

function formOf(name: string, { kind }: DataType): NativeField['form'] {
  if (kind === 'enum' || name === 'bit') return 'number';
  if (SHAPES.test(name)) return 'shape';
  return kind === 'opaque' || name === 'set' ? 'text' : 'plain';
}

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', 0: '\0' };

/** The words of an enum, as its definition has them between quotes. */
function wordsOf(formatted: string): string[] {
  return Array.from(formatted.matchAll(/'((?:[^'\\]|''|\\.)*)'/gs), ([, word]) =>
    word!.replace(/''|\\(.)/gs, (_, escaped?: string) => (escaped === undefined ? "'" : (ESCAPED[escaped] ?? escaped))),
  );
}

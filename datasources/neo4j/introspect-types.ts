import type { DataType } from '../../src/ir/types.js';
import type { Similarity } from './native.js';

/** What a sample shows of a property. */
export interface Seen {
  readonly property: string;
  /** Each type of its values, as valueType() names it, with one of them. */
  readonly types: readonly { readonly type: string; readonly example: unknown }[];
  /** Whether all of the sample have it. */
  readonly always: boolean;
}

const SCALARS: Readonly<Record<string, DataType>> = {
  BOOLEAN: { kind: 'bool' },
  INTEGER: { kind: 'int', bits: 64 },
  FLOAT: { kind: 'float', bits: 64 },
  STRING: { kind: 'text' },
  DATE: { kind: 'date' },
  'LOCAL TIME': { kind: 'time' },
  'LOCAL DATETIME': { kind: 'localdatetime' },
  'ZONED DATETIME': { kind: 'instant' },
  DURATION: { kind: 'duration' },
};

export interface PropertyType {
  readonly type: DataType;
  /** Some of the values of a field of floats are whole numbers. */
  readonly whole: boolean;
  /** Why it is JSON; null where it is not for a mixture. */
  readonly note: string | null;
}

/** What indexes say of a property that its values do not. */
export interface Indexed {
  readonly fulltext: readonly string[];
  readonly vector: {
    readonly index: string;
    readonly similarity: Similarity;
    readonly dimensions: number | null;
  } | null;
}

export function propertyType(types: Seen['types']): PropertyType {
  const found = types.map(({ type, example }) => typeOf(plain(type), example));
  const known = found.filter((type) => type !== NOTHING);
  const names = new Set(known.map((type) => JSON.stringify(type)));
  if (names.size === 0) return { type: { kind: 'list', of: { kind: 'text' } }, whole: false, note: null };
  if (names.size === 1) return { type: known[0]!, whole: false, note: null };
  if (known.every(isNumber)) return { type: SCALARS.FLOAT!, whole: true, note: null };
  if (known.every((type) => type.kind === 'list' && isNumber(type.of))) {
    return { type: { kind: 'list', of: SCALARS.FLOAT! }, whole: true, note: null };
  }
  const mixture = types.map(({ type }) => plain(type).toLowerCase()).sort();
  return {
    type: { kind: 'json' },
    whole: false,
    note: `shown as JSON: its values are of several types (${mixture.join(', ')})`,
  };
}

/** Of an empty list nothing is known. */
const NOTHING: DataType = { kind: 'list', of: { kind: 'opaque', native: 'NOTHING' } };

function typeOf(name: string, example: unknown): DataType {
  const list = /^LIST<(.*)>$/.exec(name);
  if (!list) {
    if (name !== 'POINT') return SCALARS[name] ?? { kind: 'json' };
    return isGeographic(example) ? { kind: 'geopoint' } : { kind: 'json' };
  }
  const element = plain(list[1]!);
  if (example instanceof Int8Array) return { kind: 'bytes' };
  if (element === 'NOTHING') return NOTHING;
  const of = SCALARS[element];
  return of ? { kind: 'list', of } : { kind: 'json' };
}

/** WGS-84 in two dimensions. */
function isGeographic(example: unknown): boolean {
  return Number((example as { readonly srid?: unknown } | null)?.srid) === 4326;
}

function plain(type: string): string {
  return type.replace(/ NOT NULL$/, '');
}

function isNumber({ kind }: DataType): boolean {
  return kind === 'int' || kind === 'float';
}

import { Binary, Decimal128, Double, Int32, Long, ObjectId, Timestamp } from 'mongodb';
import { FLOAT64, INT32, INT64, TEXT, type DataType, type StructField } from '../../src/ir/types.js';

/** What the sampled values of one place are; documents are read with `promoteValues: false`. */
interface Seen {
  readonly kinds: Map<string, number>;
  readonly members: Map<string, Seen>;
  /** The first few texts. */
  readonly words: Set<string>;
  /** Of the elements of arrays. */
  elements: Seen | null;
}

export interface Inferred {
  readonly name: string;
  readonly type: DataType;
  /** What its values are when they have no common type. */
  readonly note: string | null;
}

const DEEPEST = 8;

/** The fields of documents, in the order in which they were met. */
export function inferFields(documents: readonly Readonly<Record<string, unknown>>[]): Inferred[] {
  const all = seen();
  for (const document of documents) look(document, all);
  return [...all.members].map(([name, of]) => {
    const type = typeOf(of, 0);
    return { name, type: type ?? { kind: 'json' }, note: type === null ? noteOf(of) : null };
  });
}

function seen(): Seen {
  return { kinds: new Map(), members: new Map(), words: new Set(), elements: null };
}

function look(value: unknown, at: Seen): void {
  const kind = kindOf(value);
  if (kind === 'null') return;
  at.kinds.set(kind, (at.kinds.get(kind) ?? 0) + 1);
  if (kind === 'array') {
    at.elements ??= seen();
    for (const each of value as readonly unknown[]) look(each, at.elements);
  }
  if (typeof value === 'string' && at.words.size < 2) at.words.add(value);
  if (kind !== 'object') return;
  for (const [name, inside] of Object.entries(value as object)) {
    const member = at.members.get(name) ?? seen();
    at.members.set(name, member);
    look(inside, member);
  }
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Date) return 'date';
  if (value instanceof Timestamp) return 'timestamp';
  if (value instanceof Int32) return 'int';
  if (value instanceof Long) return 'long';
  if (value instanceof Double) return 'double';
  if (value instanceof Decimal128) return 'decimal';
  if (value instanceof ObjectId) return 'objectId';
  if (value instanceof Binary) return value.sub_type === Binary.SUBTYPE_UUID ? 'uuid' : 'bytes';
  if (typeof value === 'object') {
    return Object.getPrototypeOf(value) === Object.prototype
      ? 'object'
      : ((value as { _bsontype?: string })._bsontype ?? 'other');
  }
  return typeof value === 'number' ? 'double' : typeof value === 'bigint' ? 'long' : typeof value;
}

const SINGLE: Readonly<Record<string, DataType>> = {
  string: TEXT,
  boolean: { kind: 'bool' },
  int: INT32,
  long: INT64,
  double: FLOAT64,
  decimal: { kind: 'decimal', precision: null, scale: null },
  date: { kind: 'instant' },
  objectId: { kind: 'id' },
  uuid: { kind: 'uuid' },
  bytes: { kind: 'bytes' },
};
const WIDENING = ['int', 'long', 'double', 'decimal'];

/** The one type that all values have; null when there is none. */
function typeOf(of: Seen, depth: number): DataType | null {
  const kinds = [...of.kinds.keys()];
  if (kinds.length > 1) {
    if (!kinds.every((kind) => WIDENING.includes(kind))) return null;
    return SINGLE[kinds.reduce((a, b) => (WIDENING.indexOf(a) > WIDENING.indexOf(b) ? a : b))]!;
  }
  const [kind] = kinds;
  if (kind === undefined) return null;
  if (kind === 'object') return isPoint(of) ? { kind: 'geopoint' } : structOf(of, depth);
  if (kind !== 'array') return SINGLE[kind] ?? null;
  const element = of.elements && typeOf(of.elements, depth + 1);
  return element && element.kind !== 'list' ? { kind: 'list', of: element } : null;
}

/** Points of GeoJSON alone: their `type` says so. */
function isPoint({ members }: Seen): boolean {
  const coordinates = members.get('coordinates');
  const element = coordinates?.elements && typeOf(coordinates.elements, 0);
  const numbers = element?.kind === 'int' || element?.kind === 'float';
  return members.size === 2 && numbers && [...(members.get('type')?.words ?? [])].join() === 'Point';
}

function structOf(of: Seen, depth: number): DataType | null {
  const names = [...of.members.keys()];
  if (depth >= DEEPEST || names.length === 0) return null;
  const fields = names.map((name): StructField => {
    const type = typeOf(of.members.get(name)!, depth + 1);
    return { name, type: type ?? { kind: 'json' }, nullable: true };
  });
  return { kind: 'struct', fields };
}

function noteOf(of: Seen): string {
  const kinds = [...of.kinds].sort((a, b) => b[1] - a[1]).map(([kind]) => kind);
  if (kinds.length === 0) return 'No value of it was seen: it is read as JSON.';
  if (kinds.length > 1) return `Its values have several types (${kinds.join(', ')}): they are read as JSON.`;
  return `Its values (${kinds[0]!}) have no type in the schema: they are read as JSON.`;
}

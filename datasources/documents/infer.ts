import type { DataType, StructField } from '../../src/ir/types.js';

/** What a store's documents are made of. */
export interface Values {
  /** The kind of a value; `null`, `array` and `object` for these. */
  kindOf(value: unknown): string;
  /** The type of a kind, but of arrays and objects. */
  readonly types: Readonly<Record<string, DataType>>;
  /** Kinds of which each later one holds the values of those before. */
  readonly widening: readonly string[];
  /** Whether points of GeoJSON are places. */
  readonly points: boolean;
}

/** What the sampled values of one place are. */
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
export function inferFields(documents: readonly Readonly<Record<string, unknown>>[], values: Values): Inferred[] {
  const all = seen();
  for (const document of documents) look(document, all, values);
  return [...all.members].map(([name, of]) => {
    const type = typeOf(of, 0, values);
    return { name, type: type ?? { kind: 'json' }, note: type === null ? noteOf(of) : null };
  });
}

function seen(): Seen {
  return { kinds: new Map(), members: new Map(), words: new Set(), elements: null };
}

function look(value: unknown, at: Seen, values: Values): void {
  const kind = values.kindOf(value);
  if (kind === 'null') return;
  at.kinds.set(kind, (at.kinds.get(kind) ?? 0) + 1);
  if (kind === 'array') {
    at.elements ??= seen();
    for (const each of value as readonly unknown[]) look(each, at.elements, values);
  }
  if (typeof value === 'string' && at.words.size < 2) at.words.add(value);
  if (kind !== 'object') return;
  for (const [name, inside] of Object.entries(value as object)) {
    const member = at.members.get(name) ?? seen();
    at.members.set(name, member);
    look(inside, member, values);
  }
}

/** The one type that all values have; null when there is none. */
function typeOf(of: Seen, depth: number, values: Values): DataType | null {
  const { types, widening } = values;
  const kinds = [...of.kinds.keys()];
  if (kinds.length > 1) {
    if (!kinds.every((kind) => widening.includes(kind))) return null;
    return types[kinds.reduce((a, b) => (widening.indexOf(a) > widening.indexOf(b) ? a : b))]!;
  }
  const [kind] = kinds;
  if (kind === undefined) return null;
  if (kind === 'object')
    return values.points && isPoint(of, values) ? { kind: 'geopoint' } : structOf(of, depth, values);
  if (kind !== 'array') return types[kind] ?? null;
  const element = of.elements && typeOf(of.elements, depth + 1, values);
  return element && element.kind !== 'list' ? { kind: 'list', of: element } : null;
}

/** Points of GeoJSON alone: their `type` says so. */
function isPoint({ members }: Seen, values: Values): boolean {
  const coordinates = members.get('coordinates');
  const element = coordinates?.elements && typeOf(coordinates.elements, 0, values);
  const numbers = element?.kind === 'int' || element?.kind === 'float';
  return members.size === 2 && numbers && [...(members.get('type')?.words ?? [])].join() === 'Point';
}

function structOf(of: Seen, depth: number, values: Values): DataType | null {
  const names = [...of.members.keys()];
  if (depth >= DEEPEST || names.length === 0) return null;
  const fields = names.map((name): StructField => {
    const type = typeOf(of.members.get(name)!, depth + 1, values);
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

import type { DataType } from '../../src/ir/types.js';
import { ID_PATH, type NativeField } from './native.js';
import { similarityOf } from './similarity.js';

/** A mapping as the store tells it, as far as it is read here. */
export interface Mapping {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Mapping>>;
  readonly fields?: Readonly<Record<string, Mapping>>;
  readonly format?: string;
  readonly path?: string;
  readonly dims?: number;
  readonly similarity?: string;
  readonly element_type?: string;
  readonly scaling_factor?: number;
  readonly ignore_above?: number;
  readonly normalizer?: string;
  readonly index?: boolean;
  readonly doc_values?: boolean;
  readonly enabled?: boolean;
}

/** What a field of a mapping is here, its lists aside. `note`: what a reader of the schema should know. */
export interface MappedField {
  readonly type: DataType;
  readonly native: NativeField;
  readonly note: string | null;
}

const INTEGERS: Readonly<Record<string, 16 | 32 | 64>> = { byte: 16, short: 16, integer: 32, long: 64 };
const DATE_ONLY = /^(strict_)?(date|year_month_day|ordinal_date|basic_date)$|^(yyyy|uuuu)-MM-dd$|^yyyyMMdd$/;

/** What looks at values that documents hold: whether there are lists, and whether some were too long for the index. */
export interface Seen {
  isList(path: string): boolean;
  isCut(path: string): boolean;
}

export function mappedField(path: string, mapping: Mapping, seen: Seen): MappedField | { readonly problem: string } {
  if (path.includes('*')) return { problem: 'left out: the store takes a name with * for a pattern' };
  if (mapping.enabled === false)
    return plain(path, 'disabled', { kind: 'json' }, { exact: null, sorted: false, exists: false });
  if (mapping.properties || mapping.type === 'object' || mapping.type === 'nested')
    return objectField(path, mapping, seen);
  const field = scalarField(path, mapping, seen);
  if ('problem' in field || field.type.kind === 'vector' || field.type.kind === 'json' || !seen.isList(path))
    return field;
  return { ...field, type: { kind: 'list', of: field.type } };
}

function objectField(
  path: string,
  { type = 'object', properties = {} }: Mapping,
  seen: Seen,
): MappedField | { readonly problem: string } {
  // Of several objects that are not nested only all their values together are kept.
  const inside: Seen = type !== 'nested' && seen.isList(path) ? { ...seen, isList: () => true } : seen;
  const members = Object.entries(properties).flatMap(([name, inner]) => {
    const member = mappedField(`${path}.${name}`, inner, inside);
    return 'problem' in member ? [] : [[name, member] as const];
  });
  if (members.length === 0) return { problem: 'left out: an object without fields that are known' };
  const struct: DataType = {
    kind: 'struct',
    fields: members.map(([name, member]) => ({ name, type: member.type, nullable: true })),
  };
  const { native } = plain(path, type, struct, { exact: null, sorted: false });
  const withMembers = {
    ...native,
    members: Object.fromEntries(members.map(([name, member]) => [name, member.native])),
  };
  return { type: type === 'nested' ? { kind: 'list', of: struct } : struct, native: withMembers, note: null };
}

function scalarField(path: string, mapping: Mapping, seen: Seen): MappedField | { readonly problem: string } {
  const type = mapping.type!;
  const bits = INTEGERS[type];
  if (bits) return plain(path, type, { kind: 'int', bits }, mapped(mapping, path));
  switch (type) {
    case 'float':
    case 'half_float':
      return plain(path, type, { kind: 'float', bits: 32 }, mapped(mapping, path));
    case 'double':
      return plain(path, type, { kind: 'float', bits: 64 }, mapped(mapping, path));
    case 'scaled_float': {
      const scale = Math.log10(mapping.scaling_factor ?? 1);
      const decimal: DataType = { kind: 'decimal', precision: null, scale };
      return plain(path, type, Number.isInteger(scale) ? decimal : { kind: 'float', bits: 64 }, mapped(mapping, path));
    }
    case 'unsigned_long':
      return plain(path, type, { kind: 'decimal', precision: 20, scale: 0 }, mapped(mapping, path));
    case 'boolean':
      return plain(path, type, { kind: 'bool' }, mapped(mapping, path));
    case 'date': {
      const formats = mapping.format?.split('||') ?? [];
      const isDate = formats.length > 0 && formats.every((format) => DATE_ONLY.test(format));
      return plain(path, type, { kind: isDate ? 'date' : 'instant' }, mapped(mapping, path));
    }
    case 'date_nanos':
      return plain(
        path,
        type,
        { kind: 'instant' },
        mapped(mapping, path),
        'Finer than microseconds in the store, cut here.',
      );
    case 'keyword':
    case 'constant_keyword':
    case 'wildcard':
      return plain(path, type, { kind: 'text' }, keywordFacts(path, mapping, seen), keywordNote(path, mapping, seen));
    case 'text':
    case 'match_only_text':
      return textField(path, mapping, seen);
    case 'ip':
    case 'version':
      return plain(path, type, { kind: 'opaque', native: type }, mapped(mapping, path));
    case 'binary':
      return plain(path, type, { kind: 'bytes' }, { exact: null, sorted: false, exists: mapping.doc_values === true });
    case 'flattened':
      return plain(path, type, { kind: 'json' }, { exact: null, sorted: false });
    case 'dense_vector':
      return plain(
        path,
        type,
        { kind: 'vector', dimensions: mapping.dims ?? null },
        { exact: null, sorted: false, similarity: similarityOf(mapping) },
      );
    case 'geo_point':
      return plain(path, type, { kind: 'geopoint' }, { exact: null, sorted: false });
    default:
      return { problem: `left out: fields of type ${type} are not read` };
  }
}

function textField(path: string, mapping: Mapping, seen: Seen): MappedField {
  const keywords = Object.entries(mapping.fields ?? {}).filter(
    ([, { type }]) => type === 'keyword' || type === 'wildcard',
  );
  const searched = mapping.index === false ? null : path;
  const [name, keyword] = keywords.find(([, { normalizer }]) => normalizer === undefined) ?? keywords[0] ?? [];
  if (keyword === undefined) {
    const note =
      'Analysed text without a keyword: it is searched by words, and neither ordered nor grouped by the store.';
    return plain(path, 'text', { kind: 'text' }, { exact: null, text: searched, sorted: false }, note);
  }
  const exact = `${path}.${name!}`;
  const facts = { ...keywordFacts(exact, keyword, seen), text: searched };
  return plain(path, 'text', { kind: 'text' }, facts, keywordNote(exact, keyword, seen));
}

function keywordFacts(exact: string, mapping: Mapping, seen: Seen): Partial<NativeField> {
  return {
    ...mapped(mapping, exact),
    loose: mapping.normalizer !== undefined,
    ignoreAbove: mapping.ignore_above ?? null,
    cut: seen.isCut(exact),
  };
}

function keywordNote(exact: string, { ignore_above }: Mapping, seen: Seen): string | null {
  if (ignore_above === undefined) return null;
  return seen.isCut(exact)
    ? `Some values are longer than ${ignore_above} characters, which the store does not index: they are compared by the gateway.`
    : `Values of more than ${ignore_above} characters are not indexed by the store; there were none.`;
}

function mapped({ index, doc_values }: Mapping, path: string): Partial<NativeField> {
  const sorted = doc_values !== false;
  return { exact: index === false && !sorted ? null : path, sorted, exists: index !== false || sorted };
}

function plain(
  path: string,
  native: string,
  type: DataType,
  facts: Partial<NativeField>,
  note: string | null = null,
): MappedField {
  const field: NativeField = {
    ...{ path, type: native, exact: path, text: null, sorted: true, exists: true },
    ...{ loose: false, cut: false, ignoreAbove: null, members: {} },
    ...facts,
  };
  return { type, native: field, note };
}

/** The document's own identifier. */
export const DOCUMENT_ID: NativeField = plain('_id', '_id', { kind: 'id' }, { exact: ID_PATH }).native;

/** The properties of several indices as one: a field whose mappings differ in type is named. */
export function merged(all: readonly Readonly<Record<string, Mapping>>[]): {
  readonly properties: Readonly<Record<string, Mapping>>;
  readonly mixed: readonly string[];
} {
  const properties = new Map<string, Mapping>();
  const mixed = new Set<string>();
  for (const [name, mapping] of all.flatMap((one) => Object.entries(one))) {
    const known = properties.get(name);
    if (!known) properties.set(name, mapping);
    else if (typeOf(known) !== typeOf(mapping)) mixed.add(name);
    else if (known.properties || mapping.properties) {
      const inner = merged([known.properties ?? {}, mapping.properties ?? {}]);
      for (const each of inner.mixed) mixed.add(`${name}.${each}`);
      properties.set(name, { ...known, properties: inner.properties });
    } else properties.set(name, narrower(known, mapping));
  }
  for (const name of mixed) properties.delete(name);
  return { properties: Object.fromEntries(properties), mixed: [...mixed] };
}

function typeOf({ type }: Mapping): string {
  return type ?? 'object';
}

/** What holds of both: the shorter limit, doc values only where both have them. */
function narrower(a: Mapping, b: Mapping): Mapping {
  const limits = [a.ignore_above, b.ignore_above].filter((each) => each !== undefined);
  const normalizer = a.normalizer ?? b.normalizer;
  const fields = Object.fromEntries(
    Object.entries(a.fields ?? {}).flatMap(([name, mapping]) => {
      const other = b.fields?.[name];
      return other && other.type === mapping.type ? [[name, narrower(mapping, other)] as const] : [];
    }),
  );
  return {
    ...a,
    ...(limits.length > 0 ? { ignore_above: Math.min(...limits) } : {}),
    ...(normalizer !== undefined ? { normalizer } : {}),
    ...(a.fields ? { fields } : {}),
    ...(a.index === false || b.index === false ? { index: false } : {}),
    ...(a.doc_values === false || b.doc_values === false ? { doc_values: false } : {}),
    // Scores of two kinds have no order among each other.
    ...(a.similarity !== b.similarity || a.element_type !== b.element_type ? { similarity: 'several' } : {}),
  };
}

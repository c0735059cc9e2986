import { minimalDecimal } from '../../src/ir/decimal.js';
import { floorDiv, parseInstant } from '../../src/ir/time.js';
import type { DataType, StructField } from '../../src/ir/types.js';
import { GatewayError } from '../../src/errors.js';
import { printJson } from './json-text.js';
import type { Location, NativeField } from './native.js';

/** A hit as the store answers it, as far as it is read here. */
export interface Hit {
  readonly _id: string;
  readonly _index?: string;
  readonly _score?: number | null;
  readonly _source?: Readonly<Record<string, unknown>>;
  readonly fields?: Readonly<Record<string, readonly unknown[]>>;
  readonly ignored_field_values?: Readonly<Record<string, readonly unknown[]>>;
  readonly sort?: readonly unknown[];
  readonly highlight?: Readonly<Record<string, readonly string[]>>;
}

/** A field as a search asks for it; null for what is read from the source. */
export function wantedOf({ native, type }: Location): readonly unknown[] {
  if (native.type.startsWith('_') || fromSource(native)) return [];
  if (type.kind === 'struct') return type.fields.flatMap((f) => wantedOf(memberOf({ native, type }, f)));
  if (native.type === 'date') return [{ field: native.path, format: 'epoch_millis' }];
  if (native.type === 'date_nanos') return [{ field: native.path, format: 'strict_date_optional_time_nanos' }];
  return [native.path];
}

/** Paths of the source that a field is read from. */
export function sourceOf({ native, type }: Location): readonly string[] {
  if (fromSource(native)) return [native.path];
  return type.kind === 'struct' ? type.fields.flatMap((f) => sourceOf(memberOf({ native, type }, f))) : [];
}

/** Lists of objects, whose elements `fields` would not keep apart, and objects that are not indexed at all. */
function fromSource({ type }: NativeField): boolean {
  return type === 'nested' || type === 'disabled';
}

function memberOf({ native }: Location, field: StructField): Location {
  return { native: native.members[field.native ?? field.name]!, type: field.type };
}

/** How a value is read out of a hit. */
export function reader(location: Location): (hit: Hit) => unknown {
  const { native, type } = location;
  if (native.type === '_id') return (hit) => hit._id;
  if (native.type === '_score') return (hit) => hit._score ?? null;
  if (native.type === '_highlight') return (hit) => ownOf(hit.highlight, native.path) ?? null;
  if (fromSource(native)) {
    const decode = sourceValue(type, native);
    return (hit) => decode(sourceAt(hit._source ?? {}, native.path.split('.')));
  }
  if (type.kind === 'struct') {
    const members = type.fields.map((f) => [f.name, reader(memberOf(location, f))] as const);
    return (hit) => structOf(members.map(([name, read]) => [name, read(hit)]));
  }
  const decode = decoder(type.kind === 'list' ? type.of : type, native);
  return (hit) => {
    const values = ownOf(hit.fields, native.path) ?? ownOf(hit.ignored_field_values, native.path) ?? [];
    if (values.length === 0) return null;
    if (type.kind === 'list') return values.map(decode);
    if (type.kind === 'vector') return values.map(Number);
    if (type.kind === 'json') return printJson(values.length === 1 ? values[0] : values);
    if (values.length > 1) throw severalValues(native);
    return decode(values[0]);
  };
}

/** Fields may have names that every object answers to. */
function ownOf<T>(all: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return all && Object.hasOwn(all, name) ? all[name] : undefined;
}

function severalValues({ path }: NativeField): GatewayError {
  return new GatewayError('INTEGRITY', `${path} has several values in one document, and was not declared a list`, {
    field: path,
    hint: 'say `list: true` of the field in the config',
  });
}

/** An object of nothing but nulls cannot be told from none. */
function structOf(members: readonly (readonly [string, unknown])[]): unknown {
  return members.every(([, value]) => value === null) ? null : Object.fromEntries(members);
}

/** What stands in a source at the end of a way; names with dots may stand in it as they are. */
function sourceAt(source: unknown, way: readonly string[]): unknown {
  if (way.length === 0) return source;
  if (Array.isArray(source)) {
    const all = source.map((each) => sourceAt(each, way)).filter((each) => each !== undefined);
    return all.length > 0 ? all : undefined;
  }
  if (typeof source !== 'object' || source === null) return undefined;
  for (let taken = 1; taken <= way.length; taken += 1) {
    const name = way.slice(0, taken).join('.');
    if (!Object.hasOwn(source, name)) continue;
    const found = sourceAt((source as Readonly<Record<string, unknown>>)[name], way.slice(taken));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A value of a source: as it was written, so a list may be one value and one value a list. */
function sourceValue(type: DataType, native: NativeField): (value: unknown) => unknown {
  if (native.type === 'disabled') return (value) => (value == null ? null : printJson(value));
  if (type.kind === 'list') {
    const element = type.of.kind === 'struct' ? elementValue(type.of.fields, native) : sourceValue(type.of, native);
    return (value) => {
      const all = (Array.isArray(value) ? value.flat() : [value]).filter((each) => each != null).map(element);
      return all.length > 0 ? all : null;
    };
  }
  if (type.kind === 'struct') {
    const read = elementValue(type.fields, native);
    return (value) => (value == null ? null : structOf(Object.entries(read(value) as object)));
  }
  const decode = writtenValue(type, native);
  return (value) => {
    const [one, more] = ((Array.isArray(value) ? value : [value]) as readonly unknown[]).filter((each) => each != null);
    if (more !== undefined) throw severalValues(native);
    return one == null ? null : decode(one);
  };
}

function elementValue(fields: readonly StructField[], native: NativeField): (value: unknown) => unknown {
  const members = fields.map((f) => {
    const member = native.members[f.native ?? f.name]!;
    return [f.name, member.path.slice(native.path.length + 1).split('.'), sourceValue(f.type, member)] as const;
  });
  return (value) => Object.fromEntries(members.map(([name, way, read]) => [name, read(sourceAt(value, way) ?? null)]));
}

/** A scalar as whoever wrote the document wrote it. */
function writtenValue(type: DataType, native: NativeField): (value: unknown) => unknown {
  if (type.kind === 'instant' || type.kind === 'date') {
    return (value) => {
      const micros =
        typeof value === 'string' && !/^-?\d+$/.test(value)
          ? parseTime(value, native)
          : BigInt(Math.floor(Number(value))) * 1_000n;
      return type.kind === 'date' ? Number(floorDiv(micros, 86_400_000_000n)) : micros;
    };
  }
  if (type.kind === 'geopoint') {
    return (value) => {
      if (Array.isArray(value)) return { lon: Number(value[0]), lat: Number(value[1]) };
      const { lon, lat } = value as { lon: unknown; lat: unknown };
      return { lon: Number(lon), lat: Number(lat) };
    };
  }
  return decoder(type, native);
}

function parseTime(text: string, { path }: NativeField): bigint {
  const zoned = /[Zz]|[+-]\d\d:?\d\d$/.test(text.slice(10))
    ? text
    : text.includes('T')
      ? `${text}Z`
      : `${text}T00:00:00Z`;
  const micros = parseInstant(zoned);
  if (micros === null)
    throw new GatewayError('INTEGRITY', `${path} holds a time in a format that is not ISO 8601`, { field: path });
  return micros;
}

/** A scalar as `fields`, aggregations and sources give it. */
export function decoder(type: DataType, native: NativeField): (value: unknown) => unknown {
  switch (type.kind) {
    case 'bool':
      return (value) => value === true || value === 'true';
    case 'int':
      return (value) => BigInt(typeof value === 'number' ? Math.trunc(value) : (value as string | bigint));
    case 'float':
      return type.bits === 32 ? (value) => Math.fround(Number(value)) : Number;
    case 'decimal':
      return (value) => minimalDecimal(String(value));
    case 'date':
      return (value) => Math.floor(Number(value) / 86_400_000);
    case 'instant':
      return native.type === 'date_nanos'
        ? (value) => parseInstant(String(value))
        : (value) => BigInt(String(value)) * 1_000n;
    case 'bytes':
      return (value) => new Uint8Array(Buffer.from(String(value), 'base64'));
    case 'json':
      return (value) => printJson(value);
    case 'geopoint':
      return (value) => {
        const [lon, lat] = (value as { readonly coordinates: readonly [number, number] }).coordinates;
        return { lon: Number(lon), lat: Number(lat) };
      };
    case 'list':
    case 'struct':
    case 'vector':
      return (value) => value;
    default:
      return String;
  }
}

import type { Postgres } from '../../src/postgres/types.js';
import { quote } from './sql.js';

/**
 * What plain SQL says of a table, without any code of the gateway's: PostgreSQL itself turns each value into the JSON
 * that docs/databases.md promises.
 */

/** Functions that the statements below call; in a schema that no gateway reads. */
export const PLAIN_FUNCTIONS = `
create schema plain;
create function plain.day(date) returns text immutable language sql as $$
  select case when y between 0 and 9999 then lpad(y::text, 4, '0')
    else case when y < 0 then '-' else '+' end || lpad(abs(y)::text, 6, '0') end || to_char($1, '-MM-DD')
  from (select case when extract(year from $1) < 0 then extract(year from $1) + 1 else extract(year from $1) end::int as y) as years $$;
create function plain.moment(timestamp) returns text immutable language sql as $$
  select plain.day($1::date) || to_char($1, '"T"HH24:MI:SS') || regexp_replace(to_char($1, '.US'), '\\.?0+$', '') $$;
create function plain.span(interval) returns text language sql set intervalstyle = 'iso_8601' as 'select $1::text';
`;

export interface PlainColumn {
  readonly name: string;
  /** pg_type's name of the type below all domains: of an array, of its elements. */
  readonly type: string;
  readonly isEnum: boolean;
  readonly isComposite: boolean;
  readonly isArray: boolean;
}

/** How often a column is not null; its values in the store's order; the sum of its numbers. */
export interface PlainMeasures {
  readonly count: number;
  readonly distinct: number;
  readonly ascending: readonly unknown[];
}

export class Plain {
  constructor(private readonly admin: Postgres) {}

  private async json<T>(text: string): Promise<T> {
    const { rows } = await this.admin.run({ text, values: [] }, { signal: new AbortController().signal });
    return JSON.parse(rows[0]![0]!) as T;
  }

  async columns(schema: string, table: string): Promise<readonly PlainColumn[]> {
    const literal = `'${`${quote(schema)}.${quote(table)}`.replaceAll("'", "''")}'::regclass`;
    const found = await this.json<readonly (PlainColumn & { delimiter: string })[]>(`
      with recursive opened(attnum, attname, oid, depth) as (
        select attnum, attname, atttypid, 0 from pg_attribute where attrelid = ${literal} and attnum > 0 and not attisdropped
        union all select o.attnum, o.attname, t.typbasetype, depth + 1 from opened o join pg_type t on t.oid = o.oid where t.typtype = 'd'),
      base as (select distinct on (attnum) o.attnum, o.attname, t.* from opened o join pg_type t on t.oid = o.oid order by attnum, depth desc),
      element(attnum, oid) as (
        select attnum, case when typcategory = 'A' and typsubscript = 'array_subscript_handler'::regproc and typdelim = ',' and typlen = -1 and typelem <> 0 and typname like '\\_%' then typelem else 0 end from base),
      inside(attnum, oid, depth) as (
        select attnum, oid, 0 from element where oid <> 0
        union all select i.attnum, t.typbasetype, depth + 1 from inside i join pg_type t on t.oid = i.oid where t.typtype = 'd'),
      last as (select distinct on (attnum) attnum, oid from inside order by attnum, depth desc)
      select json_agg(json_build_object('name', b.attname, 'type', coalesce(e.typname, b.typname),
        'isEnum', coalesce(e.typtype, b.typtype) = 'e', 'isComposite', coalesce(e.typtype, b.typtype) = 'c',
        'isArray', e.oid is not null, 'delimiter', coalesce(e.typdelim, ',')) order by b.attnum)
      from base b left join last l on l.attnum = b.attnum left join pg_type e on e.oid = l.oid`);
    // The elements of box[] are parted by another sign: its text is shown.
    return found.map((column) =>
      column.delimiter === ',' ? column : { ...column, type: '_box', isArray: false, isComposite: false },
    );
  }

  /** Every row as an array of JSON values. */
  async rows(schema: string, table: string, columns: readonly PlainColumn[]): Promise<readonly (readonly unknown[])[]> {
    const values = columns.map((column) => jsonOf(column, quote(column.name)));
    const rows = await this.json<readonly (readonly unknown[])[]>(
      `select coalesce(jsonb_agg(jsonb_build_array(${values.join(', ')})), '[]') from ${quote(schema)}.${quote(table)}`,
    );
    return rows.map((row) => row.map((value, i) => reshaped(columns[i]!, value)));
  }

  async measures(schema: string, table: string, column: PlainColumn): Promise<PlainMeasures> {
    const from = `${quote(schema)}.${quote(table)}`;
    const name = quote(column.name);
    const ordered = hasOrder(column) ? `order by ${name}` : '';
    const read = await this.json<PlainMeasures>(`select json_build_object(
      'count', count(*) filter (where ${name} is distinct from null), 'distinct', ${hasOrder(column) ? `count(distinct ${name})` : '0'},
      'ascending', coalesce(jsonb_agg(${jsonOf(column, name)} ${ordered}) filter (where ${name} is distinct from null), '[]')) from ${from}`);
    return { ...read, ascending: read.ascending.map((value) => reshaped(column, value)) };
  }
}

const ORDERED = new Set(
  'bool int2 int4 int8 numeric float4 float8 text varchar bpchar name citext bytea uuid date time timestamp timestamptz interval'.split(
    ' ',
  ),
);

export function hasOrder({ type, isEnum, isArray }: PlainColumn): boolean {
  return !isArray && (isEnum || ORDERED.has(type));
}

function jsonOf(column: PlainColumn, value: string): string {
  if (!column.isArray) return `case when ${value} is distinct from null then ${scalar(column, value)} end`;
  const item = scalar(column, column.isComposite ? `(${value})[i]` : 'x');
  const known = `case when ${column.isComposite ? `(${value})[i]` : 'x'} is distinct from null then ${item} end`;
  const items = column.isComposite
    ? `(select jsonb_agg(${known} order by i) from generate_subscripts(${value}, 1) as i)`
    : `(select jsonb_agg(${known} order by n) from unnest(${value}) with ordinality as u(x, n))`;
  const lengths = [1, 2, 3].map((d) => `array_length(${value}, ${d})`).join(', ');
  return `case when ${value} is distinct from null then jsonb_build_object('items', coalesce(${items}, '[]'), 'lengths', jsonb_build_array(${lengths})) end`;
}

function scalar({ type, isEnum }: PlainColumn, value: string): string {
  if (isEnum) return `to_jsonb(${value}::text)`;
  switch (type) {
    case 'bool':
    case 'int2':
    case 'int4':
      return `to_jsonb(${value})`;
    case 'float4':
    case 'float8':
      return `case when ${value} in ('NaN', 'Infinity', '-Infinity') then null else to_jsonb(${value}::text::numeric) end`;
    case 'numeric':
      return `to_jsonb(trim_scale(${value})::text)`;
    case 'bytea':
      return `to_jsonb(replace(encode(${value}, 'base64'), chr(10), ''))`;
    case 'date':
      return `case when isfinite(${value}) then to_jsonb(plain.day(${value})) end`;
    case 'timestamp':
      return `case when isfinite(${value}) then to_jsonb(plain.moment(${value})) end`;
    case 'timestamptz':
      return `case when isfinite(${value}) then to_jsonb(plain.moment(${value} at time zone 'UTC') || 'Z') end`;
    case 'interval':
      return `case when isfinite(${value}) then to_jsonb(plain.span(${value})) end`;
    case 'json':
    case 'jsonb':
      return `jsonb_build_object('json', ${value}::text)`;
    case 'int8':
    case 'text':
    case 'varchar':
    case 'bpchar':
    case 'name':
    case 'citext':
    case 'uuid':
    case 'time':
      return `to_jsonb(${value}::text)`;
    default:
      return `to_jsonb(format('%s', ${value}))`;
  }
}

function reshaped(column: PlainColumn, value: unknown): unknown {
  if (value === null) return null;
  if (!column.isArray) return parsed(column, value);
  const { items, lengths } = value as { items: unknown[]; lengths: (number | null)[] };
  const flat = items.map((item) => (item === null ? null : parsed(column, item)));
  const sizes = lengths.filter((length) => length !== null);
  const nest = (at: number, from: readonly unknown[]): unknown => {
    if (at >= sizes.length - 1) return from;
    const size = from.length / sizes[at]!;
    return Array.from({ length: sizes[at]! }, (_, i) => nest(at + 1, from.slice(i * size, (i + 1) * size)));
  };
  return nest(0, flat);
}

function parsed({ type }: PlainColumn, value: unknown): unknown {
  return type === 'json' || type === 'jsonb' ? (JSON.parse((value as { json: string }).json) as unknown) : value;
}

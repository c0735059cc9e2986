/**
 * What is read of pg_catalog, for all tables at once. Columns that only newer servers have are read through to_jsonb, so
 * the same text suits them all. `$1` is the list of schemas.
 */

/** Tables and views that the role may read, without partitions and what extensions bring. */
const READABLE = `c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
  and has_schema_privilege(n.oid, 'usage') and has_any_column_privilege(c.oid, 'select')
  and not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`;

const RELATIONS = `
select c.oid, n.nspname, c.relname, c.relkind, c.reltuples, c.relhassubclass
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any($1::text[]) and ${READABLE}`;

const chosen = (select: string): string => `with chosen as (${RELATIONS}) ${select}`;

export interface RelationRow {
  readonly oid: string;
  readonly schema: string;
  readonly table: string;
  readonly kind: string;
  readonly rows: string;
  /** Whether other tables inherit from it. */
  readonly inherited: string;
  readonly comment: string | null;
}

export const relations = {
  columns: ['oid', 'schema', 'table', 'kind', 'rows', 'inherited', 'comment'],
  text: chosen(`
select c.oid, c.nspname, c.relname, c.relkind, c.reltuples::float8,
  c.relkind = 'r' and c.relhassubclass and exists (select 1 from pg_inherits i where i.inhparent = c.oid), d.description
from chosen c left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = c.oid and d.objsubid = 0
order by c.nspname collate "C", c.relname collate "C"`),
} as const;

export interface ColumnRow {
  readonly relation: string;
  readonly name: string;
  readonly type: string;
  readonly modifier: string;
  readonly dimensions: string;
  readonly notNull: string;
  readonly generated: string;
  /** Whether its default is an infinite date. */
  readonly infinite: string;
  readonly formatted: string;
  readonly comment: string | null;
  readonly deterministic: string;
  readonly binary: string;
  readonly collationSchema: string | null;
  readonly collationName: string | null;
}

/** A collation whose order is that of bytes: C, and the built-in provider's C.UTF-8. 100 is the database's own. */
const BINARY = `case when co.collprovider = 'd' then (
  select case when to_jsonb(db)->>'datlocprovider' = 'b' then to_jsonb(db)->>'datlocale' in ('C', 'C.UTF-8')
    when coalesce(to_jsonb(db)->>'datlocprovider', 'c') = 'c' then db.datcollate in ('C', 'POSIX') else false end
  from pg_database db where db.datname = current_database())
when co.collprovider = 'b' then to_jsonb(co)->>'colllocale' in ('C', 'C.UTF-8')
when co.collprovider = 'c' then co.collcollate in ('C', 'POSIX') else false end`;

export const columns = {
  columns: [
    'relation',
    'name',
    'type',
    'modifier',
    'dimensions',
    'notNull',
    'generated',
    'infinite',
    'formatted',
    'comment',
    'deterministic',
    'binary',
    'collationSchema',
    'collationName',
  ],
  text: chosen(`, sorted as materialized (
  select co.oid, co.collisdeterministic as deterministic, ${BINARY} as binary, cn.nspname as schema, co.collname as name
  from pg_collation co join pg_namespace cn on cn.oid = co.collnamespace
  where co.oid in (select a.attcollation from pg_attribute a join chosen c on c.oid = a.attrelid))
select a.attrelid, a.attname, a.atttypid, a.atttypmod, a.attndims,
  a.attnotnull and not exists (select 1 from pg_constraint nn where nn.conrelid = a.attrelid and nn.contype = 'n' and nn.conkey = array[a.attnum] and not nn.convalidated),
  a.attgenerated <> '',
  exists (select 1 from pg_attrdef f where a.atthasdef and f.adrelid = a.attrelid and f.adnum = a.attnum and pg_get_expr(f.adbin, f.adrelid) ~ '''-?infinity'''),
  format_type(a.atttypid, a.atttypmod), d.description,
  coalesce(co.deterministic, true), coalesce(co.binary, false),
  case when a.attcollation <> 100 then co.schema end, case when a.attcollation <> 100 then co.name end
from chosen c join pg_attribute a on a.attrelid = c.oid
left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = a.attrelid and d.objsubid = a.attnum
left join sorted co on co.oid = a.attcollation
where a.attnum > 0 and not a.attisdropped
  and (has_table_privilege(a.attrelid, 'select') or has_column_privilege(a.attrelid, a.attnum, 'select'))
order by a.attrelid, a.attnum`),
} as const;

export interface TypeRow {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly element: string;
  readonly base: string;
  readonly modifier: string;
  readonly dimensions: string;
  /** As casts name it, without a length or precision. */
  readonly formatted: string;
  /** JSON: labels in their order. */
  readonly labels: string | null;
}

/** Of an array: not oidvector and its like, which print otherwise, nor box, whose arrays have another separator. */
const ELEMENT = `coalesce((select e.oid from pg_type e where e.oid = t.typelem and e.typarray = t.oid and e.typdelim = ','), 0)`;

/** The types of the columns, of their elements and of what domains are made of. */
export const types = {
  columns: ['oid', 'schema', 'name', 'kind', 'element', 'base', 'modifier', 'dimensions', 'formatted', 'labels'],
  text: chosen(`, used as (
  select distinct a.atttypid as oid from chosen c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
reached as (with recursive r(oid) as (
  select oid from used union select x.oid from r join pg_type t on t.oid = r.oid cross join lateral (values (t.typbasetype), (${ELEMENT})) as x(oid) where x.oid <> 0
) select oid from r)
select t.oid, n.nspname, t.typname, t.typtype, ${ELEMENT}, t.typbasetype, t.typtypmod, t.typndims,
  case t.typname when 'bpchar' then 'bpchar' when '_bpchar' then 'bpchar[]' else format_type(t.oid, null) end,
  (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid)::text
from reached r join pg_type t on t.oid = r.oid join pg_namespace n on n.oid = t.typnamespace`),
} as const;

const names = (numbers: string, relation: string): string =>
  `(select json_agg(a.attname order by key.place) from unnest(${numbers}) with ordinality as key(number, place) join pg_attribute a on a.attrelid = ${relation} and a.attnum = key.number)::text`;

export interface UniqueRow {
  readonly relation: string;
  readonly primary: string;
  /** JSON. */
  readonly names: string;
}

/** Indexes that keep columns unique at every moment: those of constraints and others, not partial ones, not deferrable ones. */
export const uniques = {
  columns: ['relation', 'primary', 'names'],
  text: chosen(`
select i.indrelid, i.indisprimary, ${names('(i.indkey::int2[])[0:i.indnkeyatts - 1]', 'i.indrelid')}
from chosen c join pg_index i on i.indrelid = c.oid
where i.indisunique and i.indisvalid and i.indimmediate and i.indpred is null and i.indexprs is null
order by i.indrelid, i.indexrelid`),
} as const;

export interface LeadRow {
  readonly relation: string;
  readonly name: string;
}

/** Columns in whose order an index can be read: the first of a valid btree over all rows, by the type's own order. */
export const leads = {
  columns: ['relation', 'name'],
  text: chosen(`
select distinct i.indrelid, a.attname
from chosen c join pg_index i on i.indrelid = c.oid
join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam and m.amname = 'btree'
join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
join pg_opclass o on o.oid = i.indclass[0] and o.opcdefault
where i.indisvalid and i.indpred is null and i.indcollation[0] = a.attcollation
order by 1, 2`),
} as const;

export interface ReferenceRow {
  readonly relation: string;
  readonly name: string;
  readonly names: string;
  readonly to: string;
  /** Schema and name of the other side, whether or not it is read. */
  readonly toId: string;
  readonly toNames: string;
  readonly enforced: string;
  /** Whether it joins by more than equal values: a time within the other side's. */
  readonly temporal: string;
  /** Whether it points at a partition. */
  readonly partition: string;
}

/** Foreign keys, without the copies that partitions have of them. One to a partition leads to the whole table. */
export const references = {
  columns: ['relation', 'name', 'names', 'to', 'toId', 'toNames', 'enforced', 'temporal', 'partition'],
  text: chosen(`
select k.conrelid, k.conname, ${names('k.conkey', 'k.conrelid')}, far.oid, n.nspname || '.' || far.relname, ${names('k.confkey', 'k.confrelid')},
  k.convalidated and coalesce((to_jsonb(k)->>'conenforced')::boolean, true), coalesce((to_jsonb(k)->>'conperiod')::boolean, false),
  far.oid <> k.confrelid
from chosen c join pg_constraint k on k.conrelid = c.oid
join pg_class far on far.oid = coalesce(pg_partition_root(k.confrelid), k.confrelid) join pg_namespace n on n.oid = far.relnamespace
where k.contype = 'f' and k.conparentid = 0
order by k.conrelid, k.conname`),
} as const;

export interface SchemaRow {
  readonly schema: string;
  /** How many tables and views of it the role may read. */
  readonly tables: string;
  /** Whether it is one of those asked for. */
  readonly asked: string;
}

/** Schemas that were asked for and are not there, or cannot be used, and those that could be read as well. */
export const schemas = {
  columns: ['schema', 'tables', 'asked'],
  text: `
select s, '0', true from unnest($1::text[]) as s
where not exists (select 1 from pg_namespace n where n.nspname = s and has_schema_privilege(n.oid, 'usage'))
union all
select n.nspname, count(*)::text, false from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname <> all($1::text[]) and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and ${READABLE}
group by n.nspname order by 1`,
} as const;

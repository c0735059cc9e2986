import { quote } from './sql.js';

/**
 * SQL of databases that nobody here designed: some 150 tables with the names, types and links that strangers have. Every
 * table has rows, most of them one that is all nulls.
 */

/** Names that are trouble in SQL or in GraphQL. Each is a table with a column called the same. */
export const NAMES = [
  'Customer',
  'customer',
  'ORDER DETAILS',
  'order-line',
  'select',
  'user',
  'type',
  'true',
  'null',
  'on',
  'query',
  '__schema',
  '_and',
  '2024 figures',
  '42',
  '100%',
  'prix (€)',
  'größe',
  'данные',
  '数据',
  '🚂',
  '🚃',
  `it's`,
  `say "hi"`,
  'back\\slash',
  'dotted.name',
  'tab\tbed',
  'sixty_three_bytes_and_not_one_more_than_sixty_three_bytes_for_it',
  'customer_aggregate',
  'customer_by_key',
] as const;

/** A type, and values of it as SQL literals: each becomes a table `t_…` of plain, non-null and array columns. */
export const TYPES: readonly (readonly [name: string, type: string, ...values: string[]])[] = [
  ['bool', 'bool', 'true', 'false'],
  ['int2', 'int2', '-32768', '32767'],
  ['int4', 'int4', '-2147483648', '2147483647'],
  ['int8', 'int8', '-9223372036854775808', '9007199254740993'],
  ['numeric', 'numeric', '1.50', '12345678901234567890.123456789', "'NaN'", "'Infinity'"],
  ['numeric_money', 'numeric(10, 2)', '0.10', '-99999999.99'],
  ['numeric_rounded', 'numeric(5, -2)', '12345', '-6789900'],
  ['numeric_tiny', 'numeric(2, 5)', '0.00012', '-0.00099'],
  ['float4', 'float4', '0.1', "'NaN'", "'-Infinity'", "'-0'"],
  ['float8', 'float8', '0.1', '1e300', "'NaN'", "'Infinity'", '5e-324'],
  ['money', 'money', "'1234.5'", "'-0.01'"],
  ['text', 'text', "''", `E'two\\nlines "and" \\\\ tab\\t'`, "'😀'"],
  ['varchar', 'varchar(5)', "'short'", "' '"],
  ['char', 'char(4)', "'a'", "''"],
  ['one_char', '"char"', "'x'", "''"],
  ['name', 'name', "'a name'"],
  ['citext', 'citext', "'MiXeD'", "'mixed'"],
  ['bytea', 'bytea', "''", "'\\xdeadbeef00'"],
  ['uuid', 'uuid', "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"],
  ['date', 'date', "'2024-02-29'", "'0044-03-15 BC'", "'12024-01-01'"],
  ['time', 'time', "'24:00'", "'12:34:56.789012'"],
  ['timetz', 'timetz', "'12:00+02'", "'23:59:59.5-11:30'"],
  ['timestamp', 'timestamp', "'2024-02-29 12:00:00.000001'", "'0044-03-15 12:00 BC'"],
  ['timestamp0', 'timestamp(0)', "'2024-02-29 12:00:00.6'"],
  ['timestamptz', 'timestamptz', "'2024-02-29 12:00:00+02'", "'1883-11-18 12:03:58-07:00'"],
  ['interval', 'interval', "'1 year 2 mons -3 days 04:05:06.789'", "'-00:00:01'", "'0'"],
  ['interval_years', 'interval year to month', "'3 years 4 mons'"],
  ['json', 'json', `'{"a": 1, "a": 2, "big": 12345678901234567890}'`, "'null'", "'[]'"],
  ['jsonb', 'jsonb', `'{"b": [1, {"c": null}]}'`, `'"text"'`, "'null'"],
  ['jsonpath', 'jsonpath', `'$.a[*] ? (@ > 1)'`],
  ['xml', 'xml', '\'<a b="c">d</a>\''],
  ['bit', 'bit(3)', "B'101'"],
  ['varbit', 'bit varying(8)', "B'1'", "B''"],
  ['tsvector', 'tsvector', `'fat:2,4A cat:3B ''rat''s'''`],
  ['tsquery', 'tsquery', "'fat & (rat | cat)'"],
  ['inet', 'inet', "'192.168.0.1'", "'::1/64'"],
  ['cidr', 'cidr', "'10.0.0.0/8'"],
  ['macaddr', 'macaddr', "'08:00:2b:01:02:03'"],
  ['macaddr8', 'macaddr8', "'08:00:2b:01:02:03:04:05'"],
  ['pg_lsn', 'pg_lsn', "'16/B374D848'"],
  ['oid', 'oid', '4294967295', '0'],
  ['regclass', 'regclass', "'pg_class'"],
  ['regtype', 'regtype', "'integer'"],
  ['xid8', 'xid8', "'18446744073709551615'"],
  ['tid', 'tid', "'(0,1)'"],
  ['pg_snapshot', 'pg_snapshot', "'10:20:10,14,15'"],
  ['point', 'point', "'(1,2)'", "'(1e300,-0.5)'"],
  ['line', 'line', "'{1,2,3}'"],
  ['lseg', 'lseg', "'[(0,0),(1,1)]'"],
  ['box', 'box', "'(1,1),(0,0)'"],
  ['path', 'path', "'[(0,0),(1,1)]'", "'((0,0),(1,1))'"],
  ['polygon', 'polygon', "'((0,0),(1,1),(1,0))'"],
  ['circle', 'circle', "'<(0,0),1>'"],
  ['int4range', 'int4range', "'[1,10)'", "'empty'", "'(,)'"],
  ['numrange', 'numrange', "'[1.5,2.5]'"],
  ['tsrange', 'tsrange', `'["2024-01-01 00:00","2024-02-01 00:00")'`],
  ['tstzrange', 'tstzrange', `'["2024-01-01 00:00+00",infinity)'`],
  ['daterange', 'daterange', "'[2024-01-01,2024-02-01)'"],
  ['int4multirange', 'int4multirange', "'{[1,2),[5,9)}'", "'{}'"],
  ['datemultirange', 'datemultirange', "'{[2024-01-01,2024-02-01)}'"],
  ['own_range', 'float_range', "'[0.5,1.5]'"],
  ['own_multirange', 'float_multirange', "'{[0.5,1.5]}'"],
  ['hstore', 'hstore', `'a=>1, "b c"=>NULL'`],
  ['ltree', 'ltree', "'Top.Science.Astronomy'"],
  ['cube', 'cube', "'(1,2),(3,4)'"],
  ['isbn', 'isbn', "'978-0-393-04002-9'"],
  ['seg', 'seg', "'1.5 .. 2.5'"],
  ['composite', 'address', `'("1, Main St",Springfield,)'`, "'(,,)'"],
  ['nested_composite', 'person', `'(Ada,"(""1, Main St"",London,1)","{1,2}")'`],
  ['domain', 'email', "'a@b.example'"],
  ['domain_of_domain', 'work_email', "'a@work.example'"],
  ['domain_of_numeric', 'price', '9.99', '0'],
  ['domain_of_enum', 'bright', "'red'"],
  ['domain_of_composite', 'home', "'(Street,Town,12)'"],
  ['domain_of_array', 'tag_list', "'{a,b}'"],
  ['int2vector', 'int2vector', "'1 2 3'"],
  ['enum', 'colour', "'red'", "'light blue'"],
];

const ENUMS = `
create type colour as enum ('red', 'green', 'light blue', 'dark-blue');
create type "illegal labels" as enum ('1st', '2nd', 'with space', 'true', 'false', 'null', '😀', 'ünï', '__type', '');
create type same_labels as enum ('a b', 'a-b', 'A_B');
create type yes_no as enum ('Y', 'N', 'y', 'n');
create type no_labels as enum ();
create type "Sales Dept"."State" as enum ('New', 'Paid');
create type state as enum ('new', 'paid');
create table enums (
  id int primary key, c colour, cs colour[] default '{red,NULL}', i "illegal labels", i_list "illegal labels"[],
  s same_labels, y yes_no not null default 'Y', e no_labels, sales "Sales Dept"."State", own state, deep colour[][]
);
insert into enums (id, c, i, i_list, s, sales, own, deep)
  values (1, 'light blue', '1st', '{true,"with space",NULL,""}', 'a b', 'New', 'new', '{{red,green},{NULL,"light blue"}}'),
    (2, 'dark-blue', '', '{}', 'a-b', 'Paid', 'paid', null), (3, null, null, null, 'A_B', null, null, '{}');
`;

const MADE_TYPES = `
create type float_range as range (subtype = float8, subtype_diff = float8mi);
create type address as (street text, town text, number int);
create type person as (name text, home address, scores int[]);
create domain email as text check (value like '%@%');
create domain work_email as email not null default 'a@work.example' check (value like '%@work%');
create domain price as numeric(10, 2) check (value >= 0);
create domain bright as colour check (value <> 'dark-blue');
create domain home as address;
create domain tag_list as text[] check (cardinality(value) < 10);
`;

const EXTENSIONS = ['citext', 'hstore', 'ltree', 'cube', 'isn', 'seg', 'btree_gist'];

const ARRAYS = `
create table arrays (
  id int primary key, ints int[], grid int[][] default '{{1,2},{3,4}}', cube_of text[][][] default '{{{a,b},{c,NULL}}}',
  addresses address[] default array['(a,"b, c",1)', null]::address[], emails email[] default '{a@b.example}',
  colours colour[] default '{red,NULL}', prices price[] default '{1.50,0}', stamps timestamptz[] default '{2024-01-01 00:00+00}',
  jsons jsonb[] default array['{"a": 1}', 'null', null]::jsonb[], bytes bytea[] default array['\\x00ff', null]::bytea[],
  boxes box[] default '{(1,1),(0,0);(2,2),(1,1)}', points point[] default array['(1,2)', null]::point[],
  texts text[] default array['a,b', '"', '\\', 'NULL', '', null, ' x ', '{}'],
  ranges int4range[] default array['[1,5)', 'empty']::int4range[], floats float8[] default '{1.5,NaN,NULL}', chars char(3)[] default '{a,bc}',
  tags tag_list default '{x}', uuids uuid[] default '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}', intervals interval[] default array['1 day 02:00']::interval[],
  matrices float4[][] default '{{0.1,NULL},{1,2}}', hs hstore[] default array['a=>1']::hstore[], nets inet[] default '{192.168.0.1,10.0.0.0/8}'
);
insert into arrays (id, ints) values (1, '{1,NULL,3}'), (2, '{}');
insert into arrays values (3${', null'.repeat(22)});
`;

const STRUCTURE = `
create table vehicles (id int primary key, wheels int not null, made date);
create table cars (doors int) inherits (vehicles);
create table electric (battery numeric(6, 1)) inherits (vehicles);
create table electric_cars (range_km int) inherits (cars, electric);
insert into vehicles values (1, 2, '2020-01-01'); insert into cars values (2, 4, null, 5);
insert into electric values (3, 2, null, 5.5); insert into electric_cars values (4, 4, '2024-01-01', 3, 60.0, 400);

create table generated (
  id int generated always as identity primary key, serial_no serial, big bigint generated by default as identity,
  a int not null, stored int generated always as (a * 2) stored, virtual int generated always as (a + 1) virtual
);
insert into generated (a) values (1), (null_safe(2));

create table events (id bigint, at timestamptz, kind text not null, region int, primary key (id, at, region)) partition by range (at);
create table events_2023 partition of events for values from ('2023-01-01') to ('2024-01-01') partition by list (region);
create table events_2023_1 partition of events_2023 for values in (1);
create table events_2023_rest partition of events_2023 default;
create table events_2024 partition of events for values from ('2024-01-01') to ('2025-01-01') partition by hash (id);
create table events_2024_0 partition of events_2024 for values with (modulus 2, remainder 0);
create table events_2024_1 partition of events_2024 for values with (modulus 2, remainder 1);
insert into events select i, timestamptz '2023-06-01 00:00+00' + i * interval '30 days', 'kind ' || i % 3, i % 4 from generate_series(1, 15) i;
create table event_notes (id int primary key, event_id bigint, event_at timestamptz, event_region int, note text,
  constraint about_event foreign key (event_id, event_at, event_region) references events (id, at, region));
insert into event_notes values (1, 1, '2023-07-01 00:00+00', 1, 'first'), (2, null, null, null, 'about nothing'), (3, 1, null, 1, 'half');
create table of_partition (id int primary key, event_id bigint, event_at timestamptz, event_region int,
  foreign key (event_id, event_at, event_region) references events_2023_1 (id, at, region));
insert into of_partition values (1, 1, '2023-07-01 00:00+00', 1);

create view event_counts as select kind, count(*) as events, max(at) as latest from events group by kind;
create view keyed_view as select id, wheels, made from vehicles;
create materialized view kept as select kind, count(*)::int as events from events group by kind;
create materialized view kept_keyed as select id, wheels from vehicles;
create unique index on kept_keyed (id);
create view odd_view as select 1 as "1", 'x'::text as "a b", null as nothing;

create table nothing_in_it ();
create table only_dropped (gone int);
alter table only_dropped drop column gone;
create table keyless (a int, b text);
insert into keyless values (1, 'x'), (1, 'x'), (null, null);
create table unique_only (code text not null unique, label text);
insert into unique_only values ('a', 'A'), ('b', null);
create table unique_pair (a int not null, b int not null, c int, unique (a, b));
insert into unique_pair values (1, 1, 1), (1, 2, null);
create table unique_nullable (code text unique, label text);
insert into unique_nullable values ('a', 'A'), (null, 'n'), (null, 'm');
create table two_uniques (x int not null unique, y text not null, z int not null, unique (y, z));
insert into two_uniques values (1, 'a', 1), (2, 'a', 2);

create table "Sales Dept"."Order" ("Order ID" int primary key, "Customer ID" int, "Total (€)" numeric(10, 2), state "Sales Dept"."State");
create table people (id int primary key, name text not null, boss_id int references people, "bestFriend" int references people (id), partner_id int unique references people);
create table addresses (person_id int primary key references people, street text);
alter table "Sales Dept"."Order" add constraint "of whom?" foreign key ("Customer ID") references people (id);
create table projects (id int primary key, lead_id int references people, deputy_id int references people, sponsor int references people, name text);
create table project_members (project_id int references projects, person_id int references people, primary key (project_id, person_id));
create table project_roles (project_id int references projects, person_id int references people, role text not null, since date, primary key (project_id, person_id, role));
insert into people values (1, 'Ada', null, null, null), (2, 'Bob', 1, 1, 1), (3, 'Cy', 2, null, 2);
insert into addresses values (1, 'Here'), (3, 'There');
insert into projects values (1, 1, 2, null, 'Rails'), (2, 1, null, 3, 'Points'), (3, null, null, null, 'None');
insert into project_members values (1, 1), (1, 2), (2, 3);
insert into project_roles values (1, 1, 'lead', '2024-01-01'), (1, 1, 'cook', null), (2, 3, 'lead', null);
insert into "Sales Dept"."Order" values (1, 1, 9.99, 'New'), (2, 3, null, 'Paid'), (3, null, 1, null);

create table circle_a (id int primary key, b_id int);
create table circle_b (id int primary key, a_id int references circle_a);
alter table circle_a add foreign key (b_id) references circle_b deferrable initially deferred;
begin; insert into circle_a values (1, 1), (2, 1), (3, null); insert into circle_b values (1, 2); commit;

create table albums (id int primary key, title text);
create table tracks (id int primary key, album_id int references albums, album text, albums text, _id int references albums, id_albums int references albums);
insert into albums values (1, 'One'), (2, 'Two');
insert into tracks values (1, 1, 'an album', 'albums', 2, null), (2, null, null, null, null, 1);
create table "camelCase" ("trackId" int references tracks (id), "AlbumID" int references albums, "albumRef" int references albums, id int primary key);
insert into "camelCase" values (1, 2, 1, 1), (null, null, null, 2);

create table compound_parent (a int, b text, c int unique, primary key (a, b));
create table compound_child (id int primary key, a int, b text, c int, constraint to_parent foreign key (a, b) references compound_parent, constraint "to-c" foreign key (c) references compound_parent (c));
insert into compound_parent values (1, 'x', 10), (1, 'y', 11);
insert into compound_child values (1, 1, 'x', 11), (2, 1, null, null), (3, null, null, 10);
create table dangling (id int primary key, parent_id int, other_id int);
insert into dangling values (1, 1, 1), (2, 99, 99);
alter table dangling add constraint dangling_parent foreign key (parent_id) references albums (id) not valid;
alter table dangling add constraint dangling_other foreign key (other_id) references albums (id) not enforced;

create table rooms (id int, during daterange, name text, primary key (id, during without overlaps));
create table bookings (id int primary key, room_id int, during daterange, foreign key (room_id, period during) references rooms (id, period during));
insert into rooms values (1, '[2024-01-01,2024-06-01)', 'small'), (1, '[2024-06-01,2025-01-01)', 'large');
insert into bookings values (1, 1, '[2024-02-01,2024-02-03)');

create table elsewhere_link (id int primary key, far_id int references not_read.far (id));
insert into elsewhere_link values (1, 1);

create table infinite (id int primary key, until date, at timestamptz, local timestamp, lasts interval, days date[]);
insert into infinite values (1, 'infinity', '-infinity', 'infinity', 'infinity', '{2024-01-01,infinity}'), (2, '2024-01-01', '2024-01-01 00:00+00', '2024-01-01', '1 day', '{}'), (3, null, null, null, null, null);
create table always_infinite (id int primary key, from_day date not null default '-infinity', until timestamptz not null default 'infinity');
insert into always_infinite values (1, default, default), (2, '2024-01-01', '2024-12-31 00:00+00');
create table unforeseen (id int primary key, until timestamptz not null);
insert into unforeseen values (1, 'infinity'), (2, '2024-01-01 00:00+00');
create table misshapen (id int primary key, ints int[], shifted int[], texts text[]);
insert into misshapen values (1, '{{1,2},{3,4}}', '[0:1]={1,2}', '{{a}}'), (2, '{1}', '{1}', '{}');
create table wide_text (id int primary key, body text);
insert into wide_text values (1, repeat('x', 100000));
`;

const SCHEMAS = ['public', 'Sales Dept', '1st', 'emoji 😀', 'select'];

/** Tables of the same names in other schemas. */
const ELSEWHERE = SCHEMAS.slice(1)
  .map((schema, i) => {
    const table = `${quote(schema)}.${quote('people')}`;
    return `create table ${table} (id int primary key, of_public int references public.people (id), note text);
      insert into ${table} values (1, ${(i % 3) + 1}, ${"'" + 'in ' + schema.replaceAll("'", "''") + "'"}), (2, null, null);`;
  })
  .join('\n');

function namedTable(name: string, i: number): string {
  return `create table ${quote(name)} (${quote(name)} int, key int primary key, "a b" text, "A B" text);
    insert into ${quote(name)} values (${i}, 1, 'one', 'two'), (null, 2, null, null);`;
}

function typedTable([name, type, ...values]: (typeof TYPES)[number]): string {
  const table = `t_${name}`;
  const required = type === 'work_email' ? '' : ' not null';
  const rows = values.map((value, i) => `(${i + 1}, ${value}, ${value})`).join(', ');
  return `create table ${table} (id int primary key, value ${type}${type === 'work_email' ? '' : ''}, never_null ${type}${required});
    insert into ${table} values ${rows};
    insert into ${table} select ${values.length + 1}, ${type === 'work_email' ? values[0] : 'null'}, never_null from ${table} where id = 1;`;
}

export const STRANGE = {
  schemas: SCHEMAS,
  extensions: EXTENSIONS,
  entities: { keyed_view: { key: ['id'] }, event_counts: { key: ['kind'] } },
  sql: [
    SCHEMAS.slice(1)
      .map((schema) => `create schema ${quote(schema)};`)
      .join(' '),
    `create schema not_read; create table not_read.far (id int primary key); insert into not_read.far values (1);`,
    `create function null_safe(int) returns int language sql as 'select $1';`,
    EXTENSIONS.map((extension) => `create extension ${extension};`).join(' '),
    ENUMS,
    MADE_TYPES,
    ...NAMES.map(namedTable),
    ...TYPES.map(typedTable),
    ARRAYS,
    STRUCTURE.replaceAll(/^begin; | commit;$/gm, ''),
    ELSEWHERE,
  ],
};

/** What of it is not in the schema, or not as it is in the store. */
export const PROBLEMS: readonly string[] = [
  `enum illegal labels: shown as String: its labels "😀" and "" have one name once GraphQL can hold it`,
  `enum no_labels: shown as String: it has no label`,
  `enum same_labels: shown as String: its labels "a b" and "a-b" have one name once GraphQL can hold it`,
  `public._and._and: left out: its name "_and" is taken by a name of ours; rename one of them in the config`,
  `public.bookings: foreign key bookings_room_id_during_fkey is no relation: it joins a time to the times that hold it, not equal values`,
  `public.customer_aggregate: left out: its name "customer_aggregate" is taken by public.customer; rename one of them in the config`,
  `public.customer_by_key: left out: its name "customer_by_key" is taken by public.customer; rename one of them in the config`,
  `public.elsewhere_link: foreign key elsewhere_link_far_id_fkey is no relation: not_read.far, which it points at, is not read`,
  `public.nothing_in_it: left out: it has no column that the role of this source may read`,
  `public.only_dropped: left out: it has no column that the role of this source may read`,
  `public.vehicles: has no key: tables inherit from it, and nothing keeps (id) unique over their rows as well; name it as the entity's \`key\` in the config if it is`,
  `public.数据: left out: its name "_" is taken by public.данные; rename one of them in the config`,
  `public.🚂: left out: its name "_" is taken by public.данные; rename one of them in the config`,
  `public.🚃: left out: its name "_" is taken by public.данные; rename one of them in the config`,
  `schema not_read: not read: add it to the source's \`schemas\` to have its tables and views (1)`,
];

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EntityShape, FieldShape, SourceShape } from '../../src/store/shape.js';
import type { Store } from '../../src/store/store.js';
import { buildEntities } from '../../src/sources/model.js';
import { postgresStore } from '../../datasources/postgres/index.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';

const SETUP = String.raw`
create extension citext;
create schema sales;
create schema hidden;
create schema "Odd Schema";
create type mood as enum ('sad', 'ok', 'happy "quoted"');
create type sales."Size" as enum ('S', 'L');
create domain email as text check (value like '%@%');
create domain strict_email as email not null;
create domain short as varchar(3);
create domain money2 as numeric(12, 2);
create collation ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
create type pair as (a int, b text);

create table everything (
  id bigint primary key,
  b bool, i2 int2 not null, i4 int4, i8 int8, f4 float4, f8 float8 not null, n numeric, n2 numeric(10, 2), n3 numeric(5, -2),
  t text, v varchar(5), c char(4), ci citext, nm name, nd text collate ci, tc text collate "C",
  u uuid, by bytea, d date, tm time, tmtz timetz, ts timestamp(3), tstz timestamptz, iv interval, j json, jb jsonb,
  m mood, size sales."Size", e email, se strict_email, sh short, m2 money2,
  ia int4[], va varchar(3)[], ma mood[], ta text[][], ea email[], ca char(2)[], n2a numeric(6, 1)[], ba box[],
  ip inet, mo money, r int4range, p pair, x xml,
  g int generated always as (i2 * 2) stored
);
comment on table everything is 'All there is.';
comment on column everything.t is 'Words.';
comment on column everything.ip is 'Where from.';

create table parent (a int, b text, c int unique, primary key (a, b));
create table child (
  id int primary key, a int, b text, x int, y int,
  constraint child_parent foreign key (a, b) references parent (a, b),
  constraint child_x foreign key (x) references parent (c),
  self int references child (id)
);
alter table child add constraint child_y foreign key (y) references parent (c) not valid;
create table sets (
  id int unique,
  partial int, deferred int unique deferrable, expression text, included int, payload int, two int, three int,
  together int unique nulls not distinct,
  unique (two, three)
);
create unique index on sets (partial) where partial > 0;
create unique index on sets (lower(expression));
create unique index on sets (included) include (payload);

create table measured (id int, day date not null, constraint measured_key primary key (id, day)) partition by range (day);
create table measured_2024 partition of measured for values from ('2024-01-01') to ('2025-01-01');
create table of_part (id int primary key, m int, day date, foreign key (m, day) references measured (id, day));
create view seen as select id, i4 from everything;
comment on view seen is 'Rows that are seen.';
create materialized view kept as select id, i4 from everything;
create unique index on kept (id);
create table sales."order" (id int primary key, "select" int, "a ""quote""" text, "ünï.cödé 😀" text);
create table sales.parent (id int primary key, a int, b text, foreign key (a, b) references parent (a, b));
create table "Odd Schema"."Odd Table" (id int primary key, refers int references sales."order" (id));
create table hidden.secret (id int primary key);
create table empty ();
create table dropped (id int primary key, gone int, stays int);
alter table dropped drop column gone;
insert into dropped select i, i from generate_series(1, 500) i;
analyze dropped;

create extension postgres_fdw;
create server elsewhere foreign data wrapper postgres_fdw options (dbname 'nowhere');
create foreign table far (id int not null, t text) server elsewhere;
create extension pg_stat_statements;

create role limited login password 'limited';
create table granted (id int primary key, open text, closed text, parent_a int, parent_b text, foreign key (parent_a, parent_b) references parent (a, b));
create table not_granted (id int primary key);
create table key_hidden (id int primary key, shown int unique);
grant usage on schema sales to limited;
grant select (id, open, parent_a, parent_b) on granted to limited;
grant select (shown) on key_hidden to limited;
grant select on parent to limited;
grant select on "Odd Schema"."Odd Table" to limited;
grant select on sales."order" to limited;
`;

let server: TestServer;
let url: string;
let store: Store;
let shape: SourceShape;

const config = (at: string, schemas: readonly string[] = ['public', 'sales', 'Odd Schema']) => ({
  url: at,
  schemas,
  pool: 2,
  timeouts: { connectMs: 5_000, readMs: 30_000 },
  queueLimit: 100,
});
const signal = new AbortController().signal;

beforeAll(async () => {
  server = await openTestServer();
  url = await server.freshDatabase();
  const pools = openPools(url);
  await pools.run({ text: SETUP, values: [] }, { signal });
  await pools.close();
  store = await postgresStore('odd', config(url));
  shape = await store.introspect(signal);
});

afterAll(async () => {
  await store.close();
  await server.close();
});

function entity(id: string, from: SourceShape = shape): EntityShape {
  const found = from.entities.find((e) => e.id === id);
  if (!found) throw new Error(`there is no ${id} among ${from.entities.map((e) => e.id).join(', ')}`);
  return found;
}

function field(id: string, name: string): FieldShape {
  const found = entity(id).fields.find((f) => f.name === name);
  if (!found) throw new Error(`there is no ${id}.${name}`);
  return found;
}

const typeOf = (name: string) => field('public.everything', name).type;
const nativeOf = (name: string) => field('public.everything', name).native as Record<string, unknown>;

describe('what is an entity', () => {
  test('every kind of relation in the schemas asked for, no partitions, nothing of extensions', () => {
    const kinds = Object.fromEntries(shape.entities.map((e) => [e.id, e.kind]));
    expect(kinds).toEqual({
      'public.everything': 'TABLE',
      'public.parent': 'TABLE',
      'public.child': 'TABLE',
      'public.sets': 'TABLE',
      'public.measured': 'PARTITIONED_TABLE',
      'public.of_part': 'TABLE',
      'public.seen': 'VIEW',
      'public.kept': 'MATERIALIZED_VIEW',
      'public.dropped': 'TABLE',
      'public.far': 'FOREIGN_TABLE',
      'public.granted': 'TABLE',
      'public.not_granted': 'TABLE',
      'public.key_hidden': 'TABLE',
      'sales.order': 'TABLE',
      'sales.parent': 'TABLE',
      'Odd Schema.Odd Table': 'TABLE',
    });
  });

  test('names: those of the default schema stay, others have their schema in front', () => {
    const names = Object.fromEntries(shape.entities.map((e) => [e.id, e.name]));
    expect(names['public.parent']).toBe('parent');
    expect(names['sales.parent']).toBe('sales_parent');
    expect(names['Odd Schema.Odd Table']).toBe('Odd Schema_Odd Table');
  });

  test('a table without columns is told of, and a schema that nobody asked for', () => {
    expect(shape.problems).toEqual([
      { subject: 'schema hidden', message: expect.stringContaining('add it to the source') },
      { subject: 'public.empty', message: expect.stringContaining('no column') },
    ]);
  });

  test('a schema that is left out on purpose is not told of', async () => {
    const other = await postgresStore('other', { ...config(url), unwanted: ['hidden'] });
    try {
      const { entities, problems } = await other.introspect(signal);
      expect(problems.map((p) => p.subject)).toEqual(['public.empty']);
      expect(entities).toHaveLength(shape.entities.length);
    } finally {
      await other.close();
    }
  });

  test('so is a schema that is not there', async () => {
    const other = await postgresStore('other', config(url, ['sales', 'no such schema']));
    try {
      const { entities, problems } = await other.introspect(signal);
      // The first schema asked for is the one whose tables keep their names.
      expect(entities.map((e) => e.name)).toEqual(['order', 'parent']);
      expect(problems).toContainEqual({
        subject: 'schema no such schema',
        message: expect.stringContaining('no such'),
      });
      expect(problems.map((p) => p.subject)).toContain('schema public');
    } finally {
      await other.close();
    }
  });

  test('comments are descriptions', () => {
    expect(entity('public.everything').description).toBe('All there is.');
    expect(entity('public.parent').description).toBeNull();
    expect(entity('public.seen').description).toBe('Rows that are seen.\n\nA view of the store.');
    expect(entity('public.kept').description).toBe('A materialised view of the store.');
    expect(entity('public.far').description).toBe('A foreign table of the store.');
    expect(field('public.everything', 't').description).toBe('Words.');
    expect(field('public.everything', 'v').description).toBe("The store's type character varying(5).");
    expect(field('public.everything', 'n3').description).toBe("The store's type numeric(5,-2).");
    expect(field('public.everything', 'n2').description).toBeNull();
    expect(field('public.everything', 'ip').description).toBe(
      "Where from.\n\nThe store's type inet, shown as its text.",
    );
    expect(field('public.everything', 'e').description).toBe('Domain email of the store.');
    expect(field('public.everything', 'g').description).toBe('Generated by the store.');
  });

  test('rows are what the statistics say, null where they say nothing', () => {
    expect(entity('public.dropped').estimatedRows).toBe(500);
    expect(entity('public.seen').estimatedRows).toBeNull();
    expect(entity('public.parent').estimatedRows).toBeNull();
  });

  test('the shape is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(shape))).toEqual(shape);
  });
});

describe('columns', () => {
  test.each([
    ['b', { kind: 'bool' }],
    ['i2', { kind: 'int', bits: 16 }],
    ['i4', { kind: 'int', bits: 32 }],
    ['i8', { kind: 'int', bits: 64 }],
    ['f4', { kind: 'float', bits: 32 }],
    ['f8', { kind: 'float', bits: 64 }],
    ['n', { kind: 'decimal', precision: null, scale: null }],
    ['n2', { kind: 'decimal', precision: 10, scale: 2 }],
    ['n3', { kind: 'decimal', precision: 7, scale: 0 }],
    ['t', { kind: 'text' }],
    ['v', { kind: 'text' }],
    ['c', { kind: 'text' }],
    ['ci', { kind: 'text' }],
    ['nm', { kind: 'text' }],
    ['u', { kind: 'uuid' }],
    ['by', { kind: 'bytes' }],
    ['d', { kind: 'date' }],
    ['tm', { kind: 'time' }],
    ['tmtz', { kind: 'opaque', native: 'time with time zone' }],
    ['ts', { kind: 'localdatetime' }],
    ['tstz', { kind: 'instant' }],
    ['iv', { kind: 'duration' }],
    ['j', { kind: 'json' }],
    ['jb', { kind: 'json' }],
    ['m', { kind: 'enum', name: 'mood', values: ['sad', 'ok', 'happy "quoted"'] }],
    ['size', { kind: 'enum', name: 'sales_Size', values: ['S', 'L'] }],
    ['e', { kind: 'text' }],
    ['se', { kind: 'text' }],
    ['m2', { kind: 'decimal', precision: 12, scale: 2 }],
    ['ia', { kind: 'list', of: { kind: 'int', bits: 32 } }],
    ['ma', { kind: 'list', of: { kind: 'enum', name: 'mood', values: ['sad', 'ok', 'happy "quoted"'] } }],
    ['ta', { kind: 'list', of: { kind: 'list', of: { kind: 'text' } } }],
    ['ea', { kind: 'list', of: { kind: 'text' } }],
    ['n2a', { kind: 'list', of: { kind: 'decimal', precision: 6, scale: 1 } }],
    // Its elements are parted by another sign than those of all other arrays.
    ['ba', { kind: 'opaque', native: 'box[]' }],
    ['ip', { kind: 'opaque', native: 'inet' }],
    ['mo', { kind: 'opaque', native: 'money' }],
    ['r', { kind: 'opaque', native: 'int4range' }],
    ['p', { kind: 'opaque', native: 'pair' }],
    ['x', { kind: 'opaque', native: 'xml' }],
  ])('%s', (name, type) => {
    expect(typeOf(name)).toEqual(type);
  });

  test.each([
    ['n2', 'numeric'],
    ['v', 'character varying'],
    ['c', 'bpchar'],
    ['ts', 'timestamp without time zone'],
    ['se', 'text'],
    ['sh', 'character varying'],
    ['m2', 'numeric'],
    ['va', 'character varying[]'],
    ['ca', 'bpchar[]'],
    ['ea', 'text[]'],
    ['n2a', 'numeric[]'],
    ['size', 'sales."Size"'],
  ])('a value is cast to the type of %s without a length that would cut it', (name, cast) => {
    expect(nativeOf(name)['type']).toBe(cast);
  });

  test('equality looser than that of bytes is known', () => {
    const loose = entity('public.everything').fields.filter((f) => (f.native as { loose: boolean }).loose);
    expect(loose.map((f) => f.name)).toEqual(['c', 'ci', 'nd', 'ca']);
  });

  test('the order of bytes is known', () => {
    expect(nativeOf('tc')).toMatchObject({ binary: true, collation: ['pg_catalog', 'C'] });
    expect(nativeOf('t')).toMatchObject({ binary: true, collation: null });
    expect(nativeOf('nd')).toMatchObject({ binary: false, collation: ['public', 'ci'] });
  });

  test('non-null only where the store promises it', () => {
    const names = entity('public.everything')
      .fields.filter((f) => !f.nullable)
      .map((f) => f.name);
    expect(names).toEqual(['id', 'i2', 'f8']);
    expect(entity('public.seen').fields.every((f) => f.nullable)).toBe(true);
    expect(entity('public.kept').fields.every((f) => f.nullable)).toBe(true);
    expect(entity('public.far').fields.every((f) => f.nullable)).toBe(true);
    expect(entity('public.measured').fields.every((f) => !f.nullable)).toBe(true);
  });

  test('dropped columns are gone, odd names are kept', () => {
    expect(entity('public.dropped').fields.map((f) => f.name)).toEqual(['id', 'stays']);
    expect(entity('sales.order').fields.map((f) => f.name)).toEqual(['id', 'select', 'a "quote"', 'ünï.cödé 😀']);
  });
});

describe('keys', () => {
  test('primary keys in their order', () => {
    expect(entity('public.parent').key).toEqual(['a', 'b']);
    expect(entity('public.measured').key).toEqual(['id', 'day']);
    expect(entity('public.sets').key).toBeNull();
    expect(entity('public.seen').key).toBeNull();
  });

  test('unique sets that always hold: not partial, not of expressions, not deferrable', () => {
    expect(entity('public.sets').unique).toEqual([['id'], ['together'], ['two', 'three'], ['included']]);
    expect(entity('public.kept').unique).toEqual([['id']]);
  });

  test('foreign keys: compound, several to one table, not valid ones, to itself, across schemas', () => {
    expect(entity('public.child').references).toEqual([
      { name: 'child_parent', fields: ['a', 'b'], to: 'public.parent', toFields: ['a', 'b'], enforced: true },
      { name: 'child_self_fkey', fields: ['self'], to: 'public.child', toFields: ['id'], enforced: true },
      { name: 'child_x', fields: ['x'], to: 'public.parent', toFields: ['c'], enforced: true },
      { name: 'child_y', fields: ['y'], to: 'public.parent', toFields: ['c'], enforced: false },
    ]);
    expect(entity('Odd Schema.Odd Table').references[0]).toMatchObject({ to: 'sales.order', toFields: ['id'] });
    expect(entity('public.of_part').references).toHaveLength(1);
  });

  test('the shape becomes entities with relations in both directions', () => {
    const { entities } = buildEntities('odd', shape);
    const parent = entities.get('parent')!;
    expect([...parent.relations.keys()]).toEqual(
      expect.arrayContaining(['child_by_x', 'child_by_y', 'granted', 'sales_parent']),
    );
    expect(entities.get('child')!.relations.get('x_parent')).toMatchObject({ many: false });
  });
});

describe('a role with few rights', () => {
  test('sees the tables and columns that it may select, and keys only where all of their columns are seen', async () => {
    const few = new URL(url);
    [few.username, few.password] = ['limited', 'limited'];
    const limited = await postgresStore('few', config(String(few)));
    try {
      const seen = await limited.introspect(signal);
      expect(Object.fromEntries(seen.entities.map((e) => [e.id, e.fields.map((f) => f.name)]))).toEqual({
        'public.granted': ['id', 'open', 'parent_a', 'parent_b'],
        'public.key_hidden': ['shown'],
        'public.parent': ['a', 'b', 'c'],
        // Odd Schema is not open to the role, though its table is.
        'sales.order': ['id', 'select', 'a "quote"', 'ünï.cödé 😀'],
      });
      expect(entity('public.granted', seen)).toMatchObject({ key: ['id'], references: [{ to: 'public.parent' }] });
      expect(entity('public.key_hidden', seen)).toMatchObject({ key: null, unique: [['shown']] });
    } finally {
      await limited.close();
    }
  });
});

test('500 tables take well under a second', async () => {
  const many = await server.freshDatabase();
  const pools = openPools(many);
  const tables = Array.from({ length: 500 }, (_, i) => {
    const columns = Array.from(
      { length: 10 },
      (_, c) => `c${c} ${['int', 'text', 'timestamptz', 'numeric(10,2)'][c % 4]}`,
    );
    return `create table t${i} (id int primary key, ${columns.join(', ')}, up int ${i > 0 ? `references t${i - 1} (id)` : ''});`;
  });
  await pools.run({ text: tables.join('\n'), values: [] }, { signal });
  await pools.close();
  const big = await postgresStore('many', config(many, ['public']));
  try {
    const found = await big.introspect(signal);
    expect(found.entities).toHaveLength(500);
    expect(found.entities.every((e) => e.fields.length === 12)).toBe(true);
    expect(found.entities.flatMap((e) => e.references)).toHaveLength(499);
  } finally {
    await big.close();
  }
});

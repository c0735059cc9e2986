import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isEnumType, type GraphQLInputObjectType, type GraphQLObjectType } from 'graphql';
import type { Config } from '../../src/config/index.js';
import type { Entity, Field } from '../../src/ir/entity.js';
import { isOrdered } from '../../src/ir/types.js';
import type { Postgres } from '../../src/postgres/types.js';
import { served, type Served } from '../e2e/served.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';
import { PROBLEMS, STRANGE } from './database.js';
import { Plain, PLAIN_FUNCTIONS, type PlainColumn, type PlainMeasures } from './plain.js';
import { Asker, canonical, comparable, filtersOf, related, sorted, thirds, type Row } from './questions.js';

const SOURCE = 'strange';
/** What PostgreSQL cannot show as the schema promises: its rows are asked in a test of their own. */
const UNSHOWN = ['misshapen', 'unforeseen'];
const { signal } = new AbortController();

let server: TestServer;
let admin: Postgres;
let gateway: Served;
let asker: Asker;
let plain: Plain;
let entities: readonly Entity[];
const rows = new Map<string, readonly Row[]>();
const columns = new Map<string, ReadonlyMap<string, PlainColumn>>();

const place = (entity: Entity) => entity.native as { readonly schema: string; readonly table: string };
const columnOf = (entity: Entity, field: Field): PlainColumn =>
  columns.get(entity.entity)!.get((field.native as { readonly column: string }).column)!;
const measured = new Map<Field, Promise<PlainMeasures>>();
const measuresOf = (entity: Entity, field: Field): Promise<PlainMeasures> => {
  const { schema, table } = place(entity);
  const known = measured.get(field) ?? plain.measures(schema, table, columnOf(entity, field));
  measured.set(field, known);
  return known;
};
const rowsOf = (entity: Entity): readonly Row[] => rows.get(entity.entity)!;

function configured(config: Config): Config {
  const source = { ...config.sources[SOURCE]!, schemas: [...STRANGE.schemas], entities: STRANGE.entities };
  const limits = { ...config.limits, aliases: 10_000, rootFields: 10_000, documentBytes: 10_000_000 };
  return { ...config, limits, sources: { [SOURCE]: source } };
}

beforeAll(async () => {
  server = await openTestServer();
  const url = await server.freshDatabase(SOURCE);
  admin = openPools(url);
  for (const text of [...STRANGE.sql, PLAIN_FUNCTIONS]) await admin.script(text, { signal });
  plain = new Plain(admin);
  gateway = await served(url, configured);
  asker = new Asker(gateway, SOURCE);
  entities = [...gateway.yard.sources.get(SOURCE)!.model.entities.values()].filter((e) => !UNSHOWN.includes(e.entity));
  for (const entity of entities) {
    const { schema, table } = place(entity);
    columns.set(entity.entity, new Map((await plain.columns(schema, table)).map((c) => [c.name, c])));
  }
});

afterAll(async () => {
  await gateway.close();
  await admin.close();
  await server.close();
});

/** A value as a literal of a question: the names of an enum stand bare. */
function writer(entity: Entity, field: Field): (value: unknown) => string {
  const list = sourceType().getFields()[entity.entity]!;
  const where = list.args.find((a) => a.name === 'where')!.type as GraphQLInputObjectType;
  const filter = where.getFields()[field.name]!.type as GraphQLInputObjectType;
  const { eq, has } = filter.getFields();
  const bare = isEnumType((eq ?? has)?.type);
  return (value) => (bare ? String(value) : JSON.stringify(value));
}

function sourceType(): GraphQLObjectType {
  return gateway.yard.plane.schema.getType('StrangeSource') as GraphQLObjectType;
}

async function each(what: (entity: Entity) => Promise<void>): Promise<void> {
  const failed: string[] = [];
  for (const entity of entities) {
    try {
      await what(entity);
    } catch (error) {
      failed.push(`${entity.entity}: ${(error as Error).message.slice(0, 1500)}`);
    }
  }
  expect(failed).toEqual([]);
}

test('every table, view and kind of type is there', () => {
  expect(entities.length).toBeGreaterThan(140);
});

test('lists: every field of every row is what plain SQL says', async () => {
  await each(async (entity) => {
    const { schema, table } = place(entity);
    const fields = [...entity.fields.values()];
    const answer = await asker.rows(entity);
    rows.set(entity.entity, answer);
    const expected = await plain.rows(
      schema,
      table,
      fields.map((field) => columnOf(entity, field)),
    );
    const named = expected.map((row) => fields.map((field, i) => legal(field, row[i])));
    expect(sorted(answer.map((row) => fields.map((field) => row[field.name])))).toEqual(sorted(named));
  });
});

/** The label of an enum as the schema has it. */
function legal(field: Field, value: unknown): unknown {
  const type = elementOf(field.type);
  if (type.kind !== 'enum' || value === null) return value;
  const name = (label: string): string => {
    const letters = Array.from(label, (c) => (/\w/.test(c) ? c : '_')).join('');
    const started = /^\d/.test(letters) ? `_${letters}` : letters.replace(/^__+/, '_') || '_';
    return ['true', 'false', 'null'].includes(started) ? `${started}_` : started;
  };
  if (new Set(type.values.map(name)).size < type.values.length) return value;
  const renamed = (each: unknown): unknown =>
    Array.isArray(each) ? each.map(renamed) : each === null ? null : name(each as string);
  return renamed(value);
}

function elementOf(type: Field['type']): Field['type'] {
  return type.kind === 'list' ? elementOf(type.of) : type;
}

test('by key: every row is found again', async () => {
  const source = sourceType();
  let found = 0;
  await each(async (entity) => {
    const field = source.getFields()[`${entity.entity}_by_key`];
    expect([entity.entity, field !== undefined]).toEqual([entity.entity, entity.key !== null]);
    if (!field) return;
    for (const row of rowsOf(entity)) {
      if (entity.key!.some((name) => row[name] === null)) continue;
      const variables = Object.fromEntries(
        field.args.map((a, i) => [`k${i}`, { type: String(a.type), value: row[a.name] }]),
      );
      const args = field.args.map((a, i) => `${a.name}: $k${i}`).join(' ');
      const answer = await asker.ask(
        `row: ${field.name}(${args}) { ${[...entity.fields.keys()].join(' ')} }`,
        variables,
      );
      expect(canonical(answer['row'])).toBe(canonical(row));
      found += 1;
    }
  });
  expect(found).toBeGreaterThan(250);
});

test('aggregates: counts, distinct counts, least and greatest values are what plain SQL says', async () => {
  await each(async (entity) => {
    const fields = [...entity.fields.values()];
    const ordered = fields.filter((field) => isOrdered(field.type));
    const asked = fields.map((field, i) => {
      const distinct = comparable(field) ? ` d${i}: count(field: ${enumName(field)}, distinct: true)` : '';
      return `c${i}: count(field: ${enumName(field)})${distinct}`;
    });
    const extremes =
      ordered.length > 0 ? ['min', 'max'].map((m) => `${m} { ${ordered.map((f) => f.name).join(' ')} }`) : [];
    const { all } = await asker.ask(
      `all: ${entity.entity}_aggregate { count ${asked.join(' ')} ${extremes.join(' ')} }`,
    );
    const answer = all as Record<string, unknown>;
    expect(answer['count']).toBe(rowsOf(entity).length);
    for (const [i, field] of fields.entries()) {
      const column = columnOf(entity, field);
      const measures = await measuresOf(entity, field);
      expect([field.name, answer[`c${i}`]]).toEqual([field.name, measures.count]);
      if (!isOrdered(field.type) || column.type === 'citext') continue;
      expect([field.name, answer[`d${i}`]]).toEqual([field.name, measures.distinct]);
      const ends = [measures.ascending[0] ?? null, measures.ascending.at(-1) ?? null];
      const [least, greatest] = ['min', 'max'].map((m) => (answer[m] as Row)[field.name]);
      expect([field.name, least, greatest]).toEqual([field.name, ...ends.map((end) => legal(field, end))]);
    }
  });
});

function enumName(field: Field): string {
  return ['true', 'false', 'null'].includes(field.name) ? `${field.name}_` : field.name;
}

test('filters: every operator of every field keeps what its values tell', async () => {
  let asked = 0;
  await each(async (entity) => {
    const expected = new Map<string, number>();
    const sums: { readonly parts: readonly string[]; readonly total: number }[] = [];
    for (const field of entity.fields.values()) {
      const { count } = await measuresOf(entity, field);
      const write = writer(entity, field);
      for (const one of filtersOf(field, rowsOf(entity), rowsOf(entity).length - count, write)) {
        expected.set(one.where, one.expected);
      }
      const parts = thirds(field, rowsOf(entity), write);
      if (parts.length > 0 && columnOf(entity, field).type !== 'citext') sums.push({ parts, total: count });
    }
    const wheres = [...new Set([...expected.keys(), ...sums.flatMap(({ parts }) => parts)])];
    const answer = await asker.ask(
      wheres.map((where, i) => `c${i}: ${entity.entity}_aggregate(where: ${where}) { count }`).join(' '),
    );
    const counts = new Map(wheres.map((where, i) => [where, (answer[`c${i}`] as { count: number }).count]));
    expect([...expected.keys()].map((where) => [where, counts.get(where)])).toEqual([...expected]);
    for (const { parts, total } of sums) {
      expect([parts, parts.reduce((sum, where) => sum + counts.get(where)!, 0)]).toEqual([parts, total]);
    }
    asked += expected.size;
  });
  expect(asked).toBeGreaterThan(2_000);
});

test("orders: by every field that has one, in the store's order", async () => {
  await each(async (entity) => {
    const fields = [...entity.fields.values()].filter((field) => isOrdered(field.type));
    const lists = fields.flatMap(({ name }, i) =>
      ['ASC', 'DESC'].map(
        (way) => `${way}${i}: ${entity.entity}(orderBy: [{ ${name}: ${way} }], first: 1000) { ${name} }`,
      ),
    );
    const answer = await asker.ask(lists.join(' '));
    for (const [i, field] of fields.entries()) {
      const { ascending } = await measuresOf(entity, field);
      const named = ascending.map((value) => legal(field, value));
      const read = (way: string): unknown[] =>
        (answer[`${way}${i}`] as readonly Row[]).map((row) => row[field.name]).slice(0, named.length);
      expect([field.name, read('ASC')]).toEqual([field.name, named]);
      // What compares as equal may stand in any order.
      if (columnOf(entity, field).type !== 'citext')
        expect([field.name, read('DESC')]).toEqual([field.name, named.toReversed()]);
    }
  });
});

test('relations: every one leads to the rows that equal values join', async () => {
  let followed = 0;
  await each(async (entity) => {
    for (const relation of entity.relations.values()) {
      const { name, to, many } = relation;
      const near = [...new Set([...(entity.key ?? []), ...entity.fields.keys()])];
      const far = [...to.fields.keys()].join(' ');
      const more = many ? ` ${name}_aggregate { count }` : '';
      const arguments_ = many ? '(first: 1000)' : '';
      const ordered = many ? `{ ${name}_aggregate: { count: DESC } }` : `{ ${name}: { ${firstOrdered(to)}: ASC } }`;
      const where = many ? `{ ${name}: { some: {} } }` : `{ ${name}: {} }`;
      const answer =
        await asker.ask(`rows: ${entity.entity}(first: 1000) { near: __typename ${near.join(' ')} ${name}${arguments_} { ${far} }${more} }
        ordered: ${entity.entity}(orderBy: [${ordered}], first: 1000) { __typename } some: ${entity.entity}_aggregate(where: ${where}) { count }`);
      const read = answer['rows'] as readonly Row[];
      let withSome = 0;
      for (const row of read) {
        const expected = related(relation, row, rowsOf);
        const given = many ? (row[name] as readonly Row[]) : row[name] === null ? [] : [row[name] as Row];
        expect([name, sorted(given)]).toEqual([name, sorted(expected)]);
        if (many) expect([name, row[`${name}_aggregate`]]).toEqual([name, { count: expected.length }]);
        if (expected.length > 0) withSome += 1;
        followed += expected.length;
      }
      expect([name, (answer['some'] as { count: number }).count]).toEqual([name, withSome]);
      expect((answer['ordered'] as unknown[]).length).toBe(read.length);
    }
  });
  expect(followed).toBeGreaterThan(40);
});

test('pages: of two rows at a time, in the order of each field, they are all rows once', async () => {
  let pages = 0;
  await each(async (entity) => {
    if (!entity.key) return;
    const fields = [...entity.fields.values()].filter((field) => isOrdered(field.type));
    for (const field of fields.length > 4 ? fields.slice(0, 4) : fields) {
      const seen: unknown[] = [];
      for (let after: string | null = null; ;) {
        const { page } = await asker.ask(
          `page: ${entity.entity}_connection(orderBy: [{ ${field.name}: DESC_NULLS_FIRST }], first: 2, after: $after) {
            nodes { ${entity.key.join(' ')} } pageInfo { hasNextPage endCursor } totalCount }`,
          { after: { type: 'String', value: after } },
        );
        const { nodes, pageInfo, totalCount } = page as {
          nodes: unknown[];
          pageInfo: { hasNextPage: boolean; endCursor: string };
          totalCount: number;
        };
        expect(totalCount).toBe(rowsOf(entity).length);
        seen.push(...nodes);
        pages += 1;
        if (!pageInfo.hasNextPage) break;
        after = pageInfo.endCursor;
      }
      const keys = rowsOf(entity).map((row) => Object.fromEntries(entity.key!.map((name) => [name, row[name]])));
      expect([field.name, sorted(seen)]).toEqual([field.name, sorted(keys)]);
    }
  });
  expect(pages).toBeGreaterThan(400);
});

test('groups: by every field that has equality, their counts add up to all rows', async () => {
  await each(async (entity) => {
    const fields = [...entity.fields.values()].filter(comparable);
    const answer = await asker.ask(
      fields
        .map(
          (field, i) =>
            `g${i}: ${entity.entity}_groups(by: [{ path: ${enumName(field)} }], first: 1000) { keys count }`,
        )
        .join(' '),
    );
    for (const [i, field] of fields.entries()) {
      const groups = answer[`g${i}`] as readonly { readonly keys: Row; readonly count: number }[];
      const { distinct, count } = await measuresOf(entity, field);
      expect([field.name, groups.reduce((sum, group) => sum + group.count, 0)]).toEqual([
        field.name,
        rowsOf(entity).length,
      ]);
      const nulls = count < rowsOf(entity).length ? 1 : 0;
      const { type } = columnOf(entity, field);
      if (isOrdered(field.type) && type !== 'citext')
        expect([field.name, groups.length]).toEqual([field.name, distinct + nulls]);
      if (field.type.kind === 'float') continue;
      for (const { keys, count: size } of groups) {
        const key = keys[field.name];
        // What is not finite is null here and is none in the store.
        if (key === null) continue;
        const shown = rowsOf(entity).filter((row) => canonical(row[field.name]) === canonical(key));
        expect([field.name, key, size]).toEqual([field.name, key, shown.length]);
      }
    }
  });
});

test('records: the untyped rows are the typed ones', async () => {
  await each(async (entity) => {
    const { data, errors } = await gateway.ask(
      'query ($entity: String!) { records(source: "strange", entity: $entity, first: 1000) { nodes } }',
      { entity: entity.entity },
    );
    expect(errors).toBeUndefined();
    expect(sorted((data as { records: { nodes: unknown[] } }).records.nodes)).toEqual(sorted(rowsOf(entity)));
  });
});

function firstOrdered(entity: Entity): string {
  return [...entity.fields.values()].find((field) => isOrdered(field.type))!.name;
}

describe('what the schema does not hold', () => {
  test('is told, each with its reason', async () => {
    const { data } = await gateway.ask(`{ source(name: "${SOURCE}") { problems { subject message } } }`);
    const { problems } = (data as { source: { problems: { subject: string; message: string }[] } }).source;
    expect(problems.map(({ subject, message }) => `${subject}: ${message}`).sort()).toEqual(PROBLEMS);
  });

  test('a value of which nothing can be shown is an error at its own place, and the rest is there', async () => {
    const { data, errors } = await gateway.ask(
      `{ ${SOURCE} { misshapen(orderBy: [{ id: ASC }]) { id ints shifted texts } albums { id } } }`,
    );
    expect(data).toEqual({
      [SOURCE]: {
        misshapen: [
          { id: 1, ints: null, shifted: [1, 2], texts: null },
          { id: 2, ints: [1], shifted: [1], texts: [] },
        ],
        albums: [{ id: 1 }, { id: 2 }],
      },
    });
    expect(errors!.map(({ path, extensions: { code } }) => [path, code])).toEqual([
      [[SOURCE, 'misshapen', 0, 'ints'], 'INTEGRITY'],
      [[SOURCE, 'misshapen', 0, 'texts'], 'INTEGRITY'],
    ]);
  });

  test('infinite dates are null and counted; where nobody could foresee them, an error with a hint', async () => {
    const told = await gateway.ask(`{ ${SOURCE} { infinite { until at } always_infinite { until } } }`);
    expect(told.errors).toBeUndefined();
    expect(told.extensions?.trainyard).toMatchObject({
      nonFinite: { 'strange.infinite.until': 1, 'strange.infinite.at': 1, 'strange.always_infinite.until': 1 },
    });
    const { data, errors } = await gateway.ask(`{ ${SOURCE} { unforeseen { until } albums { id } } }`);
    expect(data).toEqual({ [SOURCE]: { unforeseen: null, albums: [{ id: 1 }, { id: 2 }] } });
    expect(errors).toMatchObject([{ path: [SOURCE, 'unforeseen', 0, 'until'], extensions: { code: 'INTEGRITY' } }]);
    const without = await gateway.ask(
      `{ ${SOURCE} { unforeseen(where: { until: { lt: "9999-01-01T00:00:00Z" } }) { id } } }`,
    );
    expect(without.data).toEqual({ [SOURCE]: { unforeseen: [{ id: 2 }] } });
  });
});

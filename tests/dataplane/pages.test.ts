import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { GatewayError } from '../../src/errors.js';
import type { Entity } from '../../src/ir/entity.js';
import { CURSOR_SECRET_BYTES, openCursors } from '../../src/planner/cursors.js';
import { NO_CAPABILITIES } from '../../src/store/capabilities.js';
import { cases, Random, seed } from '../random.js';
import { executed } from './executed.js';
import { leagueOver, openLeague, type League } from './league.js';
import { openLeagueInPostgres, type LeagueInPostgres } from './league-postgres.js';
import { randomOrder, randomWhere } from './operations.js';

const SEED = seed();

interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}
type Row = Readonly<Record<string, unknown>>;
interface Page {
  readonly totalCount: number;
  readonly pageInfo: PageInfo;
  readonly edges: readonly { readonly cursor: string; readonly node: Row }[];
  readonly nodes: readonly Row[];
}

interface Answered {
  readonly data: unknown;
  readonly errors: readonly { readonly code: unknown; readonly message: string }[];
}

async function ask(league: League, text: string, variables: Row = {}, permissions = 'all'): Promise<Answered> {
  const { data, errors } = await executed(league.plane, text, variables, permissions);
  return {
    data: JSON.parse(String(data)),
    errors: errors.map((e) => ({ code: e.extensions['code'], message: e.message })),
  };
}

async function rows<T>(league: League, field: string, variables: Row = {}, declared = ''): Promise<T> {
  const { data, errors } = await ask(league, `query ${declared} { league { x: ${field} } }`, variables);
  expect({ field, errors }).toEqual({ field, errors: [] });
  return (data as { league: { x: T } }).league.x;
}

const INFO = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';

function keyOf(entity: Entity): string {
  return entity.key!.join(' ');
}

/** A connection of an entity: what is asked and in which order, with the arguments of one page. */
function connection(entity: Entity, chosen: string, page: string): string {
  const key = keyOf(entity);
  return `${entity.entity}_connection(${[chosen, page].filter(Boolean).join(', ')}) { totalCount ${INFO} edges { cursor node { ${key} } } nodes { ${key} } }`;
}

let server: LeagueInPostgres;
beforeAll(async () => {
  server = await openLeagueInPostgres();
}, 120_000);
afterAll(() => server.close());

describe.each([
  ['the memory engine', () => openLeague(), 30, 300],
  ['a store that can only be scanned', () => openLeague(NO_CAPABILITIES), 10, 60],
  ['PostgreSQL', () => leagueOver(server.store), 30, 300],
])(`pages of %s (SEED=${SEED})`, (_name, open, ci, full) => {
  let league: League;
  beforeAll(async () => {
    league = await open();
  });

  test('any order in pages of any size, forward and backward, is the same rows as the whole', async () => {
    const random = new Random(SEED);
    const entities = [...league.model.entities.values()].filter((e) => e.key);
    let turned = 0;
    for (let i = 0; i < cases(ci, full); i += 1) {
      const entity = random.pick(entities);
      const where = random.chance(0.4) ? randomWhere(entity, random) : '{}';
      const chosen = `where: ${where}, orderBy: ${randomOrder(entity, random)}`;
      const whole = await rows<Row[]>(league, `${entity.entity}(${chosen}, first: 100) { ${keyOf(entity)} }`);
      const size = 1 + random.int(5);
      const forward = random.chance(0.5);
      const [count, beyond] = forward ? ['first', 'after'] : ['last', 'before'];
      const got: Row[] = [];
      const cursors: string[] = [];
      let cursor: string | null = null;
      for (let more = true; more; turned += 1) {
        const at: string = cursor === null ? '' : `, ${beyond}: $c`;
        const field = connection(entity, chosen, `${count}: $n${at}`);
        const declared = cursor === null ? '($n: Int)' : '($n: Int, $c: String)';
        const page: Page = await rows<Page>(league, field, { n: size, c: cursor }, declared);
        expect({ field, total: page.totalCount }).toEqual({ field, total: whole.length });
        expect(page.edges.map(({ node }) => node)).toEqual(page.nodes);
        expect(page.edges[0]?.cursor ?? null).toBe(page.pageInfo.startCursor);
        expect(page.edges.at(-1)?.cursor ?? null).toBe(page.pageInfo.endCursor);
        if (forward) got.push(...page.nodes);
        else got.unshift(...page.nodes);
        if (forward) cursors.push(...page.edges.map((e) => e.cursor));
        else cursors.unshift(...page.edges.map((e) => e.cursor));
        const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo;
        // A page of nothing that says there is more would be asked for ever.
        if (whole.length > 0) expect({ field, empty: page.nodes.length === 0 }).toEqual({ field, empty: false });
        const [on, back] = forward ? [hasNextPage, hasPreviousPage] : [hasPreviousPage, hasNextPage];
        expect({ field, got: got.length, on, back }).toEqual({
          field,
          got: got.length,
          on: got.length < whole.length,
          back: got.length > page.nodes.length,
        });
        cursor = forward ? endCursor : startCursor;
        more = on;
      }
      expect({ chosen, size, got }).toEqual({ chosen, size, got: whole });
      expect(new Set(cursors).size).toBe(whole.length);
      if (whole.length < 2) continue;
      // Between two cursors, from either end.
      const low = random.int(whole.length - 1);
      const high = low + 1 + random.int(whole.length - low - 1);
      const between = await rows<Page>(
        league,
        connection(entity, chosen, `${count}: 100, after: $a, before: $b`),
        { a: cursors[low], b: cursors[high] },
        '($a: String, $b: String)',
      );
      expect({ chosen, low, high, nodes: between.nodes }).toEqual({
        chosen,
        low,
        high,
        nodes: whole.slice(low + 1, high),
      });
      expect(between.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
    }
    expect(turned).toBeGreaterThan(cases(ci, full) * 1.5);
  }, 600_000);

  test('connections of a to-many relation page for each parent by itself', async () => {
    const random = new Random(SEED + 1);
    const relations = [...league.model.entities.values()].flatMap((entity) =>
      entity.key ? [...entity.relations.values()].filter((r) => r.many && r.to.key) : [],
    );
    for (let i = 0; i < cases(ci, full); i += 1) {
      const { from, to, name } = random.pick(relations);
      const chosen = `orderBy: ${randomOrder(to, random)}`;
      const size = 1 + random.int(3);
      const lists = await rows<Row[]>(
        league,
        `${from.entity}(first: 100) { c: ${name}(${chosen}, first: 100) { ${keyOf(to)} } }`,
      );
      const inner = (page: string): string =>
        `${from.entity}(first: 100) { c: ${name}_connection(${chosen}, ${page}) { totalCount ${INFO} edges { cursor node { ${keyOf(to)} } } nodes { ${keyOf(to)} } } }`;
      const pages = (await rows<{ c: Page }[]>(league, inner(`first: ${size}`))).map(({ c }) => c);
      const wholes = lists.map((each) => each['c'] as Row[]);
      expect(pages.map(({ nodes, totalCount, pageInfo }) => [nodes, totalCount, pageInfo.hasNextPage])).toEqual(
        wholes.map((whole) => [whole.slice(0, size), whole.length, whole.length > size]),
      );
      const at = pages.findIndex(({ pageInfo }) => pageInfo.hasNextPage);
      if (at < 0) continue;
      const { endCursor } = pages[at]!.pageInfo;
      const next = (await rows<{ c: Page }[]>(league, inner(`first: 100, after: "${endCursor}"`)))[at]!.c;
      expect({ name, chosen, nodes: next.nodes }).toEqual({ name, chosen, nodes: wholes[at]!.slice(size) });
      expect(next.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    }
  }, 600_000);

  test('records turn pages too; rows without a key have no places', async () => {
    type Records = { nodes: Row[]; edges: { cursor: string | null }[]; pageInfo: PageInfo };
    const records = (entity: string, page: string): Promise<Answered> =>
      ask(league, `{ records(source: "league", entity: "${entity}", ${page}) { nodes edges { cursor } ${INFO} } }`);
    const got: unknown[] = [];
    let after = '';
    for (let more = true; more;) {
      const { data, errors } = await records('player', `first: 4, orderBy: [{ score: "DESC" }]${after}`);
      expect(errors).toEqual([]);
      const { nodes, pageInfo } = (data as { records: Records }).records;
      got.push(...nodes.map((node) => node['id']));
      after = `, after: "${pageInfo.endCursor}"`;
      more = pageInfo.hasNextPage;
    }
    const whole = await rows<Row[]>(league, 'player(orderBy: [{ score: DESC }], first: 100) { id }');
    expect(got).toEqual(whole.map(({ id }) => id));
    const { data } = await records('note', 'first: 2');
    expect((data as { records: Records }).records).toMatchObject({
      edges: [{ cursor: null }, { cursor: null }],
      pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
    const { errors } = await records('note', 'first: 2, after: "x"');
    expect(errors).toEqual([{ code: 'UNSUPPORTED', message: 'records: note has no key, so its rows have no places' }]);
  });

  test('a cursor serves its own question only, and none that was changed', async () => {
    const of = (chosen: string): string => `player_connection(${chosen}first: 2) { pageInfo { endCursor } }`;
    const cursorOf = async (chosen: string): Promise<string> =>
      (await rows<Page>(league, of(chosen))).pageInfo.endCursor!;
    const plain = await cursorOf('');
    const ordered = await cursorOf('orderBy: [{ name: ASC }], ');
    const filtered = await cursorOf('where: { id: { gt: 3 } }, ');
    const take = (cursor: string, chosen = ''): Promise<Answered> =>
      ask(league, 'query ($c: String) { league { player_connection(' + chosen + 'after: $c) { nodes { id } } } }', {
        c: cursor,
      });
    expect((await take(plain)).errors).toEqual([]);
    const bytes = Buffer.from(plain, 'base64url');
    const forged = [0, 7, 15, 16, bytes.length - 1].map((i) => {
      const copy = Buffer.from(bytes);
      copy[i]! ^= 1;
      return copy.toString('base64url');
    });
    const other = await rows<Page>(league, 'team_connection(first: 2) { pageInfo { endCursor } }');
    const foreign = openCursors(Buffer.alloc(CURSOR_SECRET_BYTES, 8)).seal('x', '[1]');
    const bad: [string, string][] = [
      ...forged.map((c): [string, string] => [c, '']),
      [plain.slice(0, -1), ''],
      [`${plain}A`, ''],
      [`${plain}=`, ''],
      ['', ''],
      ['W10', ''],
      ['"; drop table player; --', ''],
      ['x'.repeat(10_000), ''],
      [ordered, ''],
      [plain, 'orderBy: [{ name: ASC }], '],
      [ordered, 'orderBy: [{ name: DESC }], '],
      [ordered, 'orderBy: [{ name: ASC }], collate: BINARY, '],
      [filtered, ''],
      [filtered, 'where: { id: { gt: 4 } }, '],
      [other.pageInfo.endCursor!, ''],
      [foreign, ''],
    ];
    for (const [cursor, chosen] of bad) {
      const { data, errors } = await take(cursor, chosen);
      expect({ cursor, chosen, data, codes: errors.map(({ code }) => code) }).toEqual({
        cursor,
        chosen,
        data: null,
        codes: ['BAD_INPUT'],
      });
      expect(errors[0]!.message).toContain('league.player_connection.after: expected a cursor of this connection');
    }
    // Another caller's rights, and the same filter by a variable.
    const text = 'query ($c: String) { league { player_connection(after: $c) { nodes { id } } } }';
    expect((await ask(league, text, { c: plain }, 'fewer')).errors.map(({ code }) => code)).toEqual(['BAD_INPUT']);
    const varied =
      'query ($c: String, $n: Int) { league { player_connection(where: { id: { gt: $n } }, after: $c) { nodes { id } } } }';
    expect((await ask(league, varied, { c: filtered, n: 3 })).errors).toEqual([]);
    expect((await ask(league, varied, { c: filtered, n: 4 })).errors.map(({ code }) => code)).toEqual(['BAD_INPUT']);
  });

  test('sizes that make no page are refused', async () => {
    const sizes: [string, string][] = [
      ['first: 0', 'first: expected a whole number from 1 to 100, got 0'],
      ['first: -1', 'first: expected a whole number from 1 to 100, got -1'],
      ['first: 101', 'first: expected a whole number from 1 to 100, got 101'],
      ['last: 0', 'last: expected a whole number from 1 to 100, got 0'],
      ['first: 2, last: 2', 'last: expected either first or last, got "both"'],
    ];
    for (const [page, message] of sizes) {
      const { errors } = await ask(league, `{ league { player_connection(${page}) { nodes { id } } } }`);
      expect(errors.map(({ code, message: told }) => [code, told.includes(message)])).toEqual([['BAD_INPUT', true]]);
    }
  });
});

test('pages stay whole while rows come and go elsewhere', async () => {
  const league = await leagueOver(server.store);
  const chosen = 'orderBy: [{ goals: DESC }]';
  const field = (page: string): string => connection(league.model.entities.get('match')!, chosen, page);
  const before = await rows<Row[]>(league, `match(${chosen}, first: 100) { id }`);
  const first = await rows<Page>(league, field('first: 4'));
  try {
    // New rows before the cursor, the row at the cursor itself gone.
    await server.run('insert into match (id, home, away, goals) values (100, 1, 2, 99), (101, 1, 2, 98)');
    await server.run(`delete from match where id = ${String(first.nodes.at(-1)!['id'])}`);
    const second = await rows<Page>(league, field(`first: 100, after: "${first.pageInfo.endCursor}"`));
    expect([...first.nodes, ...second.nodes]).toEqual(before);
    expect(second.pageInfo.hasPreviousPage).toBe(true);
  } finally {
    await server.run('delete from match where id >= 100');
    const { id } = first.nodes.at(-1)! as { id: number };
    const home = id % 4;
    await server.run(`insert into match values (${id}, ${home}, ${(id + 1) % 5}, ${id % 4})`);
  }
});

test('a store that goes away takes its connections with it, each with the error at its path', async () => {
  const gone = (): Promise<never> => Promise.reject(new GatewayError('STORE_UNAVAILABLE', 'gone'));
  const league = await leagueOver({ ...server.store, read: gone, session: gone });
  const { data, errors } = await ask(
    league,
    '{ league { player_connection(first: 2) { totalCount nodes { id } } player_groups(by: [{ path: mood }]) { keys } } }',
  );
  expect(data).toEqual({ league: { player_connection: null, player_groups: null } });
  expect(errors.map(({ code }) => code)).toEqual(['STORE_UNAVAILABLE', 'STORE_UNAVAILABLE']);
});

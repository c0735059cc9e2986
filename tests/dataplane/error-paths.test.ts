import { expect, test } from '@jest/globals';
import { parse, validate, type OperationDefinitionNode } from 'graphql';
import { memoryStore } from '../../datasources/memory/index.js';
import type { OperationAnswer } from '../../src/dataplane/service.js';
import { GatewayError } from '../../src/errors.js';
import type { PageResult } from '../../src/executor/execute.js';
import { locateErrors } from '../../src/dataplane/locate.js';
import { NO_CAPABILITIES } from '../../src/store/capabilities.js';
import { cases, Random, seed } from '../random.js';
import { executed } from './executed.js';
import { LEAGUE, leagueOver, type League } from './league.js';
import { randomOperation } from './operations.js';
import { executePlainly } from './oracle.js';

/** Fields that the schema promises and the rows do not keep. */
const PROMISED = ['player.name', 'match.goals', 'team.founded', 'tag.label', 'note.player_id'];

/** The league with promises that its rows break, and a to-one to rows that are not unique. */
async function brokenLeague(capabilities?: typeof NO_CAPABILITIES): Promise<League> {
  const entities = LEAGUE.shape.entities.map((entity) => ({
    ...entity,
    fields: entity.fields.map((f) => (PROMISED.includes(`${entity.name}.${f.name}`) ? { ...f, nullable: false } : f)),
  }));
  const store = await memoryStore('league', { ...LEAGUE, shape: { entities, problems: [] } });
  return leagueOver(store, capabilities, {
    relations: [{ from: 'player', to: 'note', on: [{ from: 'id', to: 'player_id' }], as: 'only_note', many: false }],
  });
}

async function run(league: League, text: string): Promise<OperationAnswer> {
  return executed(league.plane, text);
}

type Path = readonly (string | number)[];

/** How far down the path an answer goes before it is null: that is the null that the error explains. */
function nullOf(data: unknown, path: Path): string {
  let at: unknown = data;
  for (const [i, step] of path.entries()) {
    if (at === null) return JSON.stringify(path.slice(0, i));
    at = (at as Record<string | number, unknown>)[step];
  }
  return JSON.stringify([...path, at]);
}

const distinct = (items: readonly string[]): string[] => [...new Set(items)].sort();

const SEED = seed();

test.each([
  ['the memory engine', undefined],
  ['a store that can only be scanned', NO_CAPABILITIES],
])(`every null that should be none has its error where graphql-js has it: %s (seed ${SEED})`, async (_name, can) => {
  const league = await brokenLeague(can);
  const random = new Random(SEED);
  const seen = { errors: 0, nested: 0, kept: 0 };
  const wanted = cases(150, 1_500);
  // Errors come in clumps: a seed that brings few is asked more, within a bound.
  const told = (): boolean => seen.errors > wanted / 2 && seen.nested > wanted / 10 && seen.kept > wanted / 50;
  for (let i = 0; i < wanted || (!told() && i < 5 * wanted); i += 1) {
    const text = randomOperation(league.schema, random);
    const document = parse(text);
    if (validate(league.schema, document).length > 0) continue;
    const mine = await run(league, text);
    const plain = await executePlainly(league, document, {});
    const data = JSON.parse(mine.data.toString()) as unknown;
    expect({ text, data }).toEqual({ text, data: plain.data });
    const paths = mine.errors.map((e) => e.path!);
    const theirs = (plain.errors ?? []).map((e) => e.path!);
    // graphql-js may tell more than one error for the same null; each of ours is one of them, and no null is without.
    const known = new Set(theirs.map((path) => JSON.stringify(path)));
    expect({ text, invented: paths.filter((path) => !known.has(JSON.stringify(path))) }).toEqual({
      text,
      invented: [],
    });
    const nulls = (all: readonly Path[]): string[] => distinct(all.map((path) => nullOf(data, path)));
    expect({ text, nulls: nulls(paths) }).toEqual({ text, nulls: nulls(theirs) });
    expect({ text, twice: paths.length - distinct(paths.map((p) => JSON.stringify(p))).length }).toEqual({
      text,
      twice: 0,
    });
    seen.errors += paths.length;
    seen.nested += paths.filter((path) => path.filter((step) => typeof step === 'number').length > 1).length;
    if (paths.length > 0 && JSON.stringify(data).length > 100) seen.kept += 1;
  }
  expect(seen.errors).toBeGreaterThan(wanted / 2);
  expect(seen.nested).toBeGreaterThan(wanted / 10);
  expect(seen.kept).toBeGreaterThan(wanted / 50);
});

test('a null where a value was promised takes the nearest object or list that may be null', async () => {
  const league = await brokenLeague();
  const { data, errors } = await run(
    league,
    '{ league { t: team(orderBy: [{ id: ASC }]) { id p: player(orderBy: [{ id: ASC }]) { n: name } } match_by_key(id: 3) { goals } } }',
  );
  const { t, match_by_key } = (JSON.parse(data.toString()) as { league: { t: unknown[]; match_by_key: unknown } })
    .league;
  expect(t[1]).toEqual({ id: 1, p: null });
  expect(t[0]).toEqual({
    id: 0,
    p: [{ n: 'p0' }, { n: 'p4😀' }, { n: expect.any(String) }, { n: expect.any(String) }],
  });
  expect(match_by_key).toBeNull();
  expect(errors.map((e) => [e.path, e.extensions['code'], e.message])).toEqual([
    [
      ['league', 't', 1, 'p', 1, 'n'],
      'SCHEMA_CHANGED',
      'league.t.p.n: the store gave null where it promised a value; reload the source',
    ],
    [
      ['league', 'match_by_key', 'goals'],
      'SCHEMA_CHANGED',
      'league.match_by_key.goals: the store gave null where it promised a value; reload the source',
    ],
  ]);
});

test('a to-one that finds two rows is null with an INTEGRITY error at each of its places', async () => {
  const { data, errors } = await run(
    await brokenLeague(),
    '{ league { player(orderBy: [{ id: ASC }], first: 4) { id only_note { body } } } }',
  );
  expect(JSON.parse(data.toString())).toEqual({
    league: {
      player: [
        { id: 0, only_note: null },
        { id: 1, only_note: null },
        { id: 2, only_note: { body: 'n2' } },
        { id: 3, only_note: null },
      ],
    },
  });
  expect(errors.map((e) => [e.path, e.extensions])).toEqual(
    [0, 1].map((i) => [
      ['league', 'player', i, 'only_note'],
      { code: 'INTEGRITY', retryable: false, field: 'only_note' },
    ]),
  );
});

test('a level that failed is told at every place where it is missing, a thousand at most', async () => {
  const league = await brokenLeague();
  const { signal } = new AbortController();
  const document = parse('{ league { team { id player { id } } } }');
  const compiled = league.plane.compile(
    {
      document,
      operation: document.definitions[0] as OperationDefinitionNode,
      caller: { id: 'a', permissions: 'all' },
    },
    {},
  );
  const [plan] = compiled.plans;
  const rows = Array.from({ length: 1_200 }, (_, i) => [String(i), String(i)]);
  const [batch] = await league.store.read([plan!.select], { args: [], form: 'TEXT', signal });
  const error = new GatewayError('STORE_UNAVAILABLE', 'gone');
  const page = (n: number): PageResult => ({
    uses: [],
    moves: [],
    args: [],
    levels: [
      {
        failed: false,
        plan: plan!,
        batch: { ...batch!, rows: rows.slice(0, n) },
        children: [{ failed: true, plan: plan!.children[0]!.plan, error }],
      },
    ],
  });
  expect(locateErrors(compiled.roots, page(2), () => league.store)).toEqual([
    { path: ['league', 'team', 0, 'player'], error },
    { path: ['league', 'team', 1, 'player'], error },
  ]);
  expect(locateErrors(compiled.roots, page(1_200), () => league.store)).toHaveLength(1_000);
});

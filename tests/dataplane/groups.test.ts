import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse, type OperationDefinitionNode } from 'graphql';
import { memoryStore } from '../../datasources/memory/index.js';
import { executed } from './executed.js';
import { LEAGUE, leagueOver, openLeague, type League } from './league.js';

type Row = Readonly<Record<string, unknown>>;

async function ask(
  league: League,
  fields: string,
  variables: Row = {},
  declared = '',
): Promise<{ data: Record<string, unknown> | null; errors: { code: unknown; message: string; path: unknown }[] }> {
  const { data, errors } = await executed(league.plane, `query ${declared} { league { ${fields} } }`, variables);
  const { league: found } = (JSON.parse(String(data)) ?? { league: null }) as {
    league: Record<string, unknown> | null;
  };
  return {
    data: found,
    errors: errors.map(({ extensions, message, path }) => ({ code: extensions['code'], message, path })),
  };
}

let league: League;
beforeAll(async () => {
  league = await openLeague();
});

test('keys by name in the order of `by`, typed keys, and measures beside them', async () => {
  const { data, errors } = await ask(
    league,
    `player_groups(by: [{ path: team__name, as: "of" }, { path: active }], where: { id: { lt: 4 } }, orderBy: [{ measure: MAX, field: id, order: DESC }]) {
      keys key { active a: active __typename } count max { id } best: max { score } __typename
    }`,
  );
  expect(errors).toEqual([]);
  const [first] = data!['player_groups'] as Row[];
  expect(JSON.stringify(first)).toBe(
    '{"keys":{"of":null,"active":true},"key":{"active":true,"a":true,"__typename":"League_PlayerKey"},"count":1,"max":{"id":3},"best":{"score":0},"__typename":"League_PlayerGroup"}',
  );
});

test('groups of what belongs to each parent; parents without rows have none', async () => {
  const { data, errors } = await ask(
    league,
    `team(orderBy: [{ id: ASC }]) { id player_groups(by: [{ path: mood }], first: 2, offset: 1, orderBy: [{ measure: COUNT, order: DESC }]) { keys count } }`,
  );
  expect(errors).toEqual([]);
  const teams = data!['team'] as { id: number; player_groups: Row[] }[];
  expect(teams.map(({ player_groups }) => player_groups.length)).toEqual([0, 0, 0, 0, 0]);
  const all = await ask(league, 'team(orderBy: [{ id: ASC }]) { player_groups(by: [{ path: mood }]) { keys count } }');
  expect((all.data!['team'] as Row[]).map((t) => t['player_groups'])).toEqual([
    [{ keys: { mood: null }, count: 4 }],
    [{ keys: { mood: 'low' }, count: 4 }],
    [{ keys: { mood: 'so_so' }, count: 3 }],
    [],
    [],
  ]);
});

test('conditions of groups compare in the type of their measure', async () => {
  const count = async (having: string): Promise<unknown> => {
    const { data, errors } = await ask(league, `player_groups(by: [{ path: team_id }], having: ${having}) { keys }`);
    expect(errors).toEqual([]);
    return (data!['player_groups'] as { keys: { team_id: number | null } }[]).map(({ keys }) => keys.team_id);
  };
  expect(await count('{ measure: COUNT, gt: 3 }')).toEqual([0, 1]);
  expect(await count('{ measure: COUNT, gt: "3" }')).toEqual([0, 1]);
  expect(await count('{ measure: SUM, field: fans, gt: "36028797018963968" }')).toEqual([0]);
  expect(await count('{ measure: MIN, field: name, eq: "p0" }')).toEqual([0, 2]);
  expect(await count('{ measure: MAX, field: joined, isNull: true }')).toEqual([]);
  expect(await count('{ measure: COUNT, where: { active: { eq: true } }, between: [2, 3] }')).toEqual([0]);
  expect(
    await count('{ _or: [{ measure: COUNT, gt: 3 }, { measure: COUNT, lt: 0 }], _not: { measure: COUNT, eq: 4 } }'),
  ).toEqual([]);
  expect(await count('{ _or: [] }')).toEqual([]);
  expect(await count('{}')).toEqual([0, 1, 2, null]);
});

test('groups come by their keys, nulls last, unless asked otherwise; what that leaves open too', async () => {
  const order = async (orderBy: string): Promise<unknown> => {
    const { data, errors } = await ask(league, `player_groups(by: [{ path: mood }]${orderBy}) { keys }`);
    expect(errors).toEqual([]);
    return (data!['player_groups'] as { keys: { mood: string | null } }[]).map(({ keys }) => keys.mood);
  };
  expect(await order('')).toEqual(['low', 'so_so', 'true_', null]);
  expect(await order(', orderBy: [{ key: "mood", order: DESC_NULLS_FIRST }]')).toEqual([null, 'true_', 'so_so', 'low']);
  // Four, four, three and three rows.
  expect(await order(', orderBy: [{ measure: COUNT, order: DESC }]')).toEqual(['low', null, 'true_', 'so_so']);
  expect(await order(', orderBy: [{ measure: COUNT, order: ASC }]')).toEqual(['so_so', 'true_', 'low', null]);
});

test('every part of a question can be a variable', async () => {
  const declared =
    '($by: [League_PlayerGroupBy!]!, $having: League_PlayerHaving, $order: [League_PlayerGroupOrderBy!], $least: JSON, $name: String, $zone: String, $n: Int)';
  const whole = await ask(
    league,
    'player_groups(by: $by, having: $having, orderBy: $order, first: $n) { keys count }',
    {
      by: [{ path: 'mood', as: 'm' }],
      having: { measure: 'COUNT', gt: 3 },
      order: [{ key: 'm', order: 'DESC' }],
      n: 2,
      least: 1,
      name: 'd',
      zone: 'Asia/Tokyo',
    },
    declared.replace(', $least: JSON, $name: String, $zone: String', ''),
  );
  expect(whole.errors).toEqual([]);
  expect(whole.data).toEqual({
    player_groups: [
      { keys: { m: 'low' }, count: 4 },
      { keys: { m: null }, count: 4 },
    ],
  });
  const parts = (zone: string, least: number): ReturnType<typeof ask> =>
    ask(
      league,
      'player_groups(by: [{ path: joined, bucket: DAY, zone: $zone, as: $name }], having: { measure: COUNT, gt: $least }) { keys count }',
      { zone, least, name: 'd' },
      '($least: JSON, $name: String, $zone: String)',
    );
  const tokyo = await parts('Asia/Tokyo', 0);
  const utc = await parts('UTC', 0);
  expect([tokyo.errors, utc.errors]).toEqual([[], []]);
  expect((tokyo.data!['player_groups'] as { keys: Row }[])[0]!.keys).toEqual({ d: '1970-01-01T15:00:00Z' });
  expect((utc.data!['player_groups'] as { keys: Row }[])[0]!.keys).toEqual({ d: '1970-01-01T00:00:00Z' });
  expect(((await parts('UTC', 1)).data!['player_groups'] as unknown[]).length).toBeLessThan(
    (utc.data!['player_groups'] as unknown[]).length,
  );
});

test('a plan is made anew for what is asked, not for the values it is asked with', () => {
  const text = `query ($by: [League_PlayerGroupBy!]!, $go: [League_PlayerGroupOrderBy!], $h: League_PlayerHaving, $zone: String, $least: JSON, $w: League_PlayerWhere) { league {
    a: player_groups(by: $by, orderBy: $go, having: $h, where: $w) { keys }
    b: player_groups(by: [{ path: joined, bucket: DAY, zone: $zone }], having: { measure: COUNT, gt: $least }) { keys }
  } }`;
  const document = parse(text);
  const request = {
    document,
    operation: document.definitions[0] as OperationDefinitionNode,
    caller: { id: 'a', permissions: 'all' },
  };
  const asked = (change: Row = {}): unknown =>
    league.plane.compile(request, {
      by: [{ path: 'id', width: 2 }],
      go: [{ measure: 'COUNT', where: { id: { gt: 1 } }, order: 'ASC' }],
      h: { measure: 'COUNT', gt: 1 },
      zone: 'UTC',
      least: 1,
      w: { id: { gt: 1 } },
      ...change,
    });
  const first = asked();
  const other = (change: Row): boolean => asked(change) !== first;
  expect(asked()).toBe(first);
  expect(other({ go: [{ measure: 'COUNT', where: { id: { gt: 2 } }, order: 'ASC' }] })).toBe(false);
  expect(other({ h: { measure: 'COUNT', gt: 2 } })).toBe(false);
  expect(other({ least: 5 })).toBe(false);
  expect(other({ w: { id: { gt: 7 } } })).toBe(false);
  expect(other({ zone: 'Asia/Tokyo' })).toBe(true);
  expect(other({ by: [{ path: 'id', width: 3 }] })).toBe(true);
  expect(other({ by: [{ path: 'id', width: 2, as: 'bin' }] })).toBe(true);
  expect(other({ go: [{ measure: 'COUNT', where: { id: { gt: 1 } }, order: 'DESC' }] })).toBe(true);
  expect(other({ h: { measure: 'COUNT', lt: 1 } })).toBe(true);
});

describe('what makes no groups is refused with the place and what was expected', () => {
  test.each([
    ['by: []', 'league.player_groups.by: expected at least one key'],
    [
      'by: [{ path: id }, { path: id }]',
      'league.player_groups.by: expected each key under a name of its own, got "id"',
    ],
    ['by: [{ path: id, as: "" }]', 'by[0].as: expected a name of 1 to 128 characters'],
    ['by: [{ path: id, as: "a\\u0000" }]', 'by[0].as: expected a name of 1 to 128 characters'],
    ['by: [{ path: name, bucket: DAY }]', 'by[0].bucket: expected a date or a time of a day, got "text"'],
    ['by: [{ path: joined, bucket: DAY, part: YEAR }]', 'by[0]: expected one of bucket, part and width'],
    ['by: [{ path: joined, zone: "UTC" }]', 'by[0].zone: expected zone beside bucket or part'],
    ['by: [{ path: joined, bucket: DAY, zone: "CET" }]', 'by[0].zone: expected a zone of the IANA database'],
    ['by: [{ path: joined, bucket: DAY, zone: "+02:00" }]', 'by[0].zone: expected a zone of the IANA database'],
    ['by: [{ path: joined, bucket: DAY, zone: "Mars/Base" }]', 'by[0].zone: expected a zone of the IANA database'],
    ['by: [{ path: team__founded, bucket: DAY, zone: "UTC" }]', 'by[0].zone: expected no zone'],
    ['by: [{ path: team__founded, bucket: HOUR }]', 'by[0].bucket: expected DAY or longer for a date'],
    ['by: [{ path: name, width: 2 }]', 'by[0].width: expected a field of numbers'],
    ['by: [{ path: id, width: 0 }]', 'by[0].width: expected a number above 0, got 0'],
    ['by: [{ path: id, origin: 1 }]', 'by[0].origin: expected origin beside width'],
    ['by: [{ path: id }], having: { gt: 1 }', 'having.measure: expected COUNT, COUNT_DISTINCT'],
    ['by: [{ path: id }], having: { measure: COUNT }', 'having: expected an operator'],
    ['by: [{ path: id }], having: { measure: SUM, field: name, gt: 1 }', 'SUM does not apply to text'],
    ['by: [{ path: id }], having: { measure: SUM, gt: 1 }', 'expected a field for SUM'],
    ['by: [{ path: id }], having: { measure: COUNT, gt: "many" }', 'having.gt: expected a 64-bit integer'],
    ['by: [{ path: id }], having: { measure: COUNT, between: [1] }', 'having.between: expected two values'],
    ['by: [{ path: id }], having: { measure: QUANTILE, field: id, gt: 1 }', 'having.q: expected a value'],
    ['by: [{ path: id }], orderBy: [{ key: "name", order: ASC }]', 'orderBy[0].key: expected one of id, got "name"'],
    ['by: [{ path: id }], orderBy: [{ order: ASC }]', 'orderBy[0].measure: expected COUNT'],
    ['by: [{ path: id }], orderBy: [{ key: "id", measure: COUNT, order: ASC }]', 'orderBy[0]: expected key or measure'],
    ['by: [{ path: id }], first: 0', 'first: expected a whole number from 1 to 100, got 0'],
    ['by: [{ path: id }], offset: -1', 'offset: expected a whole number from 0, got -1'],
  ])('%s', async (args, message) => {
    const { data, errors } = await ask(league, `player_groups(${args}) { keys }`);
    expect({ data, codes: errors.map(({ code }) => code) }).toEqual({ data: null, codes: ['BAD_INPUT'] });
    expect(errors[0]!.message).toContain(message);
  });

  test.each([
    ['by: [{ path: mood }]', 'key { active }', 'expected a field that is a key in `by`'],
    ['by: [{ path: joined, part: YEAR }]', 'key { joined }', 'expected a field that is a key in `by`'],
    [
      'by: [{ path: joined, bucket: DAY, as: "a" }, { path: joined, bucket: YEAR, as: "b" }]',
      'key { joined }',
      'expected one key that is made of joined',
    ],
  ])('%s { %s }', async (args, selection, message) => {
    const { errors } = await ask(league, `player_groups(${args}) { ${selection} }`);
    expect(errors.map(({ code }) => code)).toEqual(['BAD_INPUT']);
    expect(errors[0]!.message).toContain(message);
  });
});

test('more groups than the cap are an error at their place, and not a part of them', async () => {
  const players = Array.from({ length: 101 }, (_, i) => ({ id: BigInt(i), team_id: i < 3 ? 0n : null }));
  const many = await leagueOver(
    await memoryStore('league', { ...LEAGUE, rows: { ...LEAGUE.rows, 'main.player': players } }),
  );
  const refused = await ask(many, 'player_groups(by: [{ path: id }]) { keys } team(orderBy: [{ id: ASC }]) { id }');
  expect(refused.data).toMatchObject({
    player_groups: null,
    team: [{ id: 0 }, { id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }],
  });
  expect(refused.errors).toEqual([
    {
      code: 'BUDGET_EXCEEDED',
      message: 'league.player_groups: there are more than 100 groups',
      path: ['league', 'player_groups'],
    },
  ]);
  const asked = await ask(
    many,
    'a: player_groups(by: [{ path: id }], first: 100) { keys } b: player_groups(by: [{ path: id }], first: 100, offset: 100) { keys } c: player_groups(by: [{ path: id }], where: { id: { lt: 100 } }) { keys }',
  );
  expect(asked.errors).toEqual([]);
  expect([asked.data!['a'], asked.data!['b'], asked.data!['c']].map((each) => (each as unknown[]).length)).toEqual([
    100, 1, 100,
  ]);
  // The cap is one parent's: each of these has fewer.
  const nested = await ask(many, 'team { player_groups(by: [{ path: id }]) { keys } }');
  expect(nested.errors).toEqual([]);
});

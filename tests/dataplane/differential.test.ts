import { expect, test } from '@jest/globals';
import { Kind, parse, validate, type OperationDefinitionNode } from 'graphql';
import type { OperationAnswer } from '../../src/dataplane/service.js';
import { NO_CAPABILITIES } from '../../src/store/capabilities.js';
import { cases, Random, seed } from '../random.js';
import { openLeague, type League } from './league.js';
import { randomOperation } from './operations.js';
import { answerPlainly } from './oracle.js';

function run(league: League, text: string, variables: Record<string, unknown> = {}): Promise<OperationAnswer> {
  const document = parse(text);
  const operation = document.definitions.find(
    (d): d is OperationDefinitionNode => d.kind === Kind.OPERATION_DEFINITION,
  )!;
  const { signal } = new AbortController();
  return league.plane.execute({
    document,
    operation,
    operationName: null,
    variables,
    caller: { id: 'a', permissions: 'all' },
    signal,
    controlContext: {},
  });
}

const SEED = seed();

test.each([
  ['with the memory engine’s own abilities', undefined],
  ['with a store that can only be scanned', NO_CAPABILITIES],
])(
  `random operations answer byte for byte as a resolver a field does, %s (seed ${SEED})`,
  async (_name, capabilities) => {
    const league = await openLeague(capabilities);
    const random = new Random(SEED);
    let withRows = 0;
    const wanted = cases(150, 500);
    for (let i = 0; i < wanted; i += 1) {
      const text = randomOperation(league.schema, random);
      const document = parse(text);
      const invalid = validate(league.schema, document);
      if (invalid.length > 0) {
        // Two random fields may clash under one name; the schema says so, and that is no question.
        expect(invalid[0]!.message).toMatch(/conflict/);
        continue;
      }
      const answer = await run(league, text);
      expect({ text, errors: answer.errors.map((e) => e.message) }).toEqual({ text, errors: [] });
      const plain = await answerPlainly(league, document, {});
      expect({ text, data: String(answer.data) }).toEqual({ text, data: plain });
      if (plain.length > 60) withRows += 1;
    }
    expect(withRows).toBeGreaterThan(wanted / 3);
  },
);

interface Asked {
  readonly league: { readonly player_connection: { readonly pageInfo: { readonly endCursor: string | null } } };
}

test('a plan made for one set of variables answers others of the same shape', async () => {
  const league = await openLeague();
  const text = `query ($w: League_PlayerWhere, $r: JSON, $n: Int, $o: [League_PlayerOrderBy!], $ro: JSON, $c: String, $by: [League_PlayerGroupBy!]!, $h: League_PlayerHaving, $go: [League_PlayerGroupOrderBy!]) {
    league {
      player(where: $w, first: $n, orderBy: $o) { id name team { name } }
      player_connection(where: $w, first: $n, orderBy: $o, after: $c) { nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } }
      player_groups(by: $by, where: $w, having: $h, orderBy: $go, first: $n) { keys count avg { id } }
    }
    records(source: "league", entity: "player", where: $r, orderBy: $ro, first: $n) { nodes pageInfo { hasNextPage endCursor } }
  }`;
  const document = parse(text);
  const operation = document.definitions[0] as OperationDefinitionNode;
  const { signal } = new AbortController();
  const random = new Random(SEED);
  let reused = 0;
  let turned = 0;
  const having = (): object => ({
    measure: random.pick(['COUNT', 'MAX']),
    field: 'id',
    ...random.pick([
      { gt: random.int(4) },
      { between: [0, random.int(9)] },
      { isNull: random.chance(0.5) },
      { ne: String(random.int(3)) },
    ]),
    ...random.pick([{}, { where: { id: { lt: random.int(14) } } }]),
  });
  for (let i = 0; i < cases(300, 10_000); i += 1) {
    const where = random.pick([
      { id: { gt: random.int(10) } },
      { id: { in: Array.from({ length: random.int(4) }, () => random.int(14)) } },
      { _or: [{ score: { lt: random.int(3) } }, { active: { eq: random.chance(0.5) } }] },
      { id: { between: [random.int(5), 5 + random.int(5)] } },
      { team: { id: { ne: random.int(3) } } },
      { name: { isNull: random.chance(0.5) } },
    ]);
    const orderBy = random.pick([null, [{ id: random.pick(['ASC', 'DESC']) }], [{ team: { id: 'DESC' } }]]);
    const variables: Record<string, unknown> = {
      w: where,
      r: where,
      n: 1 + random.int(6),
      o: orderBy,
      ro: orderBy,
      c: null,
      by: random.pick([
        [{ path: 'active' }],
        [{ path: random.pick(['mood', 'team__name']), as: random.pick(['a', 'b']) }],
        [{ path: 'joined', bucket: random.pick(['DAY', 'HOUR']), zone: random.pick(['UTC', 'Asia/Tokyo']) }],
        [{ path: 'id', width: random.pick([2, 3.5]), origin: random.int(2) }, { path: 'active' }],
      ]),
      h: random.pick([null, having(), { _or: [having(), having()] }, { _not: having() }]),
      go: random.pick([
        null,
        [{ measure: 'COUNT', order: 'DESC' }],
        [{ measure: 'SUM', field: 'id', where: { id: { gt: random.int(9) } }, order: 'ASC' }],
      ]),
    };
    if (random.chance(0.5)) {
      const { data } = await run(league, text, variables);
      const { endCursor } = (JSON.parse(String(data)) as Asked).league.player_connection.pageInfo;
      variables['c'] = endCursor;
      turned += endCursor === null ? 0 : 1;
    }
    const request = {
      document,
      operation,
      operationName: null,
      variables,
      caller: { id: 'a', permissions: 'all' },
      signal,
      controlContext: {},
    };
    const before = league.plane.compile(request, variables);
    const cached = await league.plane.execute(request);
    reused += league.plane.compile(request, variables) === before ? 1 : 0;
    const fresh = await run(await openLeague(), text, variables);
    expect({ variables, data: String(cached.data), errors: cached.errors }).toEqual({
      variables,
      data: String(fresh.data),
      errors: fresh.errors,
    });
    expect(cached.errors).toEqual([]);
  }
  expect(reused).toBeGreaterThan(0);
  expect(turned).toBeGreaterThan(cases(300, 10_000) / 5);
});

test.each([
  ['{ league { player(first: 0) { id } } }', /player\.first: expected a whole number from 1 to 100, got 0/],
  ['{ league { player(first: -1) { id } } }', /player\.first: expected a whole number from 1 to 100, got -1/],
  ['{ league { player(first: 101) { id } } }', /player\.first: expected a whole number from 1 to 100, got 101/],
  ['{ league { player(offset: -1) { id } } }', /player\.offset: expected a whole number from 0, got -1/],
  ['{ league { player(where: { id: {} }) { id } } }', /where\.id: expected an operator/],
  [
    '{ league { player(where: { id: { eq: null } }) { id } } }',
    /where\.id\.eq: expected a value, got null \(use isNull to ask for null\)/,
  ],
  ['{ league { player(where: { name: { regex: "(a" } }) { id } } }', /a "\(" without "\)"/],
  ['{ league { player(where: { name: { like: "a\\\\" } }) { id } } }', /does not end with a single/],
  ['{ records(source: "league", entity: "nobody") { nodes } }', /league\.nobody: there is no such entity/],
  [
    '{ records(source: "league", entity: "player", where: { id: { gt: "x" } }) { nodes } }',
    /where\.id\.gt: expected a 64-bit integer/,
  ],
  [
    '{ records(source: "league", entity: "player", where: { nope: { eq: 1 } }) { nodes } }',
    /where\.nope: expected a field or relation of player, got "nope"/,
  ],
])('bad input is a typed error that names the field: %s', async (text, message) => {
  const league = await openLeague();
  const { data, errors } = await run(league, text);
  expect(String(data)).toBe('null');
  expect(errors[0]!.message).toMatch(message);
  expect(['BAD_INPUT', 'NOT_FOUND']).toContain(errors[0]!.extensions['code']);
});

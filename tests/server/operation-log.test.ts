import { afterEach, describe, expect, test } from '@jest/globals';
import { Kind, parse, type OperationDefinitionNode } from 'graphql';
import { setTimeout as wait } from 'node:timers/promises';
import { shownDocument } from '../../src/server/shown-document.js';
import { openLeague } from '../dataplane/league.js';
import { post, startGateway, type Gateway } from './gateway.js';

let gateway: Gateway | null = null;
afterEach(async () => {
  await gateway?.close();
  gateway = null;
});

async function linesOf(options: Parameters<typeof startGateway>[0], ...bodies: unknown[]) {
  gateway = await startGateway(options);
  for (const body of bodies) await (await post(gateway.url, body)).text();
  return gateway.lines;
}

const SOURCE = {
  name: 'league',
  // The engine in memory makes no native calls.
  calls: 0,
  rows: expect.any(Number),
  bytes: expect.any(Number),
  ms: expect.any(Number),
};
const FIXED = { level: 30, time: expect.any(Number), pid: expect.any(Number), hostname: expect.any(String) };

test('an operation is one line that says who asked what of which source, and what it cost', async () => {
  const query = 'query Teams { league { team(first: 2) { id player(first: 1) { id } } } }';
  const lines = await linesOf({}, { query }, { query, operationName: 'Teams' });
  const line = {
    ...FIXED,
    msg: 'operation',
    requestId: expect.any(String),
    operation: 'Teams',
    kind: 'QUERY',
    caller: 'anonymous',
    ms: expect.any(Number),
    sources: [{ ...SOURCE, rows: 4 }],
    errors: 0,
    codes: [],
  };
  expect(lines).toEqual([line, line]);
});

test('errors are told by their codes', async () => {
  const broken = '{ league { team(first: 0) { id } } }';
  const lines = await linesOf({}, { query: broken }, { query: broken }, { query: '{' }, { query: '{ a b }' });
  expect(lines.map(({ msg, errors, codes }) => [msg, errors, codes])).toEqual([
    ['operation', 1, ['BAD_INPUT']],
    ['operation', 1, ['BAD_INPUT']],
    ['operation refused', 1, ['GRAPHQL_PARSE_FAILED']],
    ['operation refused', 2, ['GRAPHQL_VALIDATION_FAILED']],
  ]);
});

describe('a slow operation', () => {
  test('is told at warn with its document and what it reads; others are not', async () => {
    const { plane } = await openLeague();
    const lines = await linesOf(
      {
        slowMs: 60,
        execute: async (request) => {
          const answer = await plane.execute(request);
          if (request.operation.name?.value === 'Slow') await wait(80);
          return answer;
        },
      },
      { query: 'query Slow { league { team(where: { name: { eq: "Ada" } }) { id player { name } } } }' },
      { query: 'query Fast { league { team { id } } }' },
    );
    expect(lines.map(({ level, msg, operation }) => [level, msg, operation])).toEqual([
      [40, 'slow operation', 'Slow'],
      [30, 'operation', 'Fast'],
    ]);
    expect(lines[0]).toMatchObject({
      document: 'query Slow { league { team(where: {name: {eq: ?}}) { id player { name } } } }',
      reads: [
        { path: 'league.team', source: 'league', entity: 'team', left: [] },
        { path: 'league.team.player', source: 'league', entity: 'player', left: [] },
      ],
      sources: [SOURCE],
    });
    expect(lines[1]).not.toHaveProperty('document');
  });

  test('is told where only warnings are', async () => {
    const lines = await linesOf({ slowMs: 0, level: 'warn' }, { query: '{ motto }' });
    expect(lines.map(({ msg }) => msg)).toEqual(['slow operation']);
  });
});

test('debug adds the native queries, and nothing else does', async () => {
  const query = '{ league { team(where: { id: { gt: 4242 } }) { id } } }';
  const lines = await linesOf({ level: 'debug' }, { query });
  const native = lines.filter(({ msg }) => msg === 'native queries');
  expect(native).toEqual([
    expect.objectContaining({
      requestId: lines[0]!['requestId'],
      native: [expect.objectContaining({ source: 'league', path: 'league.team', text: expect.any(String) })],
    }),
  ]);
  expect(JSON.stringify(lines)).not.toContain('4242');
});

/** Each of these is in one question at least, as a variable or as a literal. */
const SECRETS = ['hunter2', '31337', '2718.25', '2001-02-03', 'so_secret', 'a comment', 'block', '98765432101234'];
const SECRET_BODIES = [
  {
    query:
      'query ($n: String, $w: League_TeamWhere) { a: league { team(where: { name: { eq: $n } }) { id } } b: league { team(where: $w) { id } } }',
    variables: { n: 'hunter2', w: { name: { in: ['hunter2', 'x'] }, budget: { gt: '2718.25' }, id: { lt: 31337 } } },
  },
  {
    query: `query A($n: Int = 31337, $name: String = "hunter2") { league {
      team(where: { _or: [{ id: { lt: 31337 } }, { name: { eq: """block hunter2""" } }, { founded: { eq: "2001-02-03" } }, { budget: { gt: 2718.25 } }] }) { id } # a comment: hunter2
      player(where: { fans: { in: [98765432101234, 1] }, active: { eq: true }, name: { eq: $name }, id: { gt: $n } }) { id } } }`,
  },
  { query: '{ records(source: "league", entity: "team", where: { name: { eq: "hunter2" } }) { nodes } }' },
  { query: '{ league { player(where: { mood: { eq: so_secret } }) { id } } }' },
  { query: 'query ($n: Int!) { league { team(first: $n) { id } } }', variables: { n: 'hunter2' } },
  { query: '{ league { team(where: { id: { eq: "hunter2" } }) { id } } }' },
  { query: '{ league { team(where: { founded: { eq: "hunter2" } }) { id } } }' },
  { query: '{ league { team(first: 31337) { id } } }' },
  { query: '{ league { team(where: { name: "hunter2" ' },
  { query: 'query A { motto } query B { motto }', operationName: 'hunter2' },
  { query: '{ motto }', variables: { hunter2: 'hunter2' } },
];

test('no value of a caller is in a line, whether it is a variable or a literal, fits or is refused', async () => {
  const lines = await linesOf({ slowMs: 0, level: 'debug' }, ...SECRET_BODIES, ...SECRET_BODIES);
  expect(lines.filter(({ msg }) => msg === 'slow operation').length).toBeGreaterThanOrEqual(8);
  expect(lines.filter(({ level }) => (level as number) > 40)).toEqual([]);
  const text = JSON.stringify(lines);
  for (const secret of SECRETS) expect(text).not.toContain(secret);
  expect(text).toContain('{name: {eq: ?}}');
});

describe('a document as others see it', () => {
  const shown = (text: string, name?: string): string => {
    const document = parse(text);
    const operations = document.definitions.filter(
      (d): d is OperationDefinitionNode => d.kind === Kind.OPERATION_DEFINITION,
    );
    return shownDocument(document, operations.find((o) => o.name?.value === name) ?? operations[0]!);
  };

  test.each([
    ['{ a(n: 1, f: 2.5, s: "x", b: true, z: null, e: RED) }', '{ a(n: ?, f: ?, s: ?, b: ?, z: ?, e: ?) }'],
    ['{ a(in: [1, 2, 3]) b(in: [[1], [2, 3]]) }', '{ a(in: [?]) b(in: [[?], [?]]) }'],
    ['{ a(in: [{ x: 1 }, { y: 2 }]) }', '{ a(in: [{x: ?}, {y: ?}]) }'],
    [
      'query Q($v: Int = 3) { a(n: $v) @include(if: true) { b } }',
      'query Q($v: Int = ?) { a(n: $v) @include(if: ?) { b } }',
    ],
    ['{ ...F } fragment F on T { a(s: """x\n"y" """) }', '{ ...F } fragment F on T { a(s: ?) }'],
  ])('%s', (text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  test('is the one that runs, cut where it is long', () => {
    expect(shown('query A { a } query B { b }', 'B')).toBe('query B { b }');
    const long = shown(`{ ${'field '.repeat(2_000)} }`);
    expect([long.length, long.at(-1)]).toEqual([2_000, '…']);
  });
});

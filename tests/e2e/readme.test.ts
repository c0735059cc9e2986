import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadConfig } from '../../src/config/index.js';
import { openYard, type Yard } from '../../src/main.js';
import { serve, type Listening } from '../../src/server/index.js';

let folder: string;
let yard: Yard;
let listening: Listening;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-e2e-'));
  const config = loadConfig({ dataDir: folder }, {});
  yard = await openYard(config);
  listening = await serve({
    plane: yard.plane,
    host: '127.0.0.1',
    port: 0,
    origins: [],
    limits: { ...config.limits, requestMs: config.limits.request },
    readiness: () => Promise.resolve({ aviation: 'UP' }),
    log: pino({ level: 'silent' }),
  });
}, 120_000);

afterAll(async () => {
  await listening.close();
  await yard.close();
  await rm(folder, { recursive: true, force: true });
});

async function ask(
  query: string,
  variables?: unknown,
): Promise<{
  status: number;
  body: {
    data?: unknown;
    errors?: { message: string; extensions: { code: string } }[];
    extensions?: { trainyard: { sources: { calls: number }[] } };
  };
}> {
  const response = await fetch(listening.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, body: (await response.json()) as never };
}

test("the README's questions give the README's answers, the first in one round trip", async () => {
  const readme = await readFile('README.md', 'utf8');
  const blocks = [...readme.matchAll(/```graphql\n([^]*?)```\n\n[^`]*?```json\n([^]*?)```/g)];
  expect(blocks).toHaveLength(2);
  for (const [i, [, question, answer]] of blocks.entries()) {
    const { body } = await ask(question!);
    expect(body.errors).toBeUndefined();
    expect(body.data).toEqual(JSON.parse(answer!));
    if (i === 0) expect(body.extensions!.trainyard.sources.map(({ calls }) => calls)).toEqual([1]);
  }
});

test('the demo has all of its rows', async () => {
  const { body } = await ask(`{
    aviation { airport_aggregate { count } flight_aggregate { count } }
    wildlife { strike_aggregate { count } }
    routes { airport_aggregate { count } route_aggregate { count } }
    films { film_aggregate { count } }
    lake { flight_aggregate { count } }
  }`);
  expect(body.data).toEqual({
    aviation: { airport_aggregate: { count: 3376 }, flight_aggregate: { count: 20_000 } },
    wildlife: { strike_aggregate: { count: 10_000 } },
    routes: { airport_aggregate: { count: 305 }, route_aggregate: { count: 5366 } },
    films: { film_aggregate: { count: 3201 } },
    lake: { flight_aggregate: { count: 3_000_000 } },
  });
});

test('introspection, control plane and data plane answer in one operation, in the order asked', async () => {
  const { body } = await ask(
    '{ __typename aviation { airport_by_key(iata: "JFK") { iata } } __schema { queryType { name } } }',
  );
  expect(JSON.stringify(body.data)).toBe(
    '{"__typename":"Query","aviation":{"airport_by_key":{"iata":"JFK"}},"__schema":{"queryType":{"name":"Query"}}}',
  );
});

test('store calls do not grow with the number of parents', async () => {
  const calls: number[] = [];
  for (const first of [10, 100, 1000]) {
    const { body } = await ask(
      'query ($n: Int) { aviation { flight(first: $n, orderBy: [{ id: ASC }]) { id origin_airport { name flight_by_origin(first: 2) { id } } } } }',
      { n: first },
    );
    expect((body.data as { aviation: { flight: unknown[] } }).aviation.flight).toHaveLength(first);
    calls.push(body.extensions!.trainyard.sources[0]!.calls);
  }
  expect(calls).toEqual([1, 1, 1]);
});

test.each([`'; drop table flight; --`, `" or 1=1`, '\\', `$1`, `%_`, '😀'])(
  'SQL in a value is a value: %s',
  async (text) => {
    const where = ['eq', 'like', 'ilike', 'contains', 'startsWith', 'endsWith'].filter(
      (op) => text !== '\\' || !op.includes('like'),
    );
    for (const operator of where) {
      const { body } = await ask('query ($w: Aviation_AirportWhere) { aviation { airport(where: $w) { iata } } }', {
        w: { name: { [operator]: text } },
      });
      expect(body.errors).toBeUndefined();
    }
    const { body } = await ask('{ aviation { flight_aggregate { count } } }');
    expect(body.data).toEqual({ aviation: { flight_aggregate: { count: 20000 } } });
  },
);

test('10,000 elements of `in` are one parameter', async () => {
  const ids = Array.from({ length: 10_000 }, (_, i) => i * 2);
  const { body } = await ask(
    'query ($ids: [Int!]) { aviation { flight_aggregate(where: { id: { in: $ids } }) { count } } }',
    { ids },
  );
  expect(body.data).toEqual({ aviation: { flight_aggregate: { count: 9999 } } });
});

test('a foreign page, a form, a nesting bomb and broken JSON are refused with typed errors', async () => {
  const send = async (init: RequestInit): Promise<{ status: number; code: string }> => {
    const response = await fetch(listening.url, { method: 'POST', ...init });
    const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
    return { status: response.status, code: errors[0]!.extensions.code };
  };
  const json = { 'content-type': 'application/json' };
  const query = JSON.stringify({ query: '{ __typename }' });
  expect(await send({ headers: { ...json, origin: 'https://evil.example' }, body: query })).toEqual({
    status: 403,
    code: 'FORBIDDEN',
  });
  expect(await send({ headers: { ...json, 'sec-fetch-site': 'cross-site' }, body: query })).toEqual({
    status: 403,
    code: 'FORBIDDEN',
  });
  expect(
    await send({ headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'query={__typename}' }),
  ).toEqual({ status: 415, code: 'BAD_REQUEST' });
  expect(await send({ headers: json, body: '{"query": ' })).toEqual({ status: 400, code: 'BAD_REQUEST' });
  expect(await send({ headers: json, body: JSON.stringify({ query: '{a'.repeat(10_000) }) })).toEqual({
    status: 400,
    code: 'GRAPHQL_PARSE_FAILED',
  });
  expect(await send({ headers: json, body: JSON.stringify({ query: '{ nope }' }) })).toEqual({
    status: 200,
    code: 'GRAPHQL_VALIDATION_FAILED',
  });
});

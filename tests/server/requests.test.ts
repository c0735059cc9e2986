import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request as httpRequest } from 'node:http';
import { acceptedEncoding } from '../../src/server/respond.js';
import { errorOf, LIMITS, post, startGateway, type Gateway } from './gateway.js';

let gateway: Gateway;
let open: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
  open = await startGateway({ origins: ['https://app.example.org'] });
});
afterAll(async () => {
  await gateway.close();
  await open.close();
});

const TEAMS = '{ league { team { id name } } }';

test('a query is answered with a request id that the log has', async () => {
  const response = await post(gateway.url, { query: 'query Teams { league { team(first: 1) { id name } } }' });
  expect(await response.json()).toMatchObject({ data: { league: { team: [{ id: 0, name: 'Ada' }] } } });
  const requestId = response.headers.get('x-request-id');
  expect(gateway.lines.filter((line) => line['requestId'] === requestId)).toEqual([
    expect.objectContaining({ msg: 'operation', operation: 'Teams', errors: 0, ms: expect.any(Number) }),
  ]);
});

describe('a foreign page', () => {
  test('cannot post a form', async () => {
    const response = await fetch(gateway.url, { method: 'POST', body: new URLSearchParams({ query: TEAMS }) });
    expect(await errorOf(response)).toMatchObject({ status: 415, code: 'BAD_REQUEST' });
    const plain = await post(gateway.url, { query: TEAMS }, { 'content-type': 'text/plain; a=application/json' });
    expect(await errorOf(plain)).toMatchObject({ status: 415, code: 'BAD_REQUEST' });
  });

  test.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('%j is refused, by POST, GET and preflight', async (headers: Record<string, string>) => {
    const url = `${gateway.url}?query=${encodeURIComponent(TEAMS)}`;
    for (const method of ['POST', 'GET', 'OPTIONS']) {
      // fetch sets no Sec-Fetch-Site but its own, so the request is written by hand.
      const { status, text } = await raw(
        url,
        method,
        { 'content-type': 'application/json', ...headers },
        method === 'POST' ? '{}' : '',
      );
      expect([method, status, text]).toEqual([method, 403, expect.stringContaining('FORBIDDEN')]);
    }
  });

  test('is served when its origin is configured, and is told so', async () => {
    const origin = 'https://app.example.org';
    const preflight = await fetch(open.url, { method: 'OPTIONS', headers: { origin } });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
    const response = await post(open.url, { query: TEAMS }, { origin });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
    await response.body?.cancel();
    expect((await errorOf(await post(open.url, { query: TEAMS }, { origin: `${origin}.evil.example` }))).status).toBe(
      403,
    );
  });

  test('of the gateway itself is no foreign page', async () => {
    const response = await post(gateway.url, { query: TEAMS }, { origin: gateway.origin });
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });
});

describe('what is no request', () => {
  test.each([
    ['malformed JSON', '{"query": ', 400, 'BAD_REQUEST'],
    ['invalid UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]), 400, 'BAD_REQUEST'],
    ['no query', {}, 400, 'BAD_REQUEST'],
    ['null', 'null', 400, 'BAD_REQUEST'],
    ['a list', '[]', 400, 'BAD_REQUEST'],
    ['a query that is a number', { query: 1 }, 400, 'BAD_REQUEST'],
    ['variables that are a list', { query: TEAMS, variables: [1] }, 400, 'BAD_REQUEST'],
    ['a body past the limit', { query: TEAMS, pad: 'x'.repeat(LIMITS.bodyBytes) }, 413, 'BAD_REQUEST'],
    [
      'a document past the limit',
      { query: `{ league { team { id } } } #${'x'.repeat(LIMITS.documentBytes)}` },
      400,
      'BAD_REQUEST',
    ],
    ['a nesting bomb', { query: '{a'.repeat(9_000) }, 400, 'GRAPHQL_PARSE_FAILED'],
    ['a nesting bomb of lists', { query: `{ a(b: ${'['.repeat(9_000)}` }, 400, 'GRAPHQL_PARSE_FAILED'],
  ])('%s', async (_name, body, status, code) => {
    expect(await errorOf(await post(gateway.url, body))).toMatchObject({ status, code });
  });

  test('a deep JSON body hurts nothing', async () => {
    const deep = `{"query":"{__typename}","extensions":${'['.repeat(40_000)}${']'.repeat(40_000)}}`;
    expect((await post(gateway.url, deep)).status).toBe(400);
    expect((await post(gateway.url, { query: TEAMS })).status).toBe(200);
  });

  test('another path, another method', async () => {
    expect(await errorOf(await fetch(`${gateway.origin}/nothing`))).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(await errorOf(await fetch(gateway.url, { method: 'PUT' }))).toMatchObject({
      status: 405,
      code: 'BAD_REQUEST',
    });
    expect((await raw(`${gateway.origin}//`, 'GET', {}, '')).status).toBe(404);
  });
});

describe('a document beyond a limit', () => {
  const chain = Array.from({ length: 40 }, (_, i) => `fragment F${i} on LeagueSource { ...F${i + 1} ...F${i + 1} }`);
  test.each([
    [
      'depth',
      '{ league { team { player { team { player { team { id } } } } } } }',
      'has 7 levels of fields; 6 are allowed',
    ],
    [
      'aliases',
      `{ league { team { ${Array.from({ length: 11 }, (_, i) => `a${i}: id`).join(' ')} } } }`,
      'has 11 aliases; 10 are allowed',
    ],
    [
      'root fields',
      `{ ${Array.from({ length: 9 }, (_, i) => `a${i}: __typename`).join(' ')} }`,
      'has 9 root fields; 8 are allowed',
    ],
    ['root fields of a source', `{ league { ${'team { id } '.repeat(9)} } }`, 'has 10 root fields; 8 are allowed'],
  ])('%s', async (_name, query, words) => {
    const { code, message } = await errorOf(await post(gateway.url, { query }));
    expect([code, message]).toEqual(['GRAPHQL_VALIDATION_FAILED', expect.stringContaining(words)]);
  });

  test('fragments that double forty times are measured at once', async () => {
    const query = `{ league { ...F0 } } ${chain.join(' ')} fragment F40 on LeagueSource { team(first: 1) { id } }`;
    const started = performance.now();
    const response = await post(gateway.url, { query });
    expect(await response.json()).toMatchObject({ data: { league: { team: [{ id: 0 }] } } });
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});

describe('errors of GraphQL have our codes', () => {
  test.each([
    ['{ ', 'GRAPHQL_PARSE_FAILED'],
    ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['query ($n: Int!) { league { team(first: $n) { id } } }', 'BAD_INPUT'],
    ['query A { __typename } query B { __typename }', 'BAD_INPUT'],
  ])('%s', async (query, code) => {
    const plain = await post(gateway.url, { query });
    const { errors, ...rest } = (await plain.json()) as { errors: { extensions: object }[] };
    expect(errors[0]!.extensions).toMatchObject({ code, retryable: false });
    expect(rest).not.toHaveProperty('data');
    const strict = await post(gateway.url, { query }, { accept: 'application/graphql-response+json' });
    expect([strict.status, (await errorOf(strict)).code]).toEqual([400, code]);
  });

  test('a cap of the plane comes with its hint and no stack', async () => {
    const response = await post(gateway.url, { query: '{ league { team(first: -1) { id } } }' });
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'BAD_INPUT', retryable: false } }] });
    expect(text).not.toMatch(/stacktrace|\.ts:|node_modules/);
  });
});

describe('beside GraphQL', () => {
  test('the start page, liveness, readiness', async () => {
    const page = await fetch(`${gateway.origin}/`);
    expect([page.headers.get('content-type'), (await page.text()).includes('href="/graphql')]).toEqual([
      'text/html; charset=utf-8',
      true,
    ]);
    expect(await (await fetch(`${gateway.origin}/livez`)).text()).toBe('alive\n');
    const ready = await fetch(`${gateway.origin}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { ready: true, sources: { league: 'UP' } }]);
  });

  test('a source that is down makes the gateway unready', async () => {
    const down = await startGateway({ readiness: () => Promise.resolve({ league: 'DOWN' }) });
    try {
      const ready = await fetch(`${down.origin}/readyz`);
      expect([ready.status, await ready.json()]).toEqual([503, { ready: false, sources: { league: 'DOWN' } }]);
    } finally {
      await down.close();
    }
  });
});

describe('big answers', () => {
  const query = '{ __schema { types { name description fields { name description } } } }';
  test.each(['gzip', 'br'])('are compressed with %s', async (encoding) => {
    const plain = await post(gateway.url, { query }, { 'accept-encoding': 'identity' });
    const packed = await post(gateway.url, { query }, { 'accept-encoding': encoding });
    expect([plain.headers.get('content-encoding'), packed.headers.get('content-encoding')]).toEqual([null, encoding]);
    const text = await plain.text();
    expect(Number(packed.headers.get('content-length'))).toBeLessThan(text.length / 2);
    expect(await packed.text()).toBe(text);
  });

  test('small ones are not', async () => {
    const response = await post(gateway.url, { query: '{ __typename }' });
    expect([response.headers.get('content-encoding'), await response.json()]).toEqual([
      null,
      { data: { __typename: 'Query' } },
    ]);
  });

  test.each([
    ['gzip, br', 'br'],
    ['br;q=0, gzip', 'gzip'],
    ['*', 'br'],
    ['deflate', null],
    ['', null],
  ])('%j is answered with %s', (header, encoding) => {
    expect(acceptedEncoding(header)).toBe(encoding);
  });
});

function raw(
  url: string,
  method: string,
  headers: Record<string, string>,
  body: string,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

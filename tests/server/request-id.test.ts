import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LIMITS, post, startGateway, type Gateway } from './gateway.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

describe('an id that the client gives', () => {
  test.each(['7', 'trace-1:span_2.A', 'x'.repeat(128)])('%s is kept', async (id) => {
    const response = await post(gateway.url, { query: '{ motto }' }, { 'x-request-id': id });
    expect([response.headers.get('x-request-id'), await response.json()]).toEqual([
      id,
      { data: { motto: 'play "fair"' } },
    ]);
    expect(gateway.lines.at(-1)).toMatchObject({ msg: 'operation', requestId: id });
  });

  test.each(['', 'x'.repeat(129), 'two words', '"quoted"', '<script>', 'a,b', 'ü', '{"a":1}', 'a/b'])(
    '%j is not well-formed: the gateway gives one',
    async (id) => {
      const response = await post(gateway.url, { query: '{ motto }' }, { 'x-request-id': id });
      expect(response.headers.get('x-request-id')).toMatch(UUID);
      await response.body?.cancel();
    },
  );

  test('none: each request gets another one', async () => {
    const ids = new Set<string | null>();
    for (let i = 0; i < 5; i += 1) {
      const response = await post(gateway.url, { query: '{ motto }' });
      ids.add(response.headers.get('x-request-id'));
      await response.body?.cancel();
    }
    expect(ids.size).toBe(5);
  });
});

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

describe('every error tells the id of its request', () => {
  const json = { 'content-type': 'application/json' };
  test.each<[string, Asked, string]>([
    ['a foreign page', { headers: { ...json, origin: 'https://evil.example' }, body: '{}' }, 'FORBIDDEN'],
    ['a form', { headers: { 'content-type': 'text/plain' }, body: 'x' }, 'BAD_REQUEST'],
    ['a long body', { headers: json, body: 'x'.repeat(LIMITS.bodyBytes + 1) }, 'BAD_REQUEST'],
    ['no JSON', { headers: json, body: '{' }, 'BAD_REQUEST'],
    ['no query', { headers: json, body: '{}' }, 'BAD_REQUEST'],
    ['no media type of ours', { headers: { ...json, accept: 'text/css' }, body: '{"query":"{motto}"}' }, 'BAD_REQUEST'],
    ['no GraphQL', { headers: json, body: '{"query":"{"}' }, 'GRAPHQL_PARSE_FAILED'],
    ['a bomb', { headers: json, body: JSON.stringify({ query: '{a'.repeat(5_000) }) }, 'GRAPHQL_PARSE_FAILED'],
    ['no such field', { headers: json, body: '{"query":"{nothing}"}' }, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'no such operation',
      { headers: json, body: '{"query":"query A {motto} query B {motto}","operationName":"C"}' },
      'BAD_INPUT',
    ],
    [
      'a missing variable',
      { headers: json, body: '{"query":"query ($n: Int!) { league { team(first: $n) { id } } }"}' },
      'BAD_INPUT',
    ],
    [
      'a page that is too long',
      { headers: json, body: '{"query":"{ league { team(first: 1000) { id } } }"}' },
      'BAD_INPUT',
    ],
    ['a method', { method: 'PUT' }, 'BAD_REQUEST'],
  ])('%s', async (_name, init, code) => {
    for (const accept of ['', 'application/graphql-response+json']) {
      const headers = { ...(accept === '' ? {} : { accept }), ...init.headers, 'x-request-id': 'mine-1' };
      const response = await fetch(gateway.url, { method: 'POST', ...init, headers });
      const { errors } = (await response.json()) as { errors: { extensions: object }[] };
      expect(response.headers.get('x-request-id')).toBe('mine-1');
      expect(errors.map(({ extensions }) => extensions)).toEqual(
        errors.map(() => expect.objectContaining({ code, requestId: 'mine-1' })),
      );
      expect(errors.length).toBeGreaterThan(0);
    }
  });

  test('a page of another origin may send and read it', async () => {
    const open = await startGateway({ origins: ['https://app.example.org'] });
    try {
      const { headers } = await fetch(open.url, { method: 'OPTIONS', headers: { origin: 'https://app.example.org' } });
      expect(headers.get('access-control-allow-headers')).toContain('x-request-id');
      expect(headers.get('access-control-expose-headers')).toContain('x-request-id');
    } finally {
      await open.close();
    }
  });

  test('an operation that is not there is told as such, and is no fault of the gateway', async () => {
    const response = await post(gateway.url, { query: 'query A { motto } query B { motto }' });
    const { errors } = (await response.json()) as { errors: { message: string }[] };
    expect(errors[0]!.message).toBe('operationName: expected the name of one of the operations of the document');
    expect(gateway.lines.filter(({ msg }) => msg === 'unexpected error')).toEqual([]);
  });
});

import { afterEach, describe, expect, test } from '@jest/globals';
import { executeSync, getIntrospectionQuery, parse } from 'graphql';
import { request as httpRequest } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { Plane } from '../../src/dataplane/service.js';
import { openLeague } from '../dataplane/league.js';
import { LIMITS, post, startGateway, type Gateway } from './gateway.js';

const QUERY = getIntrospectionQuery();
let gateway: Gateway | null = null;
afterEach(async () => {
  await gateway?.close();
  gateway = null;
});

/** A gateway that counts what its plane executes. */
async function counting(limits: Partial<typeof LIMITS> = {}, planeOf?: () => Plane) {
  const { plane } = await openLeague();
  const executed: string[] = [];
  gateway = await startGateway({
    limits: { ...LIMITS, ...limits },
    ...(planeOf ? { planeOf } : {}),
    execute: (request) => {
      executed.push(request.operation.name?.value ?? '');
      return plane.execute(request);
    },
  });
  return { url: gateway.url, plane, executed };
}

/** The bytes as they come, without the client's unpacking. */
function raw(url: string, body: unknown, headers: Record<string, string>) {
  return new Promise<{ headers: NodeJS.Dict<string | string[]>; body: Buffer }>((resolve, reject) => {
    const sent = httpRequest(
      url,
      { method: 'POST', agent: false, headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
      },
    );
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}

test('the answer is made once, whatever encoding and media type it is asked in', async () => {
  const { url, plane, executed } = await counting();
  const expected: unknown = JSON.parse(JSON.stringify(executeSync({ schema: plane.schema, document: parse(QUERY) })));
  const texts = new Set<string>();
  const plain = await raw(url, { query: QUERY }, {});
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(JSON.parse(plain.body.toString())).toEqual(expected);
  texts.add(plain.body.toString());
  for (const accept of ['*/*', 'application/json', 'application/graphql-response+json']) {
    const gzip = await raw(url, { query: QUERY }, { accept, 'accept-encoding': 'gzip' });
    const br = await raw(url, { query: QUERY, variables: { unused: 1 } }, { accept, 'accept-encoding': 'gzip, br' });
    const none = await raw(
      url,
      { query: QUERY, operationName: 'IntrospectionQuery' },
      { accept, 'accept-encoding': 'br;q=0' },
    );
    expect([gzip, br, none].map(({ headers }) => [headers['content-encoding'], headers['vary']])).toEqual([
      ['gzip', 'Accept-Encoding'],
      ['br', 'Accept-Encoding'],
      [undefined, 'Accept-Encoding'],
    ]);
    for (const { headers, body } of [gzip, br, none]) expect(headers['content-length']).toBe(String(body.length));
    expect(none.headers['content-type']).toBe(`${accept === '*/*' ? 'application/json' : accept}; charset=utf-8`);
    for (const text of [gunzipSync(gzip.body), brotliDecompressSync(br.body), none.body]) texts.add(text.toString());
  }
  const get = await fetch(`${url}?query=${encodeURIComponent(QUERY)}`);
  texts.add(await get.text());
  expect(texts.size).toBe(1);
  expect(executed).toEqual(['IntrospectionQuery']);
});

test('clients that ask at the same time wait for one answer', async () => {
  const { url, executed } = await counting();
  const answers = await Promise.all(Array.from({ length: 12 }, async () => (await post(url, { query: QUERY })).text()));
  expect(new Set(answers).size).toBe(1);
  expect(executed).toHaveLength(1);
});

test('an answer that is sent from what is kept is a line of the log like others', async () => {
  const { url } = await counting();
  for (let i = 0; i < 2; i += 1) await (await post(url, { query: QUERY })).text();
  expect(gateway!.lines.map(({ msg, operation, errors }) => [msg, operation, errors])).toEqual([
    ['operation', 'IntrospectionQuery', 0],
    ['operation', 'IntrospectionQuery', 0],
  ]);
});

const TYPES = '__schema { types { name fields { name type { name } } inputFields { name } description } }';

describe('is made anew', () => {
  test.each([
    ['with data beside it', { query: `{ ${TYPES} motto league { team(first: 1) { id } } }` }],
    ['with data in a fragment', { query: `{ ${TYPES} ...F } fragment F on Query { ... { motto } }` }],
    [
      'where variables decide',
      { query: `query ($is: Boolean!) { ${TYPES} ... @include(if: $is) { motto } }`, variables: { is: true } },
    ],
    ['where it is short', { query: '{ __schema { queryType { name } } }' }],
    ['where it is only a name', { query: '{ __typename }' }],
  ])('%s', async (_name, body) => {
    const { url, executed } = await counting();
    const answers: string[] = [];
    for (let i = 0; i < 3; i += 1) answers.push(await (await post(url, body)).text());
    expect(executed).toHaveLength(3);
    const withoutTime = answers.map((text) => text.replace(/"readAt":"[^"]*"/, ''));
    expect(new Set(withoutTime).size).toBe(1);
    expect(JSON.parse(answers[0]!)).toHaveProperty('data');
  });

  test('with other values of its variables', async () => {
    const { url, executed } = await counting();
    const query = 'query ($is: Boolean!) { __schema { types { name description fields @include(if: $is) { name } } } }';
    const lengths: number[] = [];
    for (const is of [true, false, true]) {
      lengths.push((await (await post(url, { query, variables: { is } })).text()).length);
    }
    expect([lengths[2], lengths[1]! > 2_048, lengths[1]! < lengths[0]!]).toEqual([lengths[0], true, true]);
    expect(executed).toHaveLength(3);
  });

  test('for another operation of the same document', async () => {
    const { url, executed } = await counting();
    const query = `query A { ${TYPES} } query B { other: ${TYPES} }`;
    const keys: string[][] = [];
    for (const operationName of ['A', 'B', 'A', 'B']) {
      const { data } = (await (await post(url, { query, operationName })).json()) as { data: object };
      keys.push(Object.keys(data));
    }
    expect([keys, executed]).toEqual([
      [['__schema'], ['other'], ['__schema'], ['other']],
      ['A', 'B'],
    ]);
  });

  test('when the schema is another one', async () => {
    const [one, other] = [(await openLeague()).plane, (await openLeague()).plane];
    let served = one;
    let calls = 0;
    const execute = other.execute.bind(other);
    other.execute = (request) => {
      calls += 1;
      return execute(request);
    };
    gateway = await startGateway({ planeOf: () => served });
    await (await post(gateway.url, { query: QUERY })).text();
    expect(calls).toBe(0);
    served = other;
    for (let i = 0; i < 2; i += 1) await (await post(gateway.url, { query: QUERY })).text();
    expect(calls).toBe(1);
  });

  test.each([0, 1_000])('where %d bytes may be kept', async (introspectionCacheBytes) => {
    const { url, executed } = await counting({ introspectionCacheBytes });
    const answers = new Set<string>();
    for (let i = 0; i < 3; i += 1) answers.add(await (await post(url, { query: QUERY })).text());
    expect([answers.size, executed.length]).toEqual([1, 3]);
  });
});

test('what is kept is bounded: the one that was asked longest ago goes', async () => {
  const asks = (i: number): { query: string } => ({ query: `query Q${i} { ${TYPES} }` });
  const { url, executed } = await counting({ introspectionCacheBytes: 30_000 });
  for (let i = 0; i < 20; i += 1) await (await post(url, asks(i))).text();
  await (await post(url, asks(19))).text();
  await (await post(url, asks(0))).text();
  expect(executed.length).toBe(21);
  expect(executed.at(-1)).toBe('Q0');
});

test('a client that goes away in mid-answer is no fault', async () => {
  const { url } = await counting();
  await (await post(url, { query: QUERY })).text();
  for (let i = 0; i < 5; i += 1) {
    const client = new AbortController();
    const asked = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-encoding': 'identity' },
      body: JSON.stringify({ query: QUERY }),
      signal: client.signal,
    });
    client.abort();
    await expect(asked.text()).rejects.toThrow();
  }
  expect((await post(url, { query: QUERY })).status).toBe(200);
  expect(gateway!.lines.filter(({ level }) => (level as number) > 40)).toEqual([]);
});

import { expect, test } from '@jest/globals';
import { post, startGateway } from './gateway.js';

/** What stays the same when the same request comes again. */
async function seen(response: Response): Promise<unknown> {
  const headers = Object.fromEntries(
    [...response.headers].filter(([name]) => name !== 'date' && name !== 'x-request-id'),
  );
  const text = (await response.text()).replace(/"(readAt|requestId)":"[^"]*"/g, '"$1":"…"');
  return { status: response.status, headers, text };
}

const QUERY = 'query ($id: Int!) { league { player_by_key(id: $id) { name } } }';

test.each([
  ['rows', { query: QUERY, variables: { id: 3 } }],
  ['a named one of two', { query: 'query A { __typename } query B { motto }', operationName: 'B' }],
  ['a mixed operation', { query: '{ motto league { team(first: 2) { id } } __typename }' }],
  ['introspection', { query: '{ __schema { queryType { name } } }' }],
  ['null variables', { query: '{ motto }', variables: null }],
  ['a variable of the wrong type', { query: QUERY, variables: { id: 'x' } }],
  ['a missing variable', { query: QUERY }],
  ['a value that is refused when it runs', { query: '{ league { player(first: 0) { id } } }' }],
  ['no operation of that name', { query: 'query A { __typename } query B { motto }', operationName: 'C' }],
  ['no name where two are', { query: 'query A { __typename } query B { motto }' }],
  ['variables that are no object', { query: QUERY, variables: [3] }],
  ['a name that is no text', { query: QUERY, operationName: 3 }],
])('%s: the second answer is the first', async (_name, body) => {
  const gateway = await startGateway();
  try {
    // Whatever is refused with these arguments is let through with others, so that its document is known.
    await post(gateway.url, {
      query: body.query,
      variables: { id: 1 },
      ...('operationName' in body ? { operationName: 'A' } : {}),
    });
    const repeated = await seen(await post(gateway.url, body));
    const fresh = await startGateway();
    try {
      expect(repeated).toEqual(await seen(await post(fresh.url, body)));
    } finally {
      await fresh.close();
    }
  } finally {
    await gateway.close();
  }
});

test('a fault behind a known document is masked and logged', async () => {
  let broken = false;
  const gateway = await startGateway({
    execute: () =>
      broken
        ? Promise.reject(new Error('secret'))
        : Promise.resolve({ data: '{"motto":"x"}', errors: [], extensions: {} }),
  });
  try {
    await post(gateway.url, { query: '{ motto }' });
    broken = true;
    const text = await (await post(gateway.url, { query: '{ motto }' })).text();
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL' } }] });
    expect(text).not.toContain('secret');
    expect(gateway.lines.some((line) => JSON.stringify(line).includes('secret'))).toBe(true);
  } finally {
    await gateway.close();
  }
});

test('a request that asks for another media type goes through Apollo', async () => {
  const gateway = await startGateway();
  try {
    await post(gateway.url, { query: '{ motto }' });
    const strict = await post(gateway.url, { query: '{ motto }' }, { accept: 'application/graphql-response+json' });
    expect(strict.headers.get('content-type')).toMatch(/^application\/graphql-response\+json/);
    const refused = await post(gateway.url, { query: '{ motto }' }, { accept: 'text/css' });
    expect(refused.status).toBe(406);
  } finally {
    await gateway.close();
  }
});

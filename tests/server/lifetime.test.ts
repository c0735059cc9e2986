import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { GatewayError } from '../../src/errors.js';
import type { OperationAnswer } from '../../src/dataplane/service.js';
import { errorOf, LIMITS, post, startGateway } from './gateway.js';

const ANSWER: OperationAnswer = { data: '{"a":1}', errors: [], extensions: {} };
const query = '{ __typename }';

function rejectsOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
}

test('a client that goes away aborts its operation', async () => {
  let reason: unknown = null;
  const begun = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<void>();
  const gateway = await startGateway({
    execute: ({ signal }) => {
      begun.resolve();
      return rejectsOn(signal).catch((error: unknown) => {
        reason = error;
        aborted.resolve();
        throw error;
      });
    },
  });
  const client = new AbortController();
  const asked = fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal: client.signal,
  });
  await begun.promise;
  client.abort();
  await expect(asked).rejects.toThrow();
  await aborted.promise;
  expect(reason).toMatchObject({ code: 'CANCELLED' });
  await gateway.close();
});

test('an idle connection is kept longer than those who use it keep it', async () => {
  const gateway = await startGateway({ execute: () => Promise.resolve(ANSWER) });
  const { port } = new URL(gateway.url);
  const socket = connect(Number(port), '127.0.0.1');
  const body = JSON.stringify({ query });
  socket.write(
    `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  const [head] = (await once(socket, 'data')) as [Buffer];
  expect(head.toString()).toMatch(/^keep-alive: timeout=75\r$/im);
  socket.destroy();
  await gateway.close();
});

test('the deadline aborts an operation with a typed error', async () => {
  const gateway = await startGateway({
    limits: { ...LIMITS, requestMs: 30 },
    execute: ({ signal }) => rejectsOn(signal),
  });
  const response = await post(gateway.url, { query });
  expect(await response.json()).toEqual({
    errors: [
      {
        message: 'the operation took longer than 30 ms',
        extensions: { code: 'TIMEOUT', retryable: true, requestId: response.headers.get('x-request-id') },
      },
    ],
  });
  await gateway.close();
});

test('an unexpected error is masked; the log has its words under the request id', async () => {
  const gateway = await startGateway({ execute: () => Promise.reject(new Error('password hunter2')) });
  const response = await post(gateway.url, { query });
  const requestId = response.headers.get('x-request-id');
  const text = await response.text();
  expect(text).not.toContain('hunter2');
  expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL', requestId } }] });
  expect(gateway.lines).toContainEqual(
    expect.objectContaining({
      requestId,
      err: expect.objectContaining({ message: 'password hunter2', stack: expect.any(String) }),
    }),
  );
  await gateway.close();
});

test('an error of the gateway keeps its detail', async () => {
  const gateway = await startGateway({
    execute: () =>
      Promise.reject(new GatewayError('UNSUPPORTED', 'no regex here', { source: 'league', hint: 'use contains' })),
  });
  const response = await post(gateway.url, { query });
  expect(await response.json()).toEqual({
    errors: [
      {
        message: 'no regex here',
        extensions: {
          code: 'UNSUPPORTED',
          retryable: false,
          source: 'league',
          hint: 'use contains',
          requestId: response.headers.get('x-request-id'),
        },
      },
    ],
  });
  await gateway.close();
});

test('the text of data passes as it is', async () => {
  const gateway = await startGateway({ execute: () => Promise.resolve({ ...ANSWER, data: '{"n":9007199254740993}' }) });
  expect(await (await post(gateway.url, { query })).text()).toContain('"data":{"n":9007199254740993}');
  await gateway.close();
});

test('stopping lets what is under way finish, and takes nothing new', async () => {
  const begun = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const gateway = await startGateway({
    execute: async () => {
      begun.resolve();
      await finish.promise;
      return ANSWER;
    },
  });
  const idle = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  await once(idle, 'connect');
  const idleClosed = once(idle, 'close');
  const asked = post(gateway.url, { query });
  await begun.promise;
  let stopped = false;
  const closing = gateway.close().then(() => (stopped = true));
  await expect(post(gateway.url, { query })).rejects.toThrow();
  expect(stopped).toBe(false);
  finish.resolve();
  expect(await (await asked).json()).toEqual({ data: { a: 1 } });
  await closing;
  await idleClosed;
});

test('what does not finish in the time that is given for it is closed', async () => {
  const begun = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const gateway = await startGateway({
    drainMs: 50,
    execute: async () => {
      begun.resolve();
      await finish.promise;
      return ANSWER;
    },
  });
  const asked = post(gateway.url, { query });
  await begun.promise;
  await Promise.all([gateway.close(), expect(asked).rejects.toThrow()]);
  finish.resolve();
});

test('a port that is in use is told in a sentence', async () => {
  const gateway = await startGateway();
  const port = Number(new URL(gateway.url).port);
  await expect(startGateway({ port })).rejects.toThrow(`port ${port} of 127.0.0.1 is in use`);
  await gateway.close();
});

test('a body past the limit is refused with an answer however long it is', async () => {
  const gateway = await startGateway();
  const response = await post(gateway.url, `{"query":"${'x'.repeat(700_000)}"}`);
  expect(await errorOf(response)).toMatchObject({ status: 413, code: 'BAD_REQUEST' });
  await gateway.close();
});

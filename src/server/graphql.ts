import { HeaderMap } from '@apollo/server';
import { getOperationAST, OperationTypeNode } from 'graphql';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ANONYMOUS } from '../auth/caller.js';
import { GatewayError } from '../errors.js';
import { newAnswer, splice, type Host, type ServerContext } from './apollo.js';
import { readBody } from './body.js';
import { tooNested } from './limits.js';
import { isAllowed } from './origin.js';
import type { Planes } from './planes.js';
import { refuse, send } from './respond.js';
import type { ServerOptions } from './index.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const JSON_TYPE = /^application\/(?:graphql-response\+)?json\s*(?:;|$)/i;

/** `/graphql`: what is no request of ours is refused here; the rest goes through Apollo. */
export async function graphql(
  options: ServerOptions,
  planes: Planes,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const { origins, limits } = options;
  if (!isAllowed(request.headers, { origins, host: request.headers.host ?? '' })) {
    return refuse(response, 403, 'FORBIDDEN', 'This origin may not use the gateway; add it to http.cors.origins.');
  }
  const { origin } = request.headers;
  if (origin !== undefined) {
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-expose-headers', 'x-request-id');
    response.setHeader('vary', 'Origin');
  }
  if (request.method === 'OPTIONS') {
    preflight(response);
    return;
  }
  if (request.method !== 'GET' && request.method !== 'POST') {
    response.setHeader('allow', 'GET, POST');
    return refuse(response, 405, 'BAD_REQUEST', `GET or POST is expected, not ${request.method}.`);
  }
  let body: unknown = '';
  if (request.method === 'POST') {
    if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) {
      return refuse(response, 415, 'BAD_REQUEST', 'The content-type application/json is expected.');
    }
    const read = await readBody(request, limits.bodyBytes);
    if (read === null) {
      response.setHeader('connection', 'close');
      return refuse(response, 413, 'BAD_REQUEST', `The body has more than ${limits.bodyBytes} bytes.`);
    }
    try {
      body = JSON.parse(utf8.decode(read));
    } catch {
      return refuse(response, 400, 'BAD_REQUEST', 'The body is no JSON in UTF-8.');
    }
  }
  const document =
    request.method === 'GET' ? url.searchParams.get('query') : (body as { query?: unknown } | null)?.query;
  if (typeof document === 'string') {
    if (Buffer.byteLength(document) > limits.documentBytes) {
      return refuse(response, 400, 'BAD_REQUEST', `The document has more than ${limits.documentBytes} bytes.`);
    }
    if (tooNested(document)) {
      return refuse(response, 400, 'GRAPHQL_PARSE_FAILED', 'The document nests brackets too deeply.');
    }
  }
  return planes.use((host) => operate(options, host, request, response, url.search, body));
}

type Answer = Awaited<ReturnType<Host['apollo']['executeHTTPGraphQLRequest']>>;

async function operate(
  options: ServerOptions,
  host: Host,
  request: IncomingMessage,
  response: ServerResponse,
  search: string,
  body: unknown,
): Promise<void> {
  const { requestMs } = options.limits;
  const requestId = randomUUID();
  response.setHeader('x-request-id', requestId);
  const abort = new AbortController();
  const late = (): void => abort.abort(new GatewayError('TIMEOUT', `the operation took longer than ${requestMs} ms`));
  const deadline = setTimeout(late, requestMs);
  const onClose = (): void => {
    if (!response.writableFinished) abort.abort(new GatewayError('CANCELLED', 'the client went away'));
  };
  response.on('close', onClose);
  try {
    const base = { caller: ANONYMOUS, signal: abort.signal, requestId };
    const context: ServerContext = { ...options.controlContext?.(base), ...base, answer: newAnswer() };
    const repeated = repeatedOperation(host, request, body);
    if (repeated) {
      response.setHeader('content-type', 'application/json; charset=utf-8');
      await send(request, response, await host.answer({ ...repeated, context }));
    } else await throughApollo(host, request, response, search, body, context);
  } finally {
    clearTimeout(deadline);
    response.off('close', onClose);
  }
}

/** An operation whose document was let through before, when nothing about the request asks for Apollo's judgement. */
function repeatedOperation(
  host: Host,
  { method, headers: { accept } }: IncomingMessage,
  body: unknown,
): Omit<Parameters<Host['answer']>[0], 'context'> | null {
  if (method !== 'POST' || !(accept === undefined || accept === '*/*' || accept === 'application/json')) return null;
  const { query, operationName = null, variables, extensions } = (body ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof query !== 'string' || (extensions ?? null) !== null) return null;
  if (operationName !== null && typeof operationName !== 'string') return null;
  if (typeof (variables ?? {}) !== 'object' || Array.isArray(variables)) return null;
  const document = host.known(query);
  const operation = document && getOperationAST(document, operationName);
  if (!operation || operation.operation === OperationTypeNode.SUBSCRIPTION) return null;
  return { document, operation, operationName, variables: (variables ?? {}) as Readonly<Record<string, unknown>> };
}

async function throughApollo(
  { apollo }: Host,
  request: IncomingMessage,
  response: ServerResponse,
  search: string,
  body: unknown,
  context: ServerContext,
): Promise<void> {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const result = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: request.method ?? '', headers, search, body },
    context: () => Promise.resolve(context),
  });
  if (result.body.kind !== 'complete') throw new Error('an answer in parts is not expected');
  for (const [name, value] of result.headers) response.setHeader(name, value);
  response.statusCode = statusOf(result, context);
  const { data } = context.answer;
  await send(request, response, data === null ? result.body.string : splice(result.body.string, data));
}

/** GraphQL over HTTP: application/json says 200 for every well-formed request, application/graphql-response+json what happened. */
function statusOf(result: Answer, { answer }: ServerContext): number {
  const status = result.status ?? 200;
  if (result.headers.get('content-type')?.startsWith('application/graphql-response+json')) {
    return answer.isRequestError && status === 200 ? 400 : status;
  }
  return status !== 200 && isWellFormed(result) ? 200 : status;
}

/** Whether a request that failed was one of GraphQL: only what is none is answered BAD_REQUEST. */
function isWellFormed({ body }: Answer): boolean {
  if (body.kind !== 'complete') return false;
  const { errors } = JSON.parse(body.string) as { errors?: readonly { extensions?: { code?: string } }[] };
  return errors?.[0]?.extensions?.code !== 'BAD_REQUEST';
}

function preflight(response: ServerResponse): void {
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'content-type, accept',
    'access-control-max-age': '600',
  });
  response.end();
}

import { HeaderMap } from '@apollo/server';
import { getOperationAST, OperationTypeNode } from 'graphql';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ANONYMOUS } from '../auth/caller.js';
import { GatewayError } from '../errors.js';
import { newAnswer, splice, type Host, type HostOptions, type ServerContext } from './apollo.js';
import { readBody } from './body.js';
import { tooNested } from './limits.js';
import type { OperationLog } from './operation-log.js';
import { isAllowed } from './origin.js';
import type { Planes } from './planes.js';
import { requestIdOf } from './request-id.js';
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
  response.setHeader('x-request-id', requestIdOf(request.headers));
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
  return planes.use((host) => operate(options, planes.options, host, request, response, url.search, body));
}

type Answer = Awaited<ReturnType<Host['apollo']['executeHTTPGraphQLRequest']>>;

async function operate(
  options: ServerOptions,
  { running: operations, operationLog }: HostOptions,
  host: Host,
  request: IncomingMessage,
  response: ServerResponse,
  search: string,
  body: unknown,
): Promise<void> {
  const { requestMs } = options.limits;
  const requestId = response.getHeader('x-request-id') as string;
  const abort = new AbortController();
  const late = (): void => abort.abort(new GatewayError('TIMEOUT', `the operation took longer than ${requestMs} ms`));
  const deadline = setTimeout(late, requestMs);
  const onClose = (): void => {
    if (!response.writableFinished) abort.abort(new GatewayError('CANCELLED', 'the client went away'));
  };
  response.on('close', onClose);
  try {
    const base = { caller: ANONYMOUS, signal: abort.signal, requestId };
    const own = { abort, operations, answer: newAnswer() };
    const context: ServerContext = { ...options.controlContext?.(base), ...base, ...own };
    const repeated = repeatedOperation(host, request, body);
    if (repeated) {
      response.setHeader('content-type', 'application/json; charset=utf-8');
      await send(request, response, await host.answer({ ...repeated, context }));
    } else await throughApollo(host, operationLog, request, response, search, body, context);
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
  operationLog: OperationLog,
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
  const { isExecuted, data } = context.answer;
  const answer = data === null ? null : splice(result.body.string, data);
  if (answer !== null) return send(request, response, answer);
  const words = JSON.parse(result.body.string) as Words;
  response.statusCode = statusOf(result, words);
  if (!isExecuted) operationLog.refused(context.requestId, context.caller.id, words.errors);
  await send(request, response, JSON.stringify(withId(words, context.requestId)));
}

/** What has no data: the document does not parse or does not fit, the request is none of GraphQL, nothing was executed. */
interface Words {
  readonly errors: readonly { readonly extensions?: { readonly code?: string } }[];
}

function withId({ errors, ...rest }: Words, requestId: string): object {
  return { errors: errors.map((error) => ({ ...error, extensions: { ...error.extensions, requestId } })), ...rest };
}

/** GraphQL over HTTP: application/json says 200 for every well-formed request, application/graphql-response+json what happened. */
function statusOf({ status = 200, headers }: Answer, { errors }: Words): number {
  if (headers.get('content-type')?.startsWith('application/graphql-response+json')) {
    return status === 200 ? 400 : status;
  }
  // Only a request that is none of GraphQL is answered BAD_REQUEST.
  return errors[0]?.extensions?.code === 'BAD_REQUEST' ? status : 200;
}

function preflight(response: ServerResponse): void {
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'content-type, accept, x-request-id',
    'access-control-max-age': '600',
  });
  response.end();
}

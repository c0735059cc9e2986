import { ApolloServer, type BaseContext } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import type { DocumentNode, GraphQLError, OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../auth/caller.js';
import type { Json } from '../dataplane/json-text.js';
import type { OperationAnswer, Plane } from '../dataplane/service.js';
import { formatError, presentError } from './format-error.js';
import { limitRules, type DocumentLimits } from './limits.js';
import type { Log } from './log.js';

/** What one request carries through Apollo. It clones the context shallowly, so what is handed back lies one deeper. */
export interface ServerContext extends BaseContext {
  readonly caller: Caller;
  readonly signal: AbortSignal;
  readonly requestId: string;
  readonly answer: HandedBack;
}

interface HandedBack {
  /** JSON of `data`, where an operation was executed. */
  data: Json | null;
  /** Whether nothing was executed: then the answer has no `data`. */
  isRequestError: boolean;
}

export const newAnswer = (): HandedBack => ({ data: null, isRequestError: false });

interface GatewayRequest {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | null;
  readonly request: { readonly query?: string; readonly variables?: Readonly<Record<string, unknown>> };
  readonly context: ServerContext;
}

/** Apollo over one plane, and what it has let through before. */
export interface Host {
  readonly apollo: ApolloServer<ServerContext>;
  /** The document of a text that was parsed and validated here before. */
  known(query: string): DocumentNode | undefined;
  /** What Apollo would answer to an operation of such a document, without its pipeline. */
  answer(request: Omit<GatewayRequest, 'request'> & { readonly variables: Variables }): Promise<Json>;
}

type Variables = Readonly<Record<string, unknown>>;

/** Characters of the texts that are remembered; as Apollo's own store of documents they go by last use. */
const KNOWN_CHARACTERS = 10_000_000;

/**
 * Apollo parses, validates, answers introspection and formats errors; our plane executes, and its text passes by. A
 * text that came before needs none of Apollo's work: measured, its pipeline costs a third of a short answer.
 */
export async function startApollo(plane: Plane, limits: DocumentLimits, log: Log): Promise<Host> {
  const known = new LRUCache<string, DocumentNode>({
    maxSize: KNOWN_CHARACTERS,
    sizeCalculation: (_, query) => query.length + 1,
  });
  const run = async (request: GatewayRequest): Promise<Executed> => {
    const { context, operationName } = request;
    const { requestId } = context;
    const started = performance.now();
    const { data, errors, extensions } = await execute(plane, request);
    const presented = errors.map((error) => presentError(error, requestId, log));
    const isRequestError = data === 'null' && presented.some((error) => error.path === undefined);
    const ms = Math.round(performance.now() - started);
    log.info({ requestId, operation: operationName, ms, errors: errors.length, ...extensions }, 'operation');
    return { data: isRequestError ? null : data, errors: presented, extensions };
  };
  const executor = async (request: GatewayRequest): Promise<object> => {
    const { query } = request.request;
    if (query !== undefined) known.set(query, request.document);
    const { data, errors, extensions } = await run(request);
    const { answer } = request.context;
    answer.data = data;
    answer.isRequestError = data === null;
    return fields(data === null ? null : PLACEHOLDER, errors, extensions);
  };
  const server = new ApolloServer<ServerContext>({
    gateway: {
      load: () => Promise.resolve({ executor: executor as never }),
      onSchemaLoadOrUpdate: (listener) => {
        listener({ apiSchema: plane.schema, coreSupergraphSdl: '' });
        return () => undefined;
      },
      stop: () => Promise.resolve(),
    },
    // Our adapter refuses what a foreign page may send; Apollo's own way fails audits of GraphQL over HTTP.
    csrfPrevention: false,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    validationRules: limitRules(limits),
    plugins: [ApolloServerPluginCacheControlDisabled()],
    formatError: (formatted, error) => formatError(formatted, error, log),
    stringifyResult: (value) => JSON.stringify(value),
  });
  await server.start();
  return {
    apollo: server,
    known: (query) => known.get(query),
    answer: async ({ variables, ...request }) => {
      const { data, errors, extensions } = await run({ ...request, request: { variables } });
      const formatted = errors.map((error) => formatError(error.toJSON(), error, log));
      const body = JSON.stringify(fields(data === null ? null : PLACEHOLDER, formatted, extensions));
      return data === null ? body : splice(body, data);
    },
  };
}

interface Executed {
  /** null when nothing was executed: then the answer has no `data`. */
  readonly data: Json | null;
  readonly errors: readonly GraphQLError[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** The fields of an answer in the order that the specification recommends. */
function fields(data: string | null, errors: readonly unknown[], extensions: Executed['extensions']): object {
  return {
    ...(errors.length > 0 ? { errors } : {}),
    ...(data === null ? {} : { data }),
    ...(Object.keys(extensions).length > 0 ? { extensions } : {}),
  };
}

async function execute(
  plane: Plane,
  { document, operation, operationName, request, context }: GatewayRequest,
): Promise<OperationAnswer> {
  try {
    return await plane.execute({
      document,
      operation,
      operationName,
      variables: request.variables ?? {},
      caller: context.caller,
      signal: context.signal,
      controlContext: context,
    });
  } catch (error) {
    return { data: 'null', errors: [error as GraphQLError], extensions: {} };
  }
}

const PLACEHOLDER = '\u0001trainyard\u0001';
const PLACEHOLDER_JSON = JSON.stringify(PLACEHOLDER);

/** The data in the place that Apollo was given a word for. */
export function splice(body: string, data: Json): Json {
  const at = body.indexOf(PLACEHOLDER_JSON);
  if (at < 0) return body;
  const [head, tail] = [body.slice(0, at), body.slice(at + PLACEHOLDER_JSON.length)];
  return typeof data === 'string' ? head + data + tail : Buffer.concat([Buffer.from(head), data, Buffer.from(tail)]);
}

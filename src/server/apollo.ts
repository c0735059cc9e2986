import { ApolloServer, type BaseContext } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { GraphQLError, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Operations } from '../../resolvers/context.js';
import type { Caller } from '../auth/caller.js';
import type { Json } from '../dataplane/json-text.js';
import type { Progress } from '../dataplane/progress.js';
import type { OperationAnswer, Plane } from '../dataplane/service.js';
import { formatError, presentError } from './format-error.js';
import { IntrospectionAnswers } from './introspection.js';
import { limitRules, type DocumentLimits } from './limits.js';
import type { Log } from './log.js';
import type { OperationLog } from './operation-log.js';
import { Packed } from './packed.js';
import type { RunningOperations } from './running.js';

/** What one request carries through Apollo. It clones the context shallowly, so what is handed back lies one deeper. */
export interface ServerContext extends BaseContext {
  readonly caller: Caller;
  readonly signal: AbortSignal;
  /** Where the signal comes from. */
  readonly abort: AbortController;
  readonly requestId: string;
  readonly operations: Operations;
  readonly answer: HandedBack;
}

interface HandedBack {
  /** Whether an operation was executed. */
  isExecuted: boolean;
  /** JSON of `data`, or of the whole answer where it is kept; null where nothing came of the execution: then there is no `data`. */
  data: Json | Packed | null;
}

export const newAnswer = (): HandedBack => ({ isExecuted: false, data: null });

interface GatewayRequest {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | null;
  readonly request: { readonly query?: string; readonly variables?: Readonly<Record<string, unknown>> };
  readonly context: ServerContext;
}

/** Apollo asks the executor also where the document has no such operation, and makes its own error of the answer. */
type NoOperation = Omit<GatewayRequest, 'operation'> & { readonly operation: undefined };
const NO_OPERATION = 'operationName: expected the name of one of the operations of the document';

/** Apollo over one plane, and what it has let through before. */
export interface Host {
  readonly apollo: ApolloServer<ServerContext>;
  /** The document of a text that was parsed and validated here before. */
  known(query: string): DocumentNode | undefined;
  /** What Apollo would answer to an operation of such a document, without its pipeline. */
  answer(request: Omit<GatewayRequest, 'request'> & { readonly variables: Variables }): Promise<Json | Packed>;
}

export interface HostOptions {
  readonly limits: DocumentLimits & { readonly introspectionCacheBytes: number };
  readonly log: Log;
  readonly operationLog: OperationLog;
  readonly running: RunningOperations;
}

type Variables = Readonly<Record<string, unknown>>;

/** Characters of the texts that are remembered; as Apollo's own store of documents they go by last use. */
const KNOWN_CHARACTERS = 10_000_000;

/**
 * Apollo parses, validates and formats errors; our plane executes, and its text passes by. A text that came before needs
 * none of Apollo's work: measured, its pipeline costs a third of a short answer.
 */
export async function startApollo(plane: Plane, options: HostOptions): Promise<Host> {
  const { limits, log, operationLog, running } = options;
  const known = new LRUCache<string, DocumentNode>({
    maxSize: KNOWN_CHARACTERS,
    sizeCalculation: (_, query) => query.length + 1,
  });
  const introspection = new IntrospectionAnswers(limits.introspectionCacheBytes);
  const run = async (request: GatewayRequest): Promise<Executed> => {
    const { context, document, operation } = request;
    const { requestId: id, caller, abort } = context;
    const entry = running.begin({ id, caller, abort, document, operation });
    const answer = await introspection
      .answer(document, operation, () => execute(plane, request, entry.progress))
      .finally(() => running.end(entry));
    if (answer instanceof Packed) {
      operationLog.ended(entry, []);
      return { data: answer, errors: [], extensions: {} };
    }
    const errors = answer.errors.map((error) => presentError(error, id, log));
    operationLog.ended(entry, errors);
    const isRequestError = answer.data === 'null' && errors.some((error) => error.path === undefined);
    return { data: isRequestError ? null : answer.data, errors, extensions: answer.extensions };
  };
  const executor = async (request: GatewayRequest | NoOperation): Promise<object> => {
    if (request.operation === undefined) return { errors: [new GraphQLError(NO_OPERATION)] };
    const { query } = request.request;
    if (query !== undefined) known.set(query, request.document);
    const { data, errors, extensions } = await run(request);
    Object.assign(request.context.answer, { isExecuted: true, data });
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
      return data === null ? body : splice(body, data)!;
    },
  };
}

interface Executed {
  /** null when nothing was executed: then the answer has no `data`. One that is packed is the whole answer. */
  readonly data: Json | Packed | null;
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
  progress: Progress,
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
      progress,
    });
  } catch (error) {
    return { data: 'null', errors: [error as GraphQLError], extensions: {} };
  }
}

const PLACEHOLDER = '\u0001trainyard\u0001';
const PLACEHOLDER_JSON = JSON.stringify(PLACEHOLDER);

/** The data in the place that Apollo was given a word for; null where it threw that word away. What is packed is whole. */
export function splice(body: string, data: Json | Packed): Json | Packed | null {
  const at = body.indexOf(PLACEHOLDER_JSON);
  if (at < 0) return null;
  if (data instanceof Packed) return data;
  const [head, tail] = [body.slice(0, at), body.slice(at + PLACEHOLDER_JSON.length)];
  return typeof data === 'string' ? head + data + tail : Buffer.concat([Buffer.from(head), data, Buffer.from(tail)]);
}

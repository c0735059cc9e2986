import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ERROR_CODES, GatewayError, type ErrorCode } from '../errors.js';
import type { Log } from './log.js';

const APOLLO_CODES: Readonly<Record<string, ErrorCode>> = {
  BAD_USER_INPUT: 'BAD_INPUT',
  OPERATION_RESOLUTION_FAILURE: 'BAD_INPUT',
  PERSISTED_QUERY_NOT_SUPPORTED: 'BAD_REQUEST',
};

/** Ours by its code, or Apollo's word for one of ours. */
function codeOf(extensions: Readonly<Record<string, unknown>> | undefined): ErrorCode | null {
  const code = extensions?.['code'];
  if (typeof code !== 'string') return null;
  return Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : (APOLLO_CODES[code] ?? null);
}

/** An execution's error as the caller may see it. What is no GatewayError is masked: its words go to the log alone. */
export function presentError(error: unknown, requestId: string, log: Log): GraphQLError {
  const where = error instanceof GraphQLError ? { nodes: error.nodes ?? null, path: error.path ?? null } : {};
  const original = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  if (original instanceof GatewayError) {
    return new GraphQLError(original.message, { ...where, extensions: { ...original.extensions, requestId } });
  }
  if (original instanceof GraphQLError && codeOf(original.extensions) !== null) {
    return new GraphQLError(original.message, { ...where, extensions: { ...original.extensions, requestId } });
  }
  log.error({ requestId, err: original }, 'unexpected error');
  return new GraphQLError('The gateway failed; its log says why.', {
    ...where,
    extensions: { code: 'INTERNAL', retryable: false, requestId },
  });
}

/** The last step of every error: our codes alone, and no stack traces. */
export function formatError(formatted: GraphQLFormattedError, error: unknown, log: Log): GraphQLFormattedError {
  const { path, locations, extensions } = formatted;
  const where = { ...(path ? { path } : {}), ...(locations ? { locations } : {}) };
  const code = codeOf(extensions);
  if (code === null) {
    log.error({ err: error }, 'unexpected error');
    return {
      message: 'The gateway failed; its log says why.',
      ...where,
      extensions: { code: 'INTERNAL', retryable: false },
    };
  }
  const { stacktrace: _, ...kept } = extensions ?? {};
  return { message: formatted.message, ...where, extensions: { retryable: false, ...kept, code } };
}

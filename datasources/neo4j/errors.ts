import { GatewayError, type ErrorCode } from '../../src/errors.js';
import { limitReason } from '../../src/store/abort.js';

/** A driver's error as callers may see it: the reason and the store's code, never the query or its values. */
export function mapError(error: unknown, source: string, signal?: AbortSignal): GatewayError {
  if (signal?.aborted) return limitReason(signal, source);
  if (error instanceof GatewayError) return error;
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  const known = typeof code === 'string' ? code : '';
  const text = typeof message === 'string' ? message : '';
  const make = (kind: ErrorCode, reason: string, hint?: string): GatewayError =>
    new GatewayError(kind, `${source}: ${reason}`, { source, ...(hint ? { hint } : {}) }, { cause: error });
  if (!known.startsWith('Neo.'))
    return make('STORE_UNAVAILABLE', `the connection failed (${known || 'no reason given'})`);
  const short = known.replace(/^Neo\./, '');
  if (known.includes('.Security.')) return ofSecurity(known, short, make);
  if (/TransactionTimedOut|TransactionTerminated|LockClientStopped/.test(known))
    return make('TIMEOUT', `the store cancelled the query (${short})`);
  // The only division of a compiled query is the one by the rows that are too many for a relation to one.
  if (known.endsWith('.ArithmeticError') && text.includes('by zero'))
    return make('INTEGRITY', 'a relation that was declared to lead to one row leads to more');
  if (/DatabaseUnavailable|DatabaseNotFound|NotALeader|Cluster|Routing|General\.ShutdownInProgress/.test(known))
    return make('STORE_UNAVAILABLE', `the store is not available (${short})`);
  if (/MemoryPoolOutOfMemory|OutOfMemory|StackOverFlow/.test(known))
    return make('STORE_ERROR', `the query needs more memory than the store gives it (${short})`);
  if (/Statement\.TypeError|EntityNotFound|PropertyNotFound/.test(known))
    return make(
      'SCHEMA_CHANGED',
      `the store no longer has the shape that was read from it (${short}); reload the source`,
      `mutation { reloadSource(input: { name: ${JSON.stringify(source)} }) { source { name } } }`,
    );
  return make('STORE_ERROR', `the store failed the query (${short})`);
}

function ofSecurity(
  code: string,
  short: string,
  make: (kind: ErrorCode, reason: string) => GatewayError,
): GatewayError {
  if (code.endsWith('.Forbidden')) return make('STORE_ERROR', `the user of this source may not read this (${short})`);
  return make('STORE_UNAVAILABLE', `the store refused the connection (${short})`);
}

import { GatewayError } from '../errors.js';

const CHANGED: ReadonlySet<string> = new Set(['42P01', '42703', '42883', '42704', '42804', '42846', '3F000', '0A000']);

/** Each has a digit; Node's own codes of five letters (EPIPE) have none. */
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/;

/**
 * A driver's error as callers may see it: the reason and the SQLSTATE, never the query or its values. Done once, here,
 * for every use of `pg`.
 */
export function mapError(error: unknown, source: string, signal?: AbortSignal): GatewayError {
  if (signal?.aborted) return abortReason(signal);
  if (error instanceof GatewayError) return error;
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const state = typeof code === 'string' && SQLSTATE.test(code) ? code : null;
  const make = (
    kind:
      'BAD_INPUT' | 'UNSUPPORTED' | 'STORE_UNAVAILABLE' | 'SCHEMA_CHANGED' | 'STORE_ERROR' | 'CANCELLED' | 'TIMEOUT',
    text: string,
    hint?: string,
  ): GatewayError => {
    const detail = { source, ...(hint === undefined ? {} : { hint }) };
    return new GatewayError(kind, `${source}: ${text}`, detail, { cause: error });
  };
  if (state === null)
    return make('STORE_UNAVAILABLE', `the connection failed (${typeof code === 'string' ? code : plain(message)})`);
  if (state === '2201B') return make('BAD_INPUT', 'the store finds a regular expression too complex (2201B)');
  // Columns of one answer, arguments, depth, length.
  if (state.startsWith('54'))
    return make(
      'UNSUPPORTED',
      `it is more than the store can do in one statement (${state})`,
      'ask for fewer fields, or filter by fewer, at once',
    );
  if (state === '57014') return make('TIMEOUT', 'the store cancelled the query (57014)');
  if (state.startsWith('08') || state.startsWith('57P') || state === '53300')
    return make('STORE_UNAVAILABLE', `the store is not available (${state})`);
  if (state.startsWith('28') || state === '3D000')
    return make('STORE_UNAVAILABLE', `the store refused the connection (${state})`);
  if (CHANGED.has(state))
    return make(
      'SCHEMA_CHANGED',
      `the store no longer has the shape that was read from it (${state}); reload the source`,
      `mutation { reloadSource(input: { name: ${JSON.stringify(source)} }) { source { name } } }`,
    );
  if (state === '42501') return make('STORE_ERROR', 'the role of this source may not read this (42501)');
  return make('STORE_ERROR', `the store failed the query (${state})`);
}

export function abortReason(signal: AbortSignal): GatewayError {
  const reason: unknown = signal.reason;
  return reason instanceof GatewayError ? reason : new GatewayError('CANCELLED', 'the operation was cancelled');
}

/** The words of a message of Node's net, which hold no secret. */
function plain(message: unknown): string {
  return typeof message === 'string' ? message.slice(0, 80) : 'no reason given';
}

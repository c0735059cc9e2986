import { GatewayError, type ErrorCode } from '../../src/errors.js';
import { abortReason } from '../../src/store/abort.js';

/** What is read of the driver's errors. */
interface DriverError {
  readonly name?: string;
  readonly message?: string;
  readonly statusCode?: number;
  readonly body?: unknown;
}

export interface StoreFailure {
  readonly type?: string;
  readonly reason?: string;
  readonly root_cause?: readonly StoreFailure[];
  readonly failed_shards?: readonly { readonly reason?: StoreFailure }[];
  readonly caused_by?: StoreFailure;
}

/** An error of the driver as callers may see it: its kind, never the query or its values, which reasons of the store hold. */
export function mapError(error: unknown, source: string, signal: AbortSignal): GatewayError {
  if (signal.aborted) return abortReason(signal);
  if (error instanceof GatewayError) return error;
  const { name, statusCode, body } = (error ?? {}) as DriverError;
  if (name === 'TimeoutError') return failure('TIMEOUT', source, 'the store did not answer in time', error);
  if (name === 'ResponseError') {
    const failed = (body as { readonly error?: StoreFailure } | undefined)?.error;
    return refusal(statusCode ?? 0, typeof failed === 'object' ? failed : {}, source, error);
  }
  if (name === 'ProductNotSupportedError') {
    return failure('STORE_UNAVAILABLE', source, 'what answers there is not Elasticsearch', error);
  }
  return failure('STORE_UNAVAILABLE', source, 'the connection failed', error);
}

/** What the store refused or failed, by its status and the types of its reasons. */
export function refusal(status: number, failed: StoreFailure, source: string, cause?: unknown): GatewayError {
  const types = typesOf(failed);
  const word = types[0] ?? `status ${status}`;
  const make = (code: ErrorCode, text: string, hint?: string): GatewayError =>
    failure(code, source, `${text} (${word})`, cause, hint);
  if (status === 401) return make('STORE_UNAVAILABLE', 'the store refused the credentials');
  if (status === 403) return make('STORE_ERROR', 'the user of this source may not read this');
  if (status === 404 || types.includes('index_closed_exception') || saysUnmapped(failed))
    return make(
      'SCHEMA_CHANGED',
      'the store no longer has the shape that was read from it; reload the source',
      `mutation { reloadSource(input: { name: ${JSON.stringify(source)} }) { source { name } } }`,
    );
  if (status === 429) return make('OVERLOADED', 'the store is at its limit');
  if (status === 408 || status === 504) return make('TIMEOUT', 'the store did not answer in time');
  if (status === 502 || status === 503) return make('STORE_UNAVAILABLE', 'the store is not available');
  if (types.includes('too_complex_to_determinize_exception') || /too complex|determinize/.test(reasonsOf(failed)))
    return make('BAD_INPUT', 'the store finds a pattern too complex');
  if (
    types.some((type) => /too_many|too_large/.test(type)) ||
    status === 413 ||
    /max_regex_length|max_clause|allowed maximum/i.test(reasonsOf(failed))
  )
    return make(
      'UNSUPPORTED',
      'elasticsearch cannot do so much in one search',
      'filter by fewer or shorter values at once',
    );
  return make('STORE_ERROR', 'the store failed the query');
}

function failure(code: ErrorCode, source: string, text: string, cause: unknown, hint?: string): GatewayError {
  return new GatewayError(code, `${source}: ${text}`, { source, ...(hint ? { hint } : {}) }, { cause });
}

function all(failed: StoreFailure | undefined): StoreFailure[] {
  if (!failed) return [];
  const shards = (failed.failed_shards ?? []).flatMap(({ reason }) => all(reason));
  return [failed, ...(failed.root_cause ?? []).flatMap(all), ...shards, ...all(failed.caused_by)];
}

/** The root's first: the outer one says only that all shards failed. */
function typesOf(failed: StoreFailure): string[] {
  const found = all(failed).flatMap(({ type }) => (type ? [type] : []));
  const outer = 'search_phase_execution_exception';
  return [...found.filter((type) => type !== outer), ...found.filter((type) => type === outer)];
}

function reasonsOf(failed: StoreFailure): string {
  return all(failed)
    .map(({ reason }) => reason ?? '')
    .join('\n');
}

function saysUnmapped(failed: StoreFailure): boolean {
  return /^No mapping found for|failed to find nested object under path/m.test(reasonsOf(failed));
}

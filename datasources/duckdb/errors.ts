import { GatewayError, type ErrorCode } from '../../src/errors.js';
import { limitReason } from '../../src/store/abort.js';

interface Kind {
  readonly begins: RegExp;
  readonly code: ErrorCode;
  readonly text: string;
  readonly hint?: string;
}

const RELOAD = 'reload the source';

/** By the words that DuckDB's messages begin with; what follows there can be a query or a line of a file, and is not shown. */
const KINDS: readonly Kind[] = [
  {
    begins: /^Invalid Input Error: More than one row returned by a subquery/,
    code: 'INTEGRITY',
    text: 'a relation that was declared to lead to one row leads to more',
  },
  {
    begins: /^Out of Memory Error/,
    code: 'BUDGET_EXCEEDED',
    text: 'the query needs more memory than the source has',
    hint: 'filter or group by less, or give the source more `memory` or a `temporary` folder',
  },
  {
    begins: /^(?:IO|HTTP) Error: No files found/,
    code: 'SCHEMA_CHANGED',
    text: 'files that were there are there no more',
    hint: RELOAD,
  },
  {
    begins: /^(?:Binder|Catalog) Error/,
    code: 'SCHEMA_CHANGED',
    text: 'the files no longer have the columns that were read from them',
    hint: RELOAD,
  },
  { begins: /^(?:IO|Permission) Error/, code: 'STORE_UNAVAILABLE', text: 'a file cannot be read' },
  {
    begins: /^(?:Conversion Error|Invalid Input Error: (?:CSV|JSON|Malformed|Failed to cast)|Mismatch Type Error)/,
    code: 'INTEGRITY',
    text: 'a value of its files is not of the type that was found in their first rows',
    hint: 'give the field a type that all values have: `entities.<name>.fields.<name>.type`',
  },
  {
    begins: /^Out of Range Error/,
    code: 'STORE_ERROR',
    text: 'a number of the answer is larger than DuckDB can hold',
    hint: 'sums have at most 38 digits',
  },
  {
    begins: /^Invalid Input Error: .*(?:pattern too large|bad repetition)/,
    code: 'BAD_INPUT',
    text: 'DuckDB finds a regular expression too complex',
  },
];

/** A driver's error as callers may see it: never the query, its values or lines of files. */
export function mapError(error: unknown, source: string, signal?: AbortSignal): GatewayError {
  if (signal?.aborted) return limitReason(signal, source);
  if (error instanceof GatewayError) return error;
  const message = messageOf(error);
  const kind = KINDS.find(({ begins }) => begins.test(message));
  if (!kind) return new GatewayError('STORE_ERROR', `${source}: DuckDB failed the query`, { source }, { cause: error });
  const { code, text, hint } = kind;
  return new GatewayError(code, `${source}: ${text}`, { source, ...(hint ? { hint } : {}) }, { cause: error });
}

/** Errors of the driver may be of another realm than ours. */
export function messageOf(error: unknown): string {
  const { message } = (error ?? {}) as { readonly message?: unknown };
  return typeof message === 'string' ? message : '';
}

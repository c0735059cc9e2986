import { GatewayError, type ErrorCode } from '../../src/errors.js';
import { limitReason } from '../../src/store/abort.js';

type Meaning = readonly [code: ErrorCode, text: string, hint?: string];

const REFUSED: Meaning = ['STORE_UNAVAILABLE', 'the store refused the connection'];
const FULL: Meaning = ['STORE_UNAVAILABLE', 'the store has no connection left'];
const ENDED: Meaning = ['STORE_UNAVAILABLE', 'the store ended the connection'];
const LATE: Meaning = ['TIMEOUT', 'the store cancelled the query'];
const FORBIDDEN: Meaning = ['STORE_ERROR', 'the user of this source may not read this'];
const CHANGED: Meaning = ['SCHEMA_CHANGED', 'the store no longer has what was read from it', 'reload the source'];
const PATTERN: Meaning = ['BAD_INPUT', 'the store finds a regular expression too complex'];

/** Numbers of the servers' errors by what they mean to a caller; others are STORE_ERROR. */
const CODES: Readonly<Record<number, Meaning>> = {
  1040: FULL,
  1044: REFUSED,
  1045: REFUSED,
  1049: REFUSED,
  1053: ENDED,
  1054: CHANGED,
  1129: REFUSED,
  1130: REFUSED,
  1139: PATTERN,
  1142: FORBIDDEN,
  1143: FORBIDDEN,
  1146: CHANGED,
  1158: ENDED,
  1159: ENDED,
  1203: FULL,
  1226: FULL,
  1242: ['INTEGRITY', 'a relation that was declared to lead to one row leads to more'],
  1317: LATE,
  1356: CHANGED,
  1370: FORBIDDEN,
  1690: [
    'STORE_ERROR',
    'a number of the answer is larger than the store can hold',
    'sums have at most 65 digits, quantiles are taken of what fits into a packet of the server (`max_allowed_packet`)',
  ],
  1698: REFUSED,
  1927: ENDED,
  1969: LATE,
  3024: LATE,
  3685: PATTERN,
  3698: PATTERN,
  3699: PATTERN,
};

/** A driver's error as callers may see it: the reason and the server's number, never the query or its values. */
export function mapError(error: unknown, source: string, signal?: AbortSignal): GatewayError {
  if (signal?.aborted) return limitReason(signal, source);
  if (error instanceof GatewayError) return error;
  const { errno, code, sqlState } = (error ?? {}) as { errno?: unknown; code?: unknown; sqlState?: unknown };
  const make = (kind: ErrorCode, text: string, hint?: string): GatewayError =>
    new GatewayError(kind, `${source}: ${text}`, { source, ...(hint === undefined ? {} : { hint }) }, { cause: error });
  const meaning = typeof errno === 'number' ? CODES[errno] : undefined;
  if (meaning) return make(meaning[0], `${meaning[1]} (${String(errno)})`, meaning[2]);
  if (typeof sqlState === 'string') return make('STORE_ERROR', `the store failed the query (${String(errno)})`);
  return make('STORE_UNAVAILABLE', `the connection failed (${typeof code === 'string' ? code : 'no reason given'})`);
}

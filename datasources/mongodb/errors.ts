import { MongoError, MongoServerError } from 'mongodb';
import { GatewayError, type ErrorCode } from '../../src/errors.js';
import { abortReason } from '../../src/store/abort.js';
import { MORE_THAN_ONE } from './relation.js';

/** Codes of the server by what they mean to a caller; others are STORE_ERROR. */
const CODES: Readonly<Record<number, readonly [code: ErrorCode, text: string, hint?: string]>> = {
  11: ['STORE_UNAVAILABLE', 'the store refused the connection'],
  13: ['STORE_ERROR', 'the user of this source may not read this'],
  18: ['STORE_UNAVAILABLE', 'the store refused the connection'],
  8000: ['STORE_UNAVAILABLE', 'the store refused the connection'],
  50: ['TIMEOUT', 'the store cancelled the query'],
  262: ['TIMEOUT', 'the store cancelled the query'],
  11601: ['TIMEOUT', 'the store cancelled the query'],
  27: ['SCHEMA_CHANGED', 'the store has no text index there any more', 'reload the source'],
  31082: ['UNSUPPORTED', 'the store has no vector search', 'MongoDB finds the nearest with mongot or in Atlas'],
  59: ['UNSUPPORTED', 'the store does not know the command', 'MongoDB 5.2 or newer is needed'],
  168: ['UNSUPPORTED', 'the store does not know an operator', 'MongoDB 5.2 or newer is needed'],
  31325: ['UNSUPPORTED', 'the store does not know an operator', 'MongoDB 5.2 or newer is needed'],
  40324: ['UNSUPPORTED', 'the store does not know a stage', 'MongoDB 5.2 or newer is needed'],
  51091: ['BAD_INPUT', 'the store finds a regular expression too complex'],
  51111: ['BAD_INPUT', 'the store finds a regular expression too complex'],
  51156: ['BAD_INPUT', 'the store finds a regular expression too complex'],
  146: ['UNSUPPORTED', 'it is more than the store can hold at once', 'narrow the rows or the groups'],
  292: ['UNSUPPORTED', 'it is more than the store can hold at once', 'narrow the rows or the groups'],
  10334: ['UNSUPPORTED', 'it is more than a document of the store can hold', 'narrow the rows or the groups'],
  17419: ['UNSUPPORTED', 'it is more than a document of the store can hold', 'narrow the rows or the groups'],
  17420: ['UNSUPPORTED', 'it is more than a document of the store can hold', 'narrow the rows or the groups'],
};

/** Codes of servers that go away, come up or change their part. */
const AWAY: ReadonlySet<number> = new Set([6, 7, 89, 91, 189, 9001, 10058, 10107, 11600, 11602, 13435, 13436]);

/** A driver's error as callers may see it: the reason and the server's code, never the pipeline or its values. */
export function mapError(error: unknown, source: string, signal?: AbortSignal): GatewayError {
  if (signal?.aborted) return abortReason(signal);
  if (error instanceof GatewayError) return error;
  const make = (code: ErrorCode, text: string, hint?: string): GatewayError =>
    new GatewayError(code, `${source}: ${text}`, { source, ...(hint === undefined ? {} : { hint }) }, { cause: error });
  if (error instanceof MongoServerError) {
    const code = Number(error.code);
    if (error.message.includes(MORE_THAN_ONE)) {
      return make('INTEGRITY', 'a relation that was declared to lead to one row leads to more');
    }
    const [known, text, hint] = CODES[code] ?? [];
    if (known !== undefined) return make(known, `${text!} (${code})`, hint);
    if (AWAY.has(code)) return make('STORE_UNAVAILABLE', `the store is not available (${code})`);
    return make('STORE_ERROR', `the store failed the query (${Number.isNaN(code) ? 'no code' : code})`);
  }
  if (error instanceof MongoError) return make('STORE_UNAVAILABLE', `the connection failed (${error.name})`);
  const { name } = (error ?? {}) as { name?: unknown };
  return make('STORE_UNAVAILABLE', `the connection failed (${typeof name === 'string' ? name : 'no reason given'})`);
}

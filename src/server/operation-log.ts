import type { GraphQLError } from 'graphql';
import type { Log } from './log.js';
import { kindOf, nameOf, type Running } from './running.js';
import { shownDocument } from './shown-document.js';

/** One line an operation; a slow one is told at `warn`, with what it asked. No line holds a value of a caller. */
export class OperationLog {
  constructor(
    private readonly log: Log,
    private readonly slowMs: number,
  ) {}

  ended(running: Running, errors: readonly GraphQLError[]): void {
    const ms = performance.now() - running.started;
    const isSlow = ms > this.slowMs;
    const level = isSlow ? 'warn' : 'info';
    if (this.log.isLevelEnabled(level)) {
      const { id, caller, progress, document, operation } = running;
      const line = {
        requestId: id,
        operation: nameOf(running),
        kind: kindOf(running),
        caller: caller.id,
        ms: rounded(ms),
        sources: [...progress.uses.values()].map(({ name, calls, rows, bytes, ms: waited }) => ({
          name,
          calls,
          rows,
          bytes,
          ms: rounded(waited),
        })),
        errors: errors.length,
        codes: codesOf(errors),
      };
      if (isSlow) {
        const slow = { ...line, document: shownDocument(document, operation), reads: progress.reads() };
        this.log.warn(slow, 'slow operation');
      } else this.log.info(line, 'operation');
    }
    if (this.log.isLevelEnabled('debug')) {
      this.log.debug({ requestId: running.id, native: running.progress.native() }, 'native queries');
    }
  }

  /** A document that was not executed: it does not parse, or does not fit the schema. */
  refused(requestId: string, caller: string, errors: readonly { readonly extensions?: object }[]): void {
    this.log.info({ requestId, caller, errors: errors.length, codes: codesOf(errors) }, 'operation refused');
  }
}

function codesOf(errors: readonly { readonly extensions?: object }[]): string[] {
  return [...new Set(errors.map(({ extensions }) => String((extensions as { code?: unknown } | undefined)?.code)))];
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}

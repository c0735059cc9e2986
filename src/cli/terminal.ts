import { GatewayError } from '../errors.js';

/** Where a command writes: answers to `out`, progress and errors to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
}

export const OK = 0;
export const FAILED = 1;
export const USAGE = 2;

/** One line for what a caller can mend; a fault of ours keeps its stack. */
export function errorText(error: unknown): string {
  if (error instanceof GatewayError) return `${error.code}: ${error.message}`;
  return `INTERNAL: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

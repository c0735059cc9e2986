import { GatewayError } from '../errors.js';

/** Why work that was aborted has ended, as callers may see it. */
export function abortReason({ reason }: AbortSignal): GatewayError {
  return reason instanceof GatewayError ? reason : new GatewayError('CANCELLED', 'the operation was cancelled');
}

/** The same of a signal that an engine's own time-out aborts too. */
export function limitReason(signal: AbortSignal, source: string): GatewayError {
  const { reason } = signal as { readonly reason: unknown };
  if (reason instanceof DOMException && reason.name === 'TimeoutError')
    return new GatewayError('TIMEOUT', `${source}: the query took longer than the source may take`, { source });
  return abortReason(signal);
}

/** Rejects when the signal is aborted, for work that the abort leaves without an answer; `forget` once it has ended. */
export function abortOf(signal: AbortSignal): { readonly promise: Promise<never>; forget(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason as Error);
  promise.catch(() => undefined);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return { promise, forget: () => signal.removeEventListener('abort', onAbort) };
}

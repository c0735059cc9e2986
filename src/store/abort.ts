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

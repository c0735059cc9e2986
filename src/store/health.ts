import type { Health } from './store.js';

/** Keeps what was last seen of a store: `since` stays as long as the status does. */
export function healthRecord(): (
  status: Health['status'],
  lastError: string | null,
  latencyMs: number | null,
) => Health {
  let health: Health = { status: 'UNKNOWN', lastError: null, latencyMs: null, since: new Date() };
  return (status, lastError, latencyMs) => {
    health = { status, lastError, latencyMs, since: health.status === status ? health.since : new Date() };
    return health;
  };
}

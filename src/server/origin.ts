import type { IncomingHttpHeaders } from 'node:http';

export interface OriginPolicy {
  /** `*` stands for all. */
  readonly origins: readonly string[];
  readonly host: string;
}

/** Requests that a browser makes for a foreign page are refused unless the page's origin is configured. */
export function isAllowed(headers: IncomingHttpHeaders, { origins, host }: OriginPolicy): boolean {
  const { origin } = headers;
  if (origin !== undefined) {
    if (origins.includes(origin) || origins.includes('*')) return true;
    try {
      return new URL(origin).host === host;
    } catch {
      return false;
    }
  }
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
}

import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Letters, digits and `-_.:`, so that it is safe in a header, in a line of a log and in a search for it. */
const WELL_FORMED = /^[\w.:-]{1,128}$/;

/** The id that the client or a proxy gave the request, where it is well-formed; else a new one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && WELL_FORMED.test(given) ? given : randomUUID();
}

import { getOperationAST, parse, validate, type DocumentNode } from 'graphql';
import { randomUUID } from 'node:crypto';
import { ANONYMOUS } from '../auth/caller.js';
import type { ServerOptions } from './index.js';

/** What the start page tells of a source. */
export interface SourceOverview {
  readonly name: string;
  readonly kind: string;
  readonly engine: string;
  readonly entities: readonly { readonly name: string }[];
  readonly problems: readonly { readonly subject: string; readonly message: string }[];
  /** null: the store has not told in time. */
  readonly health: Health | null;
}

interface Health {
  readonly status: string;
  readonly since: string;
  readonly lastError: string | null;
  readonly latencyMs: number | null;
}

const SOURCES = parse('{ sources { name kind engine entities { name } problems { subject message } } }');
const HEALTH = parse('{ sources { name health { status since lastError latencyMs } } }');

/** A page waits no longer for a store that does not answer. */
const PATIENCE_MS = 3_000;

type Asking = Pick<ServerOptions, 'plane' | 'controlContext'>;

/** The sources and their health, asked as any caller asks. null: this gateway's schema does not tell. */
export async function overview(options: Asking, patienceMs = PATIENCE_MS): Promise<readonly SourceOverview[] | null> {
  const late = AbortSignal.timeout(patienceMs);
  const [sources, health] = await Promise.all([
    ask<SourceOverview>(options, SOURCES, late),
    ask<SourceOverview>(options, HEALTH, late),
  ]);
  if (sources === null) return null;
  const known = new Map((health ?? []).map((source) => [source.name, source.health]));
  return sources.map((source) => ({ ...source, health: known.get(source.name) ?? null }));
}

async function ask<T>(options: Asking, document: DocumentNode, signal: AbortSignal): Promise<readonly T[] | null> {
  const { plane } = options;
  if (validate(plane.schema, document).length > 0) return null;
  const base = { caller: ANONYMOUS, signal, requestId: randomUUID() };
  const answered = plane
    .execute({
      document,
      operation: getOperationAST(document)!,
      operationName: null,
      variables: {},
      caller: ANONYMOUS,
      signal,
      controlContext: { ...options.controlContext?.(base), ...base },
    })
    .then(({ data }) => JSON.parse(String(data)) as { sources: readonly T[] | null } | null)
    // A page tells as much as there is; why the rest is missing, /graphql says.
    .catch(() => null);
  const answer = await Promise.race([answered, gaveUp(signal)]);
  return answer?.sources ?? null;
}

function gaveUp(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }));
}

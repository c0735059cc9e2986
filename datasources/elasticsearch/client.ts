import { Client, Serializer } from '@elastic/elasticsearch';
import type { Batch, Row } from '../../src/store/batch.js';
import type { Connection, Run } from '../../src/store/store.js';
import { withoutLogin } from '../../src/login.js';
import { Turns } from '../../src/store/turns.js';
import { healthRecord } from '../../src/store/health.js';
import { textOf } from './answer-text.js';
import type { ElasticsearchQuery } from './compile.js';
import { counts } from './documents.js';
import { mapError, refusal, type StoreFailure } from './errors.js';
import { introspect, type Asking } from './introspect.js';
import { parseJson, printJson } from './json-text.js';
import { isSettled } from './query.js';
import { Reading } from './reading.js';
import type { SearchAnswer, Searches } from './searches.js';

export interface ElasticsearchOptions {
  readonly url: string;
  readonly apiKey: string | undefined;
  readonly caFingerprint: string | undefined;
  readonly indices: readonly string[];
  readonly sample: number;
  readonly pool: number;
  readonly queueLimit: number;
  readonly connectMs: number;
  readonly readMs: number;
  /** Whether a field is a list, by entity and path, where the config says so. */
  readonly lists: (entity: string, path: string) => boolean | undefined;
}

/** Keeps whole numbers of any length, and how long an answer was. */
class ExactJson extends Serializer {
  private static readonly lengths = new WeakMap<object, number>();

  static lengthOf(answer: object): number {
    return ExactJson.lengths.get(answer) ?? 0;
  }

  override serialize(object: object): string {
    return printJson(object);
  }

  override deserialize<T>(json: string): T {
    const value = parseJson(json);
    if (typeof value === 'object' && value !== null) ExactJson.lengths.set(value, json.length);
    return value as T;
  }

  override ndserialize(lines: readonly (object | string)[]): string {
    return lines.map((line) => `${typeof line === 'string' ? line : printJson(line)}\n`).join('');
  }
}

/** Shards that fail make the search fail: part of an answer would look like the whole. */
const WHOLE = { allow_partial_search_results: false };
const CLOSE_MS = 2_000;

export function connect(name: string, options: ElasticsearchOptions): Connection<ElasticsearchQuery> {
  const { apiKey, caFingerprint } = options;
  const { url, login } = withoutLogin(options.url);
  const client = new Client({
    node: url,
    ...(apiKey ? { auth: { apiKey } } : login ? { auth: { username: login.user, password: login.password } } : {}),
    ...(caFingerprint ? { caFingerprint } : {}),
    maxRetries: 0,
    requestTimeout: options.readMs,
    enableMetaHeader: false,
    agent: agentOf(options),
    Serializer: ExactJson,
  });
  const turns = new Turns(name, options.pool, options.queueLimit);
  const become = healthRecord();

  const ask = async <T extends object>(
    method: string,
    path: string,
    {
      signal,
      query,
      body,
      lines,
      compressed = false,
    }: {
      signal: AbortSignal;
      query?: Record<string, unknown>;
      body?: object;
      lines?: object[];
      compressed?: boolean;
    },
  ): Promise<T> => {
    try {
      const leave = await turns.take(signal);
      try {
        const asked = { method, path, ...(query ? { querystring: query } : {}) };
        return await client.transport.request<T>(
          { ...asked, ...(body ? { body } : {}), ...(lines ? { bulkBody: lines } : {}) },
          { signal, meta: false, ...(compressed ? { headers: { 'accept-encoding': 'gzip' } } : {}) },
        );
      } finally {
        leave();
      }
    } catch (error) {
      throw mapError(error, name, signal);
    }
  };

  const searches = ({ signal, observe }: Pick<Run, 'signal' | 'observe'>): Searches => {
    const told = <T extends object>(answer: T, hits: number): T => {
      observe?.({ calls: 1, rows: hits, bytes: ExactJson.lengthOf(answer) });
      return answer;
    };
    return {
      search: async (index, body, compressed = false) => {
        const path = index === '' ? '/_search' : `/${encodeURIComponent(index)}/_search`;
        const answer = await ask<SearchAnswer>('POST', path, { signal, query: WHOLE, body, compressed });
        return told(answer, rowsIn(answer));
      },
      together: async (index, bodies) => {
        const lines = bodies.flatMap((body) => [{ index, ...WHOLE }, body]);
        const answer = await ask<{ responses: (SearchAnswer & { status: number; error?: StoreFailure })[] }>(
          'POST',
          '/_msearch',
          { signal, lines },
        );
        const failed = answer.responses.find(({ error }) => error !== undefined);
        if (failed) throw refusal(failed.status, failed.error!, name);
        told(
          answer,
          answer.responses.reduce((sum, each) => sum + rowsIn(each), 0),
        );
        return answer.responses;
      },
      openPit: async (index) => {
        const query = { keep_alive: '1m' };
        const { id } = await ask<{ id: string }>('POST', `/${encodeURIComponent(index)}/_pit`, { signal, query });
        observe?.({ calls: 1, rows: 0, bytes: 0 });
        return id;
      },
      // Also after an abort; where it fails the store drops it by itself after the minute.
      closePit: async (id) => {
        const closing = { signal: AbortSignal.timeout(CLOSE_MS), body: { id } };
        await ask('DELETE', '/_pit', closing).catch(() => undefined);
      },
    };
  };

  const read = async (queries: readonly ElasticsearchQuery[], run: Run): Promise<readonly Batch[]> => {
    const reading = new Reading(searches(run), run.args);
    const answers = await reading.all(queries.map(({ level }) => level));
    return answers.map((rows, i) => inForm(queries[i]!, rows, run.form, reading));
  };

  const asking: Asking = {
    get: (path, signal, query) => ask('GET', path, { signal, ...(query ? { query } : {}) }),
    search: (index, body, signal) => searches({ signal }).search(index, body),
  };

  return {
    read,
    session: () => Promise.resolve({ read, close: () => Promise.resolve() }),
    async *stream(query, run) {
      const reading = new Reading(searches(run), run.args);
      for await (const rows of reading.stream(query.level)) {
        run.signal.throwIfAborted();
        yield inForm(query, rows, run.form, reading);
      }
    },
    estimate: async ({ level }, signal) => {
      if (level.select.within || level.groups || !isSettled(level.query)) return null;
      const reading = new Reading(searches({ signal }), []);
      const query = await reading.filled(level.query);
      const [all] = await counts({ index: level.index, query, fields: [] }, reading.searches);
      return all!.times;
    },
    introspect: (signal) => introspect(asking, options, signal),
    health: async () => {
      const began = performance.now();
      try {
        // What a user who may only read indices may ask.
        const path = `/_resolve/index/${encodeURIComponent(options.indices[0]!)}`;
        await ask('GET', path, { signal: AbortSignal.timeout(CLOSE_MS), query: { ignore_unavailable: true } });
        return become('UP', null, performance.now() - began);
      } catch (error) {
        return become('DOWN', (error as Error).message, null);
      }
    },
    close: () => client.close(),
  };
}

/** The driver's type does not name what undici takes. */
function agentOf({ pool, connectMs }: ElasticsearchOptions): { readonly connections: number } {
  return Object.assign({ connections: pool }, { connect: { timeout: connectMs } });
}

function rowsIn({ hits, aggregations }: SearchAnswer): number {
  return hits.hits.length + (aggregations?.counted?.buckets.length ?? 0);
}

function inForm(
  { columns, level }: ElasticsearchQuery,
  rows: readonly Row[],
  form: Run['form'],
  reading: Reading,
): Batch {
  const told = reading.estimatesOf(level);
  const estimates = told.length > 0 ? { estimates: told } : {};
  if (form === 'TYPED') return { form, types: columns, rows, ...estimates };
  const texts = columns.map(textOf);
  const written = rows.map((row) => row.map((v, i) => (v === null ? null : texts[i]!(v))));
  return { form, types: columns, rows: written, ...estimates };
}

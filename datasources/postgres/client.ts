import { GatewayError } from '../../src/errors.js';
import { sourceConnections } from '../../src/postgres/budget.js';
import { openPostgres } from '../../src/postgres/pools.js';
import type { Statement, TextResult, TextRow } from '../../src/postgres/types.js';
import type { Batch } from '../../src/store/batch.js';
import type { Connection, Run } from '../../src/store/store.js';
import { healthRecord } from '../../src/store/health.js';
import { fittingColumns } from './column-types.js';
import type { PostgresQuery } from './compile.js';
import { copiedRows, copyOf } from './copy.js';
import { introspect } from './introspect.js';
import { unpacked } from './packed.js';
import { readAs, type Reading } from './reading.js';
import { binder, valuesOf } from './statements.js';
import { decode } from './values.js';

export interface PostgresOptions {
  readonly url: string;
  readonly schemas: readonly string[];
  /** Schemas that the config leaves out on purpose. */
  readonly unwanted?: readonly string[];
  /** Connections for pages. */
  readonly pool: number;
  readonly timeouts: { readonly connectMs: number; readonly readMs: number };
  readonly queueLimit: number;
  /** What it is read as; without it as tables. */
  readonly reading?: Reading;
}

const BATCH = { rows: 5_000, bytes: 4_000_000 };

export function connect(name: string, config: PostgresOptions): Connection<PostgresQuery> {
  const postgres = openPostgres({
    url: config.url,
    name,
    connections: sourceConnections(config.pool),
    connectTimeoutMs: config.timeouts.connectMs,
    readTimeoutMs: config.timeouts.readMs,
    queueLimit: config.queueLimit,
  });
  const sent = binder();
  let explained = 0;
  const become = healthRecord();

  const answer = async (
    queries: readonly PostgresQuery[],
    run: Pick<Run, 'args' | 'form' | 'observe'>,
    read: (statements: readonly Statement[]) => Promise<readonly TextResult[]>,
  ): Promise<readonly Batch[]> => {
    const results = await read(queries.map((query) => sent(query, run.args))).catch(rethrow);
    const rows = results.map((result, i) => (queries[i]!.isPacked ? unpacked(result.rows) : result.rows));
    run.observe?.({ rows: total(rows, (some) => some.length), bytes: total(results, (r) => r.bytes), calls: 1 });
    return rows.map((some, i) => inForm(queries[i]!, some, run.form));
  };

  return {
    read: (queries, run) => answer(queries, run, (statements) => postgres.page(statements, run)),
    session: async (outer) => {
      const session = await postgres.session(outer);
      return {
        read: (queries, run) => answer(queries, run, (statements) => session.read(statements)),
        close: () => session.close(),
      };
    },
    async *stream(query, run) {
      const copy = run.form === 'TYPED' ? copyOf(query.select) : null;
      let calls = 1;
      try {
        if (copy) {
          const describedBy = { text: query.text, values: [], columns: fittingColumns(query.select) };
          const chunks = postgres.copyOut(copy.text, { signal: run.signal, describedBy });
          for await (const { rows, bytes } of copiedRows(chunks, copy.decoders, BATCH)) {
            run.observe?.({ rows: rows.length, bytes, calls });
            calls = 0;
            yield { form: 'TYPED', types: query.columns, rows };
          }
          return;
        }
        // Asked once, so never prepared.
        const statement = {
          text: query.text,
          values: valuesOf(query, run.args),
          columns: fittingColumns(query.select),
        };
        const batch = { signal: run.signal, batchRows: BATCH.rows, batchBytes: BATCH.bytes };
        for await (const rows of postgres.cursor(statement, batch)) {
          run.observe?.({ rows: rows.length, bytes: total(rows, bytesOf), calls });
          yield inForm(query, rows, run.form);
        }
      } catch (error) {
        rethrow(error);
      }
    },
    estimate: async (query, signal) => {
      // A plan for any parameters. The prepared statement lives for the length of the transaction that explains it.
      const name = `trainyard_estimate_${(explained += 1)}`;
      const nulls = query.parameters.length > 0 ? `(${query.parameters.map(() => 'null').join(', ')})` : '';
      const texts = [
        'set local plan_cache_mode = force_generic_plan',
        `prepare ${name} as ${query.text}`,
        `explain (format json) execute ${name}${nulls}`,
        `deallocate ${name}`,
      ];
      const results = await postgres.page(
        texts.map((text) => ({ text, values: [] })),
        { signal },
      );
      const [plan] = JSON.parse(results[2]!.rows.map(([line]) => line).join('\n')) as {
        Plan: { 'Plan Rows': number };
      }[];
      return plan!.Plan['Plan Rows'];
    },
    introspect: async (signal) => {
      const shape = await introspect(postgres, config.schemas, signal, config.unwanted);
      return config.reading ? readAs(shape, config.reading, postgres, signal) : shape;
    },
    health: async () => {
      try {
        return become('UP', null, await postgres.ping(AbortSignal.timeout(2_000)));
      } catch (error) {
        return become('DOWN', (error as Error).message, null);
      }
    },
    close: () => postgres.close(),
  };
}

function inForm(query: PostgresQuery, rows: readonly TextRow[], form: Run['form']): Batch {
  const types = query.columns;
  if (form === 'TEXT') return { form, types, rows };
  const decoders = types.map(decode);
  return {
    form,
    types,
    rows: rows.map((row) => decoders.map((decoded, i) => (row[i] === null ? null : decoded(row[i]!)))),
  };
}

function total<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}

function bytesOf(row: TextRow): number {
  return total(row, (text) => text?.length ?? 0);
}

/** More than one row for a step that was declared to lead to one. */
function rethrow(error: unknown): never {
  const { code } = ((error as Error).cause ?? {}) as { code?: unknown };
  if (code !== '21000') throw error;
  throw new GatewayError(
    'INTEGRITY',
    'a relation that was declared to lead to one row leads to more',
    {},
    { cause: error },
  );
}

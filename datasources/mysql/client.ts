import { valueOf, type Args } from '../../src/ir/value.js';
import type { Batch, Row } from '../../src/store/batch.js';
import type { Connection, Run } from '../../src/store/store.js';
import { healthRecord } from '../../src/store/health.js';
import type { MysqlQuery } from './compile.js';
import { introspect } from './introspect.js';
import { openLines, type DriverRow, type Line, type PoolSettings, type Statement } from './pool.js';
import { decode, textOf } from './values.js';

const BATCH = { rows: 2_000, bytes: 4_000_000 };
const BEGIN = 'start transaction with consistent snapshot, read only';

export function connect(name: string, settings: PoolSettings): Connection<MysqlQuery> {
  const lines = openLines(name, settings);
  const become = healthRecord();

  const answer = async (line: Line, queries: readonly MysqlQuery[], run: Omit<Run, 'signal'>): Promise<Batch[]> => {
    const before = line.bytes;
    const batches: Batch[] = [];
    for (const query of queries) {
      const rows = await line.rows(statementOf(query, run.args));
      batches.push(inForm(query, rows, run.form));
    }
    const rows = batches.reduce((sum, batch) => sum + batch.rows.length, 0);
    run.observe?.({ rows, bytes: line.bytes - before, calls: queries.length });
    return batches;
  };

  return {
    read: (queries, run) =>
      lines.page(run.signal, async (line) => {
        // One statement sees one state of the store by itself.
        if (queries.length === 1) return answer(line, queries, run);
        await line.run(BEGIN);
        const batches = await answer(line, queries, run);
        await line.run('commit');
        return batches;
      }),
    session: async ({ signal }) => {
      const held = Promise.withResolvers<Line>();
      const over = Promise.withResolvers<void>();
      const whole = lines.page(signal, async (line) => {
        await line.run(BEGIN);
        held.resolve(line);
        await over.promise;
        await line.run('commit');
      });
      whole.catch(held.reject);
      const line = await held.promise;
      return {
        read: (queries, run) => Promise.race([answer(line, queries, run), whole.then(() => [])]),
        close: async () => {
          over.resolve();
          await whole.catch(() => undefined);
        },
      };
    },
    stream: (query, run) =>
      lines.stream(run.signal, async function* (line) {
        let rows: DriverRow[] = [];
        let [calls, before] = [1, line.bytes];
        const batchOf = (): Batch => {
          run.observe?.({ rows: rows.length, bytes: line.bytes - before, calls });
          const batch = inForm(query, rows, run.form);
          [rows, calls, before] = [[], 0, line.bytes];
          return batch;
        };
        for await (const row of line.stream(statementOf(query, run.args))) {
          rows.push(row);
          if (rows.length >= BATCH.rows || line.bytes - before >= BATCH.bytes) yield batchOf();
        }
        if (rows.length > 0 || calls > 0) yield batchOf();
      }),
    // The server's own estimate is of the rows that it looks at, not of those that it finds.
    estimate: () => Promise.resolve(null),
    introspect: (signal) => lines.page(signal, (line) => introspect((statement) => line.rows(statement))),
    health: async () => {
      const began = performance.now();
      try {
        await lines.page(AbortSignal.timeout(2_000), (line) => line.run('select 1'));
        return become('UP', null, performance.now() - began);
      } catch (error) {
        return become('DOWN', (error as Error).message, null);
      }
    },
    close: () => lines.close(),
  };
}

function statementOf({ text, parameters }: MysqlQuery, args: Args): Statement {
  const values = parameters.map(({ value, encode }) => {
    const given = valueOf(value, args);
    return given === null ? null : encode(given);
  });
  return { text, values };
}

function inForm({ columns }: MysqlQuery, rows: readonly DriverRow[], form: Run['form']): Batch {
  const readers = columns.map((type): ((value: unknown) => unknown) => (form === 'TEXT' ? textOf(type) : decode(type)));
  return {
    form,
    types: columns,
    rows: rows.map((row): Row => readers.map((read, i) => (row[i] === null ? null : read(row[i])))),
  };
}

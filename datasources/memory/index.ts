import { GatewayError } from '../../src/errors.js';
import { coerceValue } from '../../src/ir/coerce.js';
import type { Entity } from '../../src/ir/entity.js';
import type { Operand } from '../../src/ir/operand.js';
import { jsonText } from '../../src/ir/print.js';
import { everyOperand, type Predicate } from '../../src/ir/predicate.js';
import { columnTypes, type Select } from '../../src/ir/select.js';
import type { Batch, Row } from '../../src/store/batch.js';
import type { Capabilities } from '../../src/store/capabilities.js';
import type { SourceShape } from '../../src/store/shape.js';
import { defineStore, type Connection, type Run } from '../../src/store/store.js';
import { evaluate, type Table } from './evaluate.js';
import { looksInto } from './world.js';

export interface MemoryConfig {
  readonly shape: SourceShape;
  /** Rows by the entity's id, values by field name in the form of ir/types.ts; what is absent is null. */
  readonly rows: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

const CANNOT: ReadonlySet<Predicate['kind']> = new Set(['match', 'nearest']);

function reads({ leaf }: Operand): boolean {
  return leaf.kind !== 'score' && leaf.kind !== 'highlights' && (leaf.kind !== 'field' || looksInto(leaf));
}

export const MEMORY_CAPABILITIES: Capabilities = {
  predicate: (leaf) => (CANNOT.has(leaf.kind) || !everyOperand(leaf, reads) ? 'none' : 'exact'),
  output: reads,
  order: (term) => reads(term.operand),
  groupKey: (key) => reads(key.operand),
  measure: ({ operand }) => (operand === null || reads(operand) ? 'exact' : 'none'),
  having: true,
  limit: true,
  offset: true,
  keyset: true,
  within: 'select',
  limitPerParent: true,
  walk: true,
  snapshot: 'request',
  textOrder: 'bytes',
  maxKeys: Number.MAX_SAFE_INTEGER,
};

const BATCH_ROWS = 1_000;

/** The executable specification: answers everything by reading all of its rows. */
export const memoryStore = defineStore<MemoryConfig, Select>({
  engine: 'memory',
  capabilities: MEMORY_CAPABILITIES,
  compile: (select) => select,
  print: (select) => ({ language: 'memory', text: `scan ${select.from.entity.entity}`, parameters: [] }),
  // NaN and infinities are words in its texts, which JSON has not.
  jsonText: ({ kind }) =>
    kind === 'float' ? (raw) => (/^[-\d]/.test(raw) && !raw.endsWith('y') ? raw : 'null') : (raw) => raw,
  value: (type) => (raw) =>
    coerceValue(type, type.kind === 'float' && !/\d/.test(raw) ? raw : JSON.parse(raw), 'memory'),
  connect: (_name, config) => Promise.resolve(connect(config)),
});

function connect(config: MemoryConfig): Connection<Select> {
  const tables = new Map<string, Table>();
  for (const shape of config.shape.entities) {
    const columns = shape.fields.map((f) => f.name);
    const rows = (config.rows[shape.id] ?? []).map((row) => columns.map((c) => row[c] ?? null));
    tables.set(shape.id, { columns, rows });
  }
  const tableOf = (entity: Entity): Table => {
    const { id, columns } = entity.native as MemoryNative;
    const table = tables.get(id);
    if (!table) throw new GatewayError('SCHEMA_CHANGED', `memory has no entity ${id}`);
    return { columns, rows: table.rows };
  };
  const read = (selects: readonly Select[], run: Run): Promise<readonly Batch[]> => {
    run.signal.throwIfAborted();
    return Promise.resolve(
      selects.map((select) => {
        const batch = inForm(select, evaluate(select, tableOf, run.args), run.form);
        run.observe?.({ rows: batch.rows.length, bytes: 0, calls: 0 });
        return batch;
      }),
    );
  };
  return {
    read,
    session: () => Promise.resolve({ read, close: () => Promise.resolve() }),
    async *stream(select, run) {
      const { rows, ...rest } = inForm(select, evaluate(select, tableOf, run.args), run.form);
      for (let at = 0; at < rows.length; at += BATCH_ROWS) {
        run.signal.throwIfAborted();
        yield await Promise.resolve({ ...rest, rows: rows.slice(at, at + BATCH_ROWS) });
      }
    },
    estimate: (select) => Promise.resolve(tableOf(select.from.entity).rows.length),
    introspect: () => Promise.resolve(withNative(config.shape)),
    health: () => Promise.resolve({ status: 'UP', lastError: null, latencyMs: 0, since: new Date(0) }),
    close: () => Promise.resolve(),
  };
}

/** What memory wants to find on an entity: its id, and the fields' names in the order of the columns. */
interface MemoryNative {
  readonly id: string;
  readonly columns: readonly string[];
}

function withNative(shape: SourceShape): SourceShape {
  const entities = shape.entities.map((e) => ({
    ...e,
    native: { id: e.id, columns: e.fields.map((f) => f.name) } satisfies MemoryNative,
  }));
  return { ...shape, entities };
}

function inForm(select: Select, rows: readonly Row[], form: Run['form']): Batch {
  const types = columnTypes(select);
  if (form === 'TYPED') return { form, types, rows };
  const texts = types.map((type) => (type.kind === 'float' ? String : jsonText(type)));
  return { form, types, rows: rows.map((row) => row.map((v, i) => (v === null ? null : texts[i]!(v)))) };
}

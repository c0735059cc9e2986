import type { Leaf, Operand } from '../../src/ir/operand.js';
import { everyOperand, type Predicate } from '../../src/ir/predicate.js';
import { typeAt } from '../../src/ir/types.js';
import type { Capabilities } from '../../src/store/capabilities.js';
import { defineStore, type SourceLimits, type Store } from '../../src/store/store.js';
import { connect, type DuckdbOptions } from './client.js';
import { compile, type DuckdbQuery } from './compile.js';
import type { DuckdbConfig } from './config.js';
import { canLookInto } from './json-member.js';
import { jsonText, valueOfText } from './values.js';

export type { DuckdbOptions } from './client.js';

const CANNOT: ReadonlySet<Predicate['kind']> = new Set(['match', 'geo', 'reach', 'nearest']);

const READS: ReadonlySet<Leaf['kind']> = new Set(['related', 'element', 'groupKey', 'groupMeasure']);

/** Fields are read whole, structs by their members, and json by its known ones. */
function reads({ leaf }: Operand): boolean {
  if (leaf.kind !== 'field') return READS.has(leaf.kind);
  const { field, nested } = leaf;
  if (nested.length === 0) return true;
  return field.type.kind === 'json' ? canLookInto(field.type, nested) : typeAt(field.type, nested) !== null;
}

export const DUCKDB_CAPABILITIES: Capabilities = {
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
  keysAreCheaper: true,
  limitPerParent: true,
  walk: false,
  // Files can be exchanged between two queries.
  snapshot: 'none',
  textOrder: 'bytes',
  maxKeys: 100_000,
};

export const duckdbStore = defineStore<DuckdbOptions, DuckdbQuery>({
  engine: 'duckdb',
  capabilities: DUCKDB_CAPABILITIES,
  compile,
  print: ({ text, parameters }) => ({ language: 'sql', text, parameters: parameters.map((p) => p.native) }),
  jsonText,
  value: valueOfText,
  connect: (name, options) => Promise.resolve(connect(name, options)),
});

export function openDuckdbSource(name: string, config: DuckdbConfig, { queueLimit }: SourceLimits): Promise<Store> {
  const { path, memory, temporary, threads, concurrency, timeouts, entities = {} } = config;
  return duckdbStore(name, {
    path,
    memory,
    temporary: temporary ?? null,
    threads,
    concurrency,
    queueLimit,
    readMs: timeouts.read,
    entities,
  });
}

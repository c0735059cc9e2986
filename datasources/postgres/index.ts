import type { Leaf, Operand } from '../../src/ir/operand.js';
import type { DataType } from '../../src/ir/types.js';
import { everyOperand, type Predicate } from '../../src/ir/predicate.js';
import type { Capabilities } from '../../src/store/capabilities.js';
import { defineStore } from '../../src/store/store.js';
import type { SourceLimits, Store } from '../../src/store/store.js';
import { connect, type PostgresOptions } from './client.js';
import type { PostgresConfig } from './config.js';
import { compile, type PostgresQuery } from './compile.js';
import { canLookInto } from './json-member.js';
import { isVector } from './nearest.js';
import { readingOf } from './reading.js';
import { searchOf } from './search.js';
import { decodePosition, jsonText } from './values.js';

export type { PostgresOptions } from './client.js';

const CANNOT: ReadonlySet<Predicate['kind']> = new Set(['geo']);

const READS: ReadonlySet<Leaf['kind']> = new Set([
  'related',
  'groupKey',
  'groupMeasure',
  'score',
  'degree',
  'distance',
  'path',
  'element',
]);

/** Fields are read whole, and json by its known members. */
function reads({ leaf }: Operand): boolean {
  if (leaf.kind === 'highlights') {
    const search = searchOf(leaf.operand, false);
    return search !== null && !search.isVector;
  }
  if (leaf.kind !== 'field') return READS.has(leaf.kind);
  return leaf.nested.length === 0 || canLookInto(leaf.field.type, leaf.nested);
}

function isListOfObjects(type: DataType): boolean {
  return type.kind === 'list' && type.of.kind === 'struct';
}

function readsAll(leaf: Predicate): boolean {
  if (leaf.kind === 'match') return leaf.operands.every((each) => searchOf(each, leaf.fuzzy) !== null);
  if (leaf.kind === 'elements' && !isListOfObjects(leaf.operand.type)) return false;
  if (leaf.kind === 'nearest') return isVector(leaf.operand);
  return everyOperand(leaf, reads);
}

export const POSTGRES_CAPABILITIES: Capabilities = {
  predicate: (leaf) => (CANNOT.has(leaf.kind) || !readsAll(leaf) ? 'none' : 'exact'),
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
  textOrder: 'own',
  maxKeys: 100_000,
};

export const postgresStore = defineStore<PostgresOptions, PostgresQuery>({
  engine: 'postgres',
  capabilities: POSTGRES_CAPABILITIES,
  compile,
  print: ({ text, parameters }) => ({ language: 'sql', text, parameters: parameters.map((p) => p.native) }),
  jsonText,
  value: decodePosition,
  connect: (name, config) => Promise.resolve(connect(name, config)),
});

export function openPostgresSource(name: string, config: PostgresConfig, { queueLimit }: SourceLimits): Promise<Store> {
  const { url, schemas, pool, timeouts, exclude = [] } = config;
  const reading = readingOf(config);
  const times = { connectMs: timeouts.connect, readMs: timeouts.read };
  const unwanted = exclude.flatMap((glob) => (glob.endsWith('.*') ? [glob.slice(0, -2)] : []));
  return postgresStore(name, { url, schemas, unwanted, pool, timeouts: times, queueLimit, reading });
}

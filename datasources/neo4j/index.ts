import { coerceValue } from '../../src/ir/coerce.js';
import type { Operand } from '../../src/ir/operand.js';
import { everyOperand, type Predicate } from '../../src/ir/predicate.js';
import type { DataType } from '../../src/ir/types.js';
import { withoutLogin } from '../../src/login.js';
import type { Capabilities } from '../../src/store/capabilities.js';
import { defineStore } from '../../src/store/store.js';
import type { SourceLimits, Store } from '../../src/store/store.js';
import { connect, type Neo4jOptions } from './client.js';
import { compile, type Neo4jQuery } from './compile.js';
import type { Neo4jConfig } from './config.js';
import { canSearch } from './search.js';

export type { Neo4jOptions } from './client.js';

/** Values are read whole: nothing in the store has fields inside. */
function reads({ leaf }: Operand): boolean {
  switch (leaf.kind) {
    case 'field':
      return leaf.nested.length === 0;
    case 'related':
    case 'groupKey':
    case 'groupMeasure':
    case 'degree':
    case 'distance':
    case 'path':
    case 'score':
      return true;
    default:
      return false;
  }
}

function answers(leaf: Predicate): boolean {
  if (leaf.kind === 'elements') return false;
  if (leaf.kind === 'match' || leaf.kind === 'nearest') return canSearch(leaf);
  if (leaf.kind === 'geo') return leaf.test === 'near' && leaf.operand.type.kind === 'geopoint' && reads(leaf.operand);
  if (leaf.kind === 'compareOperands' && leaf.left.type.kind !== leaf.right.type.kind) return false;
  return everyOperand(leaf, reads);
}

/** Exact sums are pairs here, of which no average at a scale can be made; durations as keys would lose their parts. */
const isSum = ({ kind }: DataType): boolean => kind === 'decimal';
const isLength = ({ kind }: DataType): boolean => kind === 'duration';

export const NEO4J_CAPABILITIES: Capabilities = {
  predicate: (leaf) => (answers(leaf) ? 'exact' : 'none'),
  output: reads,
  order: (term) => reads(term.operand),
  groupKey: (key) => reads(key.operand) && !isLength(key.operand.type),
  measure: ({ fn, operand }) => {
    if (operand === null) return 'exact';
    return reads(operand) && !(fn === 'AVG' && isSum(operand.type)) ? 'exact' : 'none';
  },
  having: true,
  limit: true,
  offset: true,
  keyset: true,
  within: 'select',
  limitPerParent: true,
  walk: true,
  snapshot: 'none',
  textOrder: 'bytes',
  maxKeys: 50_000,
};

export const neo4jStore = defineStore<Neo4jOptions, Neo4jQuery>({
  engine: 'neo4j',
  capabilities: NEO4J_CAPABILITIES,
  compile,
  print: ({ text, parameters }) => ({
    language: 'cypher',
    text,
    parameters: parameters.map(({ native }) => native),
  }),
  // NaN and infinities are words in its texts, which JSON has not.
  jsonText: ({ kind }) => (kind === 'float' ? (raw) => (raw.startsWith('"') ? 'null' : raw) : (raw) => raw),
  value: (type) => (raw) => coerceValue(type, JSON.parse(raw), 'neo4j'),
  connect: (name, config) => Promise.resolve(connect(name, config)),
});

export function openNeo4jSource(name: string, config: Neo4jConfig, { queueLimit }: SourceLimits): Promise<Store> {
  const { database, sample, pool, timeouts } = config;
  const { url, login } = withoutLogin(config.url);
  return neo4jStore(name, {
    url,
    user: login?.user ?? null,
    password: login?.password ?? '',
    database: database ?? null,
    sample,
    pool,
    timeouts: { connectMs: timeouts.connect, readMs: timeouts.read },
    queueLimit,
  });
}

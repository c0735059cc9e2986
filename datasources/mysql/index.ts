import type { Leaf, Operand } from '../../src/ir/operand.js';
import { everyOperand, type Predicate } from '../../src/ir/predicate.js';
import type { Measure } from '../../src/ir/select.js';
import type { Capabilities } from '../../src/store/capabilities.js';
import { defineStore, type SourceLimits, type Store } from '../../src/store/store.js';
import { connect } from './client.js';
import { compile, type MysqlQuery } from './compile.js';
import type { MysqlConfig } from './config.js';
import { canLookInto } from './json-member.js';
import { canVary, MOST_AVERAGED } from './measure.js';
import type { PoolSettings } from './pool.js';
import { jsonText, valueOfText } from './values.js';

export type MysqlOptions = PoolSettings;

const CANNOT: ReadonlySet<Predicate['kind']> = new Set(['list', 'elements', 'match', 'geo', 'reach', 'nearest']);
const READS: ReadonlySet<Leaf['kind']> = new Set(['related', 'groupKey', 'groupMeasure']);

/** Fields are read whole, and json by its known members. */
function reads({ leaf }: Operand): boolean {
  if (leaf.kind !== 'field') return READS.has(leaf.kind) && (leaf.kind !== 'related' || measures(leaf.measure));
  return leaf.nested.length === 0 || canLookInto(leaf.field.type, leaf.nested);
}

function measures({ fn, operand }: Measure): boolean {
  if (operand === null) return true;
  if (!reads(operand)) return false;
  if (fn === 'AVG') return operand.type.kind !== 'decimal' || (operand.type.scale ?? Infinity) <= MOST_AVERAGED;
  return !/^(?:VARIANCE|STDDEV)/.test(fn) || canVary(operand.type);
}

export const MYSQL_CAPABILITIES: Capabilities = {
  predicate: (leaf) => (CANNOT.has(leaf.kind) || !everyOperand(leaf, reads) ? 'none' : 'exact'),
  output: reads,
  order: (term) => reads(term.operand),
  groupKey: (key) => reads(key.operand),
  measure: (measure) => (measures(measure) ? 'exact' : 'none'),
  having: true,
  limit: true,
  offset: true,
  keyset: true,
  within: 'select',
  limitPerParent: true,
  walk: false,
  snapshot: 'request',
  textOrder: 'own',
  maxKeys: 50_000,
};

export const mysqlStore = defineStore<MysqlOptions, MysqlQuery>({
  engine: 'mysql',
  capabilities: MYSQL_CAPABILITIES,
  compile,
  print: ({ text, parameters }) => ({ language: 'sql', text, parameters: parameters.map((p) => p.native) }),
  jsonText,
  value: valueOfText,
  connect: (name, options) => Promise.resolve(connect(name, options)),
});

export function openMysqlSource(name: string, config: MysqlConfig, { queueLimit }: SourceLimits): Promise<Store> {
  const { url, tls, pool, timeouts } = config;
  return mysqlStore(name, {
    url,
    tls,
    pool,
    timeouts: { connectMs: timeouts.connect, readMs: timeouts.read },
    queueLimit,
  });
}

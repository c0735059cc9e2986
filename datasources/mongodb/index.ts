import type { Leaf, Operand } from '../../src/ir/operand.js';
import { everyOperand, type Predicate } from '../../src/ir/predicate.js';
import { membersOf, typeAt } from '../../src/ir/types.js';
import type { Capabilities } from '../../src/store/capabilities.js';
import { defineStore, type SourceLimits, type Store, type StoreDefinition } from '../../src/store/store.js';
import { connect, type MongodbOptions } from './client.js';
import { compile, type MongodbQuery } from './compile.js';
import type { MongodbConfig } from './config.js';
import { print } from './print.js';
import { BEGINNING } from './search.js';
import { jsonText, valueOfText } from './values.js';

const READS: ReadonlySet<Leaf['kind']> = new Set(['field', 'related', 'groupKey', 'groupMeasure', 'element']);
/** Searches begin a reading or are none. */
const CANNOT: ReadonlySet<Predicate['kind']> = new Set(['match', 'reach', 'nearest']);

/** Fields are read whole, structs and json by their known members. */
function reads({ leaf }: Operand): boolean {
  if (!READS.has(leaf.kind)) return false;
  if (leaf.kind !== 'field' || leaf.nested.length === 0) return true;
  return membersOf(leaf.field.type).length > 0 && typeAt(leaf.field.type, leaf.nested) !== null;
}

/** Rows have their score beside them. */
function isScore({ leaf, steps }: Operand): boolean {
  return leaf.kind === 'score' && steps.length === 0;
}

/** The store's order of bytes begins with their length. */
function orders(operand: Operand): boolean {
  return reads(operand) && operand.type.kind !== 'bytes';
}

function answers(leaf: Predicate): boolean {
  if (CANNOT.has(leaf.kind)) return false;
  switch (leaf.kind) {
    case 'compare':
      return leaf.op === 'eq' || leaf.op === 'ne' ? reads(leaf.operand) : orders(leaf.operand);
    case 'compareOperands':
      return [leaf.left, leaf.right].every(leaf.op === 'eq' || leaf.op === 'ne' ? reads : orders);
    case 'geo':
      return leaf.operand.type.kind === 'geopoint' && reads(leaf.operand);
    case 'elements':
      return leaf.operand.type.kind === 'list' && leaf.operand.type.of.kind === 'struct' && reads(leaf.operand);
    default:
      return everyOperand(leaf, reads);
  }
}

export const MONGODB_CAPABILITIES: Capabilities = {
  predicate: (leaf) => (answers(leaf) ? 'exact' : 'none'),
  beginning: BEGINNING,
  output: (operand) => isScore(operand) || reads(operand),
  order: ({ operand }) => isScore(operand) || orders(operand),
  groupKey: (key) => reads(key.operand),
  measure: ({ fn, operand }) => {
    if (operand === null) return 'exact';
    return (fn === 'MIN' || fn === 'MAX' ? orders(operand) : reads(operand)) ? 'exact' : 'none';
  },
  having: true,
  limit: true,
  offset: true,
  keyset: true,
  within: 'select',
  limitPerParent: true,
  walk: false,
  snapshot: 'none',
  textOrder: 'bytes',
  maxKeys: 10_000,
};

/** Everything of the engine but its connection. */
export const MONGODB: Omit<StoreDefinition<MongodbOptions, MongodbQuery>, 'connect'> = {
  engine: 'mongodb',
  capabilities: MONGODB_CAPABILITIES,
  compile,
  print,
  jsonText,
  value: valueOfText,
};

export const mongodbStore = defineStore<MongodbOptions, MongodbQuery>({
  ...MONGODB,
  connect: (name, options) => Promise.resolve(connect(name, options)),
});

export function openMongodbSource(name: string, config: MongodbConfig, { queueLimit }: SourceLimits): Promise<Store> {
  const { url, pool, sample, timeouts } = config;
  const times = { connectMs: timeouts.connect, readMs: timeouts.read };
  return mongodbStore(name, { url, pool, sample, timeouts: times, queueLimit });
}

import type { NativeText } from '../../src/store/store.js';
import type { MongodbQuery } from './compile.js';
import { isConstant, Slot, slotsOf, type Expression } from './expression.js';

/** The pipeline as it can be shown: places in it, and never what fills them. */
export function print({ collection, pipeline }: MongodbQuery): NativeText {
  const slots = slotsOf(pipeline);
  const stages = pipeline.map((stage) => `  ${text(stage, slots)}`);
  return {
    language: 'mongodb',
    text: `db.${collection === null ? '' : `getCollection(${JSON.stringify(collection)}).`}aggregate([\n${stages.join(',\n')}\n])`,
    parameters: slots.map((slot) => slot.native),
  };
}

function text(e: Expression, slots: readonly Slot[]): string {
  if (e instanceof Slot) return `?${slots.indexOf(e) + 1}`;
  if (typeof e === 'number') return String(e);
  if (Array.isArray(e)) return `[${(e as readonly Expression[]).map((each) => text(each, slots)).join(', ')}]`;
  if (typeof e !== 'object' || e === null) return JSON.stringify(e);
  if (isConstant(e)) return `${e._bsontype}(…)`;
  const members = Object.entries(e).map(([name, each]) => `${shown(name)}: ${text(each, slots)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

function shown(name: string): string {
  return /^\$?\w+$/.test(name) ? name : JSON.stringify(name);
}

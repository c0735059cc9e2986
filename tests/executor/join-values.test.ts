import { expect, test } from '@jest/globals';
import { parentKeys } from '../../src/executor/keys.js';
import type { DataType } from '../../src/ir/types.js';
import type { ChildPlan } from '../../src/planner/plan.js';
import type { Store } from '../../src/store/store.js';

/** A store whose texts are JSON, and which takes no U+0000 from callers. */
const STORE = {
  value: () => (raw: string) => {
    if (raw.includes('\\u0000')) throw new Error('no caller may send it');
    return JSON.parse(raw) as unknown;
  },
  jsonText: () => (raw: string) => (raw === 'infinity' ? 'null' : raw),
} as unknown as Store;

function keysOf(type: DataType, ...texts: readonly (string | null)[]): unknown {
  const child = {
    relation: { on: [{ from: { type }, to: { type } }] },
    parentColumns: [0],
    keyTypes: [type],
  } as unknown as ChildPlan;
  const batch = { form: 'TEXT', types: [type], rows: texts.map((text) => [text]) } as const;
  return parentKeys(child, batch, 'shop', () => STORE);
}

test('join values are those that are there, whatever callers may send', () => {
  expect(keysOf({ kind: 'text' }, '"a"', null, '"\\u0000b"', '"a"')).toEqual([['a'], ['\u0000b']]);
});

test('a date without an end joins nothing', () => {
  expect(keysOf({ kind: 'date' }, '5', 'infinity')).toEqual([[5]]);
});

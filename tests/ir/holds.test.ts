import { expect, test } from '@jest/globals';
import { valueHolds, type ValueLeaf } from '../../src/ir/holds.js';
import type { DataType } from '../../src/ir/types.js';
import { parameter } from '../../src/ir/value.js';

const range = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);

const VALUES: readonly (readonly [DataType, (i: number) => unknown])[] = [
  [{ kind: 'int', bits: 64 }, (i) => 9_007_199_254_740_990n + BigInt(i)],
  [{ kind: 'float', bits: 64 }, (i) => [NaN, -0, Infinity, -Infinity, 0.1, 1 / 3][i] ?? i + 0.5],
  [{ kind: 'decimal', precision: null, scale: null }, (i) => ['NaN', '0', '-0.5', '0.5'][i] ?? `${i}.25`],
  [{ kind: 'text' }, (i) => ['', 'a', 'A', 'ä', '\u0000', '5', '05'][i] ?? `text ${i}`],
  [{ kind: 'id' }, (i) => ['W0', 'w0'][i] ?? `id ${i}`],
  [{ kind: 'enum', name: 'mood', values: range(40).map((i) => `mood ${i}`) }, (i) => `mood ${i}`],
  [{ kind: 'instant' }, (i) => BigInt(i) - 20n],
  [{ kind: 'bytes' }, (i) => Uint8Array.of(i)],
  [{ kind: 'duration' }, (i) => ({ months: 0, days: i, micros: 0n })],
];

test.each(VALUES)('a long list of %j holds what a short one does', (type, valueAt) => {
  const holds = (value: unknown, list: readonly unknown[], negated: boolean): boolean => {
    const operand = { steps: [], leaf: { kind: 'element', nested: [] }, type, nullable: true } as const;
    const leaf: ValueLeaf = { kind: 'in', operand, value: parameter(type, 0, true), negated };
    return valueHolds(leaf, () => value, [list]);
  };
  // Every other one of them is in the list.
  const all = range(40).map(valueAt);
  const list = all.filter((_, i) => i % 2 === 0);
  for (const [i, value] of all.entries()) {
    for (const negated of [false, true]) {
      const inShort = list.some((each) => holds(value, [each], false));
      expect([i, negated, holds(value, list, negated)]).toEqual([i, negated, inShort !== negated]);
    }
    expect(holds(value, list, false)).toBe(i % 2 === 0);
  }
  expect(holds(null, list, false)).toBe(false);
  expect(holds(null, list, true)).toBe(false);
});

test('of floats 0 is -0, whichever of them the list has', () => {
  const type: DataType = { kind: 'float', bits: 64 };
  const operand = { steps: [], leaf: { kind: 'element', nested: [] }, type, nullable: true } as const;
  const leaf: ValueLeaf = { kind: 'in', operand, value: parameter(type, 0, true), negated: false };
  expect(valueHolds(leaf, () => 0, [[-0, ...range(20).map((i) => i + 1)]])).toBe(true);
});

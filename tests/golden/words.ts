import { expect } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fieldOf, type Entity, type Relation } from '../../src/ir/entity.js';
import { own, place, step, type Operand } from '../../src/ir/operand.js';
import { TRUE, type Comparison, type Predicate } from '../../src/ir/predicate.js';
import { groupingType, measureType, selectFrom, type Grouping, type GroupKey, type Measure, type MeasureFn, type OrderTerm, type Select } from '../../src/ir/select.js';
import { INT64 } from '../../src/ir/types.js';
import { literal, parameter } from '../../src/ir/value.js';

/** Written on demand, and never where nobody reads what changed. */
const update = process.env['UPDATE_GOLDENS'] === '1' && process.env['CI'] === undefined;

/** What an engine makes of a question is what is committed. */
export function expectGolden(folder: string, file: string, shown: string): void {
  const path = join(folder, file);
  if (update) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, shown);
  }
  if (!existsSync(path)) throw new Error(`${path} is missing: look at the query, then write it with UPDATE_GOLDENS=1\n${shown}`);
  expect(shown).toBe(readFileSync(path, 'utf8'));
}

/** Names of the committed files, without their ending. */
export function goldensIn(folder: string, ending: string): string[] {
  return readdirSync(folder).map((file) => basename(file, ending)).sort();
}

/** How the questions of a suite speak of its entities. */
export function wordsOf(entities: ReadonlyMap<string, Entity>) {
  const e = (name: string): Entity => entities.get(name)!;
  const f = (name: string, field: string): Operand => own(fieldOf(e(name), field));
  const r = (name: string, relation: string): Relation => {
    const found = e(name).relations.get(relation);
    if (!found) throw new Error(`${name} has ${[...e(name).relations.keys()].join(', ')}`);
    return found;
  };
  function select(name: string, more: Partial<Select>): Select {
    return selectFrom(place(e(name)), more);
  }
  return { e, f, r, select };
}

export const behind = (relation: Relation, field: string, policy?: Predicate): Operand => ({
  ...own(fieldOf(relation.to, field)),
  steps: [step(relation, policy)],
  nullable: true,
});
export const compare = (operand: Operand, op: Comparison, slot: number, collate: 'STORE' | 'BINARY' = 'STORE'): Predicate => ({
  kind: 'compare',
  operand,
  op,
  value: parameter(operand.type, slot),
  collate,
});
export const asc = (operand: Operand, more: Partial<OrderTerm> = {}): OrderTerm => ({ operand, direction: 'asc', nulls: 'last', collate: 'STORE', ...more });
export const desc = (operand: Operand, more: Partial<OrderTerm> = {}): OrderTerm => asc(operand, { direction: 'desc', ...more });
export const limit = literal(INT64, 10n);
export function measure(fn: MeasureFn, operand: Operand | null, where: Predicate = TRUE): Measure {
  return { fn, operand, q: fn === 'QUANTILE' ? parameter({ kind: 'float', bits: 64 }, 9) : null, where, collate: 'STORE', approximate: false, type: measureType(fn, operand?.type ?? null) };
}

export function key(operand: Operand, grouping: Grouping): GroupKey {
  return { operand, grouping, type: groupingType(operand.type, grouping) };
}

export const within = (relation: Relation, parents: Select) => ({ step: step(relation), parents: { kind: 'select', select: parents } as const });
export const outputOf = (measures: readonly Measure[], keys: readonly GroupKey[] = []): Operand[] => [
  ...keys.map((k, index): Operand => ({ steps: [], leaf: { kind: 'groupKey', index }, type: k.type, nullable: true })),
  ...measures.map((m, index): Operand => ({ steps: [], leaf: { kind: 'groupMeasure', index }, type: m.type, nullable: true })),
];
export const grouped = (measures: Measure[], keys: GroupKey[] = [], having: Predicate = TRUE): Partial<Select> => ({
  groups: { keys, measures, having },
  output: outputOf(measures, keys),
});

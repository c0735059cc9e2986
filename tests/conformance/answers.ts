import { compareValues } from '../../src/ir/compare.js';
import type { Operand } from '../../src/ir/operand.js';
import { columnTypes, type Select } from '../../src/ir/select.js';
import { durationMicros } from '../../src/ir/time.js';
import type { DataType, Duration } from '../../src/ir/types.js';
import type { Row } from '../../src/store/batch.js';

/** Moves floats a little before they are rounded: else one that ends in a 5 falls to either side by its last bit. */
const ASIDE = 1 + 3.3e-13;

/** A value as text: floats to twelve digits, -0 as 0, everything else to the letter. */
function canonical(type: DataType, value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  switch (type.kind) {
    case 'float':
      return Number.isFinite(value) ? String(Number(((value as number) * ASIDE).toPrecision(12)) + 0) : String(value);
    case 'list':
      return `[${(value as readonly unknown[]).map((each) => canonical(type.of, each)).join(', ')}]`;
    case 'struct': {
      const struct = value as Readonly<Record<string, unknown>>;
      return `{${type.fields.map((f) => `${f.name}: ${canonical(f.type, struct[f.name] ?? null)}`).join(', ')}}`;
    }
    case 'bytes':
      return Buffer.from(value as Uint8Array).toString('hex');
    case 'duration':
      return String(durationMicros(value as Duration));
    case 'json':
      return JSON.stringify(JSON.parse(value as string));
    default:
      return `${typeof value}:${String(value)}`;
  }
}

export function lines(select: Select, rows: readonly Row[]): string[] {
  const types = columnTypes(select);
  return rows.map((row) => {
    if (row.length !== types.length)
      throw new Error(`a row of ${row.length} columns where ${types.length} were asked for`);
    return types.map((type, i) => canonical(type, row[i])).join(' | ');
  });
}

/** Rows in no order: sorted. `isInOrder` looks at the order that was asked for, which need not be total. */
export function sorted(select: Select, rows: readonly Row[]): string[] {
  return lines(select, rows).sort();
}

/** Rows in the order that the select asks for, which is then total; parents in any order. */
export function inOrder(select: Select, rows: readonly Row[]): string[] {
  if (select.orderBy.length === 0) return sorted(select, rows);
  const width = select.within ? select.within.step.relation.on.length : 0;
  if (width === 0) return lines(select, rows);
  const types = columnTypes(select);
  const parents = new Map<string, Row[]>();
  for (const row of rows) {
    const parent = types.slice(0, width).map((type, i) => canonical(type, row[i]));
    const key = parent.join(' | ');
    parents.set(key, [...(parents.get(key) ?? []), row]);
  }
  return [...parents].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, some]) => lines(select, some));
}

function isSame(a: Operand, b: Operand): boolean {
  if (a.leaf.kind === 'groupKey' || a.leaf.kind === 'groupMeasure') {
    return b.leaf.kind === a.leaf.kind && b.leaf.index === a.leaf.index;
  }
  if (a.leaf === b.leaf) return true;
  if (a.leaf.kind !== 'field' || b.leaf.kind !== 'field') return false;
  const ways = [a, b].map(({ steps, leaf }) => [
    steps.length,
    ...(leaf as { readonly nested: readonly string[] }).nested,
  ]);
  return a.leaf.field === b.leaf.field && a.steps.length === 0 && String(ways[0]) === String(ways[1]);
}

/** Whether rows follow the first term of the order, as far as its values can be seen in them. */
export function isInOrder(select: Select, rows: readonly Row[]): boolean {
  const keys = select.within ? select.within.step.relation.on.length : 0;
  const [term] = select.orderBy;
  const at = term ? select.output.findIndex((o) => isSame(o, term.operand)) : -1;
  if (!term || at < 0) return true;
  const parents = new Map<string, unknown>();
  return rows.every((row) => {
    const parent = JSON.stringify(row.slice(0, keys), (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v));
    const [before, value] = [parents.get(parent), row[keys + at]];
    parents.set(parent, value);
    if (before === undefined) return true;
    if (before === null || value === null) return before === value || (before === null) === (term.nulls === 'first');
    return compareValues(term.operand.type, before, value) * (term.direction === 'asc' ? 1 : -1) <= 0;
  });
}

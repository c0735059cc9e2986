import { keyText } from '../../src/ir/compare.js';
import type { Operand } from '../../src/ir/operand.js';
import type { Grouping, GroupKey, Groups, Select } from '../../src/ir/select.js';
import { bucketDate, bucketInstant, bucketLocal, MICROS_PER_DAY, offsetAt, partLocal } from '../../src/ir/time.js';
import type { DataType } from '../../src/ir/types.js';
import type { Row } from '../../src/store/batch.js';
import { measure } from './measure.js';
import { page } from './order.js';
import { holdsOf, type ReadOperand } from './predicate.js';
import { operandValue, type Rec, type World } from './world.js';

/** The rows of a grouped select over the rows that its `where` kept. */
export function groupRows(select: Select, groups: Groups, rows: readonly Rec[], world: World): Row[] {
  const found = new Map<string, { key: unknown[]; rows: Rec[] }>();
  if (groups.keys.length === 0) found.set('', { key: [], rows: [...rows] });
  else {
    for (const rec of rows) {
      const key = groups.keys.map((k) => keyValue(k, rec, world));
      const id = JSON.stringify(key.map((v, i) => (v === null ? null : keyText(groups.keys[i]!.type, v))));
      const group = found.get(id);
      if (group) group.rows.push(rec);
      else found.set(id, { key, rows: [rec] });
    }
  }
  const made = [...found.values()].map(({ key, rows: members }): ReadOperand => {
    const measures = groups.measures.map((m) => measure(m, members, world));
    return (operand: Operand) => {
      if (operand.leaf.kind === 'groupKey') return key[operand.leaf.index] ?? null;
      if (operand.leaf.kind === 'groupMeasure') return measures[operand.leaf.index] ?? null;
      throw new Error('a grouped select speaks of keys and measures only');
    };
  });
  const kept = made.filter((read) => holdsOf(groups.having, read, world, null));
  const keyed = kept.map((read) => ({
    item: select.output.map(read),
    by: select.orderBy.map((term) => read(term.operand)),
  }));
  return page(select, keyed, world.args);
}

function keyValue(key: GroupKey, rec: Rec, world: World): unknown {
  const value = operandValue(key.operand, rec, world);
  return value === null ? null : grouped(key.operand.type, key.grouping, value);
}

function grouped(type: DataType, grouping: Grouping, value: unknown): unknown {
  switch (grouping.kind) {
    case 'value':
      return type.kind === 'float' && value === 0 ? 0 : value;
    case 'bucket':
      if (type.kind === 'date') return bucketDate(value as number, grouping.bucket);
      if (type.kind === 'instant') return bucketInstant(value as bigint, grouping.bucket, grouping.zone ?? 'UTC');
      return bucketLocal(value as bigint, grouping.bucket);
    case 'part': {
      const local =
        type.kind === 'date'
          ? BigInt(value as number) * MICROS_PER_DAY
          : type.kind === 'instant'
            ? (value as bigint) + offsetAt(value as bigint, grouping.zone ?? 'UTC')
            : (value as bigint);
      return BigInt(partLocal(local, grouping.part));
    }
    case 'width':
      return Math.floor((Number(value) - grouping.origin) / grouping.width) * grouping.width + grouping.origin;
  }
}

import type { Grouping } from '../../src/ir/select.js';
import { bucketDate, bucketInstant, bucketLocal, MICROS_PER_DAY, offsetAt, partLocal } from '../../src/ir/time.js';
import type { DataType } from '../../src/ir/types.js';

/** What a value is grouped under. */
export function grouped(type: DataType, grouping: Grouping, value: unknown): unknown {
  if (value === null) return null;
  switch (grouping.kind) {
    case 'value':
      return value === 0 ? 0 : value;
    case 'bucket':
      if (type.kind === 'date') return bucketDate(value as number, grouping.bucket);
      if (type.kind === 'instant') return bucketInstant(value as bigint, grouping.bucket, grouping.zone ?? 'UTC');
      return bucketLocal(value as bigint, grouping.bucket);
    case 'part':
      return BigInt(partLocal(localMicros(type, value, grouping.zone ?? 'UTC'), grouping.part));
    case 'width':
      return Math.floor((Number(value) - grouping.origin) / grouping.width) * grouping.width + grouping.origin;
  }
}

function localMicros(type: DataType, value: unknown, zone: string): bigint {
  if (type.kind === 'date') return BigInt(value as number) * MICROS_PER_DAY;
  return type.kind === 'instant' ? (value as bigint) + offsetAt(value as bigint, zone) : (value as bigint);
}

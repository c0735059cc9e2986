import type { GroupKey } from '../../src/ir/select.js';
import { FLOAT64, TEXT } from '../../src/ir/types.js';
import { literal } from '../../src/ir/value.js';
import type { Fragment } from './fragment.js';
import { distinct } from './measure.js';
import { expression } from './operand.js';
import { scalar } from './parameter.js';
import type { Scope } from './scope.js';

/** A group key as an expression: the value, the start of its bucket, a part of a date, the start of its bin. */
export function groupKey({ operand, grouping }: GroupKey, scope: Scope): Fragment {
  const { dialect } = scope.draft;
  const value = expression(operand, scope);
  const { kind } = operand.type;
  const zone = (name: string | null): Fragment | null =>
    kind === 'instant' ? scalar(literal(TEXT, name ?? 'UTC'), dialect) : null;
  switch (grouping.kind) {
    case 'value':
      return distinct(operand, scope);
    case 'bucket':
      return dialect.times.bucket(kind, value, grouping.bucket, zone(grouping.zone));
    case 'part':
      return dialect.times.part(kind, value, grouping.part, zone(grouping.zone));
    case 'width': {
      const [width, origin] = [grouping.width, grouping.origin].map((n) => scalar(literal(FLOAT64, n), dialect));
      return dialect.times.bin(value, width!, origin!);
    }
  }
}

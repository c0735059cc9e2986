import { GatewayError } from '../../src/errors.js';
import { valueHolds } from '../../src/ir/holds.js';
import type { Operand } from '../../src/ir/operand.js';
import type { Predicate } from '../../src/ir/predicate.js';
import type { Args } from '../../src/ir/value.js';

/** Whether a condition is true of values that are here already: keys and measures of groups. A null makes a leaf false. */
export function holds(p: Predicate, read: (operand: Operand) => unknown, args: Args): boolean {
  switch (p.kind) {
    case 'and':
      return p.of.every((each) => holds(each, read, args));
    case 'or':
      return p.of.some((each) => holds(each, read, args));
    case 'compare':
    case 'compareOperands':
    case 'isNull':
    case 'in':
    case 'float':
    case 'text':
      return valueHolds(p, read, args);
    default:
      throw new GatewayError('UNSUPPORTED', `elasticsearch cannot ask ${p.kind} of groups`, {
        hint: 'ask it of the rows, in where',
      });
  }
}

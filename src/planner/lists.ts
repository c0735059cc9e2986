import type { Operand } from '../ir/operand.js';
import { and, or, type Predicate } from '../ir/predicate.js';
import { parameter } from '../ir/value.js';
import type { PlanContext } from './context.js';

/** As many lists as the store takes at once. */
export function listSlots({ keyBudget, capabilitiesOf, slots }: PlanContext, source: string): readonly number[] {
  const { maxKeys } = capabilitiesOf(source);
  const lists = maxKeys > 0 ? Math.ceil(keyBudget / maxKeys) : 1;
  return Array.from({ length: lists }, () => slots.reserve());
}

/** Whether an operand is in one of the lists that the slots take. */
export function inLists(operand: Operand, slots: readonly number[], negated: boolean): Predicate {
  const lists = slots.map((slot): Predicate => {
    return { kind: 'in', operand, value: parameter(operand.type, slot, true), negated };
  });
  return negated ? and(...lists) : or(...lists);
}

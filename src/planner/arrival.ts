import { crosses, type JoinPair, type Relation } from '../ir/entity.js';
import { changes } from '../ir/join.js';
import type { Step } from '../ir/operand.js';

/**
 * A step to another source as the far side sees it: there are no parents there, only keys in the form of its own fields.
 * A step within a source is itself.
 */
export function arrival(step: Step): Step {
  const { relation } = step;
  if (!crosses(relation)) return step;
  const first = relation.through?.entity ?? relation.to;
  const arrived: Relation = { ...relation, from: first, on: relation.on.map(arrivalPair) };
  return { ...step, relation: arrived };
}

/** The far field joined with keys of its own form; the form is left where the far values have to be put into it. */
function arrivalPair({ to, form }: JoinPair): JoinPair {
  if (!form || !changes(to.type, form)) return { from: to, to };
  return { from: form.date ? { ...to, type: { kind: 'date' } } : to, to, form };
}

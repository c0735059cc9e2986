import { crosses } from '../ir/entity.js';
import type { Operand, Step, Walk } from '../ir/operand.js';
import { conjuncts, isSearch, isTrue, type Predicate, type Search } from '../ir/predicate.js';
import type { Measure, Select } from '../ir/select.js';
import type { Capabilities, Fidelity } from '../store/capabilities.js';

/** Which conjuncts the store can use, and which are left to us: those it cannot answer exactly. */
export function pushDownWhere(
  where: readonly Predicate[],
  fidelity: (p: Predicate) => Fidelity,
): { readonly pushed: readonly Predicate[]; readonly residual: readonly Predicate[] } {
  return {
    pushed: where.filter((p) => fidelity(p) !== 'none'),
    residual: where.filter((p) => fidelity(p) !== 'exact'),
  };
}

/** How well the store answers a whole predicate: as well as its weakest part, what stands inside its operands included. */
export function fidelityOf(p: Predicate, can: Capabilities): Fidelity {
  switch (p.kind) {
    case 'and':
    case 'or':
      return weakest(p.of.map((each) => fidelityOf(each, can)));
    case 'related': {
      // A superset of children proves nothing once it is negated or asked of every child.
      const inside = isExact(p.where, can) && stepIsExact(p.step, can);
      return inside ? can.predicate(p) : 'none';
    }
    case 'elements':
      return operandIsExact(p.operand, can) && isExact(p.where, can) ? can.predicate(p) : 'none';
    case 'reach': {
      const inside = [p.where, p.end.policy].every((each) => isExact(each, can)) && walkIsExact(p.walk, can);
      return inside ? can.predicate(p) : 'none';
    }
    case 'nearest':
      return isExact(p.among.policy, can) && operandIsExact(p.operand, can) ? can.predicate(p) : 'none';
    case 'match':
      return p.operands.every((each) => operandIsExact(each, can)) ? can.predicate(p) : 'none';
    case 'compareOperands':
      return operandIsExact(p.left, can) && operandIsExact(p.right, can) ? can.predicate(p) : 'none';
    default:
      return operandIsExact(p.operand, can) ? can.predicate(p) : 'none';
  }
}

function weakest(all: readonly Fidelity[]): Fidelity {
  if (all.includes('none')) return 'none';
  return all.includes('superset') ? 'superset' : 'exact';
}

function isExact(p: Predicate, can: Capabilities): boolean {
  return isTrue(p) || fidelityOf(p, can) === 'exact';
}

/** No store follows a relation to another one, nor knows our common forms of join values. */
function stepIsExact({ relation, to, through }: Step, can: Capabilities): boolean {
  if (crosses(relation) || relation.on.some((pair) => pair.form)) return false;
  return isExact(to.policy, can) && (through === null || isExact(through.policy, can));
}

function walkIsExact({ hops }: Walk, can: Capabilities): boolean {
  return hops.every((hop) => stepIsExact(hop, can));
}

/** Whether the store can answer the policies on an operand's way, and the measure at its end. */
function operandIsExact({ steps, leaf }: Operand, can: Capabilities): boolean {
  const last = leaf.kind === 'related' ? [leaf.step] : leaf.kind === 'degree' ? leaf.hops : [];
  const way = [...steps, ...last];
  if (leaf.kind === 'highlights' && !operandIsExact(leaf.operand, can)) return false;
  return way.every((step) => stepIsExact(step, can)) && (leaf.kind !== 'related' || measureIsExact(leaf.measure, can));
}

function measureIsExact(measure: Measure, can: Capabilities): boolean {
  const ability = can.measure(measure);
  return (
    (ability === 'exact' || (measure.approximate && ability === 'approximate')) &&
    isExact(measure.where, can) &&
    (measure.operand === null || operandIsExact(measure.operand, can))
  );
}

/** The search that a select's reading begins with, where the store can search there alone. */
function beginningOf({ where, within }: Select, { beginning }: Capabilities): Search | null {
  const searches = beginning && !within ? conjuncts(where).filter(isSearch) : [];
  return searches.length === 1 && beginning!.refusal(searches[0]!) === null ? searches[0]! : null;
}

/** The parts of a select that the store cannot do itself; empty means that it can be sent whole. */
export function missing(select: Select, can: Capabilities): readonly string[] {
  const parts: string[] = [];
  const need = (ok: boolean, part: string): void => {
    if (!ok && !parts.includes(part)) parts.push(part);
  };
  need(isExact(select.from.policy, can), 'policy');
  const begins = beginningOf(select, can);
  need(
    conjuncts(select.where).every((p) => p === begins || isExact(p, can)),
    'where',
  );
  for (const term of select.orderBy) need(can.order(term) && operandIsExact(term.operand, can), 'order');
  need(select.limit === null || can.limit, 'limit');
  need(select.offset === null || can.offset, 'offset');
  need(select.keyset.length === 0 || can.keyset, 'position');
  if (select.groups) {
    const { keys, measures, having } = select.groups;
    for (const key of keys) need(can.groupKey(key) && operandIsExact(key.operand, can), 'groups');
    for (const measure of measures) need(measureIsExact(measure, can), 'measures');
    need(isTrue(having) || (can.having && isExact(having, can)), 'having');
  } else {
    for (const operand of select.output) need(can.output(operand) && operandIsExact(operand, can), 'output');
  }
  if (select.within) {
    const { step, parents, walk } = select.within;
    need(can.within === 'select' || (can.within === 'keys' && parents.kind === 'keys'), 'within');
    need(walk ? walkIsExact(walk, can) : stepIsExact(step, can), 'relation');
    need(!walk || can.walk, 'walk');
    need(parents.kind === 'keys' || missing(parents.select, can).length === 0, 'parents');
    need((select.limit === null && select.offset === null) || can.limitPerParent, 'limit per parent');
  }
  return parts;
}

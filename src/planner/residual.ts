import { GatewayError } from '../errors.js';
import { crosses, entityPath, type Entity, type JoinPair } from '../ir/entity.js';
import { changes } from '../ir/join.js';
import { own, place, type Operand, type Step } from '../ir/operand.js';
import { and, conjuncts, TRUE, type Collation, type Predicate } from '../ir/predicate.js';
import { selectFrom, type Select } from '../ir/select.js';
import { INT64, isCollated } from '../ir/types.js';
import { literal } from '../ir/value.js';
import type { PlanContext } from './context.js';
import { withFarGroups, type Grouped } from './far-groups.js';
import { inLists, listSlots } from './lists.js';
import { withOwnGroups } from './own-groups.js';
import { walkSelect } from './places.js';
import type { KeyedScan, Residual, Scan } from './plan.js';
import { fidelityOf, missing, pushDownWhere } from './pushdown.js';

/** What is left to us of a select; null when its store answers it whole. */
export function residualOf(select: Select, context: PlanContext): Residual | null {
  const lacking = missing(select, context.capabilitiesOf(select.from.entity.source));
  return lacking.length === 0 ? null : planResidual(select, lacking, context);
}

/**
 * What is left is answered by compute over scans, one an entity. A scan is narrowed where its entity stands at one place
 * only: that of the rows themselves by their conditions, that of rows in another source, or of children, by join values.
 */
function planResidual(asked: Select, parts: readonly string[], context: PlanContext): Residual {
  const { capabilitiesOf, rowBudget } = context;
  const can = capabilitiesOf(asked.from.entity.source);
  const split = pushDownWhere(conjuncts(and(asked.from.policy, asked.where)), (p) => fidelityOf(p, can));
  const { select, grouped } = inGroups(asked, split, context);
  const root = select.from.entity;
  const fields = new Map<Entity, Set<string>>();
  const places = new Map<Entity, number>();
  const steps = new Map<Entity, Step>();
  const of = (entity: Entity): Set<string> => {
    const known = fields.get(entity) ?? new Set<string>();
    fields.set(entity, known);
    return known;
  };
  walkSelect(select, {
    place: ({ entity }) => {
      of(entity);
      places.set(entity, (places.get(entity) ?? 0) + 1);
    },
    field: (entity, name) => of(entity).add(name),
    step: (step) => steps.set(step.to.entity, step),
    search: (search) => {
      if (can.beginning) throw can.beginning.refusal(search) ?? can.beginning.elsewhere(search, parts);
    },
  });
  checkTextOrder(asked, split.residual, context);
  // Groups of a far side are asked for by one relation: all near rows that it begins at have been scanned.
  const isOnce = (entity: Entity): boolean =>
    grouped.has(entity) ||
    (places.get(entity) === (entity === root && select.within ? 2 : 1) && (entity !== root || isPlain(select)));
  const scanOf = (entity: Entity, columns: readonly string[], where: Predicate): Select => ({
    ...(grouped.get(entity) ??
      selectFrom(place(entity), { output: columns.map((name) => own(entity.fields.get(name)!)) })),
    where,
    limit: rowBudget !== null && capabilitiesOf(entity.source).limit ? literal(INT64, BigInt(rowBudget) + 1n) : null,
  });
  const scans = [...fields].map(([entity, names]): Scan => {
    const needed = grouped.has(entity) ? entity.fields.keys() : names;
    const columns = names.size > 0 ? [...needed] : [entity.fields.keys().next().value!];
    const once = isOnce(entity);
    const where = entity === root && once ? and(...split.pushed) : TRUE;
    const pair = once ? keyPairOf(select, entity, steps.get(entity)) : null;
    const narrow = (keys: Predicate): Select => scanOf(entity, columns, and(where, keys));
    const keyed = pair && keyedScan(pair, entity === root ? 'PARENTS' : 'ROWS', entity, narrow, context);
    return { entity, columns, select: scanOf(entity, columns, where), keyed };
  });
  return { select, scans, pushed: split.pushed, left: split.residual, parts };
}

/** The select over what its stores can group before rows move. */
function inGroups(
  asked: Select,
  { pushed, residual }: ReturnType<typeof pushDownWhere>,
  context: PlanContext,
): Grouped {
  const far = withFarGroups(asked, context);
  const whole = residual.length === 0 ? withOwnGroups(far.select, and(...pushed), context) : null;
  return whole ? { select: whole.select, grouped: new Map([...far.grouped, ...whole.grouped]) } : far;
}

/** What is left to us orders text by its bytes; a store's own order is never passed off as that. */
function checkTextOrder(select: Select, left: readonly Predicate[], { capabilitiesOf }: PlanContext): void {
  const root = select.from.entity;
  const isOwn = ({ operand, collate }: { readonly operand: Operand; readonly collate: Collation }): boolean =>
    collate === 'STORE' && isCollated(operand.type) && capabilitiesOf(homeOf(operand, root).source).textOrder === 'own';
  const refuse = (what: string): never => {
    const message = `${entityPath(root)}: the gateway cannot ${what} text as the store does here`;
    const hint = 'ask for its order by bytes: collate: BINARY';
    throw new GatewayError('UNSUPPORTED', message, { source: root.source, hint });
  };
  if (select.orderBy.some((term) => !term.tie && isOwn(term))) refuse('order');
  const compares = (p: Predicate): boolean => {
    if (p.kind === 'and' || p.kind === 'or') return p.of.some(compares);
    if (p.kind !== 'compare' && p.kind !== 'compareOperands') return false;
    const operand = p.kind === 'compare' ? p.operand : p.left;
    return p.op !== 'eq' && p.op !== 'ne' && isOwn({ operand, collate: p.collate });
  };
  if (left.some(compares)) refuse('compare');
  for (const { fn, operand, collate } of select.groups?.measures ?? [])
    if ((fn === 'MIN' || fn === 'MAX') && operand && isOwn({ operand, collate })) refuse('find the least or greatest');
}

/** Whose field an operand is. */
function homeOf({ steps, leaf }: Operand, root: Entity): Entity {
  return leaf.kind === 'related' ? leaf.step.to.entity : (steps.at(-1)?.to.entity ?? root);
}

/** The root's rows are asked for nowhere else in the select. */
function isPlain({ within, from }: Select): boolean {
  if (within === null) return true;
  return within.walk === undefined && (within.parents.kind === 'keys' || within.step.relation.from !== from.entity);
}

/** The pair whose far values can be asked for: of children by their parents' keys, of another source by the root's rows. */
function keyPairOf({ from, within }: Select, entity: Entity, step: Step | undefined): JoinPair | null {
  const root = from.entity;
  const relation = entity === root ? within?.step.relation : step?.relation;
  if (!relation || relation.through !== null) return null;
  const [pair, ...more] = relation.on as readonly [JoinPair, ...JoinPair[]];
  if (more.length > 0 || changes(pair.to.type, pair.form)) return null;
  if (entity === root) return within?.parents.kind === 'keys' && !pair.form ? pair : null;
  return crosses(relation) && relation.from === root ? pair : null;
}

function keyedScan(
  pair: JoinPair,
  of: KeyedScan['of'],
  { source }: Entity,
  narrow: (keys: Predicate) => Select,
  context: PlanContext,
): KeyedScan | null {
  const slots = listSlots(context, source);
  const keys = inLists(own(pair.to), slots, false);
  if (fidelityOf(keys, context.capabilitiesOf(source)) === 'none') return null;
  return { select: narrow(keys), pair, of, slots, most: context.keyBudget };
}

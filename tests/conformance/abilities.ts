import { ownField } from '../../src/ir/operand.js';
import { and, isTrue, or, TRUE, type Predicate, type PredicateKind } from '../../src/ir/predicate.js';
import type { Select } from '../../src/ir/select.js';
import type { Capabilities, Fidelity } from '../../src/store/capabilities.js';
import type { Store } from '../../src/store/store.js';
import type { Random } from '../random.js';
import { meet } from './asked.js';

const FIDELITIES: readonly Fidelity[] = ['exact', 'exact', 'exact', 'superset', 'none'];

/** Some of what an engine can do, each ability kept or lost by its kind. */
export function someAbilities(random: Random, whole: Capabilities): Capabilities {
  const chosen = new Map<string, Fidelity>();
  const of = (kind: string): Fidelity => {
    const known = chosen.get(kind) ?? random.pick(FIDELITIES);
    chosen.set(kind, known);
    return known;
  };
  // Drawn in one order, so that a seed says all.
  const kinds: readonly PredicateKind[] = [
    'compare',
    'compareOperands',
    'in',
    'isNull',
    'float',
    'text',
    'list',
    'related',
  ];
  for (const kind of kinds) of(kind);
  const has = (kind: string): boolean => of(kind) === 'exact';
  const within = random.pick(['select', 'select', 'keys', 'none'] as const);
  return {
    predicate: (leaf) => weaker(whole.predicate(leaf), of(leaf.kind)),
    output: (operand) =>
      whole.output(operand) && has(`output ${operand.steps.length > 0 ? 'path' : operand.leaf.kind}`),
    order: (term) => whole.order(term) && has(`order ${term.operand.type.kind} ${term.nulls}`),
    groupKey: (key) => whole.groupKey(key) && has(`key ${key.grouping.kind}`),
    measure: (measure) => (has(`measure ${measure.fn}`) ? whole.measure(measure) : 'none'),
    having: whole.having && has('having'),
    limit: whole.limit && has('limit'),
    offset: whole.offset && has('offset'),
    keyset: whole.keyset && has('keyset'),
    within: whole.within === 'select' ? within : whole.within,
    limitPerParent: whole.limitPerParent && has('limitPerParent'),
    walk: whole.walk && has('walk'),
    snapshot: whole.snapshot,
    textOrder: whole.textOrder,
    maxKeys: whole.maxKeys,
  };
}

function weaker(a: Fidelity, b: Fidelity): Fidelity {
  if (a === 'none' || b === 'none') return 'none';
  return a === 'superset' ? a : b;
}

/** All that an engine can do but for one thing that the select asks: a plan must do without that one alone. */
export function eachAbilityLess(select: Select, whole: Capabilities): Capabilities[] {
  const { limit, offset, keyset, groups, within } = select;
  const paged = limit !== null || offset !== null;
  const less: Partial<Capabilities>[] = [
    ...(limit ? [{ limit: false }] : []),
    ...(offset ? [{ offset: false }] : []),
    ...(keyset.length > 0 ? [{ keyset: false }] : []),
    ...(groups && !isTrue(groups.having) ? [{ having: false }] : []),
    ...(within ? [{ within: 'keys' } as const, { within: 'none' } as const] : []),
    ...(within && paged ? [{ limitPerParent: false }] : []),
  ];
  return less.map((one) => ({ ...whole, ...one }));
}

/** What a select asks that a store of these abilities cannot do. */
function excess(select: Select, can: Capabilities): string[] {
  const asked: string[] = [];
  const need = (ok: boolean, what: string): void => {
    if (!ok) asked.push(what);
  };
  meet(select, {
    predicate: (leaf, narrowing) => {
      const fidelity = can.predicate(leaf);
      need(fidelity === 'exact' || (narrowing && fidelity === 'superset'), `predicate ${leaf.kind}`);
    },
    output: (operand) => need(ownField(operand) !== null || can.output(operand), 'output'),
    order: (term) => need(can.order(term), 'order'),
    key: (key) => need(can.groupKey(key), 'group key'),
    measure: (measure) => need(can.measure(measure) === 'exact', `measure ${measure.fn}`),
    select: ({ limit, offset, keyset, groups, within }) => {
      need(limit === null || can.limit, 'limit');
      need(offset === null || can.offset, 'offset');
      need(keyset.length === 0 || can.keyset, 'keyset');
      need(groups === null || isTrue(groups.having) || can.having, 'having');
      if (!within) return;
      need(can.within === 'select' || (can.within === 'keys' && within.parents.kind === 'keys'), 'within');
      need((limit === null && offset === null) || can.limitPerParent, 'limit per parent');
    },
  });
  return asked;
}

/** The select as a store answers it that keeps too many rows wherever it may. */
function loosened(select: Select, can: Capabilities): Select {
  const loose = (p: Predicate): Predicate => {
    if (p.kind === 'and') return and(...p.of.map(loose));
    if (p.kind === 'or') return or(...p.of.map(loose));
    return can.predicate(p) === 'superset' ? TRUE : p;
  };
  return { ...select, where: loose(select.where) };
}

/** The store with these abilities and no others: what it is asked beyond them is a fault of the plan. */
export function restricted(store: Store, can: Capabilities): Store {
  const answerable = (selects: readonly Select[]): Select[] =>
    selects.map((select) => {
      const asked = excess(select, can);
      if (asked.length > 0) throw new Error(`a store was asked what it cannot do: ${asked.join(', ')}`);
      return loosened(select, can);
    });
  return {
    ...store,
    capabilities: can,
    read: (selects, run) => store.read(answerable(selects), run),
    session: async (run) => {
      const session = await store.session(run);
      return { read: (selects, each) => session.read(answerable(selects), each), close: () => session.close() };
    },
  };
}

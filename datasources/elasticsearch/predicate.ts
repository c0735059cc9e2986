import { own, place, type Operand, type Step } from '../../src/ir/operand.js';
import { TRUE, type Predicate } from '../../src/ir/predicate.js';
import type { GroupKey, Measure, Select } from '../../src/ir/select.js';
import { valueOf, type Args, type Value } from '../../src/ir/value.js';
import { comparison, equal, exists, oneOf } from './compare.js';
import { compareFields } from './compare-fields.js';
import { holds } from './having.js';
import { elementsOf, locate, type Location } from './native.js';
import { textQuery } from './pattern.js';
import { unable } from './unable.js';
import { geo, match, nearest } from './search.js';
import { ALL, allOf, Among, anyOf, Late, NONE, noneOf, type Query } from './query.js';

/** A predicate as a query of the search DSL. `elements`: inside a list of objects, where those stand. */
export function predicate(p: Predicate, elements: Location | null = null): Query {
  switch (p.kind) {
    case 'and':
      return allOf(p.of.map((each) => predicate(each, elements)));
    case 'or':
      return anyOf(p.of.map((each) => predicate(each, elements)));
    case 'related':
      return related(p.step, p.where, p.quantifier === 'every' ? !p.negated : p.negated, p.quantifier !== 'every');
    case 'compareOperands':
      return compareFields(locate(p.left, elements), p.op, locate(p.right, elements));
    case 'match':
      return match(p);
    case 'nearest': {
      const near = new Among(null, nearest(p, predicate(p.among.policy)), p.negated);
      return p.negated ? allOf([exists(locate(p.operand, null)), near]) : near;
    }
    case 'reach':
      throw unable(p.kind);
    default:
      return leaf(p, elements);
  }
}

type Leaf = Exclude<Predicate, { kind: 'and' | 'or' | 'related' | 'compareOperands' | 'match' | 'reach' | 'nearest' }>;

function leaf(p: Leaf, elements: Location | null): Query {
  const { operand } = p;
  const [first, ...rest] = operand.steps;
  if (first) {
    const inner = { ...p, operand: { ...operand, steps: rest } } as Leaf;
    // A row that is missing on the way is null.
    if (p.kind === 'isNull' && !p.negated) return related(first, { ...inner, negated: true } as Predicate, true, true);
    return related(first, inner, false, true);
  }
  if (operand.leaf.kind === 'related') return measured(p, operand.leaf.step, operand.leaf.measure);
  return ofLocation(p, locate(operand, elements));
}

/** Rows with (`negated`: without) a related row for which `where` holds, or does not. */
function related(step: Step, where: Predicate, negated: boolean, holds: boolean): Query {
  const inside = predicate(where);
  const query = allOf([predicate(step.to.policy), holds ? inside : noneOf(inside)]);
  const junction = step.through ? predicate(step.through.policy) : ALL;
  return new Among(step, { kind: 'rows', query, junction }, negated);
}

function ofLocation(p: Leaf, location: Location): Query {
  const there = exists(location);
  const signed = (query: Query, negated: boolean): Query => (negated ? allOf([there, noneOf(query)]) : query);
  switch (p.kind) {
    case 'isNull':
      return p.negated ? there : noneOf(there);
    case 'compare':
      return late(p.value, (value) => comparison(location, p.op, value), p.op, location);
    case 'in':
      return signed(
        late(p.value, (values) => oneOf(location, values as readonly unknown[]), 'in', location),
        p.negated,
      );
    case 'float':
      return (p.test === 'isFinite') === p.negated ? NONE : there;
    case 'text':
      return signed(
        late(
          p.value,
          (wanted) => textQuery(location.native.exact!, p.test, wanted as string) ?? there,
          p.test,
          location,
        ),
        p.negated,
      );
    case 'list':
      return signed(list(p, location, there), p.negated);
    case 'geo':
      return geo(p, location);
    case 'elements': {
      const { native } = location;
      if (native.type !== 'nested') throw unable('conditions of elements that are not nested objects');
      const nested = (query: Query): Query => ({ nested: { path: native.path, query } });
      const where = predicate(p.where, elementsOf(location));
      const some = nested(p.quantifier === 'some' ? where : noneOf(where));
      return (p.quantifier === 'some') === p.negated ? allOf([there, noneOf(some)]) : some;
    }
  }
}

function list(p: Extract<Leaf, { kind: 'list' }>, location: Location, there: Query): Query {
  const element: Location = { ...location, type: location.type.kind === 'list' ? location.type.of : location.type };
  switch (p.test) {
    case 'has':
      return late(p.value, (value) => equal(element, value), 'has', location);
    case 'hasAny':
      return late(p.value, (values) => oneOf(element, values as readonly unknown[]), 'hasAny', location);
    case 'hasAll':
      return late(
        p.value,
        (values) => allOf([there, ...(values as readonly unknown[]).map((each) => equal(element, each))]),
        'hasAll',
        location,
      );
    case 'isEmpty':
      // An empty list is null here, and null is neither.
      return late(p.value, (empty) => (empty === true ? NONE : there), 'isEmpty', location);
  }
}

function late(value: Value, make: (value: unknown) => Query, test: string, { native }: Location): Query {
  return new Late([value], (args) => make(valueOf(value, args)), test, native.exact ?? native.path);
}

/** A condition of what is measured over related rows: the keys whose measure passes, found by groups of the far side. */
function measured(p: Leaf, step: Step, measure: Measure): Query {
  const { through } = step.relation;
  const empty = measure.fn === 'COUNT' || measure.fn === 'COUNT_DISTINCT' ? 0n : null;
  const passes = (value: unknown, args: Args): boolean => holds(p, () => value, args);
  const found = through
    ? { measured: measuredWithin(step, measure), nearby: keysOf(step) }
    : { measured: measuredByKeys(step, measure), nearby: null };
  return new Among(step, { kind: 'measured', passes, empty, ...found }, false);
}

const BARE = { orderBy: [], limit: null, offset: null, keyset: [], within: null } as const;

function outputOfMeasure({ type }: Measure): Operand {
  return { steps: [], leaf: { kind: 'groupMeasure', index: 0 }, type, nullable: true };
}

/** The measure for each key of the far side. */
function measuredByKeys({ relation, to }: Step, measure: Measure): Select {
  const keys = relation.on.map((pair): GroupKey => ({
    operand: own(pair.to),
    grouping: { kind: 'value' },
    type: pair.to.type,
  }));
  const output = keys.map(({ type }, index): Operand => ({
    steps: [],
    leaf: { kind: 'groupKey', index },
    type,
    nullable: true,
  }));
  return {
    ...BARE,
    from: to,
    where: TRUE,
    output: [...output, outputOfMeasure(measure)],
    groups: { keys, measures: [measure], having: TRUE },
  };
}

/** The measure for each of some near keys, which stand in slot -1. */
export function measuredWithin(step: Step, measure: Measure): Select {
  return {
    ...BARE,
    from: step.to,
    where: TRUE,
    output: [outputOfMeasure(measure)],
    groups: { keys: [], measures: [measure], having: TRUE },
    within: { step, parents: { kind: 'keys', slot: -1 } },
  };
}

/** All keys of the near side. */
function keysOf({ relation }: Step): Select {
  return {
    ...BARE,
    from: place(relation.from),
    where: TRUE,
    output: relation.on.map((pair) => own(pair.from)),
    groups: null,
  };
}

import type { Operand, Place, Step } from '../../src/ir/operand.js';
import { isTrue, type Predicate } from '../../src/ir/predicate.js';
import type { GroupKey, Measure, OrderTerm, Select } from '../../src/ir/select.js';

/** What a select asks of a store, met one by one. */
export interface Visitor {
  /** Leaves; `narrowing` is true where a store may keep too many rows: in the `where` of the select itself. */
  readonly predicate?: (leaf: Predicate, narrowing: boolean) => void;
  readonly output?: (operand: Operand) => void;
  readonly order?: (term: OrderTerm) => void;
  readonly key?: (key: GroupKey) => void;
  readonly measure?: (measure: Measure) => void;
  readonly operand?: (operand: Operand) => void;
  readonly place?: (place: Place, where: string) => void;
  /** Each select: the outer one, and those that choose its parents. */
  readonly select?: (select: Select) => void;
}

export function meet(select: Select, visit: Visitor): void {
  visit.select?.(select);
  place(select.from, 'from', visit);
  predicate(select.where, visit, true);
  if (select.groups) {
    for (const key of select.groups.keys) {
      visit.key?.(key);
      operand(key.operand, visit);
    }
    for (const each of select.groups.measures) measure(each, visit);
    predicate(select.groups.having, visit, false);
  } else {
    for (const each of select.output) {
      visit.output?.(each);
      operand(each, visit);
    }
  }
  for (const term of select.orderBy) {
    visit.order?.(term);
    operand(term.operand, visit);
  }
  if (!select.within) return;
  if (select.within.walk) for (const hop of select.within.walk.hops) step(hop, 'hop', visit);
  else step(select.within.step, 'within', visit);
  if (select.within.parents.kind === 'select') meet(select.within.parents.select, visit);
}

function place(of: Place, where: string, visit: Visitor): void {
  visit.place?.(of, where);
  predicate(of.policy, visit, false);
}

function step({ to, through }: Step, where: string, visit: Visitor): void {
  place(to, where, visit);
  if (through) place(through, `${where} through`, visit);
}

function operand(of: Operand, visit: Visitor): void {
  visit.operand?.(of);
  for (const each of of.steps) step(each, 'to-one', visit);
  if (of.leaf.kind === 'degree') for (const hop of of.leaf.hops) step(hop, 'hop', visit);
  if (of.leaf.kind !== 'related') return;
  step(of.leaf.step, 'measured', visit);
  measure(of.leaf.measure, visit);
}

function measure(of: Measure, visit: Visitor): void {
  visit.measure?.(of);
  if (of.operand) operand(of.operand, visit);
  predicate(of.where, visit, false);
}

function predicate(p: Predicate, visit: Visitor, narrowing: boolean): void {
  switch (p.kind) {
    case 'and':
    case 'or':
      for (const each of p.of) predicate(each, visit, narrowing);
      return;
    case 'related':
      visit.predicate?.(p, narrowing);
      step(p.step, 'related', visit);
      predicate(p.where, visit, false);
      return;
    case 'compareOperands':
      visit.predicate?.(p, narrowing);
      operand(p.left, visit);
      operand(p.right, visit);
      return;
    case 'match':
      visit.predicate?.(p, narrowing);
      for (const each of p.operands) operand(each, visit);
      return;
    case 'elements':
      visit.predicate?.(p, narrowing);
      operand(p.operand, visit);
      predicate(p.where, visit, false);
      return;
    case 'reach':
      visit.predicate?.(p, narrowing);
      for (const hop of p.walk.hops) step(hop, 'hop', visit);
      place(p.end, 'end', visit);
      predicate(p.where, visit, false);
      return;
    case 'nearest':
      visit.predicate?.(p, narrowing);
      operand(p.operand, visit);
      place(p.among, 'among', visit);
      return;
    default:
      visit.predicate?.(p, narrowing);
      operand(p.operand, visit);
  }
}

/** How often each kind of the IR stands in a select. */
export function kindsOf(select: Select, kinds = new Map<string, number>()): Map<string, number> {
  const add = (kind: string): void => void kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  meet(select, {
    predicate: (p) => {
      add(`predicate ${p.kind}`);
      if (p.kind === 'text') add(`text ${p.test}`);
      if (p.kind === 'list') add(`list ${p.test}`);
      if (p.kind === 'float') add(`float ${p.test}`);
      if (p.kind === 'related' || p.kind === 'elements') add(`${p.kind} ${p.quantifier}`);
      if (p.kind === 'compare') add(`compare ${p.op}`);
      if ('negated' in p && p.negated) add(`negated ${p.kind}`);
    },
    key: ({ grouping }) => add(`group by ${grouping.kind}`),
    measure: (m) => {
      add(`measure ${m.fn}`);
      if (!isTrue(m.where)) add('measure with a where');
    },
    order: ({ direction, nulls }) => add(`order ${direction} nulls ${nulls}`),
    operand: ({ steps, leaf }) => {
      if (leaf.kind === 'related') add('operand related');
      if (leaf.kind === 'field' && leaf.nested.length > 0) add(`operand inside ${leaf.field.type.kind}`);
      if (leaf.kind === 'element') add('operand inside element');
      if (steps.length > 0) add(`operand of ${steps.length > 1 ? 'several steps' : 'one step'}`);
    },
    place: ({ policy }, where) => {
      if (!isTrue(policy)) add(`policy ${where}`);
    },
    select: ({ keyset, limit, offset, groups, within }) => {
      for (const { side, inclusive } of keyset) add(`keyset ${side}${inclusive ? ' inclusive' : ''}`);
      if (keyset.length > 1) add('keyset twice');
      if (limit) add('limit');
      if (offset) add('offset');
      if (groups) add(groups.keys.length > 0 ? 'groups' : 'measures alone');
      if (groups && !isTrue(groups.having)) add('having');
      if (!within) return;
      add(`within ${within.parents.kind}`);
      if (groups) add('within, groups');
      if (limit) add('within, a limit');
      if (within.step.through) add('within, through a junction');
    },
  });
  return kinds;
}

/** What random selects must come by where the fixture has lists of structs. */
export const NESTED_KINDS: readonly string[] = [
  'predicate elements',
  'negated elements',
  'elements some',
  'elements every',
  'operand inside struct',
];

/** What random selects must come by. */
export const KINDS: readonly string[] = [
  ...['compare', 'in', 'isNull', 'float', 'compareOperands', 'text', 'list', 'related'].map((k) => `predicate ${k}`),
  ...['in', 'isNull', 'float', 'text', 'list', 'related'].map((k) => `negated ${k}`),
  ...['eq', 'ne', 'lt', 'lte', 'gt', 'gte'].map((k) => `compare ${k}`),
  ...['like', 'ilike', 'startsWith', 'endsWith', 'contains', 'regex'].map((k) => `text ${k}`),
  ...['has', 'hasAny', 'hasAll', 'isEmpty'].map((k) => `list ${k}`),
  ...['isNaN', 'isFinite'].map((k) => `float ${k}`),
  ...['some', 'every'].map((k) => `related ${k}`),
  ...['COUNT', 'COUNT_DISTINCT', 'SUM', 'AVG', 'MIN', 'MAX', 'QUANTILE'].map((k) => `measure ${k}`),
  ...['STDDEV', 'STDDEV_POP', 'VARIANCE', 'VARIANCE_POP'].map((k) => `measure ${k}`),
  'measure with a where',
  ...['value', 'bucket', 'part', 'width'].map((k) => `group by ${k}`),
  ...[
    'groups',
    'measures alone',
    'having',
    'limit',
    'offset',
    'keyset after',
    'keyset before',
    'keyset after inclusive',
    'keyset before inclusive',
    'keyset twice',
  ],
  ...['asc nulls last', 'asc nulls first', 'desc nulls last', 'desc nulls first'].map((k) => `order ${k}`),
  ...['operand inside json', 'operand related', 'operand of one step', 'operand of several steps'],
  ...['within select', 'within keys', 'within, groups', 'within, a limit', 'within, through a junction'],
  ...['from', 'related', 'related through', 'to-one', 'measured', 'measured through', 'within', 'within through'].map(
    (k) => `policy ${k}`,
  ),
];

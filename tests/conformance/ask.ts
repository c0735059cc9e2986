import { fieldOf, type Entity, type Relation } from '../../src/ir/entity.js';
import { place, step as stepOver, type Operand, type Step, type Walk } from '../../src/ir/operand.js';
import {
  and,
  not,
  or,
  TRUE,
  type Comparison,
  type ListTest,
  type Predicate,
  type TextTest,
} from '../../src/ir/predicate.js';
import {
  groupingType,
  measureType,
  WAY_POINT,
  type DatePart,
  type GroupKey,
  type Grouping,
  type Keyset,
  type Measure,
  type MeasureFn,
  type OrderTerm,
  type Select,
  type TimeBucket,
} from '../../src/ir/select.js';
import { BOOL, FLOAT64, INT32, INT64, TEXT, typeAt, type DataType } from '../../src/ir/types.js';
import type { Value } from '../../src/ir/value.js';

/** What names mean while a question is made: every value a literal, or every value a parameter whose value is in `args`. */
export class Build {
  readonly args: unknown[] = [];
  constructor(
    readonly entities: ReadonlyMap<string, Entity>,
    private readonly parameters: boolean,
  ) {}

  entity(name: string): Entity {
    const entity = this.entities.get(name);
    if (!entity) throw new Error(`there is no entity ${name}`);
    return entity;
  }

  value(type: DataType, value: unknown, many = false): Value {
    return this.parameters
      ? { kind: 'parameter', type, many, slot: this.slot(value) }
      : { kind: 'literal', type, many, value };
  }

  slot(value: unknown): number {
    return this.args.push(value) - 1;
  }
}

/** A field that the fixture does not have behind this store. */
export class NotThere extends Error {
  constructor(readonly field: string) {
    super(`there is no ${field}`);
  }
}

/** Where an expression stands. */
interface Here {
  readonly build: Build;
  readonly entity: Entity;
  readonly keys?: readonly GroupKey[];
  readonly measures?: readonly Measure[];
  /** The type of the element that conditions of elements speak of. */
  readonly element?: DataType;
  /** The field that the element stands in. */
  readonly elements?: string;
}

type In<T> = (here: Here) => T;
export type Where = In<Predicate>;
export type Path = string | In<Operand>;
export type Question = (build: Build) => Select;
type Level = (build: Build, from: Select['from']) => Select;

const EVERY: Where = () => TRUE;

function relationOf(entity: Entity, name: string): Relation {
  const relation = entity.relations.get(name);
  if (!relation)
    throw new Error(`${entity.entity} has no relation ${name}: ${[...entity.relations.keys()].join(', ')}`);
  return relation;
}

/** What may be seen on the far side of a step, and of its junction. */
export interface Policies {
  readonly to?: Where;
  readonly through?: Where;
}

function stepOf(build: Build, from: Entity, name: string, { to = EVERY, through = EVERY }: Policies): Step {
  const relation = relationOf(from, name);
  const junction = relation.through?.entity;
  return stepOver(relation, to({ build, entity: relation.to }), junction && through({ build, entity: junction }));
}

/** A field behind to-one steps: `town.mother.name`, or what stands in one: `doc>in>big`; policies in the order of the steps. */
export function at(path: string, policies: readonly Where[] = []): In<Operand> {
  return ({ build, entity }) => {
    const names = path.split('.');
    const [field, ...nested] = names.pop()!.split('>');
    const steps: Step[] = [];
    let near = entity;
    for (const [i, name] of names.entries()) {
      steps.push(stepOf(build, near, name, { to: policies[i] ?? EVERY }));
      near = relationOf(near, name).to;
    }
    const found = near.fields.get(field!);
    if (!found) throw new NotThere(`${near.entity}.${field}`);
    const type = typeAt(found.type, nested);
    if (!type) throw new NotThere([`${near.entity}.${field}`, ...nested].join('.'));
    const nullable = found.nullable || steps.length > 0 || nested.length > 0;
    return { steps, leaf: { kind: 'field', field: found, nested }, type, nullable };
  };
}

/** What stands in the element that is looked at: `lot>code`. */
export function inside(way: string): In<Operand> {
  return ({ element, elements: field }) => {
    const nested = way.split('>');
    const type = element && typeAt(element, nested);
    if (!type) throw new NotThere([field, ...nested].join('.'));
    return { steps: [], leaf: { kind: 'element', nested }, type, nullable: true };
  };
}

/** A measure over the rows of a to-many, behind to-one steps. */
export function over(path: string, measure: In<Measure>, policies: Policies = {}): In<Operand> {
  return ({ build, entity }) => {
    const names = path.split('.');
    const last = names.pop()!;
    const steps: Step[] = [];
    let near = entity;
    for (const name of names) {
      steps.push(stepOf(build, near, name, {}));
      near = relationOf(near, name).to;
    }
    const step = stepOf(build, near, last, policies);
    const made = measure({ build, entity: step.to.entity });
    const counts = made.fn === 'COUNT' || made.fn === 'COUNT_DISTINCT';
    return {
      steps,
      leaf: { kind: 'related', step, measure: made },
      type: made.type,
      nullable: !counts || steps.length > 0,
    };
  };
}

/** Key or measure `index` of the groups around. */
export function keyAt(index: number): In<Operand> {
  return ({ keys }) => ({ steps: [], leaf: { kind: 'groupKey', index }, type: keys![index]!.type, nullable: true });
}

export function measureAt(index: number): In<Operand> {
  return ({ measures }) => ({
    steps: [],
    leaf: { kind: 'groupMeasure', index },
    type: measures![index]!.type,
    nullable: true,
  });
}

function operandAt(path: Path, here: Here): Operand {
  return (typeof path === 'string' ? at(path) : path)(here);
}

export function is(path: Path, op: Comparison, value: unknown): Where {
  return (here) => {
    const operand = operandAt(path, here);
    const ordered = operand.type.kind === 'text' && op !== 'eq' && op !== 'ne';
    return {
      kind: 'compare',
      operand,
      op,
      value: here.build.value(operand.type, value),
      collate: ordered ? 'BINARY' : 'STORE',
    };
  };
}

export const eq = (path: Path, value: unknown): Where => is(path, 'eq', value);
export const ne = (path: Path, value: unknown): Where => is(path, 'ne', value);

export function oneOf(path: Path, values: readonly unknown[], negated = false): Where {
  return (here) => {
    const operand = operandAt(path, here);
    return { kind: 'in', operand, value: here.build.value(operand.type, values, true), negated };
  };
}

export const noneOf = (path: Path, values: readonly unknown[]): Where => oneOf(path, values, true);

export function isNull(path: Path, negated = false): Where {
  return (here) => ({ kind: 'isNull', operand: operandAt(path, here), negated });
}

export function float(path: Path, test: 'isNaN' | 'isFinite', negated = false): Where {
  return (here) => ({ kind: 'float', operand: operandAt(path, here), test, negated });
}

export function text(path: Path, test: TextTest, value: string, negated = false): Where {
  return (here) => ({
    kind: 'text',
    operand: operandAt(path, here),
    test,
    value: here.build.value(TEXT, value),
    negated,
  });
}

export function list(path: Path, test: ListTest, value: unknown, negated = false): Where {
  return (here) => {
    const operand = operandAt(path, here);
    const element = operand.type.kind === 'list' ? operand.type.of : operand.type;
    const type = test === 'isEmpty' ? BOOL : element;
    return { kind: 'list', operand, test, value: here.build.value(type, value, Array.isArray(value)), negated };
  };
}

function nameOf({ entity }: Entity, { leaf }: Operand): string {
  return leaf.kind === 'field' ? [`${entity}.${leaf.field.name}`, ...leaf.nested].join('.') : entity;
}

export function elements(path: Path, quantifier: 'some' | 'every', where: Where, negated = false): Where {
  return (here) => {
    const operand = operandAt(path, here);
    if (operand.type.kind !== 'list') throw new Error('elements are of lists');
    return {
      kind: 'elements',
      operand,
      quantifier,
      where: where({ ...here, element: operand.type.of, elements: nameOf(here.entity, operand) }),
      negated,
    };
  };
}

export function compare(left: Path, op: Comparison, right: Path): Where {
  return (here) => ({
    kind: 'compareOperands',
    left: operandAt(left, here),
    op,
    right: operandAt(right, here),
    collate: 'BINARY',
  });
}

function related(relation: string, quantifier: 'some' | 'every', where: Where, policies: Policies): Where {
  return ({ build, entity }) => {
    const step = stepOf(build, entity, relation, policies);
    return { kind: 'related', step, quantifier, where: where({ build, entity: step.to.entity }), negated: false };
  };
}

export const some = (relation: string, where: Where = EVERY, policies: Policies = {}): Where =>
  related(relation, 'some', where, policies);
export const every = (relation: string, where: Where, policies: Policies = {}): Where =>
  related(relation, 'every', where, policies);
export const all =
  (...of: readonly Where[]): Where =>
  (here) =>
    and(...of.map((each) => each(here)));
export const any =
  (...of: readonly Where[]): Where =>
  (here) =>
    or(...of.map((each) => each(here)));
export const isNot =
  (where: Where): Where =>
  (here) =>
    not(where(here));

export interface MeasureOptions {
  readonly where?: Where;
  readonly q?: number;
}

export function measure(
  fn: MeasureFn,
  path: Path | null = null,
  { where = EVERY, q }: MeasureOptions = {},
): In<Measure> {
  return (here) => {
    const operand = path === null ? null : operandAt(path, here);
    return {
      fn,
      operand,
      q: q === undefined ? null : here.build.value(FLOAT64, q),
      where: where(here),
      collate: operand?.type.kind === 'text' ? 'BINARY' : 'STORE',
      approximate: false,
      type: measureType(fn, operand?.type ?? null),
    };
  };
}

export const count = (where?: Where): In<Measure> => measure('COUNT', null, where ? { where } : {});

function grouping(path: Path, how: Grouping): In<GroupKey> {
  return (here) => {
    const operand = operandAt(path, here);
    return { operand, grouping: how, type: groupingType(operand.type, how) };
  };
}

export const by = (path: Path): In<GroupKey> => grouping(path, { kind: 'value' });
export const bucket = (path: Path, unit: TimeBucket, zone: string | null = null): In<GroupKey> =>
  grouping(path, { kind: 'bucket', bucket: unit, zone });
export const part = (path: Path, which: DatePart, zone: string | null = null): In<GroupKey> =>
  grouping(path, { kind: 'part', part: which, zone });
export const bin = (path: Path, width: number, origin = 0): In<GroupKey> =>
  grouping(path, { kind: 'width', width, origin });

function term(path: Path, direction: 'asc' | 'desc', nulls: 'first' | 'last'): In<OrderTerm> {
  return (here) => {
    const operand = operandAt(path, here);
    return { operand, direction, nulls, collate: operand.type.kind === 'text' ? 'BINARY' : 'STORE' };
  };
}

export const asc = (path: Path, nulls: 'first' | 'last' = 'last'): In<OrderTerm> => term(path, 'asc', nulls);
export const desc = (path: Path, nulls: 'first' | 'last' = 'last'): In<OrderTerm> => term(path, 'desc', nulls);

export interface LevelOptions {
  readonly where?: Where;
  readonly orderBy?: readonly In<OrderTerm>[];
  readonly limit?: number;
  readonly offset?: number;
  readonly after?: readonly unknown[];
  readonly before?: readonly unknown[];
  /** Rows at the positions themselves count too. */
  readonly inclusive?: boolean;
}

function level(here: Here, from: Select['from'], options: LevelOptions): Select {
  const { build } = here;
  const orderBy = (options.orderBy ?? []).map((each) => each(here));
  const whole = (n: number | undefined): Value | null => (n === undefined ? null : build.value(INT64, BigInt(n)));
  const keyset = (['after', 'before'] as const).flatMap((side): Keyset[] => {
    const position = options[side];
    if (!position) return [];
    const values = position.map((value, i) => build.value(orderBy[i]!.operand.type, value));
    return [{ side, inclusive: options.inclusive ?? false, values }];
  });
  return {
    from,
    where: (options.where ?? EVERY)({ build, entity: from.entity }),
    output: [],
    groups: null,
    orderBy,
    limit: whole(options.limit),
    offset: whole(options.offset),
    keyset,
    within: null,
  };
}

export function rows(output: readonly Path[], options: LevelOptions = {}): Level {
  return (build, from) => {
    const here = { build, entity: from.entity };
    return { ...level(here, from, options), output: output.map((path) => operandAt(path, here)) };
  };
}

export interface GroupOptions extends LevelOptions {
  readonly by?: readonly In<GroupKey>[];
  readonly measures?: readonly In<Measure>[];
  readonly having?: Where;
}

/** Groups whose answer is their keys and then their measures. */
export function groups({
  by: keysIn = [],
  measures: measuresIn = [],
  having = EVERY,
  ...options
}: GroupOptions): Level {
  return (build, from) => {
    const outside = { build, entity: from.entity };
    const keys = keysIn.map((each) => each(outside));
    const measures = measuresIn.map((each) => each(outside));
    const here = { ...outside, keys, measures };
    return {
      ...level(here, from, options),
      groups: { keys, measures, having: having(here) },
      output: [...keys.map((_, i) => keyAt(i)(here)), ...measures.map((_, i) => measureAt(i)(here))],
    };
  };
}

export function from(entity: string, of: Level, policy: Where = EVERY): Question {
  return (build) => {
    const found = build.entity(entity);
    return of(build, place(found, policy({ build, entity: found })));
  };
}

/** A level within the rows that another question chooses. */
export function within(parents: Question, relation: string, of: Level, policies: Policies = {}): Question {
  return (build) => {
    const select = parents(build);
    const step = stepOf(build, select.from.entity, relation, policies);
    return { ...of(build, step.to), within: { step, parents: { kind: 'select', select } } };
  };
}

/** Ways over relations by name, each beginning at the entity that stands before it: `town.town_by_mother_id`. */
function walkOf(build: Build, ways: readonly string[], depth: number, policies: Policies): Walk {
  const hops = ways.map((way) => {
    const [entity, relation] = way.split('.') as [string, string];
    return stepOf(build, build.entity(entity), relation, policies);
  });
  return { hops, depth };
}

/** The rows that a walk reaches from those that another question chooses. */
export function reachedFrom(
  parents: Question,
  end: string,
  ways: readonly string[],
  depth: number,
  of: Level,
  policies: Policies = {},
): Question {
  return (build) => {
    const select = parents(build);
    const start = select.from.entity;
    const on = start.key!.map((name) => ({ from: fieldOf(start, name), to: fieldOf(start, name) }));
    const self: Relation = { name: 'self', from: start, to: start, many: true, on, through: null, description: null };
    const far = of(build, place(build.entity(end), (policies.to ?? EVERY)({ build, entity: build.entity(end) })));
    const walk = walkOf(build, ways, depth, policies);
    return { ...far, within: { step: stepOver(self), parents: { kind: 'select', select }, walk } };
  };
}

export function reaches(ways: readonly string[], depth: number, end: string, where: Where, negated = false): Where {
  return ({ build }) => ({
    kind: 'reach',
    walk: walkOf(build, ways, depth, {}),
    end: place(build.entity(end)),
    where: where({ build, entity: build.entity(end) }),
    negated,
  });
}

/** How many edges of these ways there are at a row. */
export function degree(ways: readonly string[]): In<Operand> {
  return ({ build }) => ({
    steps: [],
    leaf: { kind: 'degree', hops: walkOf(build, ways, 1, {}).hops },
    type: INT64,
    nullable: false,
  });
}

export const DISTANCE: In<Operand> = () => ({ steps: [], leaf: { kind: 'distance' }, type: INT32, nullable: false });
export const WAY: In<Operand> = () => ({
  steps: [],
  leaf: { kind: 'path' },
  type: { kind: 'list', of: WAY_POINT },
  nullable: false,
});

/** A level within parents of an entity that are named by their join values. */
export function withinKeys(
  parent: string,
  relation: string,
  keys: readonly (readonly unknown[])[],
  of: Level,
  policies: Policies = {},
): Question {
  return (build) => {
    const step = stepOf(build, build.entity(parent), relation, policies);
    return { ...of(build, step.to), within: { step, parents: { kind: 'keys', slot: build.slot(keys) } } };
  };
}

/** A question and the rows that answer it: in their order when it has one, else in any. */
export interface Case {
  readonly name: string;
  readonly select: Question;
  readonly rows: readonly (readonly unknown[])[];
  /** Asked of the bazaar, where a store chooses other plans, and not of the fair. */
  readonly of?: 'bazaar';
}

/** Cases about the ids of one entity's rows that a condition keeps. */
export function kept(
  entity: string,
  key: string,
  cases: Readonly<Record<string, readonly [Where, ...unknown[]]>>,
): Case[] {
  return Object.entries(cases).map(([name, [where, ...ids]]) => ({
    name,
    select: from(entity, rows([key], { where })),
    rows: ids.map((id) => [id]),
  }));
}

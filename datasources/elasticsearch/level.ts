import type { Operand, Step } from '../../src/ir/operand.js';
import { conjuncts, type Predicate } from '../../src/ir/predicate.js';
import { selectFrom, type GroupKey, type Groups, type Select, type Within } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import { isCounted, searchedIn } from './ability.js';
import { exists } from './compare.js';
import { highlightOf, indexOf, locate, SCORE, type Location } from './native.js';
import { keysetQuery, sortOf } from './order.js';
import { measuredWithin, predicate } from './predicate.js';
import { ALL, allOf, type Query } from './query.js';
import { unable } from './unable.js';

/** A select as it is carried out: which documents are searched, what is read of them, and what comes of that. */
export interface Level {
  readonly select: Select;
  readonly index: string;
  /** Policy and `where`; positions too where the store keeps the order. */
  readonly query: Query;
  /** What is read of each document, each place once. */
  readonly fields: readonly Location[];
  /** The part of the query that says how well a document answers: text matches and what is nearest. */
  readonly scoring: Query | null;
  /** What holds of the junction's rows, where parents are reached over one. */
  readonly junction: Query;
  /** Where the join values stand in `fields` that tell a row's parents. */
  readonly parentFields: readonly number[];
  readonly output: readonly Column[];
  readonly order: readonly Column[];
  /** The order by which the store sorts; null where rows are put in order when they are all here. */
  readonly sort: readonly Query[] | null;
  readonly groups: GroupPlan | null;
  /** The level that names the parents, and where their join values stand in its output. */
  readonly parents: Level | null;
}

/** How a value comes out of the fields that were read. */
export type Column =
  | { readonly kind: 'field'; readonly at: number }
  /** Another search finds it for each of the join values. */
  | {
      readonly kind: 'found';
      readonly step: Step;
      readonly on: readonly number[];
      readonly level: Level;
      readonly empty: unknown;
    };

export interface GroupPlan {
  readonly keys: readonly Column[];
  readonly measures: readonly MeasurePlan[];
}

export interface MeasurePlan {
  readonly query: Query;
  /** null: rows are counted. */
  readonly column: Column | null;
  /** The fields of the keys, and those that the column is made of. */
  readonly fields: readonly number[];
}

/** Fields of a level, each place once. */
class Fields {
  readonly all: Location[] = [];

  at(location: Location): number {
    const known = this.all.findIndex(
      ({ native, type, grouping }) =>
        native === location.native && type.kind === location.type.kind && grouping === location.grouping,
    );
    return known >= 0 ? known : this.all.push(location) - 1;
  }
}

export function levelOf(select: Select): Level {
  const { within, groups, from } = select;
  const fields = new Fields();
  const column = (operand: Operand): Column => columnOf(operand, fields);
  // Over a junction a row stands once for each of its parents, which the store cannot put in order.
  const sort = groups || within?.step.through ? null : sortOf(select);
  const positions = sort === null ? ALL : keysetQuery(select);
  const parentFields = within ? farPairs(within.step).map(({ to }) => fields.at(own(to))) : [];
  const plan = groups && groupPlan(groups, fields, parentFields);
  const asked = conjuncts(select.where).map((p) => ({ p, query: predicate(p) }));
  return {
    select,
    index: indexOf(from.entity),
    query: allOf([predicate(from.policy), ...asked.map(({ query }) => query), positions]),
    output: groups ? [] : select.output.map(column),
    order: groups ? [] : sort === null ? select.orderBy.map((term) => column(term.operand)) : [],
    scoring: isScored(select) ? scoringOf(asked) : null,
    junction: within?.step.through ? predicate(within.step.through.policy) : ALL,
    fields: fields.all,
    parentFields,
    sort,
    groups: plan,
    parents: within?.parents.kind === 'select' ? levelOf(joinValuesOf(within.step, within.parents.select)) : null,
  };
}

function isScored({ output, orderBy, groups }: Select): boolean {
  const operands = [...output, ...orderBy.map((term) => term.operand)];
  return !groups && operands.some(({ leaf }) => leaf.kind === 'score' || leaf.kind === 'highlights');
}

/** The matches that every row of the answer has passed; null when there are none. */
function scoringOf(asked: readonly { readonly p: Predicate; readonly query: Query }[]): Query | null {
  const positive = asked.filter(({ p }) => (p.kind === 'match' || p.kind === 'nearest') && !p.negated);
  return positive.length > 0 ? { bool: { must: positive.map(({ query }) => query) } } : null;
}

/** The pairs whose far fields are those of a step's rows. */
export function farPairs({ relation }: Step): Step['relation']['on'] {
  return relation.through ? relation.through.on : relation.on;
}

function own(field: { readonly native: unknown; readonly type: DataType }): Location {
  return { native: field.native as Location['native'], type: field.type };
}

/** The parents' select, for their join values alone. */
function joinValuesOf({ relation }: Step, parents: Select): Select {
  return {
    ...parents,
    output: relation.on.map(({ from }) => ({
      steps: [],
      leaf: { kind: 'field', field: from, nested: [] },
      type: from.type,
      nullable: from.nullable,
    })),
  };
}

function columnOf(operand: Operand, fields: Fields): Column {
  const [first, ...rest] = operand.steps;
  if (first) {
    const inner = { ...operand, steps: rest };
    const within: Within = { step: first, parents: { kind: 'keys', slot: -1 } };
    const level = levelOf(selectFrom(first.to, { output: [inner], within }));
    return { kind: 'found', step: first, on: nearFields(first, fields), level, empty: null };
  }
  if (operand.leaf.kind === 'related') {
    const { step, measure } = operand.leaf;
    const empty = measure.fn === 'COUNT' || measure.fn === 'COUNT_DISTINCT' ? 0n : null;
    return { kind: 'found', step, on: nearFields(step, fields), level: levelOf(measuredWithin(step, measure)), empty };
  }
  if (operand.leaf.kind === 'score') return { kind: 'field', at: fields.at({ native: SCORE, type: operand.type }) };
  if (operand.leaf.kind === 'highlights') {
    const path = searchedIn(locate(operand.leaf.operand, null).native);
    if (path === null) throw unable('highlights');
    return { kind: 'field', at: fields.at({ native: highlightOf(path, operand.leaf.fragments), type: operand.type }) };
  }
  if (operand.leaf.kind !== 'field') throw unable(operand.leaf.kind);
  return { kind: 'field', at: fields.at(locate(operand, null)) };
}

function nearFields({ relation }: Step, fields: Fields): readonly number[] {
  return relation.on.map(({ from }) => fields.at(own(from)));
}

function groupPlan(groups: Groups, fields: Fields, parentFields: readonly number[]): GroupPlan {
  const keys = groups.keys.map((key) => keyColumn(key, fields));
  const read = (columns: readonly Column[]): readonly number[] => [
    ...new Set([...parentFields, ...columns.flatMap((each) => (each.kind === 'field' ? [each.at] : each.on))]),
  ];
  const measures = groups.measures.map(({ fn, operand, where }): MeasurePlan => {
    const query = predicate(where);
    if (!operand) return { query, column: null, fields: read(keys) };
    const location = operand.steps.length === 0 && operand.leaf.kind === 'field' ? locate(operand, null) : null;
    if (fn === 'COUNT' && location)
      return { query: allOf([query, exists(location)]), column: null, fields: read(keys) };
    const column = columnOf(operand, fields);
    return { query: location ? allOf([query, exists(location)]) : query, column, fields: read([...keys, column]) };
  });
  return { keys, measures };
}

/** Keys of the rows' own are made where they are counted; others when the values behind them are found. */
function keyColumn({ operand, grouping }: GroupKey, fields: Fields): Column {
  if (grouping.kind === 'value' || operand.steps.length > 0 || operand.leaf.kind !== 'field')
    return columnOf(operand, fields);
  return { kind: 'field', at: fields.at({ ...locate(operand, null), grouping }) };
}

/** The fields that all keys of a grouped level are made of. */
export function keyFields({ groups, parentFields }: Level): readonly number[] {
  const on = groups!.keys.flatMap((each) => (each.kind === 'field' ? [each.at] : each.on));
  return [...new Set([...parentFields, ...on])];
}

/** Whether documents can be counted by these fields, rather than read one by one. */
export function areCounted(fields: readonly Location[]): boolean {
  return fields.every(({ native, type }) => isCounted(native, type));
}

import { keyText } from '../../src/ir/compare.js';
import type { GroupKey, Groups } from '../../src/ir/select.js';
import type { Operand } from '../../src/ir/operand.js';
import type { Row } from '../../src/store/batch.js';
import { MOST_ROWS, withinBudget } from './budget.js';
import type { Measuring } from './documents.js';
import { estimationOf } from './estimates.js';
import { grouped } from './group-key.js';
import { holds } from './having.js';
import { areCounted, keyFields, type Column, type Level, type MeasurePlan } from './level.js';
import { measureOf, type Counted } from './measure.js';
import type { Location } from './native.js';
import { pageOf } from './order.js';
import { ALL, isAll } from './query.js';
import { areExact, mayTotal, measureOfTotals, totalsIn, totalsOf, type Totals } from './totals.js';
import { NOBODY, type Entry, type Reading } from './reading.js';

interface Group {
  readonly parent: Row;
  readonly key: readonly unknown[];
  readonly measured: Counted[][];
  readonly totals: Totals[][];
  readonly estimates: unknown[];
}

/** The groups of a level, all of them, for each parent where there are parents. */
export async function answerGroups(
  reading: Reading,
  level: Level,
  parents: readonly Row[] | null,
): Promise<readonly Row[]> {
  const plan = level.groups!;
  const { select } = level;
  const asked = select.groups!;
  const all = new Map<Row, Map<string, Group>>();
  const groupOf = (parent: Row, key: readonly unknown[]): Group => {
    const some = all.get(parent) ?? new Map<string, Group>();
    all.set(parent, some);
    const text = key.map((v, i) => (v === null ? '' : `=${keyText(asked.keys[i]!.type, v)}`)).join('\u0000');
    const known = some.get(text) ?? {
      parent,
      key,
      measured: plan.measures.map(() => []),
      totals: plan.measures.map(() => []),
      estimates: [],
    };
    some.set(text, known);
    return known;
  };
  const groupsOf = async (entries: readonly Entry[]): Promise<readonly Group[]> => {
    const keys = await Promise.all(plan.keys.map((column) => reading.values(column, entries)));
    return entries.map(({ parent }, i) =>
      groupOf(
        parent,
        asked.keys.map((key, k) => keyOf(level, plan.keys[k]!, key, keys[k]![i])),
      ),
    );
  };
  const add = async (fields: readonly number[], measure: MeasurePlan | null, at: number): Promise<void> => {
    const entries = await spread(reading, level, fields, measure, parents);
    const values = measure?.column ? await reading.values(measure.column, entries) : null;
    (await groupsOf(entries)).forEach((group, i) => {
      if (at >= 0 && (values === null || values[i] !== null))
        group.measured[at]!.push({ value: values?.[i] ?? null, times: entries[i]!.times });
    });
    withinBudget(all.size, MOST_ROWS, 'groups');
  };
  /** The store's own totals, when they turn out to be exact. */
  const total = async (measure: MeasurePlan, location: Location, at: number): Promise<boolean> => {
    if (!mayTotal(asked.measures[at]!, location)) return false;
    const entries = await spread(reading, level, keyFields(level), measure, parents, totalsOf(location));
    const totals = entries.map(({ measured }) => totalsIn(measured));
    if (!totals.every((each) => each === null || areExact(location.type, each))) return false;
    (await groupsOf(entries)).forEach((group, i) => {
      if (totals[i]) group.totals[at]!.push(totals[i]);
    });
    return true;
  };
  /** The store's estimate where it was asked for. Of a group that is counted in parts there is none. */
  const estimate = async (measure: MeasurePlan, location: Location, at: number): Promise<boolean> => {
    const inGroups = keyFields(level).length > 0;
    const estimation = estimationOf(asked.measures[at]!, location, inGroups, reading.args);
    if (!estimation) return false;
    const entries = await spread(reading, level, keyFields(level), measure, parents, estimation.measuring);
    const groups = await groupsOf(entries);
    if (new Set(groups).size < groups.length) return false;
    groups.forEach((group, i) => (group.estimates[at] = estimation.read(entries[i]!.measured)));
    if (groups.length > 0) reading.tell(level, { measure: at, by: estimation.by });
    return true;
  };
  if (asked.keys.length === 0) for (const parent of parents ?? [NOBODY]) groupOf(parent, []);
  else if (!plan.measures.some(({ column, query }) => column === null && isAll(query)))
    await add(keyFields(level), null, -1);
  for (const [at, measure] of plan.measures.entries()) {
    const location = measuredAt(level, measure);
    const isDone = location && ((await estimate(measure, location, at)) || (await total(measure, location, at)));
    if (!isDone) await add(measure.fields, measure, at);
  }
  return [...all.values()].flatMap((some) => pageOfGroups(level, asked, [...some.values()], reading));
}

/** What a key is made of stands in it, unless it was made where it was counted. */
function keyOf({ fields }: Level, column: Column, { operand, grouping }: GroupKey, value: unknown): unknown {
  const isMade = column.kind === 'field' && fields[column.at]!.grouping !== undefined;
  return isMade ? value : grouped(operand.type, grouping, value);
}

/** The field that the store may measure itself: one of the rows' own, grouped by what it counts itself. */
function measuredAt(level: Level, { column }: MeasurePlan): Location | null {
  const { fields, select } = level;
  if (column?.kind !== 'field' || select.within?.step.through) return null;
  const location = fields[column.at]!;
  return areCounted([location, ...keyFields(level).map((i) => fields[i]!)]) ? location : null;
}

/** Values of some fields of a level, in the places that they have among all of its fields. */
async function spread(
  reading: Reading,
  level: Level,
  at: readonly number[],
  measure: MeasurePlan | null,
  parents: readonly Row[] | null,
  measured?: Measuring,
): Promise<readonly Entry[]> {
  const fields = at.map((i) => level.fields[i]!);
  const entries = await reading.entries(level, fields, measure?.query ?? ALL, parents, null, measured);
  return entries.map((entry) => {
    const values: unknown[] = [];
    at.forEach((place, i) => (values[place] = entry.values[i] ?? null));
    return { ...entry, values };
  });
}

function pageOfGroups(
  { select, groups: plan, fields }: Level,
  { measures, having }: Groups,
  groups: readonly Group[],
  reading: Reading,
): Row[] {
  const readers = groups.map(({ parent, key, measured, totals, estimates }) => {
    const results = measures.map((measure, i) => {
      if (i in estimates) return estimates[i];
      const column = plan!.measures[i]!.column;
      if (totals[i]!.length > 0 && column?.kind === 'field')
        return measureOfTotals(measure.fn, fields[column.at]!, totals[i]!);
      return measureOf(measure, measured[i]!, reading.args);
    });
    const read = ({ leaf }: Operand): unknown => {
      if (leaf.kind === 'groupKey') return key[leaf.index] ?? null;
      if (leaf.kind === 'groupMeasure') return results[leaf.index] ?? null;
      throw new Error('a grouped select speaks of keys and measures only');
    };
    return { parent, read };
  });
  const kept = readers.filter(({ read }) => holds(having, read, reading.args));
  const keyed = kept.map(({ parent, read }) => ({
    item: [...parent, ...select.output.map(read)],
    by: select.orderBy.map(({ operand }) => read(operand)),
  }));
  return pageOf(select, keyed, reading.args);
}

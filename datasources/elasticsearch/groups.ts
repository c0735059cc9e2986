import { keyText } from '../../src/ir/compare.js';
import type { Groups, Measure } from '../../src/ir/select.js';
import type { Operand } from '../../src/ir/operand.js';
import type { Row } from '../../src/store/batch.js';
import { MOST_ROWS, withinBudget } from './budget.js';
import { grouped } from './group-key.js';
import { holds } from './having.js';
import { areCounted, keyFields, type Level, type MeasurePlan } from './level.js';
import { measureOf, type Counted } from './measure.js';
import type { Location } from './native.js';
import { pageOf } from './order.js';
import { ALL, isAll } from './query.js';
import { areExact, mayTotal, measureOfTotals, type Totals } from './totals.js';
import { NOBODY, type Entry, type Reading } from './reading.js';

interface Group {
  readonly parent: Row;
  readonly key: readonly unknown[];
  readonly measured: Counted[][];
  readonly totals: Totals[][];
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
    };
    some.set(text, known);
    return known;
  };
  const add = async (fields: readonly number[], measure: MeasurePlan | null, at: number): Promise<void> => {
    const entries = await spread(reading, level, fields, measure, parents);
    const keys = await Promise.all(plan.keys.map((column) => reading.values(column, entries)));
    const values = measure?.column ? await reading.values(measure.column, entries) : null;
    entries.forEach(({ parent, times }, i) => {
      const key = asked.keys.map(({ operand, grouping }, k) => grouped(operand.type, grouping, keys[k]![i]));
      const group = groupOf(parent, key);
      if (at >= 0 && (values === null || values[i] !== null))
        group.measured[at]!.push({ value: values?.[i] ?? null, times });
    });
    withinBudget(all.size, MOST_ROWS, 'groups');
  };
  /** The store's own totals, when they turn out to be exact. */
  const total = async (measure: MeasurePlan, at: number): Promise<boolean> => {
    const totalled = totalledBy(level, measure, asked.measures[at]!);
    if (!totalled) return false;
    const entries = await spread(reading, level, keyFields(level), measure, parents, totalled);
    if (!entries.every(({ totals }) => !totals || areExact(totalled.type, totals))) return false;
    const keys = await Promise.all(plan.keys.map((column) => reading.values(column, entries)));
    entries.forEach(({ parent, totals }, i) => {
      const key = asked.keys.map(({ operand, grouping }, k) => grouped(operand.type, grouping, keys[k]![i]));
      if (totals) groupOf(parent, key).totals[at]!.push(totals);
    });
    return true;
  };
  if (asked.keys.length === 0) for (const parent of parents ?? [NOBODY]) groupOf(parent, []);
  else if (!plan.measures.some(({ column, query }) => column === null && isAll(query)))
    await add(keyFields(level), null, -1);
  for (const [at, measure] of plan.measures.entries())
    if (!(await total(measure, at))) await add(measure.fields, measure, at);
  return [...all.values()].flatMap((some) => pageOfGroups(level, asked, [...some.values()], reading));
}

/** The field that the store may total for a measure: one of the rows' own, grouped by what it counts itself. */
function totalledBy(level: Level, { column }: MeasurePlan, measure: Measure): Location | undefined {
  const { fields, select } = level;
  if (column?.kind !== 'field' || select.within?.step.through) return undefined;
  const location = fields[column.at]!;
  const counted = areCounted(keyFields(level).map((i) => fields[i]!));
  return counted && mayTotal(measure, location) ? location : undefined;
}

/** Values of some fields of a level, in the places that they have among all of its fields. */
async function spread(
  reading: Reading,
  level: Level,
  at: readonly number[],
  measure: MeasurePlan | null,
  parents: readonly Row[] | null,
  totalled?: Location,
): Promise<readonly Entry[]> {
  const fields = at.map((i) => level.fields[i]!);
  const entries = await reading.entries(level, fields, measure?.query ?? ALL, parents, null, totalled);
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
  const readers = groups.map(({ parent, key, measured, totals }) => {
    const results = measures.map((measure, i) => {
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

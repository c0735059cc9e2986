import { GatewayError } from '../../src/errors.js';
import type { Step } from '../../src/ir/operand.js';
import type { Select } from '../../src/ir/select.js';
import type { Args } from '../../src/ir/value.js';
import type { Estimate, Row } from '../../src/store/batch.js';
import { BATCH, MOST_KEYS, MOST_ROWS, TOGETHER, WINDOW, withinBudget } from './budget.js';
import {
  bodyOf,
  counts,
  documents,
  pages,
  valuesReader,
  type Counting,
  type Counts,
  type Measuring,
  type Wanted,
} from './documents.js';
import { findKeys } from './finding.js';
import { grouped } from './group-key.js';
import { answerGroups } from './groups.js';
import { chunked, distinctKeys, joinText, keysQuery, locationOf } from './keys.js';
import { areCounted, farPairs, type Column, type Level } from './level.js';
import type { Location } from './native.js';
import { parentsByKey } from './parents.js';
import { boundsOf, pageOf } from './order.js';
import { ALL, allOf, filled, waiting, type Among, type Query } from './query.js';
import type { Searches } from './searches.js';

/** What was read of a row, or of rows alike, and the parent that it is for. */
export interface Entry extends Counts {
  readonly parent: Row;
}

/** So many rows are read at once, and so many of each parent, before each parent is searched by itself. */
const FEW = 1_000;
const FEW_EACH = 20;

/** Where rows belong to no parent. */
export const NOBODY: Row = [];

/** One reading of some levels: what one of them found serves the others too. */
export class Reading {
  private readonly found = new Map<Column, Map<string, unknown>>();
  private readonly among = new Map<Among, Promise<Query>>();
  /** The parents of a select, by the relation that leads away from them. */
  private readonly keys = new Map<Select, Map<Step['relation'], Promise<readonly Row[]>>>();
  private readonly answers = new Map<Select, Promise<readonly Row[]>>();
  private readonly estimates = new Map<Level, Estimate[]>();

  constructor(
    readonly searches: Searches,
    readonly args: Args,
  ) {}

  /** The rows of the top levels: their parents' join values, then the output. */
  async all(levels: readonly Level[]): Promise<readonly (readonly Row[])[]> {
    for (const level of levels) this.answers.set(level.select, this.later(level));
    return Promise.all(levels.map((level) => this.answers.get(level.select)!));
  }

  /** Says of a measure of a level that it is an estimate. */
  tell(level: Level, estimate: Estimate): void {
    this.estimates.set(level, [...(this.estimates.get(level) ?? []), estimate]);
  }

  /** What of a level that was answered is an estimate. */
  estimatesOf(level: Level): readonly Estimate[] {
    return this.estimates.get(level) ?? [];
  }

  /** Begun when all levels are known, since a parents' level may be among them. */
  private async later(level: Level): Promise<readonly Row[]> {
    await Promise.resolve();
    return this.answer(level);
  }

  async answer(level: Level, given?: readonly Row[]): Promise<readonly Row[]> {
    const parents = given ?? (await this.parentsOf(level));
    if (level.groups) return answerGroups(this, level, parents);
    return this.rows(level, parents);
  }

  /** The rows in batches; only what the store sorts comes as it is read. */
  async *stream(level: Level): AsyncGenerator<readonly Row[]> {
    const { select, sort } = level;
    if (level.groups || select.within || sort === null || select.limit || select.offset) {
      yield* chunked(await this.answer(level), BATCH);
      return;
    }
    const wanted = await this.wanted(level, sort);
    for await (const page of pages(wanted, this.searches)) {
      yield await this.output(
        level,
        page.map((values) => ({ values, times: 1, parent: NOBODY })),
      );
    }
  }

  private async parentsOf({ select: { within }, parents }: Level): Promise<readonly Row[] | null> {
    if (!within) return null;
    const types = within.step.relation.on.map(({ from }) => from.type);
    if (within.parents.kind === 'keys') return this.args[within.parents.slot] as readonly Row[];
    const { select } = within.parents;
    const byRelation = this.keys.get(select) ?? new Map<Step['relation'], Promise<readonly Row[]>>();
    this.keys.set(select, byRelation);
    const known = byRelation.get(within.step.relation);
    if (known) return known;
    const made = this.joinValues(select, within.step, parents!).then((rows) => distinctKeys(types, rows));
    byRelation.set(within.step.relation, made);
    return made;
  }

  /** Out of the parents' own answer where they are read at the same time and show the fields. */
  private async joinValues(select: Select, { relation }: Step, level: Level): Promise<readonly Row[]> {
    const width = select.within ? select.within.step.relation.on.length : 0;
    const answer = this.answers.get(select);
    const at = relation.on.map(({ from }) =>
      select.output.findIndex(
        ({ steps, leaf }) =>
          steps.length === 0 && leaf.kind === 'field' && leaf.nested.length === 0 && leaf.field === from,
      ),
    );
    if (answer && !at.includes(-1)) return (await answer).map((row) => at.map((i) => row[width + i]));
    return (await this.answer(level)).map((row) => row.slice(width));
  }

  private async rows(level: Level, parents: readonly Row[] | null): Promise<readonly Row[]> {
    const { select, sort } = level;
    const { limit, offset } = boundsOf(select, this.args);
    if (!parents && sort) {
      const rows = await documents(await this.wanted(level, sort), this.searches, { limit, offset });
      return this.output(
        level,
        rows.map((values) => ({ values, times: 1, parent: NOBODY })),
      );
    }
    const perParent =
      sort && !select.within!.step.through && (select.limit ?? select.offset) && offset + limit <= WINDOW;
    if (perParent) return this.output(level, await this.firstOfEach(level, parents!, offset, limit));
    const entries = await this.entries(level, level.fields, ALL, parents, sort ?? []);
    const order = await Promise.all(level.order.map((column) => this.values(column, entries)));
    const keyed = entries.flatMap((item, i) =>
      Array.from({ length: item.times }, () => ({ item, by: order.map((values) => values[i]) })),
    );
    // What the store sorted, and found positions in, is in order already.
    const rest: Select = sort ? { ...select, orderBy: [], keyset: [] } : select;
    const byParent = new Map<Row, typeof keyed>();
    for (const each of keyed) {
      const same = byParent.get(each.item.parent);
      if (same) same.push(each);
      else byParent.set(each.item.parent, [each]);
    }
    const chosen = [...byParent.values()].flatMap((some) => pageOf(rest, some, this.args));
    return this.output(level, chosen);
  }

  /** The first rows of each parent: out of one search where few rows are there at all, else a search each, many in one call. */
  private async firstOfEach(level: Level, parents: readonly Row[], from: number, size: number): Promise<Entry[]> {
    if (size === 0) return [];
    // One search is tried for all of them; where they have too many rows for that, for so many at once.
    const whole = parents.length <= WINDOW ? await this.fewOfAll(level, parents, from, size) : null;
    if (whole) return whole;
    const found: Entry[] = [];
    for (const some of chunked(parents, FEW)) {
      // What was tried already.
      const all = parents.length <= FEW ? null : await this.fewOfAll(level, some, from, size);
      if (all) found.push(...all);
      else for (const few of chunked(some, TOGETHER)) found.push(...(await this.searchEach(level, few, from, size)));
      withinBudget(found.length, MOST_ROWS, 'rows');
    }
    return found;
  }

  /** All rows of some parents, cut for each of them; null when they are too many to be read for that. */
  private async fewOfAll(level: Level, parents: readonly Row[], from: number, size: number): Promise<Entry[] | null> {
    const wanted = await this.wanted(level, level.sort!);
    const pairs = farPairs(level.select.within!.step);
    const types = pairs.map(({ to }) => to.type);
    const locations = pairs.map(({ to }) => locationOf(to));
    const most = Math.min(WINDOW, Math.max(FEW, parents.length * Math.min(from + size, FEW_EACH)));
    const query = allOf([wanted.query as Query, keysQuery(locations, parents)]);
    const [answer] = await this.searches.together(level.index, [{ ...bodyOf({ ...wanted, query }), size: most }]);
    const { hits } = answer!.hits;
    if (hits.length >= most) return null;
    const at = locations.map(({ native }) => level.fields.findIndex((each) => each.native === native));
    const read = valuesReader(level.fields);
    const byParent = Map.groupBy(
      hits.map((hit) => read(hit)),
      (values) =>
        joinText(
          types,
          at.map((i) => values[i]),
        ),
    );
    return parents.flatMap((parent) =>
      (byParent.get(joinText(types, parent)) ?? [])
        .slice(from, from + size)
        .map((values) => ({ values, times: 1, parent })),
    );
  }

  private async searchEach(level: Level, parents: readonly Row[], from: number, size: number): Promise<Entry[]> {
    const wanted = await this.wanted(level, level.sort!);
    const read = valuesReader(level.fields);
    const locations = farPairs(level.select.within!.step).map(({ to }) => locationOf(to));
    const bodies = parents.map((parent) => ({
      ...bodyOf({ ...wanted, query: allOf([wanted.query as Query, keysQuery(locations, [parent])]) }),
      from,
      size,
    }));
    const answers = await this.searches.together(level.index, bodies);
    return answers.flatMap(({ hits }, i) =>
      hits.hits.map((hit): Entry => ({ values: read(hit), times: 1, parent: parents[i]! })),
    );
  }

  /** What is read of the fields of a level's rows: counted by their values where nothing else is asked of them. */
  async entries(
    level: Level,
    fields: readonly Location[],
    also: Query,
    parents: readonly Row[] | null,
    sort: readonly Query[] | null,
    measured?: Measuring,
  ): Promise<readonly Entry[]> {
    const { scoring } = await this.wanted(level, []);
    const query = (await this.filled(allOf([level.query, also]))) as Query;
    const read = (each: Query): Promise<readonly Counts[]> =>
      this.read({ index: level.index, query: each, fields, scoring, measured }, sort);
    if (!parents) return (await read(query)).map((counted) => ({ ...counted, parent: NOBODY }));
    const { step } = level.select.within!;
    const pairs = farPairs(step);
    const types = pairs.map(({ to }) => to.type);
    const locations = pairs.map(({ to }) => locationOf(to));
    const at = locations.map(({ native }) => fields.findIndex((each) => each.native === native));
    const waitingFor = await parentsByKey(this, level, parents);
    const found: Entry[] = [];
    const size = locations.length === 1 ? MOST_KEYS : TOGETHER * 10;
    for (const some of chunked([...waitingFor.values()], size)) {
      const keys = some.map(({ key }) => key);
      for (const { values, times, measured: told } of await read(allOf([query, keysQuery(locations, keys)]))) {
        const text = joinText(
          types,
          at.map((i) => values[i]),
        )!;
        for (const one of waitingFor.get(text)!.parents)
          found.push({ values, times: times * one.times, parent: one.parent, measured: told });
      }
      withinBudget(found.length, MOST_ROWS, 'rows');
    }
    return found;
  }

  async read(of: Counting & { readonly query: Query }, sort: readonly Query[] | null): Promise<readonly Counts[]> {
    if (sort === null && areCounted(of.fields)) return counts(of, this.searches);
    const rows = await documents({ ...of, sort: sort ?? [] }, this.searches);
    return rows.map((values) => ({ values: values.map((value, i) => keyOf(of.fields[i]!, value)), times: 1 }));
  }

  private async output(level: Level, entries: readonly Entry[]): Promise<Row[]> {
    const columns = await Promise.all(level.output.map((column) => this.values(column, entries)));
    return entries.map(({ parent }, i) => [...parent, ...columns.map((values) => values[i])]);
  }

  /** The values of a column for each entry; those that other searches find are asked for together. */
  async values(column: Column, entries: readonly Entry[]): Promise<readonly unknown[]> {
    if (column.kind === 'field') return entries.map(({ values }) => values[column.at] ?? null);
    const { step, on, level, empty } = column;
    const known = this.found.get(column) ?? new Map<string, unknown>();
    this.found.set(column, known);
    const types = step.relation.on.map(({ from }) => from.type);
    const keyOf = ({ values }: Entry): Row => on.map((i) => values[i] ?? null);
    const keys = distinctKeys(types, entries.map(keyOf)).filter((key) => !known.has(joinText(types, key)!));
    withinBudget(keys.length, MOST_ROWS, 'keys of a relation');
    if (keys.length > 0) {
      const rows = await this.answer(level, keys);
      const seen = new Set<string>();
      for (const key of keys) known.set(joinText(types, key)!, empty);
      for (const row of rows) {
        const text = joinText(types, row.slice(0, types.length))!;
        if (seen.has(text)) throw severalRows(step);
        seen.add(text);
        known.set(text, row[types.length]);
      }
    }
    return entries.map((entry) => {
      const text = joinText(types, keyOf(entry));
      return text === null ? empty : known.get(text);
    });
  }

  private async wanted({ index, query, fields, scoring }: Level, sort: readonly Query[]): Promise<Wanted> {
    const [filter, scored] = await Promise.all([this.filled(query), scoring && this.filled(scoring)]);
    return { index, query: filter, fields, sort, ...(scored ? { scoring: scored } : {}) };
  }

  /** A query with the keys of other indices in it. */
  async filled(query: Query): Promise<unknown> {
    const needed = waiting(query);
    const keys = await Promise.all(needed.map((each) => this.keysOf(each)));
    return filled(query, this.args, new Map(needed.map((each, i) => [each, keys[i]!])));
  }

  private keysOf(among: Among): Promise<Query> {
    const known = this.among.get(among);
    if (known) return known;
    const made = findKeys(this, among);
    this.among.set(among, made);
    return made;
  }
}
function keyOf({ type, grouping }: Location, value: unknown): unknown {
  return grouping ? grouped(type, grouping, value) : value;
}

function severalRows({ relation }: Step): GatewayError {
  return new GatewayError(
    'INTEGRITY',
    `the relation ${relation.name} was declared to lead to one row and leads to more`,
    {
      hint: 'declare it the other way round, or make its target unique',
    },
  );
}

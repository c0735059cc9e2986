import { BATCH, MOST_ROWS, PAGE, WINDOW, withinBudget } from './budget.js';
import { sharesOf } from './key-sources.js';
import { ID_PATH, type Location, type NativeField } from './native.js';
import { allOf, type Query } from './query.js';
import type { SearchBody, Searches } from './searches.js';
import { reader, sourceOf, wantedOf, type Hit } from './values.js';

/** Values of the fields that were asked for, and how many documents have them. */
export interface Counts {
  readonly values: readonly unknown[];
  readonly times: number;
  /** What the store says of them all, where it was asked. */
  readonly measured?: unknown;
}

const RUNTIME = { [ID_PATH]: { type: 'keyword', script: { source: "emit(params._fields['_id'].value)" } } };

/** What is read of documents, and the order they come in. */
export interface Wanted {
  readonly index: string;
  readonly query: unknown;
  readonly fields: readonly Location[];
  readonly sort: readonly Query[];
  /** What scores and highlights are of. */
  readonly scoring?: unknown;
}

export function bodyOf({ query, fields, sort, scoring }: Wanted): SearchBody {
  const source = fields.flatMap(sourceOf);
  const highlights = fields.filter(({ native }) => native.type === '_highlight').map(({ native }) => native);
  return {
    query: scoring ? { bool: { filter: [query], must: [scoring] } } : query,
    ...(scoring ? { track_scores: true } : {}),
    ...(scoring && highlights.length > 0 ? { highlight: highlightsOf(highlights, scoring) } : {}),
    _source: source.length > 0 ? source : false,
    fields: fields.flatMap(wantedOf),
    sort: sort.length > 0 ? sort : ['_doc'],
    track_total_hits: false,
    runtime_mappings: RUNTIME,
  };
}

/** Pieces of the fields around what the scoring query found. */
function highlightsOf(natives: readonly NativeField[], query: unknown): unknown {
  const fields = natives.map(({ path, ignoreAbove }) => ({ [path]: { number_of_fragments: ignoreAbove } }));
  return { highlight_query: query, fields };
}

export function valuesReader(fields: readonly Location[]): (hit: Hit) => readonly unknown[] {
  const readers = fields.map(reader);
  return (hit) => readers.map((read) => read(hit));
}

/** All documents in pages, from an index as it stood at the beginning. */
export async function* pages(
  wanted: Wanted,
  searches: Searches,
  size = BATCH,
): AsyncGenerator<readonly (readonly unknown[])[]> {
  const read = valuesReader(wanted.fields);
  const body = bodyOf(wanted);
  let pit = await searches.openPit(wanted.index);
  try {
    const sort = [...(wanted.sort.length > 0 ? wanted.sort : []), { _shard_doc: 'asc' }];
    for (let after: readonly unknown[] | undefined; ;) {
      const page = {
        ...body,
        sort,
        size,
        pit: { id: pit, keep_alive: '1m' },
        ...(after ? { search_after: after } : {}),
      };
      const answer = await searches.search('', page);
      const { hits } = answer.hits;
      pit = answer.pit_id ?? pit;
      if (hits.length > 0) yield hits.map(read);
      if (hits.length < size) return;
      after = hits.at(-1)!.sort!;
    }
  } finally {
    await searches.closePit(pit);
  }
}

/** The documents from one place of the order to another. */
export async function documents(
  wanted: Wanted,
  searches: Searches,
  { offset = 0, limit = Infinity }: { readonly offset?: number; readonly limit?: number } = {},
): Promise<readonly (readonly unknown[])[]> {
  if (limit === 0) return [];
  const size = Math.min(limit, WINDOW - offset);
  if (size > 0) {
    const answer = await searches.search(wanted.index, { ...bodyOf(wanted), from: offset, size });
    const { hits } = answer.hits;
    if (hits.length < size || size === limit) return hits.map(valuesReader(wanted.fields));
  }
  const rows: (readonly unknown[])[] = [];
  let passed = 0;
  for await (const page of pages(wanted, searches, PAGE)) {
    rows.push(...page.slice(Math.max(0, offset - passed)));
    passed += page.length;
    if (rows.length >= limit) break;
    withinBudget(rows.length, MOST_ROWS, 'rows');
  }
  return rows.slice(0, limit);
}

/** What is counted, and what is asked of each combination: an aggregation of the store. */
export interface Counting extends Omit<Wanted, 'sort'> {
  readonly measured?: Measuring | undefined;
}

export interface Measuring {
  readonly aggregation: Query;
  /** Combinations of one answer, where the aggregation takes much memory of the store for each. */
  readonly page?: number;
}

/** The combinations of values that documents have: paged until there are no more. One that several shares have comes again. */
export async function counts(
  { index, query, fields, measured }: Counting,
  searches: Searches,
  most = MOST_ROWS,
): Promise<readonly Counts[]> {
  const aggs = measured ? { aggs: { measured: measured.aggregation } } : {};
  const body = { size: 0, runtime_mappings: RUNTIME };
  if (fields.length === 0) {
    const { hits, aggregations } = await searches.search(index, { ...body, query, ...aggs, track_total_hits: true });
    return [{ values: [], times: hits.total!.value, measured: aggregations?.measured }];
  }
  const found: Counts[] = [];
  const size = measured?.page ?? PAGE;
  for (const share of await sharesOf(index, fields, searches)) {
    const narrowed = { ...body, query: allOf([query as Query, share.query]), track_total_hits: false };
    const sources = share.sources.map(({ source }, i) => ({ [`f${i}`]: source }));
    for (let after: Readonly<Record<string, unknown>> | undefined; ;) {
      const composite = { size, sources, ...(after ? { after } : {}) };
      const asked = { ...narrowed, aggs: { counted: { composite, ...aggs } } };
      const { buckets, after_key } = (await searches.search(index, asked, true)).aggregations!.counted!;
      for (const { key, doc_count, measured: told } of buckets) {
        const values = share.sources.map(({ decode }, i) => (key[`f${i}`] == null ? null : decode(key[`f${i}`])));
        found.push({ values, times: doc_count, measured: told });
      }
      withinBudget(found.length, most, 'combinations of values');
      if (buckets.length < size || !after_key) break;
      after = after_key;
    }
  }
  return found;
}

/** The k best by what a query scores, each document looked at. */
export function bestBody(query: unknown, k: number): SearchBody {
  return { query, size: k, _source: false, track_total_hits: false, runtime_mappings: RUNTIME };
}

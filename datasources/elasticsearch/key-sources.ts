import type { DatePart, Grouping, TimeBucket } from '../../src/ir/select.js';
import { grouped } from './group-key.js';
import { exists } from './compare.js';
import type { Location } from './native.js';
import { offsetText, stretchesOf, type Stretch } from './offsets.js';
import { ALL, allOf, anyOf, noneOf, type Query } from './query.js';
import type { Searches } from './searches.js';
import { decoder } from './values.js';

/** How one field is a source of a composite aggregation, and what its keys stand for. */
export interface KeySource {
  readonly source: Query;
  readonly decode: (key: unknown) => unknown;
}

/** Documents that are counted in one go: all of them, or those between two changes of a zone's clocks. */
export interface Share {
  readonly query: Query;
  readonly sources: readonly KeySource[];
}

/** Searches that one count may be split into for the offsets of zones. */
const MOST_SHARES = 32;

/** The shares that documents are counted in by these fields: together they are all documents, each once. */
export async function sharesOf(
  index: string,
  fields: readonly Location[],
  searches: Searches,
): Promise<readonly Share[]> {
  let shares: readonly Share[] = [{ query: ALL, sources: [] }];
  for (const location of fields) {
    const more = await waysOf(index, location, searches);
    const fitting = shares.length * more.length > MOST_SHARES ? [{ query: ALL, ...byValue(location) }] : more;
    shares = shares.flatMap(({ query, sources }) =>
      fitting.map((way) => ({ query: allOf([query, way.query]), sources: [...sources, way] })),
    );
  }
  return shares;
}

type Way = KeySource & { readonly query: Query };

async function waysOf(index: string, location: Location, searches: Searches): Promise<readonly Way[]> {
  const { grouping } = location;
  const unit = grouping && unitOf(location, grouping);
  if (unit && 'zone' in grouping && grouping.zone !== null && grouping.zone !== 'UTC') {
    const [low, high] = await extremes(index, location, searches);
    const stretches = stretchesOf(grouping.zone, low, high);
    if (stretches) return byOffset(location, grouping, unit, stretches);
    return [{ query: ALL, ...byValue(location) }];
  }
  if (unit) return [{ query: ALL, ...byCalendar(location, grouping, unit) }];
  if (isBinned(grouping)) return [{ query: ALL, ...byWidth(location, grouping) }];
  return [{ query: ALL, ...byValue(location) }];
}

const UNITS: Partial<Record<DatePart, TimeBucket>> = { DAY_OF_WEEK: 'DAY', DAY_OF_YEAR: 'DAY' };
const SHORTER_THAN_DAYS: ReadonlySet<TimeBucket> = new Set<TimeBucket>(['SECOND', 'MINUTE', 'HOUR']);

/** The buckets that a key of time can be told from; null where it is none. */
function unitOf({ type }: Location, grouping: Grouping): TimeBucket | null {
  if (grouping.kind !== 'bucket' && grouping.kind !== 'part') return null;
  const unit = grouping.kind === 'bucket' ? grouping.bucket : (UNITS[grouping.part] ?? (grouping.part as TimeBucket));
  return type.kind === 'date' && SHORTER_THAN_DAYS.has(unit) ? 'DAY' : unit;
}

/** The store has no origin of bins. */
function isBinned(grouping: Grouping | undefined): grouping is Extract<Grouping, { kind: 'width' }> {
  return grouping?.kind === 'width' && grouping.origin === 0;
}

function byValue({ native, type, grouping }: Location): KeySource {
  const decode = decoder(type, native);
  const source = { terms: { field: native.exact, missing_bucket: true } };
  return { source, decode: grouping ? (key) => grouped(type, grouping, decode(key)) : decode };
}

function byWidth({ native }: Location, { width }: Extract<Grouping, { kind: 'width' }>): KeySource {
  const source = { histogram: { field: native.exact, interval: width, missing_bucket: true } };
  // Both zeros are one.
  return { source, decode: (key) => Number(key) + 0 };
}

function byCalendar({ native, type }: Location, grouping: Grouping, unit: TimeBucket): KeySource {
  const decode = decoder(type, native);
  return { source: calendar(native.exact!, unit), decode: (key) => grouped(type, grouping, decode(key)) };
}

function calendar(field: string, unit: TimeBucket, zone?: string): Query {
  const interval = { calendar_interval: unit.toLowerCase(), ...(zone === undefined ? {} : { time_zone: zone }) };
  return { date_histogram: { field, ...interval, missing_bucket: true } };
}

/**
 * A share for each offset that clocks of the zone have had, so that the store has nothing to know of zones: its tables may be
 * older than ours. A bucket in which clocks change is found in two shares, under one key.
 */
function byOffset(
  location: Location,
  grouping: Grouping,
  unit: TimeBucket,
  stretches: readonly Stretch[],
): readonly Way[] {
  const { native, type } = location;
  const decode = decoder(type, native);
  return [...Map.groupBy(stretches, ({ offset }) => offset)].map(([offset, some], i) => {
    const ranges = some.map(({ from, until }) => range(native.exact!, from, until));
    // Those without a value are counted with the first.
    const query = anyOf([...ranges, ...(i === 0 ? [noneOf(exists(location))] : [])]);
    /** A moment of the bucket at which clocks had this offset. */
    const within = (start: bigint): bigint => {
      const { from } = some.find(({ until }) => until === null || until > start) ?? some.at(-1)!;
      return from === null || from < start ? start : from;
    };
    return {
      query,
      source: calendar(native.exact!, unit, offsetText(offset)),
      decode: (key) => grouped(type, grouping, decode(within(BigInt(String(key))))),
    };
  });
}

function range(field: string, from: bigint | null, until: bigint | null): Query {
  if (from === null && until === null) return ALL;
  const bounds = { ...(from === null ? {} : { gte: String(from) }), ...(until === null ? {} : { lt: String(until) }) };
  return { range: { [field]: { ...bounds, format: 'epoch_millis' } } };
}

const looked = new WeakMap<Searches, Map<string, Promise<readonly [bigint, bigint]>>>();

/** The first and the last time of a field in its index, in milliseconds; looked for once in an operation. */
function extremes(index: string, { native }: Location, searches: Searches): Promise<readonly [bigint, bigint]> {
  const known = looked.get(searches) ?? new Map<string, Promise<readonly [bigint, bigint]>>();
  looked.set(searches, known);
  const name = `${index}\u0000${native.exact}`;
  const found =
    known.get(name) ??
    searches
      .search(index, {
        size: 0,
        track_total_hits: false,
        aggs: { low: { min: { field: native.exact } }, high: { max: { field: native.exact } } },
      })
      .then(({ aggregations }) => {
        const [low, high] = [aggregations?.low?.value, aggregations?.high?.value];
        return [BigInt(Math.floor(Number(low ?? 0))), BigInt(Math.ceil(Number(high ?? 0)))] as const;
      });
  known.set(name, found);
  return found;
}

/** How a key is counted, as `explain` shows it. */
export function shownKey(location: Location): unknown {
  const { native, grouping } = location;
  const unit = grouping && unitOf(location, grouping);
  if (unit) return calendar(native.exact!, unit, ('zone' in grouping && grouping.zone) || undefined);
  return isBinned(grouping) ? byWidth(location, grouping).source : native.path;
}

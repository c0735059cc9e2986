import { offsetAt } from '../../src/ir/time.js';

/** A stretch of time, in milliseconds, in which clocks of a zone are so far ahead of UTC (microseconds); null: no end. */
export interface Stretch {
  readonly offset: bigint;
  readonly from: bigint | null;
  readonly until: bigint | null;
}

const DAY = 86_400_000n;
/** In the tables of zones none leaves its offset and comes back to it sooner: after six days, before 1940 after three. */
const stepAt = (at: bigint): bigint => (at < -946_771_200_000n ? 3n : 6n) * DAY;
/** What is written meanwhile may lie a little beyond. */
const AROUND = 366n * DAY;
/** Beyond it, more stretches than one search should name. */
const WIDEST = 200n * 366n * DAY;

const known = new Map<string, { readonly low: bigint; readonly high: bigint; readonly all: readonly Stretch[] }>();

/** The stretches of a zone from one millisecond to another, the first and the last without end; null of too long a time. */
export function stretchesOf(zone: string, low: bigint, high: bigint): readonly Stretch[] | null {
  if (high - low > WIDEST) return null;
  const found = known.get(zone);
  if (found && found.low <= low && found.high >= high) return found.all;
  const all = findStretches(zone, low - AROUND, high + AROUND);
  known.set(zone, { low, high, all });
  return all;
}

function findStretches(zone: string, low: bigint, high: bigint): readonly Stretch[] {
  const ahead = (at: bigint): bigint => offsetAt(at * 1_000n, zone);
  const changes: { readonly at: bigint; readonly offset: bigint }[] = [];
  let offset = ahead(low);
  const first = offset;
  for (let at = low; at < high; at += stepAt(at)) {
    const end = at + stepAt(at);
    const next = ahead(end);
    let from = at;
    // Between two looks there may be more than one change.
    while (offset !== next) {
      let [before, after] = [from, end];
      while (after - before > 1n) {
        const middle = (before + after) / 2n;
        if (ahead(middle) === offset) before = middle;
        else after = middle;
      }
      offset = ahead(after);
      changes.push({ at: after, offset });
      from = after;
    }
  }
  return [{ at: null, offset: first }, ...changes].map((each, i) => ({
    offset: each.offset,
    from: each.at,
    until: changes[i]?.at ?? null,
  }));
}

/** An offset as the store takes it for a zone: `+05:30`, `-04:56:02`. */
export function offsetText(offset: bigint): string {
  const seconds = Number((offset < 0n ? -offset : offset) / 1_000_000n);
  const two = (n: number): string => String(n).padStart(2, '0');
  const rest = seconds % 60 === 0 ? '' : `:${two(seconds % 60)}`;
  return `${offset < 0n ? '-' : '+'}${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}${rest}`;
}

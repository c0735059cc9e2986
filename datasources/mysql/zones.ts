import { daysFromCivil, MICROS_PER_SECOND, offsetAt } from '../../src/ir/time.js';

/** What a zone's clock is ahead of UTC, in seconds: `offsets[i]` until `changes[i]`, seconds since 1970, and then the next. */
export interface Clock {
  readonly changes: readonly number[];
  readonly offsets: readonly number[];
}

const DAY = 86_400;
/** No zone changes its clock there and back within so many days. */
const STEP = 14 * DAY;
/** Beyond all that a timestamp of any version can be. */
const END = daysFromCivil({ year: 2107, month: 1, day: 1 }) * DAY;

const clocks = new Map<string, Clock>();

/** Servers have zones only where somebody loaded them: ours are told to them, by the changes of their clocks. */
export function clockOf(zone: string): Clock {
  const known = clocks.get(zone) ?? find(zone);
  clocks.set(zone, known);
  return known;
}

/** The same by local time, as ir/time.ts takes it back to instants: the later offset counts where both would do, else the earlier. */
export function localClock({ changes, offsets }: Clock): Clock {
  return { changes: changes.map((change, i) => change + offsets[i + 1]!), offsets };
}

function find(zone: string): Clock {
  const at = (second: number): number => Number(offsetAt(BigInt(second) * MICROS_PER_SECOND, zone) / MICROS_PER_SECOND);
  const changes: number[] = [];
  const offsets = [at(0)];
  for (let second = STEP; second < END; second += STEP) {
    const [before, after] = [offsets.at(-1)!, at(second)];
    if (before === after) continue;
    let [low, high] = [second - STEP, second];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (at(middle) === before) low = middle;
      else high = middle;
    }
    changes.push(high);
    offsets.push(after);
  }
  return { changes, offsets };
}

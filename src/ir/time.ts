import type { DatePart, TimeBucket } from './select.js';
import type { Duration } from './types.js';

/** Civil time in microseconds as bigint; dates in days since 1970-01-01, proleptic Gregorian, year 0 = 1 BC. */

export const MICROS_PER_SECOND = 1_000_000n;
export const MICROS_PER_DAY = 86_400_000_000n;

export interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Howard Hinnant, chrono-compatible low-level date algorithms: days_from_civil. */
export function daysFromCivil({ year, month, day }: Civil): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yoe = y - era * 400;
  const doy = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const doe = yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy;
  return era * 146_097 + doe - 719_468;
}

/** The same source: civil_from_days. */
export function civilFromDays(days: number): Civil {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return { year: yoe + era * 400 + (month <= 2 ? 1 : 0), month, day: doy - Math.floor((153 * mp + 2) / 5) + 1 };
}

const DATE = /^([+-]\d{6}|\d{4})-(\d\d)-(\d\d)$/;

export function parseDate(text: string): number | null {
  const match = DATE.exec(text);
  if (!match) return null;
  const civil = { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) };
  const days = daysFromCivil(civil);
  const back = civilFromDays(days);
  return back.month === civil.month && back.day === civil.day ? days : null;
}

export function printDate(days: number): string {
  const { year, month, day } = civilFromDays(days);
  return `${printYear(year)}-${two(month)}-${two(day)}`;
}

function printYear(year: number): string {
  if (year >= 0 && year <= 9999) return String(year).padStart(4, '0');
  return `${year < 0 ? '-' : '+'}${String(Math.abs(year)).padStart(6, '0')}`;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}

const TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?$/;

/** Microseconds since midnight; finer digits are cut. 24:00 is allowed, as PostgreSQL has it. */
export function parseTime(text: string): bigint | null {
  const match = TIME.exec(text);
  if (!match) return null;
  const [h, m, s] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  const micros = BigInt((match[4] ?? '').padEnd(6, '0').slice(0, 6));
  const total = BigInt(h * 3600 + m * 60 + s) * MICROS_PER_SECOND + micros;
  return m > 59 || s > 59 || total > MICROS_PER_DAY ? null : total;
}

export function printTime(micros: bigint): string {
  const seconds = Number(micros / MICROS_PER_SECOND);
  const fraction = String(micros % MICROS_PER_SECOND)
    .padStart(6, '0')
    .replace(/0+$/, '');
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return fraction === '' ? clock : `${clock}.${fraction}`;
}

const LOCAL = /^([+-]\d{6}-\d\d-\d\d|\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)$/;
const OFFSET = /^(.*?)(?:([Zz])|([+-])(\d\d):?(\d\d))$/;

export function parseLocal(text: string): bigint | null {
  const match = LOCAL.exec(text);
  if (!match) return null;
  const [days, time] = [parseDate(match[1]!), parseTime(match[2]!)];
  return days === null || time === null ? null : BigInt(days) * MICROS_PER_DAY + time;
}

export function parseInstant(text: string): bigint | null {
  const match = OFFSET.exec(text);
  if (!match) return null;
  const local = parseLocal(match[1]!);
  if (local === null || match[2] !== undefined) return local;
  const minutes = Number(match[4]) * 60 + Number(match[5]);
  if (Number(match[5]) > 59) return null;
  const offset = BigInt(minutes) * 60n * MICROS_PER_SECOND;
  return match[3] === '-' ? local + offset : local - offset;
}

export function printLocal(micros: bigint): string {
  const days = floorDiv(micros, MICROS_PER_DAY);
  return `${printDate(Number(days))}T${printTime(micros - days * MICROS_PER_DAY)}`;
}

export function printInstant(micros: bigint): string {
  return `${printLocal(micros)}Z`;
}

export function floorDiv(a: bigint, b: bigint): bigint {
  const q = a / b;
  return a % b < 0n ? q - 1n : q;
}

const ISO_DURATION =
  /^(-)?P(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)W)?(?:(-?\d+)D)?(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?\d+)(?:\.(\d+))?S)?)?$/;

export function parseDuration(text: string): Duration | null {
  const match = ISO_DURATION.exec(text);
  if (!match || text.endsWith('P') || text.endsWith('T')) return null;
  const sign = match[1] ? -1 : 1;
  const n = (i: number): number => Number(match[i] ?? 0);
  const seconds = match[8] ?? '0';
  const fraction = BigInt((match[9] ?? '').padEnd(6, '0').slice(0, 6)) * (seconds.startsWith('-') ? -1n : 1n);
  const micros = BigInt(n(6) * 3600 + n(7) * 60 + Number(seconds)) * MICROS_PER_SECOND + fraction;
  return { months: sign * (n(2) * 12 + n(3)), days: sign * (n(4) * 7 + n(5)), micros: BigInt(sign) * micros };
}

export function printDuration({ months, days, micros }: Duration): string {
  const years = Math.trunc(months / 12);
  const rest = months - years * 12;
  const date = `${years ? `${years}Y` : ''}${rest ? `${rest}M` : ''}${days ? `${days}D` : ''}`;
  const positive = micros < 0n ? -micros : micros;
  const sign = micros < 0n ? '-' : '';
  const seconds = positive / MICROS_PER_SECOND;
  const [h, m, s] = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n];
  const fraction = String(positive % MICROS_PER_SECOND)
    .padStart(6, '0')
    .replace(/0+$/, '');
  const last = s !== 0n || fraction !== '' ? `${sign}${s}${fraction === '' ? '' : `.${fraction}`}S` : '';
  const time = `${h ? `${sign}${h}H` : ''}${m ? `${sign}${m}M` : ''}${last}`;
  return date === '' && time === '' ? 'PT0S' : `P${date}${time === '' ? '' : `T${time}`}`;
}

/** For comparison: a month counts 30 days and a day 24 hours, as PostgreSQL has it. */
export function durationMicros({ months, days, micros }: Duration): bigint {
  return BigInt(months * 30 + days) * MICROS_PER_DAY + micros;
}

const SECONDS: Partial<Record<TimeBucket, bigint>> = { SECOND: 1n, MINUTE: 60n, HOUR: 3600n, DAY: 86_400n };

/** The start of the bucket that holds a local time. */
export function bucketLocal(micros: bigint, bucket: TimeBucket): bigint {
  const unit = SECONDS[bucket];
  if (unit !== undefined) return floorDiv(micros, unit * MICROS_PER_SECOND) * unit * MICROS_PER_SECOND;
  return BigInt(bucketDate(Number(floorDiv(micros, MICROS_PER_DAY)), bucket)) * MICROS_PER_DAY;
}

/** The first day of the bucket that holds a date. */
export function bucketDate(days: number, bucket: TimeBucket): number {
  const { year, month } = civilFromDays(days);
  switch (bucket) {
    case 'WEEK':
      return days - (isoDayOfWeek(days) - 1);
    case 'MONTH':
      return daysFromCivil({ year, month, day: 1 });
    case 'QUARTER':
      return daysFromCivil({ year, month: month - ((month - 1) % 3), day: 1 });
    case 'YEAR':
      return daysFromCivil({ year, month: 1, day: 1 });
    default:
      return days;
  }
}

export function isoDayOfWeek(days: number): number {
  return ((((days + 3) % 7) + 7) % 7) + 1;
}

/** A part of a local time. */
export function partLocal(micros: bigint, part: DatePart): number {
  const days = Number(floorDiv(micros, MICROS_PER_DAY));
  const seconds = Number((micros - BigInt(days) * MICROS_PER_DAY) / MICROS_PER_SECOND);
  const { year, month, day } = civilFromDays(days);
  switch (part) {
    case 'YEAR':
      // 1 BC is year 0 in our reckoning and -1 in the store's words.
      return year <= 0 ? year - 1 : year;
    case 'QUARTER':
      return Math.floor((month + 2) / 3);
    case 'MONTH':
      return month;
    case 'WEEK': {
      const thursday = days - isoDayOfWeek(days) + 4;
      const first = daysFromCivil({ year: civilFromDays(thursday).year, month: 1, day: 1 });
      return Math.floor((thursday - first) / 7) + 1;
    }
    case 'DAY':
      return day;
    case 'DAY_OF_WEEK':
      return isoDayOfWeek(days);
    case 'DAY_OF_YEAR':
      return days - daysFromCivil({ year, month: 1, day: 1 }) + 1;
    case 'HOUR':
      return Math.floor(seconds / 3600);
    case 'MINUTE':
      return Math.floor(seconds / 60) % 60;
    case 'SECOND':
      return seconds % 60;
  }
}

/**
 * Whether this is a zone by its full name in the IANA database. Its short aliases (CET, EST …) are no zones here: stores
 * take some of them for a fixed offset.
 */
export function isZone(name: string): boolean {
  if (name === 'UTC') return true;
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)+$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Microseconds that local time in `zone` is ahead of UTC at an instant. */
export function offsetAt(instant: bigint, zone: string): bigint {
  if (zone === 'UTC') return 0n;
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    });
  formats.set(zone, format);
  const seconds = floorDiv(instant, MICROS_PER_SECOND);
  const parts = new Map(format.formatToParts(new Date(Number(seconds) * 1000)).map((p) => [p.type, p.value]));
  const n = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const year = parts.get('era')?.startsWith('B') ? 1 - n('year') : n('year');
  const days = daysFromCivil({ year, month: n('month'), day: n('day') });
  const local = BigInt(days) * 86_400n + BigInt(n('hour') * 3600 + n('minute') * 60 + n('second'));
  return (local - seconds) * MICROS_PER_SECOND;
}

/** Local time → instant: in a gap the time after it, of two the one before the clock went back is not taken but the later (standard) offset. */
export function instantOf(local: bigint, zone: string): bigint {
  const day = MICROS_PER_DAY;
  const [before, after] = [offsetAt(local - day, zone), offsetAt(local + day, zone)];
  const candidates = [local - after, local - before].filter((t) => t + offsetAt(t, zone) === local);
  return candidates[0] ?? local - before;
}

/** The start of the bucket of an instant in a zone's local time; the smallest buckets do not depend on the zone's clock changes. */
export function bucketInstant(instant: bigint, bucket: TimeBucket, zone: string): bigint {
  const offset = offsetAt(instant, zone);
  const local = bucketLocal(instant + offset, bucket);
  if (bucket === 'SECOND' || bucket === 'MINUTE' || bucket === 'HOUR') return local - offset;
  return instantOf(local, zone);
}

import { z } from 'zod';

/**
 * The building blocks of the config's schema. The message of every issue is the expectation alone ("a whole number from
 * 1 to 5"); problems.ts adds the path and what came. For unknown keys it is the list of the known ones.
 */
export function object<T extends z.ZodRawShape>(shape: T) {
  const known = Object.keys(shape).join(' ');
  return z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? known : 'an object') });
}

export function map<T extends z.ZodType>(value: T) {
  return z.record(z.string(), value, { error: 'an object' });
}

/** The same with names of a form. */
export function mapBy<T extends z.ZodType>(name: RegExp, expectation: string, value: T) {
  return z.record(z.string().regex(name, { error: expectation }), value, {
    error: (issue) => (issue.code === 'invalid_key' ? expectation : 'an object'),
  });
}

export function list<T extends z.ZodType>(value: T) {
  return z.array(value, { error: 'a list' });
}

export function text(expectation = 'text that is not empty') {
  return z.string({ error: expectation }).min(1, { error: expectation });
}

/** A whole number of something; `unit` says of what, for the reference. */
export function whole(min: number, max: number, unit: string) {
  const error = `a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error }).meta({ unit });
}

/** An amount of memory, as it is written. */
export function size() {
  const error = 'a size such as "512MB" or "4GB"';
  return text(error).regex(/^\d+(?:\.\d+)? ?[KMGT]i?B$/, { error });
}

/** One word, spelt so. */
export function literal<const T extends string>(word: T) {
  return z.literal(word, { error: JSON.stringify(word) });
}

/** What a schema gives once its input is checked. */
export type Parsed<T extends z.ZodType> = z.output<T>;

export function oneOf<const T extends readonly [string, ...string[]]>(words: T) {
  return z.enum(words, { error: `one of ${words.join(', ')}` });
}

export function flag() {
  return z.boolean({ error: 'true or false' });
}

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const DURATION = /^(\d+)(ms|s|m|h)$/;

/** `250ms`, `5s`, `2m`, `1h`; milliseconds once parsed. */
export function duration() {
  const error = 'a duration such as "250ms", "5s", "2m" or "1h"';
  return z.string({ error }).regex(DURATION, { error }).meta({ unit: 'duration' }).transform(milliseconds);
}

function milliseconds(written: string): number {
  const [, count, unit] = DURATION.exec(written)!;
  return Number(count) * UNITS[unit as keyof typeof UNITS];
}

/** A URL of one of some protocols, spelt without the colon. */
export function url(protocols: readonly string[], example: string) {
  const error = `a URL such as ${JSON.stringify(example)}`;
  const fits = (value: string): boolean =>
    URL.canParse(value) && protocols.includes(new URL(value).protocol.slice(0, -1));
  return z.string({ error }).refine(fits, { error });
}

export function postgresUrl() {
  const error = 'a URL such as "postgres://user:password@host:5432/database"';
  return z.string({ error }).refine(isPostgresUrl, { error });
}

export function isPostgresUrl(value: string): boolean {
  return URL.canParse(value) && ['postgres:', 'postgresql:'].includes(new URL(value).protocol);
}

import { Aggregator } from 'mingo/aggregator';
import { Context, evalExpr } from 'mingo/core';
import * as expression from 'mingo/operators/expression';
import * as pipeline from 'mingo/operators/pipeline';
import * as projection from 'mingo/operators/projection';
import * as query from 'mingo/operators/query';
import { Lazy } from 'mingo/lazy';
import { Query } from 'mingo/query';
import { Decimal128, Int32, Long } from 'mongodb';
import { bucketInstant, offsetAt, partLocal } from '../../src/ir/time.js';
import type { DatePart, TimeBucket } from '../../src/ir/select.js';
import {
  arithmetic,
  compareBson,
  decimalOf,
  divide,
  exact,
  isFiniteNumber,
  numberKind,
  round,
  toNumber,
  typeName,
} from './bson.js';
import { findNearest, findText, isInCircle, type Found, type Told } from './stand-in.js';

type Circle = Parameters<typeof isInCircle>[1];

/**
 * mingo with the values of BSON. mingo itself runs the stages and the operators of arrays, objects, conditions and
 * variables; here are, by MongoDB's documentation, those that compare, calculate, convert or group values of BSON
 * (mingo knows JavaScript's only), and those of dates and of text by characters. It is not MongoDB.
 */
type Operator = (of: unknown[]) => unknown;
type Document = Record<string, unknown>;

/** How well documents were found by the search that a pipeline began with. */
let scores = new WeakMap<object, number>();

/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-argument -- the types of mingo's operators are not exported */
const strict =
  (operator: Operator): any =>
  (document: any, expr: any, options: any): unknown =>
    operator((Array.isArray(expr) ? expr : [expr]).map((each: unknown) => evalExpr(document, each as never, options)));

const nullable = (operator: Operator): any =>
  strict((of) => (of.some((each) => each === null || each === undefined) ? null : operator(of)));

const byName =
  (operator: (of: Document) => unknown): any =>
  (document: any, expr: any, options: any): unknown =>
    operator(
      Object.fromEntries(
        Object.entries(expr as Document).map(([name, each]) => [name, evalExpr(document, each as never, options)]),
      ),
    );
/* eslint-enable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-argument */

const numbers = (of: unknown[]): unknown[] => {
  const bad = of.find((each) => numberKind(each) === null);
  if (bad !== undefined) throw new Error(`only supports numeric types, not ${typeName(bad)}`);
  return of;
};

const PARTS: Readonly<Record<string, DatePart | 'MILLISECOND'>> = {
  $year: 'YEAR',
  $month: 'MONTH',
  $isoWeek: 'WEEK',
  $dayOfMonth: 'DAY',
  $isoDayOfWeek: 'DAY_OF_WEEK',
  $dayOfYear: 'DAY_OF_YEAR',
  $hour: 'HOUR',
  $minute: 'MINUTE',
  $second: 'SECOND',
  $millisecond: 'MILLISECOND',
};

const EXPRESSIONS = {
  $eq: strict(([a, b]) => compareBson(a, b) === 0),
  $ne: strict(([a, b]) => compareBson(a, b) !== 0),
  $lt: strict(([a, b]) => compareBson(a, b) < 0),
  $lte: strict(([a, b]) => compareBson(a, b) <= 0),
  $gt: strict(([a, b]) => compareBson(a, b) > 0),
  $gte: strict(([a, b]) => compareBson(a, b) >= 0),
  $in: strict(([a, list]) => {
    if (!Array.isArray(list)) throw new Error('$in requires an array as a second argument');
    return list.some((each) => compareBson(a, each) === 0);
  }),
  $add: nullable((of) => numbers(of).reduce((a, b) => arithmetic('+', a, b))),
  $multiply: nullable((of) => numbers(of).reduce((a, b) => arithmetic('*', a, b))),
  $subtract: nullable(([a, b]) =>
    a instanceof Date
      ? new Date(a.getTime() - toNumber(b))
      : arithmetic('-', ...(numbers([a, b]) as [unknown, unknown])),
  ),
  $divide: nullable(([a, b]) => {
    numbers([a, b]);
    if (toNumber(b) === 0) throw new Error("can't $divide by zero");
    return divide(a, b);
  }),
  $floor: nullable(([a]) => round(numbers([a])[0], 0, 'floor')),
  $ceil: nullable(([a]) => round(numbers([a])[0], 0, 'ceil')),
  $trunc: nullable(([a, places]) => round(numbers([a])[0], toNumber(places ?? 0), 'trunc')),
  $round: nullable(([a, places]) => round(numbers([a])[0], toNumber(places ?? 0), 'round')),
  $min: strict((of) => ordered(of)[0] ?? null),
  $sqrt: nullable(([a]) => {
    if (toNumber(a) < 0) throw new Error("$sqrt's argument must be greater than or equal to 0");
    return Math.sqrt(toNumber(a));
  }),
  $isNumber: strict(([a]) => numberKind(a) !== null),
  $type: strict(([a]) => typeName(a)),
  $toDouble: nullable(([a]) => toNumber(numbers([a])[0])),
  $toInt: nullable(([a]) => {
    if (numberKind(a) === null) throw new Error(`Failed to parse number '${String(a)}' in $convert`);
    return new Int32(toNumber(round(a, 0, 'trunc')));
  }),
  $toLong: nullable(([a]) => Long.fromBigInt(exact(round(numbers([a])[0], 0, 'trunc')).unscaled)),
  $toString: nullable(([a]) => String(a)),
  $toDecimal: nullable(([a]) => {
    if (a instanceof Decimal128) return a;
    if (!isFiniteNumber(numbers([a])[0])) return Decimal128.fromString(String(toNumber(a)));
    // Doubles keep fifteen digits.
    return typeof a === 'number' ? Decimal128.fromString(a.toPrecision(15)) : decimalOf(exact(a));
  }),
  $meta: (...[document, of]: readonly unknown[]) => {
    if (of !== 'textScore' && of !== 'vectorSearchScore') throw new Error(`no metadata ${String(of)}`);
    const score = scores.get(document as object);
    if (score === undefined) throw new Error(`query requires ${String(of)} metadata, but it is not available`);
    return score;
  },
  $sortArray: byName(({ input }) => (Array.isArray(input) ? [...(input as unknown[])].sort(compareBson) : null)),
  $arrayElemAt: nullable(([list, index]) => (list as unknown[])[toNumber(index)]),
  $getField: byName(({ field, input }) =>
    typeName(input) === 'object' ? (input as Document)[field as string] : input === null ? null : undefined,
  ),
  $regexMatch: byName(({ input, regex }) =>
    input === null || input === undefined ? false : new RegExp(regex as string, 'u').test(input as string),
  ),
  $dateTrunc: byName(({ date, unit, timezone, startOfWeek }) => {
    if (startOfWeek !== 'monday') throw new Error('weeks begin on Monday');
    const micros = BigInt((date as Date).getTime()) * 1_000n;
    const start = bucketInstant(micros, (unit as string).toUpperCase() as TimeBucket, timezone as string);
    return new Date(Number(start / 1_000n));
  }),
  ...Object.fromEntries(
    Object.entries(PARTS).map(([name, part]) => [
      name,
      byName(({ date, timezone }) => {
        const micros = BigInt((date as Date).getTime()) * 1_000n;
        const local = micros + offsetAt(micros, timezone as string);
        if (part === 'MILLISECOND') return Number(((local % 1_000_000n) + 1_000_000n) % 1_000_000n) / 1_000;
        const value = partLocal(local, part);
        // The store counts years through 0.
        return part === 'YEAR' && value < 0 ? value + 1 : value;
      }),
    ]),
  ),
};

type Accumulate = (values: readonly unknown[]) => unknown;

const ordered = (values: readonly unknown[]): unknown[] =>
  values.filter((each) => each !== null && each !== undefined).sort(compareBson);

function deviation(values: readonly unknown[], ddof: 0 | 1): number | null {
  const some = values.filter((each) => numberKind(each) !== null).map(toNumber);
  if (some.length <= ddof) return null;
  const mean = some.reduce((a, b) => a + b, 0) / some.length;
  return Math.sqrt(some.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (some.length - ddof));
}

const ACCUMULATORS: Readonly<Record<string, Accumulate>> = {
  $sum: (values) =>
    values.filter((each) => numberKind(each) !== null).reduce((a, b) => arithmetic('+', a, b), new Int32(0)),
  $min: (values) => ordered(values)[0] ?? null,
  $max: (values) => ordered(values).at(-1) ?? null,
  $push: (values) => values.filter((each) => each !== undefined),
  $addToSet: (values) => {
    const some = values.filter((each) => each !== undefined).sort(compareBson);
    return some.filter((each, i) => i === 0 || compareBson(each, some[i - 1]) !== 0);
  },
  $stdDevPop: (values) => deviation(values, 0),
  $stdDevSamp: (values) => deviation(values, 1),
};

function group(documents: readonly Document[], spec: Document, options: unknown): Document[] {
  const groups: { readonly id: unknown; readonly documents: Document[] }[] = [];
  for (const document of documents) {
    const id = evalExpr(document, spec._id, options as never) ?? null;
    const known = groups.find((each) => compareBson(each.id, id) === 0);
    if (known) known.documents.push(document);
    else groups.push({ id, documents: [document] });
  }
  const accumulators = Object.entries(spec).filter(([name]) => name !== '_id');
  return groups.map(({ id, documents: members }) => ({
    _id: id,
    ...Object.fromEntries(
      accumulators.map(([name, accumulator]) => {
        const [[operator, expr]] = Object.entries(accumulator as Document) as [[string, unknown]];
        const accumulate = ACCUMULATORS[operator];
        if (!accumulate) throw new Error(`unknown group operator '${operator}'`);
        return [name, accumulate(members.map((each) => evalExpr(each, expr as never, options as never)))];
      }),
    ),
  }));
}

function sort(documents: readonly Document[], spec: Document): Document[] {
  const at = (document: Document, path: string): unknown =>
    path.split('.').reduce<unknown>((value, name) => (value as Document | null | undefined)?.[name], document) ?? null;
  return [...documents].sort((a, b) => {
    for (const [path, direction] of Object.entries(spec)) {
      const order = compareBson(at(a, path), at(b, path)) * (direction as number);
      if (order !== 0) return order;
    }
    return 0;
  });
}

/** Conditions of the query language look into arrays, and compare with values of the same type only. */
const asks =
  (test: (value: unknown, wanted: unknown) => boolean) =>
  (path: string, wanted: unknown) =>
  (document: Document): boolean => {
    const value = document[path];
    const all = Array.isArray(value) ? [value, ...(value as unknown[])] : [value];
    return all.some((each) => test(each, wanted));
  };

const bracketed = (test: (order: number) => boolean) =>
  asks((value, wanted) => {
    const kind = (of: unknown): string => (numberKind(of) ? 'number' : typeName(of));
    if (kind(value) !== kind(wanted)) return false;
    const nan = [value, wanted].filter((each) => Number.isNaN(each) || String(each) === 'NaN').length;
    // NaN is compared with itself alone.
    return nan === 1 ? false : test(compareBson(value, wanted));
  });

const same = (a: unknown, b: unknown): boolean => compareBson(a ?? null, b ?? null) === 0;

const QUERIES = {
  $eq: asks(same),
  $in: asks((value, wanted) => (wanted as unknown[]).some((each) => same(value, each))),
  $lt: bracketed((order) => order < 0),
  $lte: bracketed((order) => order <= 0),
  $gt: bracketed((order) => order > 0),
  $gte: bracketed((order) => order >= 0),
  $geoWithin: asks((value, wanted) => isInCircle(value, (wanted as { $centerSphere: Circle }).$centerSphere)),
};

const STAGES = {
  $group: (documents: { transform(f: (all: Document[]) => unknown): unknown }, spec: Document, options: unknown) =>
    documents.transform((all) => Lazy(group(all, spec, options))),
  $sort: (documents: { transform(f: (all: Document[]) => unknown): unknown }, spec: Document) =>
    documents.transform((all) => Lazy(sort(all, spec))),
};

const CONTEXT = Context.init({
  expression: { ...expression, ...EXPRESSIONS },
  query: { ...query, ...QUERIES } as never,
  pipeline: { ...pipeline, ...STAGES } as never,
  projection: projection,
});

const NO_INDEXES: Told = { indexes: [], searches: [] };

/** What a pipeline begins with: the documents that its search finds, and the stages that follow. */
function begun(
  documents: readonly Document[],
  indexes: Told,
  [first = {}, ...rest]: readonly Document[],
): { readonly found: readonly Document[]; readonly stages: readonly Document[] } {
  scores = new WeakMap();
  const keep = (all: readonly Found[]): Document[] =>
    all.map(({ document, score }) => {
      scores.set(document, score);
      return document;
    });
  const { $vectorSearch: nearest, $match: match } = first as { $vectorSearch?: Document; $match?: Document };
  if (nearest) {
    const { filter = {} } = nearest;
    const some = new Query(filter as never, { context: CONTEXT }).find<Document>([...documents]).all();
    return { found: keep(findNearest(some, indexes, nearest)), stages: rest };
  }
  const conditions = match?.$and ?? (match && '$text' in match ? [{ $text: match.$text }] : []);
  const text = (conditions as Document[]).find((each) => '$text' in each);
  if (!text) return { found: documents, stages: [first, ...rest] };
  const { $and: _, $text: __, ...others } = match!;
  const left = (conditions as Document[]).filter((each) => each !== text);
  const found = keep(findText(documents, indexes, (text.$text as { $search: string }).$search));
  return { found, stages: [{ $match: left.length > 0 ? { ...others, $and: left } : others }, ...rest] };
}

/** Runs a pipeline over collections of documents, whose doubles are plain numbers. */
export function runPipeline(
  collections: ReadonlyMap<string, readonly Document[]>,
  collection: string | null,
  asked: readonly Document[],
  indexes: Told = NO_INDEXES,
): Document[] {
  const all = collection === null ? [] : [...(collections.get(collection) ?? [])];
  const { found, stages } = asked.length === 0 ? { found: all, stages: asked } : begun(all, indexes, asked);
  const aggregator = new Aggregator(stages as never, {
    context: CONTEXT,
    collectionResolver: (name: string) => (collections.get(name) ?? []) as Document[],
  });
  return aggregator.run([...found]);
}

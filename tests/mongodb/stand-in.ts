import { Double } from 'mongodb';
import type { Document } from './documents.js';

/**
 * What stands in for the searches of MongoDB, which neither mingo nor the wire server has: the grammar of `$search` by
 * MongoDB's documentation, words without stems, and vectors compared one by one. It tells what a pipeline says, and
 * nothing of how a MongoDB server finds it.
 */
export interface Asked {
  readonly terms: readonly string[];
  readonly phrases: readonly string[];
  readonly negated: readonly string[];
}

const DELIMITERS = /[\p{Dash}\p{Pattern_Syntax}\p{Quotation_Mark}\p{Terminal_Punctuation}\p{White_Space}]+/u;
const wordsIn = (text: string): string[] =>
  text
    .toLowerCase()
    .split(DELIMITERS)
    .filter((word) => word !== '');

/** Phrases stand in quotes, a minus after a blank or at the beginning negates the word or phrase behind it. */
export function parseSearch(search: string): Asked {
  const [terms, phrases, negated]: [string[], string[], string[]] = [[], [], []];
  for (const [, minus, phrase, plain] of search.matchAll(/(?:(?<=^|\s)(-))?(?:"([^"]*)"?|([^\s"]+))/g)) {
    if (minus) negated.push(phrase ?? plain!);
    else {
      if (phrase !== undefined) phrases.push(phrase.toLowerCase());
      terms.push(...wordsIn(phrase ?? plain!));
    }
  }
  return { terms, phrases, negated };
}

/** The indexes of one collection, as `listIndexes` and `$listSearchIndexes` tell of them. */
export interface Told {
  readonly indexes: readonly Document[];
  readonly searches: readonly Document[];
}

export interface Found {
  readonly document: Document;
  readonly score: number;
}

/** Texts at the end of a path, those in lists and, of `$**`, anywhere. */
function textsAt(value: unknown, way: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => textsAt(each, way));
  const [name, ...rest] = way;
  if (name === undefined) return typeof value === 'string' ? [value] : [];
  if (typeof value !== 'object' || value === null) return typeof value === 'string' && name === '$**' ? [value] : [];
  if (name === '$**') return Object.values(value).flatMap((each) => textsAt(each, way));
  return textsAt((value as Document)[name], rest);
}

export function findText(documents: readonly Document[], { indexes }: Told, search: string): Found[] {
  const index = indexes.find(({ weights }) => weights !== undefined);
  if (!index) throw new Error('text index required for $text query');
  const asked = parseSearch(search);
  return documents.flatMap((document) => {
    const fields = Object.entries(index.weights as Readonly<Record<string, number>>).map(([path, weight]) => {
      const texts = textsAt(document, path === '$**' ? [path] : path.split('.'));
      return { weight, texts: texts.map((each) => each.toLowerCase()) };
    });
    const all = fields.flatMap(({ texts }) => texts);
    const words = all.flatMap(wordsIn);
    const hits = fields.map(
      ({ weight, texts }) => weight * texts.flatMap(wordsIn).filter((word) => asked.terms.includes(word)).length,
    );
    const score = hits.reduce((sum, each) => sum + each, 0);
    const fits =
      asked.phrases.every((phrase) => all.some((text) => text.includes(phrase))) &&
      !asked.negated.some((each) => wordsIn(each).some((word) => words.includes(word)));
    return score > 0 && fits ? [{ document, score }] : [];
  });
}

export function findNearest(
  documents: readonly Document[],
  { searches }: Told,
  { index, path, queryVector, limit }: Document,
): Found[] {
  const known = searches.find(({ name }) => name === index) as { latestDefinition: { fields: Document[] } } | undefined;
  const vector = known?.latestDefinition.fields.find((each) => each.type === 'vector' && each.path === path);
  if (!vector) throw new Error(`no index ${String(index)} of ${String(path)}`);
  const target = (queryVector as readonly unknown[]).map((each) => {
    if (each instanceof Double) return each.valueOf();
    throw new Error('vectors are sent as doubles');
  });
  if (target.length !== vector.numDimensions) throw new Error('a vector of other dimensions');
  const distance = (of: readonly number[]): number => of.reduce((sum, each, i) => sum + (each - target[i]!) ** 2, 0);
  return documents
    .filter((document) => Array.isArray(document[path as string]))
    .map((document) => ({ document, score: 1 / (1 + distance(document[path as string] as readonly number[])) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, Number(limit));
}

/** Whether a place lies in a circle on the sphere, by the angle between two directions. */
export function isInCircle(
  place: unknown,
  [[lon, lat], radius]: readonly [readonly [number, number], number],
): boolean {
  if (!(radius >= 0)) throw new Error('radius must be a non-negative number');
  const { type, coordinates } = (place ?? {}) as { type?: unknown; coordinates?: unknown };
  if (type !== 'Point' || !Array.isArray(coordinates)) return false;
  const direction = ([x, y]: readonly number[]): number[] => {
    const [a, b] = [(x! * Math.PI) / 180, (y! * Math.PI) / 180];
    return [Math.cos(b) * Math.cos(a), Math.cos(b) * Math.sin(a), Math.sin(b)];
  };
  const [p, q] = [direction(coordinates as number[]), direction([lon, lat])];
  const dot = p.reduce((sum, each, i) => sum + each * q[i]!, 0);
  const cross = [0, 1, 2].map((i) => p[(i + 1) % 3]! * q[(i + 2) % 3]! - p[(i + 2) % 3]! * q[(i + 1) % 3]!);
  return Math.atan2(Math.hypot(...cross), dot) <= radius;
}

import type { Predicate } from '../../src/ir/predicate.js';

type Match = Pick<Extract<Predicate, { kind: 'match' }>, 'mode' | 'fuzzy' | 'boosts'>;

/** A text match in the query language of full-text indexes: each word of a text is a word there and nothing else. */
export function luceneOf(text: string, properties: readonly string[], { mode, fuzzy, boosts }: Match): string {
  const words = text.split(/\s+/u).filter((word) => word !== '');
  const inEach = (what: string): string =>
    properties
      .map((property, i) => `${escaped(property)}:${what}${boosts[i] === 1 ? '' : `^${String(boosts[i])}`}`)
      .join(' OR ');
  if (mode === 'PHRASE') return inEach(`"${words.map(escaped).join(' ')}"`);
  const each = words.map((word) => `(${inEach(`${escaped(word)}${fuzzy ? '~' : ''}`)})`);
  return each.join(mode === 'ALL' ? ' AND ' : ' OR ');
}

/** Every character that is no letter or digit, and the first, so that a word like OR is none. */
function escaped(word: string): string {
  return word.replace(/^.|[^\p{L}\p{N}]/gsu, (character) => (character.length === 1 ? `\\${character}` : character));
}

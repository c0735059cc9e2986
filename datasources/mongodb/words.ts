import type { Search } from '../../src/ir/predicate.js';

/** What parts words in the store too, apostrophes left to it, and what no word has. */
const BETWEEN =
  /(?:(?!')[\p{Dash}\p{Pattern_Syntax}\p{Quotation_Mark}\p{Terminal_Punctuation}\p{White_Space}\p{Control}])+/u;
const ENDS = /^'+|'+$/g;

function wordsOf(text: string): string[] {
  return text
    .split(BETWEEN)
    .map((word) => word.replace(ENDS, ''))
    .filter((word) => word !== '');
}

/**
 * A text as the store's search string, in which words stand for any of them, what is quoted for itself, and a minus before
 * a word for rows without it. Whatever was typed, quotes are ours, and no minus stands outside of them.
 */
export function searchString(mode: Extract<Search, { kind: 'match' }>['mode']): (given: unknown) => string {
  return (given) => {
    const words = wordsOf(given as string);
    if (mode === 'ANY') return words.join(' ');
    if (mode === 'ALL') return words.map(quoted).join(' ');
    // Inside of quotes signs are compared too.
    return words.length === 0
      ? ''
      : quoted((given as string).replace(/["\\\p{White_Space}\p{Control}]+/gu, ' ').trim());
  };
}

function quoted(text: string): string {
  return `"${text}"`;
}

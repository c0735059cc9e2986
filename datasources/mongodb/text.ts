import { foldClass } from '../../src/ir/fold.js';
import { parseLike } from '../../src/ir/pattern.js';
import type { TextTest } from '../../src/ir/predicate.js';
import { escapeHex, regexToPcre } from '../../src/ir/regex.js';

const END = '(?![\\s\\S])';

/** What is asked of a text as a Perl compatible expression. */
export function pattern(test: TextTest): (wanted: string) => string {
  switch (test) {
    case 'like':
      return (wanted) => likeToPcre(wanted, false);
    case 'ilike':
      return (wanted) => likeToPcre(wanted, true);
    case 'startsWith':
      return (wanted) => `^${escaped(wanted)}`;
    case 'endsWith':
      return (wanted) => `${escaped(wanted)}${END}`;
    case 'contains':
      return escaped;
    case 'regex':
      return regexToPcre;
  }
}

function escaped(text: string): string {
  return Array.from(text, escapeHex).join('');
}

/** Case is folded by classes of characters: the same in every version of the store. */
function likeToPcre(wanted: string, fold: boolean): string {
  const source = parseLike(wanted).map((part) => {
    if (part.kind === 'any') return '[\\s\\S]*';
    if (part.kind === 'one') return '[\\s\\S]';
    const same = fold ? Array.from(foldClass(part.character)) : [part.character];
    return same.length === 1 ? escapeHex(same[0]!) : `[${same.map(escapeHex).join('')}]`;
  });
  return `^${source.join('')}${END}`;
}

import { badInput } from '../errors.js';
import { foldClass } from './fold.js';
import { escapeAre } from './regex.js';

/** Patterns of `like` and `ilike`: `%` any text, `_` one character, `\` takes the next character as it is. */
type Part =
  { readonly kind: 'any' } | { readonly kind: 'one' } | { readonly kind: 'character'; readonly character: string };

export function parseLike(pattern: string): Part[] {
  const parts: Part[] = [];
  const characters = Array.from(pattern);
  for (let i = 0; i < characters.length; i += 1) {
    const character = characters[i]!;
    if (character === '%') parts.push({ kind: 'any' });
    else if (character === '_') parts.push({ kind: 'one' });
    else if (character === '\\') {
      i += 1;
      parts.push({ kind: 'character', character: characters[i] ?? '\\' });
    } else parts.push({ kind: 'character', character });
  }
  return parts;
}

/** A pattern may not end with an escape that escapes nothing. */
export function validateLikePattern(pattern: string, field: string): void {
  const trailing = /\\*$/.exec(pattern)![0].length;
  if (trailing % 2 === 1)
    throw badInput(field, 'a pattern that does not end with a single \\', pattern, 'write \\\\ for a backslash');
}

/** The pattern as a JavaScript expression over whole texts. */
export function likeToRegExp(pattern: string, fold: boolean): RegExp {
  const source = parseLike(pattern).map((part) =>
    part.kind === 'any' ? '.*' : part.kind === 'one' ? '.' : `\\u{${part.character.codePointAt(0)!.toString(16)}}`,
  );
  return new RegExp(`^${source.join('')}$`, fold ? 'isu' : 'su');
}

/** An `ilike` pattern as a PostgreSQL regular expression of bracketed classes: the same in every locale of a server. */
export function ilikeToAre(pattern: string): string {
  const source = parseLike(pattern).map((part) => {
    if (part.kind === 'any') return '.*';
    if (part.kind === 'one') return '.';
    const all = Array.from(foldClass(part.character));
    return all.length === 1 ? escapeAre(all[0]!) : `[${all.map(escapeAre).join('')}]`;
  });
  return `^${source.join('')}$`;
}

/** Text as a `like` pattern that matches it alone. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

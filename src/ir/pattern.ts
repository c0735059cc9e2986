import { badInput } from '../errors.js';
import { foldClass } from './fold.js';
import { escapeAre, escapeCode } from './regex.js';

/** Patterns of `like` and `ilike`: `%` any text, `_` one character, `\` takes the next character as it is. */
export type LikePart =
  { readonly kind: 'any' } | { readonly kind: 'one' } | { readonly kind: 'character'; readonly character: string };

export function parseLike(pattern: string): LikePart[] {
  const parts: LikePart[] = [];
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
  return `^${foldedSource(pattern, escapeAre)}$`;
}

/** The same as an expression of RE2. */
export function ilikeToRe2(pattern: string): string {
  return `(?s)^${foldedSource(pattern, escapeCode)}$`;
}

/** A `like` pattern as a regular expression of Java that matches whole texts. */
export function likeToJava(pattern: string): string {
  const source = parseLike(pattern).map((part) =>
    part.kind === 'any' ? '.*' : part.kind === 'one' ? '.' : escapeCode(part.character),
  );
  return `(?s)${source.join('')}`;
}

/** The same of `ilike`. */
export function ilikeToJava(pattern: string): string {
  return `(?s)${foldedSource(pattern, escapeCode)}`;
}

/** Each character as a bracketed class of those that fold to the same. */
function foldedSource(pattern: string, escape: (character: string) => string): string {
  const source = parseLike(pattern).map((part) => {
    if (part.kind === 'any') return '.*';
    if (part.kind === 'one') return '.';
    const all = Array.from(foldClass(part.character));
    return all.length === 1 ? escape(all[0]!) : `[${all.map(escape).join('')}]`;
  });
  return source.join('');
}

/** Text as a `like` pattern that matches it alone. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

import { foldClass } from '../../src/ir/fold.js';
import { parseLike, type LikePart } from '../../src/ir/pattern.js';
import { parseRegex, type RegexNode } from '../../src/ir/regex.js';
import type { TextTest } from '../../src/ir/predicate.js';
import type { Query } from './query.js';

/** Lucene's expressions match whole values; without flags they know only what is printed here. */
const PLAIN = { flags: 'NONE' };

/** A test of text as a query over a keyword; null when the store's language cannot say it. */
export function textQuery(path: string, test: TextTest, wanted: string): Query | null {
  switch (test) {
    case 'startsWith':
      return wanted === '' ? { exists: { field: path } } : { prefix: { [path]: { value: wanted } } };
    case 'endsWith':
      return wildcard(path, `*${escapeWildcard(wanted)}`);
    case 'contains':
      return wildcard(path, `*${escapeWildcard(wanted)}*`);
    case 'like':
      return wildcard(path, parseLike(wanted).map(wildcardPart).join(''));
    case 'ilike':
      return { regexp: { [path]: { value: parseLike(wanted).map(foldedPart).join('') || '()', ...PLAIN } } };
    case 'regex': {
      const value = luceneOf(wanted);
      return value === null ? null : { regexp: { [path]: { value, ...PLAIN } } };
    }
  }
}

function wildcard(path: string, value: string): Query {
  if (value === '') return { term: { [path]: { value } } };
  return /^\*+$/.test(value) ? { exists: { field: path } } : { wildcard: { [path]: { value } } };
}

function wildcardPart(part: LikePart): string {
  if (part.kind === 'any') return '*';
  return part.kind === 'one' ? '?' : escapeWildcard(part.character);
}

function escapeWildcard(text: string): string {
  return text.replace(/[*?\\]/g, '\\$&');
}

function foldedPart(part: LikePart): string {
  if (part.kind === 'any') return '.*';
  if (part.kind === 'one') return '.';
  const same = Array.from(foldClass(part.character)).map(escape);
  return same.length === 1 ? same[0]! : `(${same.join('|')})`;
}

/** What is neither letter nor digit is taken as it is. */
function escape(character: string): string {
  return /[!-/:-@[-`{-~]/.test(character) ? `\\${character}` : character;
}

/** An unanchored expression as one of Lucene's over whole values; null where an anchor stands inside, or asks for a word. */
export function luceneOf(source: string): string | null {
  const node = parseRegex(source);
  const branches = branchesOf(node).map(branchOf);
  return branches.includes(null) ? null : branches.map((each) => `(${each})`).join('|');
}

/** The branches of the whole expression: groups around all of it are opened. */
function branchesOf(node: RegexNode): readonly RegexNode[] {
  if (node.kind === 'either') return node.of.flatMap(branchesOf);
  return node.kind === 'sequence' && node.of.length === 1 ? branchesOf(node.of[0]!) : [node];
}

function branchOf(node: RegexNode): string | null {
  const parts = node.kind === 'sequence' ? [...node.of] : [node];
  const anchored = { start: false, end: false };
  while (isAnchor(parts[0], 'start')) anchored.start = parts.splice(0, 1).length > 0;
  while (isAnchor(parts.at(-1), 'end')) anchored.end = parts.splice(-1, 1).length > 0;
  const inside = parts.map(print);
  if (inside.includes(null)) return null;
  return `${anchored.start ? '' : '.*'}${inside.join('')}${anchored.end ? '' : '.*'}` || '()';
}

function isAnchor(node: RegexNode | undefined, at: 'start' | 'end'): boolean {
  return node?.kind === 'anchor' && node.at === at;
}

function print(node: RegexNode): string | null {
  switch (node.kind) {
    case 'set': {
      const items = node.ranges.map(([low, high]) => {
        const [from, to] = [low, high].map((point) => escape(String.fromCodePoint(point)));
        return low === high ? from! : `${from!}-${to!}`;
      });
      return `[${node.negated ? '^' : ''}${items.join('')}]`;
    }
    case 'anchor':
      return null;
    case 'sequence':
    case 'either': {
      const inside = node.of.map(print);
      if (inside.includes(null)) return null;
      return `(${inside.map((each) => each || '()').join(node.kind === 'either' ? '|' : '') || '()'})`;
    }
    case 'repeat': {
      const inside = print(node.of);
      return inside && `(${inside}){${node.min},${node.max ?? ''}}`;
    }
  }
}

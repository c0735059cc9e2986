import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { foldClass } from '../../src/ir/fold.js';
import { escapeLike, ilikeToAre, likeToRegExp, validateLikePattern } from '../../src/ir/pattern.js';
import { regexToAre, regexToRegExp, validateRegex } from '../../src/ir/regex.js';

const letters = fc.string({
  unit: fc.constantFrom('a', 'B', 'b', '_', '%', '\\', '\n', 'ß', 'K', 'k', '😀', '1', ' ', '.'),
});

/** `like` read off its definition, by recursion. */
function matches(pattern: readonly string[], text: readonly string[]): boolean {
  const [head, ...rest] = pattern;
  if (head === undefined) return text.length === 0;
  if (head === '%') return text.some((_, i) => matches(rest, text.slice(i))) || matches(rest, []);
  if (text.length === 0) return false;
  if (head === '_') return matches(rest, text.slice(1));
  const [wanted, after] = head === '\\' ? [rest[0], rest.slice(1)] : [head, rest];
  return text[0] === wanted && matches(after, text.slice(1));
}

describe('like', () => {
  test('is what its definition says', () => {
    fc.assert(
      fc.property(letters, letters, (pattern, text) => {
        fc.pre(/\\*$/.exec(pattern)![0].length % 2 === 0);
        expect(likeToRegExp(pattern, false).test(text)).toBe(matches(Array.from(pattern), Array.from(text)));
      }),
      { numRuns: 1_000 },
    );
  });

  test('escaped text matches itself alone', () => {
    fc.assert(
      fc.property(letters, letters, (a, b) => {
        expect(likeToRegExp(escapeLike(a), false).test(b)).toBe(a === b);
        expect(likeToRegExp(escapeLike(a), false).test(a)).toBe(true);
      }),
    );
  });

  test('an escape at the end is refused', () => {
    expect(() => validateLikePattern('a\\', 'name.like')).toThrow(/name\.like/);
    expect(() => validateLikePattern('a\\\\', 'name.like')).not.toThrow();
  });
});

describe('folding', () => {
  test.each([
    ['k', 'Kk\u212a'],
    ['ſ', 'Ssſ'],
    ['Σ', 'Σςσ'],
    ['𐐀', '𐐀𐐨'],
    ['1', '1'],
    // Simple folding joins these, though their capitals are several characters.
    ['\u0390', '\u0390\u1fd3'],
    ['\u1fe3', '\u03b0\u1fe3'],
    ['\ufb05', '\ufb05\ufb06'],
    ['ß', 'ßẞ'],
    ['İ', 'İ'],
  ])('%s folds with %s', (character, all) => {
    expect(Array.from(foldClass(character)).sort()).toEqual(Array.from(all).sort());
  });

  test('the classes are those of JavaScript’s own folding', () => {
    const cased = Array.from({ length: 0x1ffff }, (_, point) => point)
      .filter((point) => point < 0xd800 || point > 0xdfff)
      .map((point) => String.fromCodePoint(point))
      .filter((c) => c.toLowerCase() !== c || c.toUpperCase() !== c);
    const wrong = cased.filter((character) => {
      const same = new RegExp(`^\\u{${character.codePointAt(0)!.toString(16)}}$`, 'iu');
      return cased.filter((c) => same.test(c)).length !== Array.from(foldClass(character)).length;
    });
    expect(wrong).toEqual([]);
    expect(cased.length).toBeGreaterThan(2_000);
  });

  test('ß is not ss, İ is not i', () => {
    expect(likeToRegExp('strasse', true).test('straße')).toBe(false);
    expect(likeToRegExp('i', true).test('İ')).toBe(false);
    expect(ilikeToAre('k_%')).toMatch(/^\^\[[^\]]*u212a[^\]]*\]\.\.\*\$$/);
  });
});

const source = fc
  .array(
    fc.constantFrom(
      'a',
      'b',
      '.',
      '\\d',
      '\\w',
      '\\s',
      '\\S',
      '[ab]',
      '[^a]',
      '[[:alpha:]_]',
      '(?:a|b)',
      '(a.)',
      'a*',
      'b+',
      '.?',
      'a{1,2}',
      '^',
      '$',
      '\\b',
      '\\B',
      '|',
      '\\.',
      '[\\d-]',
      'b*?',
      '[a-c]',
      '\\x41',
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));
const subject = fc.string({
  unit: fc.constantFrom('a', 'b', 'A', '1', ' ', '.', '\n', '\v', 'é', '\u00a0', '😀', '_', '-'),
  maxLength: 6,
});

describe('regular expressions', () => {
  test('JavaScript answers as RE2 does', () => {
    fc.assert(
      fc.property(source, subject, (pattern, text) => {
        expect(regexToRegExp(pattern).test(text)).toBe(RE2JS.compile(pattern).matcher(text).find());
      }),
      { numRuns: 3_000 },
    );
  });

  test('nothing is matched inside of a character', () => {
    expect(regexToRegExp('aa|\\B').test('a😀a')).toBe(false);
    expect(regexToRegExp('\\B').test('😀')).toBe(true);
    expect(regexToRegExp('^\\B.$').test('😀')).toBe(true);
  });

  test.each([
    '(a)\\1',
    '(?=a)',
    '(?<!a)b',
    '(?i)a',
    'a**',
    '(',
    ')',
    '[a',
    '*a',
    'a{300}',
    'a{2,1}',
    '\\p{L}',
    '[b-a]',
    '\\',
  ])('%s is refused by name', (pattern) => {
    expect(() => validateRegex(pattern, 'name.regex')).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });

  test('PostgreSQL gets escapes, never bare punctuation', () => {
    expect(regexToAre('a.b')).toBe('(?:a[^\\u000a]b)');
    expect(regexToAre("\\.';")).toBe('(?:\\u002e\\u0027\\u003b)');
  });
});

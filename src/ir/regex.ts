import { badInput } from '../errors.js';

/** The regular expressions that callers may use: RE2's syntax without flags, classes by property and named groups. */
export type RegexNode =
  | { readonly kind: 'set'; readonly negated: boolean; readonly ranges: readonly Range[] }
  | { readonly kind: 'anchor'; readonly at: 'start' | 'end' | 'word' | 'notWord' }
  | { readonly kind: 'sequence'; readonly of: readonly RegexNode[] }
  | { readonly kind: 'either'; readonly of: readonly RegexNode[] }
  | { readonly kind: 'repeat'; readonly of: RegexNode; readonly min: number; readonly max: number | null };

type Range = readonly [number, number];

const NEWLINE: Range = [10, 10];
const DIGIT: readonly Range[] = [[48, 57]];
const WORD: readonly Range[] = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
const SPACE: readonly Range[] = [
  [9, 10],
  [12, 13],
  [32, 32],
];
const POSIX: Readonly<Record<string, readonly Range[]>> = {
  alnum: [
    [48, 57],
    [65, 90],
    [97, 122],
  ],
  alpha: [
    [65, 90],
    [97, 122],
  ],
  ascii: [[0, 127]],
  blank: [
    [9, 9],
    [32, 32],
  ],
  cntrl: [
    [0, 31],
    [127, 127],
  ],
  digit: DIGIT,
  graph: [[33, 126]],
  lower: [[97, 122]],
  print: [[32, 126]],
  punct: [
    [33, 47],
    [58, 64],
    [91, 96],
    [123, 126],
  ],
  space: [
    [9, 13],
    [32, 32],
  ],
  upper: [[65, 90]],
  word: WORD,
  xdigit: [
    [48, 57],
    [65, 70],
    [97, 102],
  ],
};
/** PostgreSQL's bound on counted repetition; RE2's is 1,000. */
const MAX_REPEAT = 255;
const MAX_DEPTH = 100;
const MAX_LENGTH = 1_000;

class Refused extends Error {}

class Parser {
  private readonly characters: readonly string[];
  private at = 0;
  private depth = 0;

  constructor(source: string) {
    this.characters = Array.from(source);
  }

  parse(): RegexNode {
    if (this.characters.length > MAX_LENGTH) throw new Refused(`more than ${MAX_LENGTH} characters`);
    const node = this.either();
    if (this.at < this.characters.length) throw new Refused('a ")" without "("');
    return node;
  }

  private either(): RegexNode {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw new Refused(`groups nested deeper than ${MAX_DEPTH}`);
    const branches = [this.sequence()];
    while (this.take('|')) branches.push(this.sequence());
    this.depth -= 1;
    return branches.length === 1 ? branches[0]! : { kind: 'either', of: branches };
  }

  private sequence(): RegexNode {
    const of: RegexNode[] = [];
    for (;;) {
      const next = this.peek();
      if (next === undefined || next === '|' || next === ')') return { kind: 'sequence', of };
      of.push(this.repeated(this.atom()));
    }
  }

  private repeated(atom: RegexNode): RegexNode {
    const bounds = this.bounds();
    if (bounds === null) return atom;
    if (atom.kind === 'anchor') throw new Refused('a repetition of an anchor');
    this.take('?');
    if (this.bounds() !== null) throw new Refused('a repetition of a repetition');
    return { kind: 'repeat', of: atom, ...bounds };
  }

  private bounds(): { min: number; max: number | null } | null {
    if (this.take('*')) return { min: 0, max: null };
    if (this.take('+')) return { min: 1, max: null };
    if (this.take('?')) return { min: 0, max: 1 };
    const counted = /^\{(\d{1,4})(,?)(\d{0,4})\}/.exec(this.characters.slice(this.at, this.at + 12).join(''));
    if (!counted) return null;
    this.at += counted[0].length;
    const min = Number(counted[1]);
    const max = counted[2] === '' ? min : counted[3] === '' ? null : Number(counted[3]);
    if (min > MAX_REPEAT || (max ?? 0) > MAX_REPEAT) throw new Refused(`a repetition of more than ${MAX_REPEAT}`);
    if (max !== null && max < min) throw new Refused('a repetition whose bounds are the wrong way round');
    return { min, max };
  }

  private atom(): RegexNode {
    const character = this.next();
    switch (character) {
      case '.':
        return { kind: 'set', negated: true, ranges: [NEWLINE] };
      case '^':
        return { kind: 'anchor', at: 'start' };
      case '$':
        return { kind: 'anchor', at: 'end' };
      case '(':
        return this.group();
      case '[':
        return this.set();
      case '\\':
        return this.escape();
      case '*':
      case '+':
      case '?':
        throw new Refused(`"${character}" with nothing to repeat`);
      default:
        return one(character);
    }
  }

  private group(): RegexNode {
    if (this.take('?') && !this.take(':')) throw new Refused('a flag, a named group, or a look-around');
    const node = this.either();
    if (!this.take(')')) throw new Refused('a "(" without ")"');
    return { kind: 'sequence', of: [node] };
  }

  private escape(): RegexNode {
    const character = this.next();
    const known = shorthand(character);
    if (known) return known;
    if (character === 'b') return { kind: 'anchor', at: 'word' };
    if (character === 'B') return { kind: 'anchor', at: 'notWord' };
    if (character === 'A') return { kind: 'anchor', at: 'start' };
    if (character === 'z') return { kind: 'anchor', at: 'end' };
    return one(this.escaped(character));
  }

  private escaped(character: string): string {
    const control: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v', a: '\x07' };
    if (control[character] !== undefined) return control[character];
    if (character === 'x') return this.hex();
    if (/[0-9]/.test(character)) throw new Refused('a back-reference');
    if (/[A-Za-z]/.test(character)) throw new Refused(`the escape \\${character}`);
    return character;
  }

  private hex(): string {
    const rest = this.characters.slice(this.at, this.at + 8).join('');
    const match = /^(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/.exec(rest);
    const point = match ? parseInt(match[1] ?? match[2]!, 16) : -1;
    if (!match || point > 0x10ffff || point === 0) throw new Refused('an escape \\x that names no character');
    this.at += match[0].length;
    return String.fromCodePoint(point);
  }

  private set(): RegexNode {
    const negated = this.take('^');
    const ranges: Range[] = [];
    for (let first = true; first || this.peek() !== ']'; first = false) ranges.push(...this.setItem());
    this.next();
    return { kind: 'set', negated, ranges };
  }

  private setItem(): readonly Range[] {
    const character = this.next();
    if (character === '[' && this.peek() === ':') {
      const posix = /^:(\^?)([a-z]+):\]/.exec(this.characters.slice(this.at, this.at + 12).join(''));
      const ranges = posix && POSIX[posix[2]!];
      if (!posix || !ranges) throw new Refused('a class [: :] that is not known');
      this.at += posix[0].length;
      return posix[1] === '^' ? complement(ranges) : ranges;
    }
    let low = character;
    if (character === '\\') {
      const escape = this.next();
      const known = shorthand(escape);
      if (known) return known.negated ? complement(known.ranges) : known.ranges;
      low = this.escaped(escape);
    }
    if (this.peek() !== '-' || this.characters[this.at + 1] === ']') return [[point(low), point(low)]];
    this.next();
    const end = this.next();
    const high = end === '\\' ? this.escaped(this.next()) : end;
    if (point(high) < point(low)) throw new Refused(`the range ${low}-${high}`);
    return [[point(low), point(high)]];
  }

  private peek(): string | undefined {
    return this.characters[this.at];
  }

  private take(character: string): boolean {
    if (this.peek() !== character) return false;
    this.at += 1;
    return true;
  }

  private next(): string {
    const character = this.characters[this.at];
    if (character === undefined) throw new Refused('an end in the middle of an escape, a class or a group');
    this.at += 1;
    return character;
  }
}

function one(character: string): RegexNode {
  return { kind: 'set', negated: false, ranges: [[point(character), point(character)]] };
}

function shorthand(character: string): Extract<RegexNode, { kind: 'set' }> | null {
  const ranges = { d: DIGIT, w: WORD, s: SPACE }[character.toLowerCase()];
  return ranges ? { kind: 'set', negated: character !== character.toLowerCase(), ranges } : null;
}

function point(character: string): number {
  return character.codePointAt(0)!;
}

function complement(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const gaps: Range[] = [];
  let from = 1;
  for (const [low, high] of sorted) {
    if (low > from) gaps.push([from, low - 1]);
    from = Math.max(from, high + 1);
  }
  return from <= 0x10ffff ? [...gaps, [from, 0x10ffff]] : gaps;
}

/** Throws BAD_INPUT for what RE2, or a store behind us, does not know. */
export function validateRegex(source: string, field: string): void {
  try {
    new Parser(source).parse();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw badInput(field, 'a regular expression of the RE2 subset', source, `it has ${error.message}`);
  }
}

/** The expression as a tree, for an engine that prints a language of its own. It was found to be valid before. */
export function parseRegex(source: string): RegexNode {
  return new Parser(source).parse();
}

/** The expression as JavaScript matches it. */
export function regexToRegExp(source: string): RegExp {
  const anchors = { start: '^', end: '$', word: '\\b', notWord: '\\B' };
  const printed = print(new Parser(source).parse(), (c) => `\\u{${point(c).toString(16)}}`, anchors);
  // V8 looks for \B between the halves of a surrogate pair too; from the start of the text it steps by characters.
  return new RegExp(printed.includes('\\B') ? `^[^]*?(?:${printed})` : printed, 'u');
}

const W = '[0-9A-Za-z_]';
const ARE_ANCHORS = {
  start: '^',
  end: '$',
  word: `(?:(?<!${W})(?=${W})|(?<=${W})(?!${W}))`,
  notWord: `(?:(?<!${W})(?!${W})|(?<=${W})(?=${W}))`,
};

/** The expression as an advanced regular expression of PostgreSQL. */
export function regexToAre(source: string): string {
  return `(?:${print(new Parser(source).parse(), escapeAre, ARE_ANCHORS)})`;
}

/** The expression as RE2 itself matches it in UTF-8. */
export function regexToRe2(source: string): string {
  const anchors = { start: '^', end: '$', word: '\\b', notWord: '\\B' };
  const printed = print(new Parser(source).parse(), escapeCode, anchors);
  // RE2 looks for \B between the bytes of a character too; from the start of the text it steps by characters.
  return printed.includes('\\B') ? `^(?s:.)*?(?:${printed})` : printed;
}

/** The expression as one of Java that matches whole texts. */
export function regexToJava(source: string): string {
  const anchors = { ...ARE_ANCHORS, start: '\\A', end: '\\z' };
  return `(?s).*?(?:${print(new Parser(source).parse(), escapeCode, anchors)}).*`;
}

/** A character as RE2 and Java take it literally, in and out of brackets. */
export function escapeCode(character: string): string {
  return /[0-9A-Za-z]/.test(character) ? character : `\\x{${point(character).toString(16)}}`;
}

/** The expression as Perl's and JavaScript's (with `u`) both read it: `$` is the end of the text, not a newline before it. */
export function regexToPcre(source: string): string {
  const anchors = { ...ARE_ANCHORS, end: '(?![\\s\\S])' };
  return `(?:${print(new Parser(source).parse(), escapeHex, anchors)})`;
}

/** A character as these take it literally, in and out of brackets. */
export function escapeHex(character: string): string {
  const code = point(character);
  return code > 127 || /[0-9A-Za-z]/.test(character) ? character : `\\x${code.toString(16).padStart(2, '0')}`;
}

/** A character as PostgreSQL's expressions take it literally, in and out of brackets. */
export function escapeAre(character: string): string {
  if (/[0-9A-Za-z]/.test(character)) return character;
  const code = point(character);
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

function print(
  node: RegexNode,
  escape: (character: string) => string,
  anchors: Readonly<Record<Extract<RegexNode, { kind: 'anchor' }>['at'], string>>,
): string {
  switch (node.kind) {
    case 'set': {
      const [only] = node.ranges;
      if (!node.negated && node.ranges.length === 1 && only![0] === only![1])
        return escape(String.fromCodePoint(only![0]));
      const items = node.ranges.map(([low, high]) => {
        const start = escape(String.fromCodePoint(Math.max(low, 1)));
        return low === high ? start : `${start}-${escape(String.fromCodePoint(high))}`;
      });
      return `[${node.negated ? '^' : ''}${items.join('')}]`;
    }
    case 'anchor':
      return anchors[node.at];
    case 'sequence':
      return node.of
        .map((each) => (each.kind === 'either' ? `(?:${print(each, escape, anchors)})` : print(each, escape, anchors)))
        .join('');
    case 'either':
      return node.of.map((each) => print(each, escape, anchors)).join('|');
    case 'repeat': {
      const bounds =
        node.max === null
          ? node.min === 0
            ? '*'
            : node.min === 1
              ? '+'
              : `{${node.min},}`
          : `{${node.min},${node.max}}`;
      return `(?:${print(node.of, escape, anchors)})${bounds}`;
    }
  }
}

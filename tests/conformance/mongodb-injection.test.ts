import { expect, test } from '@jest/globals';
import { compile } from '../../datasources/mongodb/compile.js';
import { fill } from '../../datasources/mongodb/expression.js';
import { fieldOf } from '../../src/ir/entity.js';
import { own } from '../../src/ir/operand.js';
import type { Predicate } from '../../src/ir/predicate.js';
import { TEXT } from '../../src/ir/types.js';
import { literal, parameter } from '../../src/ir/value.js';
import { parseSearch } from '../mongodb/stand-in.js';
import { pipelinesOver } from './harness/mongodb.js';
import { injection, type Hostile } from './injection.js';

/** Strings that are paths, variables, operators, scripts, patterns or ends of literals where somebody forgot to say that they are values. */
const CORPUS = [
  '$word',
  '$$ROOT',
  '$$REMOVE',
  '$',
  '$$',
  '{"$gt": ""}',
  '{ $where: "sleep(1000)" }',
  '$where',
  '$expr',
  '$literal',
  "'; while (true) {} //",
  'a.b.c',
  '.',
  '..',
  '*)(word=*',
  '.*',
  '(?i)(?s).*',
  '\\E.*\\Q',
  '[[:alpha:]]',
  '^$',
  '%_\\',
  '\u2019 or 1 = 1',
  '😀"\'\\`',
  'r',
  'c',
  '_id',
  '__proto__',
  '_bsontype',
  'constructor',
  ' ',
  '-r',
  'word -r "c" -"where"',
];

/** Names of collections may not hold dollars, and no document a field without a name. */
const NAMES = CORPUS.filter((text) => text !== '__proto__' && text !== '_bsontype');

interface Searching {
  readonly $match: { readonly $text: { readonly $search: string } };
}

const SEARCHED = new Map([
  ['words', { indexes: [{ key: { _fts: 'text', _ftsx: 1 }, weights: { word: 1 } }], searches: [] }],
]);

const { signal } = new AbortController();

injection({
  open: (fixture) => pipelinesOver(fixture, SEARCHED),
  corpus: CORPUS,
  names: NAMES,
  columns: (name) => ({ id: name, up: `${name} up` }),
  list: (word) => [word, null, 'x'],
  more: (text, suite) => {
    searched(text, suite);
    hidden(text, suite);
  },
});

function searched(text: string, { store, words, select }: Hostile): void {
  test.each(['ANY', 'ALL', 'PHRASE'] as const)('in a search for %s, over what stands in for $text', async (mode) => {
    const operands = [own(fieldOf(words(), 'word'))];
    const match = { kind: 'match', operands, boosts: [1], mode, fuzzy: false, negated: false } as const;
    const question = select(words(), { where: { ...match, text: parameter(TEXT, 0) }, orderBy: [] });
    const [first, ...others] = fill(compile(question).pipeline, [text]) as [Searching, ...unknown[]];
    const { $search: asked, ...options } = first.$match.$text;
    expect([options, Object.keys(first), Object.keys(first.$match)]).toEqual([{}, ['$match'], ['$text']]);
    expect(JSON.stringify(others)).not.toMatch(/\$(text|search)"/);
    const { terms, phrases, negated } = parseSearch(asked);
    expect(negated).toEqual([]);
    if (mode === 'ANY') expect(phrases).toEqual([]);
    const [found] = await store().read([question], { args: [text], form: 'TYPED', signal });
    const ids = found!.rows.map(([id]) => id);
    // Its own row has its words, if there are any; a sign that was taken away may be missing from a phrase.
    if (mode !== 'PHRASE') expect(ids.includes(BigInt(CORPUS.indexOf(text)))).toBe(terms.length > 0);
    expect(ids.length).toBeLessThan(CORPUS.length);
  });
}

function hidden(text: string, { store, words, select }: Hostile): void {
  test('in no pipeline but where `$literal` or a condition takes it as it is', () => {
    const value = `hidden ${text}`;
    const operand = own(fieldOf(words(), 'word'));
    const where: Predicate = { kind: 'compare', operand, op: 'eq', value: literal(TEXT, value), collate: 'STORE' };
    expect(store().explain(select(words(), { where })).text).not.toContain('hidden');
    const filled = JSON.stringify(fill(compile(select(words(), { where })).pipeline, []));
    const places = [...filled.matchAll(/"([^"]*)":"hidden /g)].map(([, name]) => name);
    expect(places).toEqual(['$eq', '$literal']);
  });
}

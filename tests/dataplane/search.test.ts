import { expect, test } from '@jest/globals';
import { parse, validate } from 'graphql';
import { memoryStore } from '../../datasources/memory/index.js';
import { own, ownField } from '../../src/ir/operand.js';
import { conjuncts, type Predicate } from '../../src/ir/predicate.js';
import { columnTypes, type Select } from '../../src/ir/select.js';
import { TEXT, type DataType } from '../../src/ir/types.js';
import { literal } from '../../src/ir/value.js';
import type { FieldShape } from '../../src/store/shape.js';
import type { Store } from '../../src/store/store.js';
import { executed } from './executed.js';
import { leagueOver } from './league.js';

const VECTOR: DataType = { kind: 'vector', dimensions: 2 };

function field(name: string, type: DataType, search = false): FieldShape {
  return { name, type, nullable: name !== 'id', description: null, native: null, ...(search ? { search } : {}) };
}

const FILM = {
  name: 'film',
  id: 'film',
  kind: 'INDEX',
  description: null,
  fields: [
    field('id', TEXT),
    field('title', TEXT, true),
    field('plot', TEXT, true),
    field('studio', TEXT),
    field('likeness', VECTOR),
  ],
  key: ['id'],
  unique: [],
  references: [],
  estimatedRows: null,
  native: null,
} as const;

/** What a store that can search is asked, and what callers are told. Films of studio B are nobody's. */
async function asked(
  arguments_: string,
  field = 'film',
  of = 'id',
): Promise<{ readonly selects: readonly Select[]; readonly errors: string[] }> {
  const memory = await memoryStore('league', { shape: { problems: [], entities: [FILM] }, rows: { film: [] } });
  const selects: Select[] = [];
  const store: Store = {
    ...memory,
    capabilities: { ...memory.capabilities, predicate: () => 'exact', order: () => true, output: () => true },
    read: (some, { form }) => {
      selects.push(...some);
      return Promise.resolve(some.map((select) => ({ form, types: columnTypes(select), rows: [] })));
    },
  };
  const { plane } = await leagueOver(store, undefined, {}, (entity) => ({
    kind: 'compare',
    operand: own(entity.fields.get('studio')!),
    op: 'ne',
    value: literal(TEXT, 'B'),
    collate: 'STORE',
  }));
  const answer = await executed(plane, `{ league { ${field}${arguments_} { ${of} } } }`);
  return { selects, errors: answer.errors.map((e) => e.message) };
}

function only<K extends Predicate['kind']>({ where }: Select, kind: K): Extract<Predicate, { kind: K }> {
  const [found, ...more] = conjuncts(where).filter((p): p is Extract<Predicate, { kind: K }> => p.kind === kind);
  expect([typeof found, more]).toEqual(['object', []]);
  return found!;
}

const terms = ({ orderBy }: Select): unknown[] =>
  orderBy.map(({ operand, direction }) => [ownField(operand)?.name ?? operand.leaf.kind, direction]);

test('a search looks into every field that can be searched, and the best rows come first', async () => {
  const { selects, errors } = await asked('(search: { text: "love" })');
  expect(errors).toEqual([]);
  expect(selects).toHaveLength(1);
  const match = only(selects[0]!, 'match');
  expect(match.operands.map((operand) => ownField(operand)?.name)).toEqual(['title', 'plot']);
  expect(match).toMatchObject({ boosts: [1, 1], mode: 'ANY', fuzzy: false, negated: false });
  expect(terms(selects[0]!)).toEqual([
    ['score', 'desc'],
    ['id', 'desc'],
  ]);
});

test.each([
  ['film_groups', '(by: [{ path: studio }], search: { text: "love" })', 'keys count'],
  ['film_groups', '(by: [{ path: studio }], where: { _search: { text: "love" } })', 'keys count'],
  ['film_aggregate', '(search: { text: "love" })', 'count'],
])('%s%s: of the rows that a search finds', async (name, arguments_, of) => {
  const { selects, errors } = await asked(arguments_, name, of);
  expect(errors).toEqual([]);
  expect(selects).toHaveLength(1);
  expect(only(selects[0]!, 'match')).toMatchObject({ mode: 'ANY', negated: false });
  expect(selects[0]!.groups).not.toBeNull();
});

test('fields, what they count, and an order can be chosen', async () => {
  const { selects, errors } = await asked(
    '(search: { text: "love", fields: [plot, title], boosts: [3, 0.5], mode: ALL, fuzzy: true }, orderBy: [{ title: ASC }])',
  );
  expect(errors).toEqual([]);
  const match = only(selects[0]!, 'match');
  expect(match.operands.map((operand) => ownField(operand)?.name)).toEqual(['plot', 'title']);
  expect(match).toMatchObject({ boosts: [3, 0.5], mode: 'ALL', fuzzy: true });
  expect(terms(selects[0]!)).toEqual([
    ['title', 'asc'],
    ['id', 'asc'],
  ]);
});

test('the nearest are the nearest of what callers may see and the other conditions keep', async () => {
  const { selects, errors } = await asked(
    '(where: { title: { eq: "X" } }, nearest: { field: likeness, vector: [1, 0], k: 3 })',
  );
  expect(errors).toEqual([]);
  const { among } = only(selects[0]!, 'nearest');
  const compared = conjuncts(among.policy).map((p) =>
    p.kind === 'compare' ? [ownField(p.operand)?.name, p.op] : [p.kind],
  );
  expect(compared).toEqual([
    ['studio', 'ne'],
    ['title', 'eq'],
  ]);
  expect(terms(selects[0]!)).toEqual([
    ['score', 'desc'],
    ['id', 'desc'],
  ]);
});

test.each([
  ['(search: { text: " " })', 'text that is not empty'],
  ['(search: { text: "love", boosts: [1] })', 'a number above 0 for each of the 2 fields'],
  ['(search: { text: "love", boosts: [1, 0] })', 'a number above 0 for each of the 2 fields'],
  ['(search: { text: "love", mode: PHRASE, fuzzy: true })', 'no fuzzy with PHRASE'],
  ['(nearest: { field: likeness, vector: [1, 0], k: 0 })', 'a whole number from 1 to 100'],
  ['(nearest: { field: likeness, vector: [1, 0], k: 101 })', 'a whole number from 1 to 100'],
])('%s asks too much', async (given, expected) => {
  const { selects, errors } = await asked(given);
  expect(errors).toEqual([expect.stringContaining(expected)]);
  expect(selects).toEqual([]);
});

test('lists and objects that are searched are compared as what they are', async () => {
  const tags = field('tags', { kind: 'list', of: TEXT }, true);
  const cast = field('cast', { kind: 'struct', fields: [{ name: 'lead', type: TEXT, nullable: true }] }, true);
  const shape = { problems: [], entities: [{ ...FILM, fields: [...FILM.fields, tags, cast] }] };
  const { schema } = await leagueOver(await memoryStore('league', { shape, rows: { film: [] } }));
  const where = '{ tags: { has: "a" }, cast: { lead: { eq: "b" } }, title: { matches: "c" } }';
  const search = '{ text: "d", fields: [tags, cast, title] }';
  expect(validate(schema, parse(`{ league { film(where: ${where}, search: ${search}) { id } } }`))).toEqual([]);
});

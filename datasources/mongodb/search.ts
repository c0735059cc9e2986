import type { GatewayError } from '../../src/errors.js';
import type { Field } from '../../src/ir/entity.js';
import { ownField } from '../../src/ir/operand.js';
import { and, conjuncts, isSearch, type Predicate, type Search } from '../../src/ir/predicate.js';
import type { Beginning } from '../../src/store/capabilities.js';
import { cannot, Slot, type Stage } from './expression.js';
import { nativeOf, type TextIndex } from './native.js';
import { nearest, refusalOfNearest } from './nearest.js';
import type { Rows } from './rows.js';
import { searchString } from './words.js';

type Match = Extract<Search, { kind: 'match' }>;

/** The store takes a text search in the first match of a pipeline only, a vector search as its first stage. */
export const BEGINNING: Beginning = { refusal, elsewhere };

/**
 * Begins a pipeline with the search among the conjuncts, if there is one: what is left of them, and the query that the first
 * match must hold.
 */
export function begin(where: Predicate, rows: Rows): { readonly where: Predicate; readonly first: Stage | null } {
  const parts = conjuncts(where);
  const search = parts.find(isSearch);
  if (!search) return { where, first: null };
  const refused = refusal(search);
  if (refused) throw refused;
  const rest = and(...parts.filter((p) => p !== search));
  if (search.kind === 'nearest') {
    rows.add(...nearest(search));
    rows.scoredBy = 'vectorSearchScore';
    return { where: rest, first: null };
  }
  rows.scoredBy = 'textScore';
  return { where: rest, first: { $text: { $search: new Slot(search.text, searchString(search.mode), 'string') } } };
}

export function refusal(search: Search): GatewayError | null {
  if (search.negated) return elsewhere(search, ['where']);
  return search.kind === 'match' ? refusalOfMatch(search) : refusalOfNearest(search);
}

export function elsewhere({ kind }: Search, left: readonly string[]): GatewayError {
  const what = kind === 'match' ? 'search text' : 'find the nearest vectors';
  return cannot(
    `${what} here: it begins a query with it, and does the rest of the level itself (not so: ${left.join(', ')})`,
    'ask one search beside the other conditions of a list without parents, not inside of _or, _not or relations',
  );
}

/** A collection has one text index, and a search asks all of its fields. */
function refusalOfMatch({ operands, boosts, fuzzy }: Match): GatewayError | null {
  const fields = operands.map((operand) => ownField(operand));
  const index = fields[0] && nativeOf(fields[0]).text;
  if (!index) return cannot('search text that no text index has', 'create one, then reload the source');
  const names = fields.map((field) => field && nativeOf(field).name);
  const all = index.map(({ field }) => field);
  if (!all.every((name) => names.includes(name)) || !names.every((name) => name !== null && all.includes(name))) {
    return cannot(
      'search some of the fields of a text index alone, or others',
      'leave fields out, so that all are searched; if the config leaves one of them out, it cannot be searched unseen',
    );
  }
  if (fuzzy) return cannot('find words that are written otherwise', 'search without fuzzy');
  const weighs = boosts.every((boost) => boost === boosts[0]) || isWeighedSo(index, names, boosts);
  return weighs ? null : cannot('weigh fields otherwise than their index does', weightsOf(index, fields));
}

function isWeighedSo(index: TextIndex, names: readonly (string | null)[], boosts: readonly number[]): boolean {
  return index.every(({ field, weight }) => boosts[names.indexOf(field)] === weight);
}

function weightsOf(index: TextIndex, fields: readonly (Field | null)[]): string {
  const weighed = fields.map((field) => {
    const { weight } = index.find((each) => each.field === nativeOf(field!).name)!;
    return `${field!.name} ${weight}`;
  });
  return `leave boosts out, or give those of the index: ${weighed.join(', ')}`;
}

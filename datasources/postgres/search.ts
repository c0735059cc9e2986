import { GatewayError } from '../../src/errors.js';
import { ownField, type Leaf, type Operand } from '../../src/ir/operand.js';
import type { Predicate } from '../../src/ir/predicate.js';
import { FLOAT64, TEXT } from '../../src/ir/types.js';
import { literal, type Value } from '../../src/ir/value.js';
import { AND, COMMA, identifier, join, keyword, OR, sql, type Fragment } from '../sql/fragment.js';
import { parameter, scalar } from '../sql/parameter.js';
import type { Scope } from '../sql/scope.js';
import { columnOf, type NativeSearch } from './native.js';
import { scoreOfNearest } from './nearest.js';

type Match = Extract<Predicate, { kind: 'match' }>;
type Highlights = Extract<Leaf, { kind: 'highlights' }>;

/** How a field of the row itself is searched; null where it is not, or not so. */
export function searchOf(operand: Operand, fuzzy: boolean): NativeSearch | null {
  const field = ownField(operand);
  const search = field && columnOf(field).search;
  if (!search) return null;
  return fuzzy && (search.isVector || search.trigrams === null) ? null : search;
}

/** A field that a match looks at: its column, and the condition that it is hit. */
interface Searched {
  readonly search: NativeSearch;
  readonly column: Fragment;
  readonly boost: number;
}

function searched(p: Match, { alias }: Scope): Searched[] {
  return p.operands.map((operand, i) => {
    const field = ownField(operand);
    const search = searchOf(operand, p.fuzzy);
    if (!field || !search) throw notSearched(operand, p);
    return { search, column: identifier(alias, columnOf(field).column), boost: p.boosts[i] ?? 1 };
  });
}

function notSearched(operand: Operand, { fuzzy }: Match): GatewayError {
  const [what, hint] =
    fuzzy && searchOf(operand, false)
      ? ['find words that are written otherwise', 'create extension pg_trgm in its database, or search without fuzzy']
      : ['answer match on a field that is not searchable', 'read the source as kind SEARCH and name the field there'];
  return new GatewayError('UNSUPPORTED', `postgres cannot ${what}`, { hint });
}

/** Any of the fields is hit. Negated: none is, of rows that have a value in one of them. */
export function match(p: Match, scope: Scope): Fragment {
  const fields = searched(p, scope);
  const hits = fields.map((field) => hit(p, field, scope));
  if (!p.negated) return bracket(hits, OR);
  const present = fields.map(({ column }) => sql`${column} is not null`);
  return sql`(${bracket(present, OR)} and ${bracket(
    hits.map((each) => sql`(${each}) is not true`),
    AND,
  )})`;
}

function bracket(of: readonly Fragment[], word: Fragment): Fragment {
  return sql`(${join(of, word)})`;
}

function hit(p: Match, { search, column }: Searched, scope: Scope): Fragment {
  if (!p.fuzzy) return sql`${vectorOf(search, column)} @@ ${queryOf(p, search, scope)}`;
  // In the column's first place, an index of trigrams serves it.
  const alike = sql`${column} operator(${identifier(search.trigrams!)}.%>)`;
  const words = wordsOf(p.text);
  return p.mode === 'ALL' ? sql`(${alike} all(${words}) and cardinality(${words}) > 0)` : sql`${alike} any(${words})`;
}

/** The same expression as in an index of it: without a weight, which only scores look at. */
function vectorOf({ isVector, config }: NativeSearch, column: Fragment): Fragment {
  return isVector ? column : sql`to_tsvector(${regconfig(config)}, ${column})`;
}

const PLAIN = /^\w+$/;

/** A constant, since the constant of an index's expression is compared with it. */
function regconfig(config: readonly [schema: string, name: string]): Fragment {
  if (!config.every((each) => PLAIN.test(each))) throw new Error(`${config.join('.')} is no plain name`);
  return sql`'${identifier(...config)}'::regconfig`;
}

function queryOf({ text, mode }: Match, { config }: NativeSearch, { draft }: Scope): Fragment {
  const given = scalar(text, draft.dialect, 'text', TEXT);
  if (mode === 'ALL') return sql`plainto_tsquery(${regconfig(config)}, ${given})`;
  if (mode === 'PHRASE') return sql`phraseto_tsquery(${regconfig(config)}, ${given})`;
  // The lexemes of the text, each quoted as the type's own text has it: null where there is none.
  const quoted = sql`'''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || ''''`;
  return sql`(select string_agg(${quoted}, ' | ')::tsquery from unnest(to_tsvector(${regconfig(config)}, ${given})))`;
}

const encodeWords = (value: unknown): string => {
  const words = (value as string).toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return `{${words.map((word) => `"${word}"`).join(',')}}`;
};

/** The words of a text as a list. */
function wordsOf(text: Value): Fragment {
  return parameter(text, 'text[]', encodeWords);
}

/** The sum over what was sought of how well the row fits it: null where nothing was. */
export function score(scope: Scope): Fragment {
  const parts = (scope.sought ?? []).flatMap((p): Fragment[] => {
    if (p.kind === 'match') return searched(p, scope).map((field) => scoreOfField(p, field, scope));
    return p.kind === 'nearest' ? [scoreOfNearest(p, scope)] : [];
  });
  return parts.length === 0 ? sql`null::float8` : sql`(${join(parts, keyword(' + '))})`;
}

function scoreOfField(p: Match, field: Searched, scope: Scope): Fragment {
  const { search, column } = field;
  const boost = scalar(literal(FLOAT64, field.boost), scope.draft.dialect);
  if (p.fuzzy) {
    const { trigrams } = search;
    const alike = sql`${identifier(trigrams!, 'word_similarity')}(word, ${column})`;
    return sql`coalesce((select sum(${alike}) from unnest(${wordsOf(p.text)}) as word), 0)::float8 * ${boost}`;
  }
  const vector = vectorOf(search, column);
  const weighed = search.weight ? sql`setweight(${vector}, '${keyword(search.weight)}')` : vector;
  return sql`coalesce(ts_rank_cd(${weighed}, ${queryOf(p, search, scope)}), 0)::float8 * ${boost}`;
}

/** What stands between fragments: no text has it. */
const BETWEEN = '\u001e\u001f';
const OPTIONS = 'StartSel=<em>, StopSel=</em>, MaxWords=24, MinWords=8';

/** Pieces of a field around the hits of a match that looked at it; null where it has none. */
export function highlights({ operand, fragments }: Highlights, scope: Scope): Fragment {
  const field = ownField(operand);
  const search = searchOf(operand, false);
  if (!field || !search || search.isVector) {
    throw new GatewayError('UNSUPPORTED', 'postgres cannot highlight what is no searchable text', {
      hint: 'ask for the highlights of a text field that the source names as searchable',
    });
  }
  const { dialect } = scope.draft;
  const options = `${OPTIONS}, MaxFragments=${fragments}, FragmentDelimiter="${BETWEEN}"`;
  const column = identifier(scope.alias, columnOf(field).column);
  const pieces = (scope.sought ?? []).flatMap((p): Fragment[] => {
    if (p.kind !== 'match' || !p.operands.some((each) => ownField(each) === field)) return [];
    if (p.fuzzy) {
      throw new GatewayError('UNSUPPORTED', 'postgres cannot highlight what a fuzzy match found', {
        hint: 'search without fuzzy, or leave the highlights out',
      });
    }
    const query = queryOf(p, search, scope);
    const [how, between] = [options, BETWEEN].map((text) => scalar(literal(TEXT, text), dialect));
    const found = sql`ts_headline(${regconfig(search.config)}, ${column}, ${query}, ${how!})`;
    return [sql`case when ${vectorOf(search, column)} @@ ${query} then string_to_array(${found}, ${between!}) end`];
  });
  return pieces.length === 0 ? sql`null::text[]` : sql`coalesce(${join(pieces, COMMA)})`;
}

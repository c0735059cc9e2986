import { GatewayError } from '../../src/errors.js';
import { fieldOf } from '../../src/ir/entity.js';
import { ownField, type Operand } from '../../src/ir/operand.js';
import type { Predicate } from '../../src/ir/predicate.js';
import { INT64 } from '../../src/ir/types.js';
import { COMMA, identifier, join, sql, type Fragment } from '../sql/fragment.js';
import { parameter, scalar } from '../sql/parameter.js';
import { fromOf, newScope, policyOf, whereOf, type Scope } from '../sql/scope.js';
import { columnOf } from './native.js';

type Nearest = Extract<Predicate, { kind: 'nearest' }>;

/** Whether it is a vector of pgvector. */
export function isVector(operand: Operand): boolean {
  const field = ownField(operand);
  return field !== null && columnOf(field).vectors !== undefined;
}

const encodeVector = (value: unknown): string => `[${(value as readonly number[]).join(',')}]`;

/** How far the row's vector is from the one that is asked for: Euclid's distance. */
function distance({ operand, vector }: Nearest, alias: string): { readonly column: Fragment; readonly far: Fragment } {
  const field = ownField(operand);
  const native = field && columnOf(field);
  if (!native?.vectors) {
    throw new GatewayError('UNSUPPORTED', 'postgres cannot find the nearest by this field', {
      hint: 'create extension vector in its database, and read the source as kind SEARCH',
    });
  }
  const column = identifier(alias, native.column);
  const given = parameter(vector, native.type, encodeVector);
  return { column, far: sql`${column} operator(${identifier(native.vectors)}.<->) ${given}` };
}

/** Rows are told by their key, and where they have none by where they lie. */
function identityOf(scope: Scope): Fragment {
  const { key } = scope.entity;
  if (!key) return identifier(scope.alias, 'ctid');
  const columns = key.map((name) => identifier(scope.alias, columnOf(fieldOf(scope.entity, name)).column));
  return columns.length === 1 ? columns[0]! : sql`(${join(columns, COMMA)})`;
}

/** The k rows that an order by distance begins with: an index of vectors is read in that order. */
export function nearest(p: Nearest, scope: Scope): Fragment {
  const { column } = distance(p, scope.alias);
  const inner = newScope(p.among.entity, scope.draft, true);
  const { column: near, far } = distance(p, inner.alias);
  const where = whereOf([sql`${near} is not null`, policyOf(p.among, inner)]);
  const key = identityOf(inner);
  const columns = inner.entity.key && inner.entity.key.length > 1 ? columnsOf(inner) : key;
  const k = scalar(p.k, scope.draft.dialect, 'bigint', INT64);
  const some = sql`(select ${columns} from ${fromOf(inner)}${where} order by ${far} limit ${k})`;
  const among = sql`${identityOf(scope)} in ${some}`;
  return p.negated ? sql`(${column} is not null and not (${among}))` : sql`(${among})`;
}

function columnsOf(scope: Scope): Fragment {
  return join(
    scope.entity.key!.map((name) => identifier(scope.alias, columnOf(fieldOf(scope.entity, name)).column)),
    COMMA,
  );
}

/** From 1, at the vector itself, towards 0. */
export function scoreOfNearest(p: Nearest, scope: Scope): Fragment {
  const { far } = distance(p, scope.alias);
  return sql`coalesce(1 / (1 + (${far}) ^ 2), 0)`;
}

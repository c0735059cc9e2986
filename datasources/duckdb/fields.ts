import type { JoinPair } from '../../src/ir/entity.js';
import { isNumeric, nativeWay, type DataType } from '../../src/ir/types.js';
import type { FieldDialect } from '../sql/dialect.js';
import { identifier, join, sql, type Fragment } from '../sql/fragment.js';
import type { Near } from '../sql/relation.js';
import { jsonMember } from './json-member.js';
import { nativeOf } from './native.js';

export const FIELDS: FieldDialect = {
  table: (entity) => identifier(nativeOf(entity).view),
  // DuckDB 1.5.5 asks the Bloom filters of Parquet for bytes in a form in which they are not there, and finds no row: of an
  // expression it asks none.
  read: ({ type }, column) => (type.kind === 'bytes' ? sql`(${column} || ''::BLOB)` : column),
  // The view has made text of types that we do not know.
  opaque: (_field, value) => value,
  bytewise: (text) => text,
  ordered: (_operand, value) => value,
  member: ({ field, nested }, type, whole) =>
    field.type.kind === 'json' ? jsonMember(field, nested, type, whole) : into(whole, field.type, nested),
  element: (nested, scope) => into(identifier(scope.alias), scope.element!, nested),
  output: (_operand, value) => value,
  pairEqual,
  sameCollation: () => true,
  joins: () => true,
};

/** What stands in a struct at the end of a way. */
function into(whole: Fragment, type: DataType, nested: readonly string[]): Fragment {
  if (nested.length === 0) return whole;
  const steps = nativeWay(type, nested).map((name) => sql`.${identifier(name)}`);
  return sql`(${whole})${join(steps, sql``)}`;
}

function pairEqual({ from, to }: JoinPair, { value }: Near, far: Fragment): Fragment {
  const alike = from.type.kind === to.type.kind || (isNumeric(from.type) && isNumeric(to.type));
  return alike ? sql`${far} = ${value}` : sql`${far}::VARCHAR = ${value}::VARCHAR`;
}

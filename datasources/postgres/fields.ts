import type { Field } from '../../src/ir/entity.js';
import { ownField, type Operand, type Step } from '../../src/ir/operand.js';
import type { DataType } from '../../src/ir/types.js';
import type { FieldDialect, Purpose } from '../sql/dialect.js';
import { identifier, sql, type Fragment } from '../sql/fragment.js';
import { isLoose, isOpaque } from '../sql/operand.js';
import { pairEqual, sameCollation } from './collation.js';
import { documentsIn, into } from './documents.js';
import { jsonMember, typed } from './json-member.js';
import { columnOf, nativeOf } from './native.js';

export const FIELDS: FieldDialect = {
  table: (entity) => {
    const { schema, table, document } = nativeOf(entity);
    return document ? documentsIn(schema, table, document) : identifier(schema, table);
  },
  read,
  opaque: (field, value) => {
    const { type } = columnOf(field);
    // The cast of inet to text adds a mask that the type's own text leaves out.
    if (type === 'inet') return sql`case when ${value} is not null then format('%s', ${value}) end`;
    if (type === 'inet[]') return sql`(${value})::text::text[]`;
    return field.type.kind === 'list' ? sql`(${value})::text[]` : sql`(${value})::text`;
  },
  bytewise: (text) => sql`(${text})::text collate "C"`,
  ordered: (_operand, value) => value,
  member: (leaf, type, whole, scope) =>
    leaf.field.type.kind === 'struct'
      ? typed(type, into(whole, leaf.field.type, leaf.nested))
      : jsonMember(leaf, type, whole, scope),
  element: (nested, { alias, element }, type) => typed(type, into(identifier(alias, 'value'), element!, nested)),
  output,
  pairEqual,
  sameCollation,
  joins: (step, before) => before === null || !returns(step, before),
};

/** A copy's columns are those of an answer, but types that we do not know, and floats of 32 bits, are their text. */
export function copied(operand: Operand, value: Fragment): Fragment {
  return isOpaque(operand) || isSingle(operand.type) ? textOf(operand, value) : output(operand, value, 'answer');
}

function read({ native, type }: Field, column: Fragment): Fragment {
  const { wrapped } = native as ReturnType<typeof columnOf>;
  if (wrapped === null) return column;
  const base = identifier(...wrapped);
  return type.kind === 'list' ? sql`(${column})::${base}[]` : sql`(${column})::${base}`;
}

function output(operand: Operand, value: Fragment, purpose: Purpose): Fragment {
  if (!isLoose(operand)) return value;
  if (purpose === 'tuples') return sql`(${value})::text collate "C"`;
  // The blanks at the end of char(n) are no part of its value.
  const field = ownField(operand);
  const native = field && columnOf(field).type;
  if (native === 'bpchar[]') return sql`(${value})::text[]`;
  return native !== null && native !== 'bpchar' ? value : sql`(${value})::text`;
}

function isSingle(type: DataType): boolean {
  return type.kind === 'list' ? isSingle(type.of) : type.kind === 'float' && type.bits === 32;
}

/** What the type's own output gives, which a cast to text does not for all. `is distinct` looks at the value, not into a row. */
function textOf({ type }: Operand, value: Fragment): Fragment {
  if (type.kind === 'list') return sql`(${value})::text::text[]`;
  return sql`case when ${value} is distinct from null then format('%s', ${value}) end`;
}

/**
 * Whether a step goes on from the column that its table was joined by. PostgreSQL 18 forgets the condition of a third
 * LEFT JOIN in such a chain when the first column is a constant, and gives rows where there are none.
 */
function returns({ relation }: Step, before: Step): boolean {
  return relation.on.some((pair) => before.relation.on.some((b) => b.to === pair.from));
}

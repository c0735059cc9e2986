import { GatewayError } from '../../src/errors.js';
import type { Field, JoinPair } from '../../src/ir/entity.js';
import { isNumeric } from '../../src/ir/types.js';
import type { FieldDialect } from '../sql/dialect.js';
import { identifier, keyword, sql, type Fragment } from '../sql/fragment.js';
import { isLoose } from '../sql/operand.js';
import type { Near } from '../sql/relation.js';
import { jsonMember } from './json-member.js';
import { columnOf, nativeOf } from './native.js';
import type { Bytewise } from './text.js';

export function fieldsOf(bytewise: Bytewise): FieldDialect {
  return {
    table: (entity) => {
      const { database, table } = nativeOf(entity);
      return identifier(database, table);
    },
    read,
    // It was made text when it was read.
    opaque: (_field, value) => value,
    bytewise,
    // Of UUIDs the store compares the parts of time first.
    ordered: ({ type }, value) => (type.kind === 'uuid' ? bytewise(sql`cast(${value} as char(36))`) : value),
    member: (leaf, type, whole) => jsonMember(leaf, type, whole, bytewise),
    element: () => {
      throw new GatewayError('UNSUPPORTED', 'mysql has no lists of objects', { hint: 'read the whole field' });
    },
    output: (operand, value, purpose) => (purpose === 'tuples' && isLoose(operand) ? bytewise(value) : value),
    pairEqual: (pair, near, far) => pairEqual(pair, near, far, bytewise),
    sameCollation: (near, far) => columnOf(near).collation === columnOf(far).collation && sameWords(near, far),
    joins: () => true,
  };
}

function read(field: Field, column: Fragment): Fragment {
  switch (columnOf(field).form) {
    case 'plain':
      return column;
    case 'number':
      // The number 0 of an enum stands for a text that was refused when it was written.
      return field.type.kind === 'enum' ? sql`nullif(${column} + 0, 0)` : sql`(${column} + 0)`;
    case 'text':
      return sql`cast(${column} as char)`;
    case 'shape':
      return sql`st_astext(${column})`;
  }
}

/** Enums are compared by their numbers. */
function sameWords({ type: a }: Field, { type: b }: Field): boolean {
  return a.kind !== 'enum' || b.kind !== 'enum' || a.values.join('\0') === b.values.join('\0');
}

function pairEqual({ from, to }: JoinPair, { value, isField }: Near, far: Fragment, bytewise: Bytewise): Fragment {
  if (isNumeric(from.type) && isNumeric(to.type)) return sql`${far} = ${value}`;
  if (from.type.kind !== to.type.kind) {
    return sql`${bytewise(sql`cast(${far} as char)`)} = ${bytewise(sql`cast(${value} as char)`)}`;
  }
  if (to.type.kind !== 'text') return sql`${far} = ${value}`;
  const { collation, charset, loose } = columnOf(to);
  const same = isField && collation === columnOf(from).collation;
  // In the collation of the far side an index of it serves; `loose` alone says more than it should.
  const alike = same
    ? sql`${far} = ${value}`
    : sql`${far} = convert(${value} using ${keyword(charset!)}) collate ${keyword(collation!)}`;
  return loose ? sql`${alike} and ${bytewise(far)} = ${bytewise(value)}` : alike;
}

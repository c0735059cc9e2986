import type { Field, JoinPair } from '../../src/ir/entity.js';
import { isNumeric } from '../../src/ir/types.js';
import { identifier, sql, type Fragment } from '../sql/fragment.js';
import type { Near } from '../sql/relation.js';
import { columnOf } from './native.js';

/** The collation of a field, the database's own where it has none. */
export function collationOf(field: Field | null): Fragment {
  const collation = field && columnOf(field).collation;
  return collation ? identifier(...collation) : identifier('pg_catalog', 'default');
}

export function sameCollation(a: Field, b: Field): boolean {
  return columnOf(a).collation?.join('.') === columnOf(b).collation?.join('.');
}

/** Equality by bytes where the server's own is looser. */
export function pairEqual({ from, to }: JoinPair, { value, isField }: Near, column: Fragment): Fragment {
  const target = columnOf(to);
  const native = isField ? columnOf(from) : null;
  if (isNumeric(from.type) && isNumeric(to.type)) return sql`${column} = ${value}`;
  if (from.type.kind !== to.type.kind) return sql`${column}::text = ${value}::text`;
  switch (to.type.kind) {
    case 'text': {
      if (target.loose) {
        const exact = sql`(${column})::text collate "C" = (${value})::text`;
        return native === null ? exact : sql`${column} = ${value} and ${exact}`;
      }
      const plain = native === null ? target.collation === null : !native.loose && sameCollation(from, to);
      // The explicit collation is the one that an index of the far side has.
      return plain ? sql`${column} = ${value}` : sql`${column} = (${value})::text collate ${collationOf(to)}`;
    }
    case 'enum':
    case 'opaque':
      return native === null ? sql`${column}::text = ${value}` : sql`${column} = ${value}`;
    default:
      return sql`${column} = ${value}`;
  }
}

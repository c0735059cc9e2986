import type { Select } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import type { TextRow } from '../../src/postgres/types.js';
import { sql, type Fragment } from '../sql/fragment.js';
import { listTexts } from './values.js';

/** Kinds whose arrays have one dimension, with commas. */
const SINGLE: ReadonlySet<DataType['kind']> = new Set([
  'bool',
  'int',
  'decimal',
  'text',
  'uuid',
  'enum',
  'bytes',
  'date',
  'time',
  'localdatetime',
  'instant',
]);

/**
 * Whether a select is nothing but the distinct values of one operand, in no order: join values that another store is to
 * have. On the wire a row costs eleven bytes beside its value, more than most of them have, so many are sent in one.
 */
export function isPackable({ groups, within, output, orderBy }: Select): boolean {
  if (groups?.keys.length !== 1 || within !== null || orderBy.length > 0) return false;
  const [only, ...more] = output;
  return only?.leaf.kind === 'groupKey' && more.length === 0 && SINGLE.has(only.type.kind);
}

/** Lists of a thousand values, each with one of them: that tells the type which the server has for them. */
export function packed(values: Fragment): Fragment {
  return sql`select array_agg(c0), (array_agg(c0))[1] from (select c0, row_number() over () / 1000 as c1 from (${values}) as t (c0)) as t group by c1`;
}

export function unpacked(rows: readonly TextRow[]): TextRow[] {
  return rows.flatMap(([list]) => listTexts(list!).map((value) => [value]));
}

import { COMMA, identifier, join, keyword, sql, type Fragment } from '../sql/fragment.js';
import { elementOf } from './parameters.js';

/** Types of the columns of a JSON table, by the native type of the values that a list has. */
function columnType(native: string, bytes: string): string {
  switch (native) {
    case 'signed':
    case 'enum':
      return 'bigint';
    case 'float':
      return 'double';
    case 'char':
    case 'binary':
      return `longtext character set utf8mb4 collate ${bytes}`;
    default:
      return native;
  }
}

/** A list, which is one JSON text, as a table: `n` counts its values, `v` is the value as it came. */
function listTable(
  list: Fragment,
  alias: string,
  bytes: string,
): { readonly table: Fragment; readonly value: Fragment } {
  const native = elementOf(list);
  const type = keyword(columnType(native, bytes));
  const column = identifier(alias, 'v');
  return {
    table: sql`json_table(${list}, '$[*]' columns (n for ordinality, v ${type} path '$')) as ${identifier(alias)}`,
    value: native === 'binary' ? sql`unhex(${column})` : column,
  };
}

/** The values of a list as a select of one column. */
export function valuesOf(list: Fragment, bytes: string): Fragment {
  const { table, value } = listTable(list, 'list', bytes);
  return sql`select ${value} from ${table}`;
}

/** Lists of one length side by side, in columns c0, c1 …. */
export function keyTable(lists: readonly Fragment[], alias: string, bytes: string): Fragment {
  const tables = lists.map((list, i) => listTable(list, `l${i}`, bytes));
  const columns = tables.map(({ value }, i) => sql`${value} as ${identifier(`c${i}`)}`);
  const from = tables.map(({ table }, i) =>
    i === 0 ? table : sql` join ${table} on ${identifier(`l${i}`, 'n')} = ${identifier('l0', 'n')}`,
  );
  return sql`(select ${join(columns, COMMA)} from ${join(from, sql``)}) as ${identifier(alias)}`;
}

import { GatewayError } from '../../src/errors.js';
import type { Field } from '../../src/ir/entity.js';
import { nativeWay, TEXT, typeAt, type DataType } from '../../src/ir/types.js';
import { literal } from '../../src/ir/value.js';
import { keyword, sql, type Fragment } from '../sql/fragment.js';
import { parameter } from '../sql/parameter.js';

/** What stands in a json column at the end of a way, as a value of its type: null where it is of another one. */
export function jsonMember(
  { name, type: whole }: Field,
  nested: readonly string[],
  type: DataType,
  document: Fragment,
): Fragment {
  if (!canLookInto(whole, nested)) {
    throw new GatewayError('UNSUPPORTED', `duckdb cannot look into ${name}`, { hint: 'read the whole field' });
  }
  const way = parameter(literal(TEXT, nativeWay(whole, nested).map(quoted).join('')), 'VARCHAR', pathOf);
  const kind = sql`json_type(${document}, ${way})`;
  const text = sql`json_extract_string(${document}, ${way})`;
  const double = sql`try_cast(${text} as DOUBLE)`;
  switch (type.kind) {
    case 'bool':
      return sql`case when ${kind} = 'BOOLEAN' then ${text}::BOOLEAN end`;
    case 'text':
      return sql`case when ${kind} = 'VARCHAR' then ${text} end`;
    case 'float':
      return sql`case when ${kind} in ('BIGINT', 'UBIGINT', 'DOUBLE') and isfinite(${double}) then ${double} end`;
    case 'int': {
      const native = keyword(type.bits === 64 ? 'BIGINT' : 'INTEGER');
      // Of numbers with a point or an exponent, those that are whole.
      const whole = sql`case when ${double} = trunc(${double}) then try_cast(${double} as ${native}) end`;
      return sql`case ${kind} when 'BIGINT' then try_cast(${text} as ${native}) when 'UBIGINT' then try_cast(${text} as ${native}) when 'DOUBLE' then ${whole} end`;
    }
    default:
      return sql`case when ${kind} <> 'NULL' then json_extract(${document}, ${way}) end`;
  }
}

/** A step of a JSON path; names in quotes are names, never indexes or wildcards. */
function quoted(name: string): string {
  return `."${name.replace(/["\\]/g, '\\$&')}"`;
}

function pathOf(steps: unknown): string {
  return `$${steps as string}`;
}

/** Whether the way is one into known members of json. Decimals are not: the store reads them as floats. */
export function canLookInto(type: DataType, nested: readonly string[]): boolean {
  const at = type.kind === 'json' ? typeAt(type, nested) : null;
  return at !== null && at.kind !== 'decimal';
}

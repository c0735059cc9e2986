import { GatewayError } from '../../src/errors.js';
import type { Leaf } from '../../src/ir/operand.js';
import { TEXT, typeAt, type DataType } from '../../src/ir/types.js';
import { literal } from '../../src/ir/value.js';
import { sql, type Fragment } from '../sql/fragment.js';
import { parameter } from '../sql/parameter.js';
import type { Bytewise } from './text.js';

const NUMBER = sql`'INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL'`;

/** What stands in a json column at the end of a way, as a value of its type: null where it is of another one. */
export function jsonMember(
  { field, nested }: Extract<Leaf, { kind: 'field' }>,
  type: DataType,
  document: Fragment,
  bytewise: Bytewise,
): Fragment {
  if (!canLookInto(field.type, nested)) {
    throw new GatewayError('UNSUPPORTED', `mysql cannot look into ${field.name}`, { hint: 'read the whole field' });
  }
  const way = parameter(literal(TEXT, nested.map(quoted).join('')), 'char', pathOf);
  const found = sql`json_extract(${document}, ${way})`;
  const kind = sql`json_type(${found})`;
  const text = sql`json_unquote(${found})`;
  switch (type.kind) {
    case 'bool':
      return sql`case when ${kind} = 'BOOLEAN' then ${text} = 'true' end`;
    case 'text':
      return sql`case when ${kind} = 'STRING' then ${bytewise(text)} end`;
    case 'float': {
      const double = sql`cast(${text} as double)`;
      // What no double holds becomes the largest one.
      return sql`case when ${kind} in (${NUMBER}) and abs(${double}) < 1.7976931348623157e308 then ${double} end`;
    }
    case 'int': {
      const number = sql`cast(${text} as decimal(65,30))`;
      const most = type.bits === 64 ? sql`9223372036854775807` : sql`2147483647`;
      const whole = sql`${number} = truncate(${number}, 0) and ${number} between -${most} - 1 and ${most}`;
      return sql`case when ${kind} in (${NUMBER}) and ${whole} then cast(${number} as signed) end`;
    }
    default:
      return sql`case when ${kind} <> 'NULL' then ${found} end`;
  }
}

/** A step of a JSON path; names in quotes are names, never indexes or wildcards. */
function quoted(name: string): string {
  return `."${name.replace(/["\\]/g, '\\$&')}"`;
}

function pathOf(steps: unknown): string {
  return `$${steps as string}`;
}

/** Whether the way is one into known members of json. Decimals are not: one server reads them as floats. */
export function canLookInto(type: DataType, nested: readonly string[]): boolean {
  const at = type.kind === 'json' ? typeAt(type, nested) : null;
  return at !== null && at.kind !== 'decimal';
}

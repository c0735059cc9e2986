import { GatewayError } from '../../src/errors.js';
import type { Leaf } from '../../src/ir/operand.js';
import { nativeWay, TEXT, typeAt, type DataType } from '../../src/ir/types.js';
import { literals } from '../../src/ir/value.js';
import { sql, type Fragment } from '../sql/fragment.js';
import { list } from '../sql/parameter.js';
import type { Scope } from '../sql/scope.js';
import { columnOf } from './native.js';
import { PARAMETERS } from './parameters.js';
import { isDocument } from './values.js';

/** What stands in a json column at the end of a way, as a value of its type: null where it is of another one. */
export function jsonMember(
  { field, nested }: Extract<Leaf, { kind: 'field' }>,
  type: DataType,
  document: Fragment,
  { draft }: Scope,
): Fragment {
  if (!canLookInto(field.type, nested)) {
    throw new GatewayError('UNSUPPORTED', `postgres cannot look into ${field.name}`, { hint: 'read the whole field' });
  }
  const way = list(literals(TEXT, nativeWay(field.type, nested)), draft.dialect, 'text', TEXT);
  const value = sql`(${columnOf(field).type === 'jsonb' ? document : sql`(${document})::jsonb`} #> ${way})`;
  return typed(type, value);
}

const WHOLE = {
  16: [sql`smallint`, sql`32767`],
  32: [sql`integer`, sql`2147483647`],
  64: [sql`bigint`, sql`9223372036854775807`],
} as const;

const FLOATS = {
  32: [sql`float4`, sql`3.4028234663852886e38`, sql`1e-45`],
  64: [sql`float8`, sql`1.7976931348623157e308`, sql`5e-324`],
} as const;

/** The native type of what `typed` makes. */
export function castOf(type: DataType): string {
  if (isDocument(type)) return 'jsonb';
  if (type.kind === 'int') return { 16: 'smallint', 32: 'integer', 64: 'bigint' }[type.bits];
  if (type.kind === 'float' && type.bits === 32) return 'real';
  return type.kind === 'list' ? `${castOf(type.of)}[]` : PARAMETERS.type(type);
}

/** A value of jsonb as one of a type: null where it is of another one. */
export function typed(type: DataType, value: Fragment): Fragment {
  const when = (kind: Fragment, then: Fragment): Fragment =>
    sql`(case when jsonb_typeof(${value}) = ${kind} then ${then} end)`;
  const number = sql`${value}::numeric`;
  switch (type.kind) {
    case 'bool':
      return when(sql`'boolean'`, sql`${value}::boolean`);
    case 'text':
      return when(sql`'string'`, sql`${value} #>> '{}'`);
    case 'decimal':
      return when(sql`'number'`, number);
    case 'float': {
      // Casts of what no float holds are errors of the store.
      const [cast, most, least] = FLOATS[type.bits];
      return when(
        sql`'number'`,
        sql`case when abs(${number}) > ${most} then null when abs(${number}) < ${least} then 0 else ${number}::${cast} end`,
      );
    }
    case 'int': {
      const [cast, most] = WHOLE[type.bits];
      return when(
        sql`'number'`,
        sql`case when ${number} = trunc(${number}) and ${number} between -${most} - 1 and ${most} then ${number}::${cast} end`,
      );
    }
    case 'struct':
      return when(sql`'object'`, value);
    case 'list':
      return when(sql`'array'`, isDocument(type) ? value : elementsOf(type.of, value));
    default:
      return sql`nullif(${value}, 'null')`;
  }
}

function elementsOf(type: DataType, array: Fragment): Fragment {
  const elements = sql`array_agg(${typed(type, sql`x.value`)} order by x.place)`;
  return sql`(select coalesce(${elements}, '{}') from jsonb_array_elements(${array}) with ordinality as x(value, place))`;
}

/** Whether the way is one into known members of json or of a document. */
export function canLookInto(type: DataType, nested: readonly string[]): boolean {
  return (type.kind === 'json' || type.kind === 'struct') && typeAt(type, nested) !== null;
}

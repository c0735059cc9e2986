import { GatewayError } from '../../src/errors.js';
import type { Field } from '../../src/ir/entity.js';
import type { Leaf, Operand } from '../../src/ir/operand.js';
import type { DataType } from '../../src/ir/types.js';
import { identifier, sql, type Fragment } from '../sql/fragment.js';
import { jsonMember } from './json-member.js';
import { measure } from './measure.js';
import { columnOf, type NativeField } from './native.js';
import { joinTo, reachFrom, rowOf } from './relation.js';
import type { Scope } from './scope.js';

/** An operand as an expression. To-one steps are joins where that can be, else sub-selects of one value. */
export function expression(operand: Operand, scope: Scope): Fragment {
  const [first, ...rest] = operand.steps;
  if (!first) return leafOf(operand, scope);
  const inner: Operand = { ...operand, steps: rest };
  const joined = joinTo(first, scope);
  if (joined) {
    const value = expression(inner, joined);
    if (operand.leaf.kind !== 'related' || rest.length > 0) return value;
    // Nothing is counted where there is no row to count from.
    const [pair] = first.relation.on;
    return sql`case when ${identifier(joined.alias, columnOf(pair!.to).column)} is not null then ${value} end`;
  }
  // Two rows where one was declared make the store fail (21000): an INTEGRITY error, never a silent pick.
  const { scope: far, from, where } = reachFrom(first, rowOf(scope.alias), scope.aliases);
  const value = expression(inner, far);
  return sql`(select ${value} from ${from()} where ${where})`;
}

function leafOf(operand: Operand, scope: Scope): Fragment {
  const { leaf } = operand;
  switch (leaf.kind) {
    case 'field':
      if (leaf.nested.length > 0) return jsonMember(leaf, operand.type, readField(leaf.field, scope));
      return readField(leaf.field, scope);
    case 'related': {
      const { scope: far, from, where } = reachFrom(leaf.step, rowOf(scope.alias), scope.aliases);
      const value = measure(leaf.measure, far);
      return sql`(select ${value} from ${from()} where ${where})`;
    }
    case 'groupKey':
      return identifier(scope.alias, `k${leaf.index}`);
    case 'groupMeasure':
      return identifier(scope.alias, `m${leaf.index}`);
    default:
      throw new GatewayError('UNSUPPORTED', `postgres cannot read ${leaf.kind}`, { hint: 'ask for a field' });
  }
}

function readField({ native, type }: Field, scope: Scope): Fragment {
  const { column, wrapped } = native as NativeField;
  const read = identifier(scope.alias, column);
  if (wrapped === null) return read;
  return type.kind === 'list' ? sql`(${read})::${identifier(...wrapped)}[]` : sql`(${read})::${identifier(...wrapped)}`;
}

/** An operand as something that can be compared: types that we do not know by the text that they are shown as. */
export function comparable(operand: Operand, scope: Scope): Fragment {
  const value = expression(operand, scope);
  if (!isOpaque(operand)) return value;
  const { type } = columnOf((operand.leaf as Extract<Leaf, { kind: 'field' }>).field);
  // The cast of inet to text adds a mask that the type's own text leaves out.
  if (type === 'inet') return sql`case when ${value} is not null then format('%s', ${value}) end`;
  if (type === 'inet[]') return sql`(${value})::text::text[]`;
  return operand.type.kind === 'list' ? sql`(${value})::text[]` : sql`(${value})::text`;
}

export function isOpaque({ leaf }: Operand): boolean {
  return leaf.kind === 'field' && leaf.nested.length === 0 && columnOf(leaf.field).opaque;
}

/** Whether equality in the store is looser than equality of bytes. */
export function isLoose({ leaf }: Operand): boolean {
  return leaf.kind === 'field' && leaf.nested.length === 0 && columnOf(leaf.field).loose;
}

/** Text in the order and equality of its bytes. */
export function bytewise(operand: Operand, value: Fragment): Fragment {
  if (operand.type.kind !== 'text') return value;
  const { leaf } = operand;
  if (leaf.kind === 'field' && leaf.nested.length === 0) {
    const { binary, loose } = columnOf(leaf.field);
    if (binary && !loose) return value;
  }
  return sql`(${value})::text collate "C"`;
}

/** Whether the operand can be null, as far as the store knows. */
export function canBeNull({ steps, leaf, nullable }: Operand): boolean {
  return steps.length === 0 && leaf.kind === 'field' && leaf.nested.length === 0
    ? columnOf(leaf.field).nullable
    : nullable;
}

/** The native type that a value compared with this operand is cast to. */
export function nativeType(operand: Operand, scope: Scope): string {
  const { leaf, type } = operand;
  switch (leaf.kind) {
    case 'field': {
      const native = columnOf(leaf.field);
      if (leaf.nested.length > 0) return nativeOfType(type);
      return type.kind === 'enum' || type.kind === 'float' || native.loose ? native.type : nativeOfType(type);
    }
    case 'related':
      return type.kind === 'enum' ? nativeType(leaf.measure.operand!, scope) : nativeOfType(type);
    case 'groupKey':
      return type.kind === 'enum' ? nativeType(scope.groups!.keys[leaf.index]!.operand, scope) : nativeOfType(type);
    case 'groupMeasure':
      return type.kind === 'enum'
        ? nativeType(scope.groups!.measures[leaf.index]!.operand!, scope)
        : nativeOfType(type);
    default:
      return nativeOfType(type);
  }
}

const NATIVE: Partial<Record<DataType['kind'], string>> = {
  bool: 'boolean',
  // Wide, so that no value of a question is out of range; indexes of narrower columns serve all the same.
  int: 'bigint',
  float: 'double precision',
  decimal: 'numeric',
  uuid: 'uuid',
  bytes: 'bytea',
  date: 'date',
  time: 'time without time zone',
  localdatetime: 'timestamp without time zone',
  instant: 'timestamp with time zone',
  duration: 'interval',
  json: 'jsonb',
};

export function nativeOfType(type: DataType): string {
  return type.kind === 'list' ? `${nativeOfType(type.of)}[]` : (NATIVE[type.kind] ?? 'text');
}

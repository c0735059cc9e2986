import { GatewayError } from '../../src/errors.js';
import type { Field } from '../../src/ir/entity.js';
import { ownField, type Operand } from '../../src/ir/operand.js';
import type { DataType } from '../../src/ir/types.js';
import type { Dialect } from './dialect.js';
import { identifier, sql, type Fragment } from './fragment.js';
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
  // Two rows where one was declared make the store fail: an INTEGRITY error, never a silent pick.
  const { scope: far, from, where } = reachFrom(first, rowOf(scope.alias), scope.draft);
  const value = expression(inner, far);
  return sql`(select ${value} from ${from()} where ${where})`;
}

function leafOf(operand: Operand, scope: Scope): Fragment {
  const { leaf } = operand;
  const { engine, fields, beyond } = scope.draft.dialect;
  switch (leaf.kind) {
    case 'field': {
      const { field, nested } = leaf;
      const whole = fields.read(field, identifier(scope.alias, columnOf(field).column));
      return nested.length > 0 ? fields.member(leaf, operand.type, whole, scope) : whole;
    }
    case 'related': {
      const { scope: far, from, where } = reachFrom(leaf.step, rowOf(scope.alias), scope.draft);
      const value = measure(leaf.measure, far);
      return sql`(select ${value} from ${from()} where ${where})`;
    }
    case 'groupKey':
      return identifier(scope.alias, `k${leaf.index}`);
    case 'groupMeasure':
      return identifier(scope.alias, `m${leaf.index}`);
    case 'element':
      return fields.element(leaf.nested, scope, operand.type);
    default: {
      const special = beyond?.leaf(leaf, scope);
      if (special) return special;
      throw new GatewayError('UNSUPPORTED', `${engine} cannot read ${leaf.kind}`, { hint: 'ask for a field' });
    }
  }
}

/** An operand as something that can be compared: types that we do not know by the text that they are shown as. */
export function comparable(operand: Operand, scope: Scope): Fragment {
  const value = expression(operand, scope);
  return isOpaque(operand) ? scope.draft.dialect.fields.opaque(wholeField(operand)!, value) : value;
}

/** The field that is read whole at the end of the operand's steps; null when it is something else. */
export function wholeField({ leaf }: Operand): Field | null {
  return leaf.kind === 'field' && leaf.nested.length === 0 ? leaf.field : null;
}

export function isOpaque(operand: Operand): boolean {
  return nativeField(operand)?.opaque ?? false;
}

/** Whether equality in the store is looser than equality of bytes. */
export function isLoose(operand: Operand): boolean {
  return nativeField(operand)?.loose ?? false;
}

function nativeField(operand: Operand): NativeField | null {
  const field = wholeField(operand);
  return field && columnOf(field);
}

/** Text in the order and equality of its bytes. */
export function bytewise(operand: Operand, value: Fragment, scope: Scope): Fragment {
  if (operand.type.kind !== 'text') return value;
  const native = nativeField(operand);
  return native?.binary && !native.loose ? value : scope.draft.dialect.fields.bytewise(value);
}

/** Whether the operand can be null, as far as the store knows. */
export function canBeNull(operand: Operand): boolean {
  const field = ownField(operand);
  return field ? columnOf(field).nullable : operand.nullable;
}

/** The native type that a value compared with this operand is cast to. */
export function nativeType(operand: Operand, scope: Scope): string {
  const { leaf, type } = operand;
  const plain = scope.draft.dialect.parameters.type(type);
  switch (leaf.kind) {
    case 'field': {
      const native = columnOf(leaf.field);
      if (leaf.nested.length > 0) return plain;
      return isFieldsOwn(type) || native.loose ? native.type : plain;
    }
    case 'related':
      return type.kind === 'enum' ? nativeType(leaf.measure.operand!, scope) : plain;
    case 'groupKey':
      return type.kind === 'enum' ? nativeType(scope.groups!.keys[leaf.index]!.operand, scope) : plain;
    case 'groupMeasure':
      return type.kind === 'enum' ? nativeType(scope.groups!.measures[leaf.index]!.operand!, scope) : plain;
    default:
      return plain;
  }
}

/** The native type of the elements of a list that the operand may be in: a field's own where the store looks them up by that. */
export function elementType(operand: Operand, scope: Scope): string {
  return elementOf(wholeField(operand), scope.draft.dialect) ?? nativeType(operand, scope);
}

export function elementOf(field: Field | null, { parameters }: Dialect): string | null {
  return parameters.holds && field?.type.kind === 'int' ? columnOf(field).type : null;
}

/** Types whose values are compared in the field's own native type: a wider one would mean other values. */
function isFieldsOwn({ kind }: DataType): boolean {
  return kind === 'enum' || kind === 'float';
}

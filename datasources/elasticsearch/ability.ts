import type { Operand } from '../../src/ir/operand.js';
import type { Predicate } from '../../src/ir/predicate.js';
import type { GroupKey, Measure, OrderTerm } from '../../src/ir/select.js';
import { isEquatable, isOrdered, type DataType } from '../../src/ir/types.js';
import type { Fidelity } from '../../src/store/capabilities.js';
import type { NativeField } from './native.js';
import { luceneOf } from './pattern.js';

/** Mapping types whose values the store compares exactly as we do. */
const COMPARED: ReadonlySet<string> = new Set([
  ...['byte', 'short', 'integer', 'long', 'float', 'double', 'boolean', 'date', 'date_nanos', 'ip'],
  ...['keyword', 'constant_keyword', 'wildcard', 'text', '_id'],
]);

/** The field at the end of an operand; null where it is something else, or a way that leads nowhere. */
function nativeOf({ leaf }: Operand, elements: NativeField | null): NativeField | null {
  const start = leaf.kind === 'field' ? (leaf.field.native as NativeField) : leaf.kind === 'element' ? elements : null;
  if (leaf.kind !== 'field' && leaf.kind !== 'element') return null;
  return leaf.nested.reduce<NativeField | null>(
    (at, name) => (at && Object.hasOwn(at.members, name) ? at.members[name]! : null),
    start,
  );
}

/** Whether the store finds out by filters what is asked of a value. */
function compared(operand: Operand, elements: NativeField | null): Fidelity {
  const native = nativeOf(operand, elements);
  if (!native || native.exact === null || !COMPARED.has(native.type)) return 'none';
  return native.loose || native.cut ? 'superset' : 'exact';
}

export function predicateFidelity(leaf: Predicate, elements: NativeField | null = null): Fidelity {
  switch (leaf.kind) {
    case 'related':
      return 'exact';
    case 'isNull': {
      if (leaf.operand.leaf.kind === 'related') return 'exact';
      return nativeOf(leaf.operand, elements)?.exists ? 'exact' : 'none';
    }
    case 'float':
      return leaf.operand.leaf.kind === 'related' || nativeOf(leaf.operand, elements)?.exists ? 'exact' : 'none';
    case 'compare':
    case 'in': {
      if (leaf.operand.leaf.kind === 'related') return 'exact';
      const able = compared(leaf.operand, elements);
      const equality = leaf.kind === 'in' || leaf.op === 'eq';
      if (able !== 'superset') return able;
      return equality && !('negated' in leaf && leaf.negated) ? able : 'none';
    }
    case 'text': {
      if (leaf.operand.leaf.kind === 'related') return 'exact';
      if (compared(leaf.operand, elements) !== 'exact') return 'none';
      if (leaf.test !== 'regex') return 'exact';
      // What a parameter brings may be beyond Lucene; the rows of a negated test would then be too few.
      if (leaf.value.kind === 'parameter') return leaf.negated ? 'none' : 'superset';
      return luceneOf(leaf.value.value as string) === null ? 'none' : 'exact';
    }
    case 'list':
      if (leaf.test === 'isEmpty') return nativeOf(leaf.operand, elements)?.exists ? 'exact' : 'none';
      return compared(leaf.operand, elements) === 'exact' ? 'exact' : 'none';
    case 'elements':
      return nativeOf(leaf.operand, elements)?.type === 'nested' &&
        inside(leaf.where, nativeOf(leaf.operand, elements)!)
        ? 'exact'
        : 'none';
    case 'compareOperands':
      return [leaf.left, leaf.right].every(
        (each) => each.steps.length === 0 && compared(each, null) === 'exact' && isScripted(each, elements),
      )
        ? 'exact'
        : 'none';
    default:
      return 'none';
  }
}

/** Conditions of elements are asked of the field that they stand in, which a leaf alone does not tell. */
function inside(where: Predicate, elements: NativeField): boolean {
  if (where.kind === 'and' || where.kind === 'or') return where.of.every((each) => inside(each, elements));
  return predicateFidelity(where, elements) === 'exact';
}

/** Scripts read doc values, which nested fields and documents' ids do not offer. */
function isScripted(operand: Operand, elements: NativeField | null): boolean {
  const native = nativeOf(operand, elements);
  return native !== null && native.sorted && native.type !== '_id' && isOrdered(operand.type);
}

export function canOutput(operand: Operand): boolean {
  return operand.leaf.kind === 'related' || nativeOf(operand, null) !== null;
}

export function canOrder({ operand }: OrderTerm): boolean {
  if (operand.leaf.kind === 'related' || operand.leaf.kind === 'groupKey' || operand.leaf.kind === 'groupMeasure')
    return true;
  return isSortable(nativeOf(operand, null), operand.type);
}

export function isSortable(native: NativeField | null, type: DataType): boolean {
  return native !== null && native.sorted && !native.loose && !native.cut && isOrdered(type);
}

/** Whether documents are counted by a value without reading them one by one. */
export function isCounted(native: NativeField | null, type: DataType): boolean {
  return (
    native !== null &&
    native.sorted &&
    !native.loose &&
    !native.cut &&
    isEquatable(type) &&
    native.type !== 'date_nanos' &&
    COMPARED.has(native.type)
  );
}

export function canGroup({ operand }: GroupKey): boolean {
  return operand.leaf.kind === 'related' || isCounted(nativeOf(operand, null), operand.type);
}

export function canMeasure({ fn, operand }: Measure): 'exact' | 'none' {
  if (operand === null || operand.leaf.kind === 'related') return 'exact';
  const native = nativeOf(operand, null);
  if (fn === 'COUNT' && operand.steps.length === 0) return native?.exists ? 'exact' : 'none';
  return isCounted(native, operand.type) ? 'exact' : 'none';
}

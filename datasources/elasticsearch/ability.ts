import type { Operand } from '../../src/ir/operand.js';
import type { Predicate } from '../../src/ir/predicate.js';
import type { GroupKey, Measure, OrderTerm } from '../../src/ir/select.js';
import { isEquatable, isOrdered, type DataType } from '../../src/ir/types.js';
import type { Fidelity } from '../../src/store/capabilities.js';
import { elementsOf, placeOf, type Location, type NativeField } from './native.js';
import { luceneOf } from './pattern.js';

/** Mapping types whose values the store compares exactly as we do. */
const COMPARED: ReadonlySet<string> = new Set([
  ...['byte', 'short', 'integer', 'long', 'float', 'double', 'boolean', 'date', 'date_nanos', 'ip'],
  ...['keyword', 'constant_keyword', 'wildcard', 'text', '_id'],
]);

function nativeOf(operand: Operand, elements: Location | null): NativeField | null {
  return placeOf(operand, elements)?.native ?? null;
}

/** Whether the store finds out by filters what is asked of a value. */
function compared(operand: Operand, elements: Location | null): Fidelity {
  const native = nativeOf(operand, elements);
  if (!native || native.exact === null || !COMPARED.has(native.type)) return 'none';
  return native.loose || native.cut ? 'superset' : 'exact';
}

export function predicateFidelity(leaf: Predicate, elements: Location | null = null): Fidelity {
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
    case 'elements': {
      const list = placeOf(leaf.operand, elements);
      return list?.native.type === 'nested' && inside(leaf.where, elementsOf(list)) ? 'exact' : 'none';
    }
    case 'compareOperands':
      return [leaf.left, leaf.right].every(
        (each) => each.steps.length === 0 && compared(each, null) === 'exact' && isScripted(each, elements),
      )
        ? 'exact'
        : 'none';
    case 'match':
      return leaf.operands.every((each) => isSearched(each)) ? 'exact' : 'none';
    case 'geo':
      // Places are kept on a grid of a centimetre, so what lies at an edge is looked at again.
      return nativeOf(leaf.operand, elements)?.type === 'geo_point' && !leaf.negated ? 'superset' : 'none';
    case 'nearest':
      return leaf.operand.steps.length === 0 && nativeOf(leaf.operand, null)?.similarity ? 'exact' : 'none';
    default:
      return 'none';
  }
}

/** Whether words are looked for in it: analysed text, or a keyword as one word. */
function isSearched(operand: Operand): boolean {
  return operand.steps.length === 0 && searchedIn(nativeOf(operand, null)) !== null;
}

/** The path that a text match asks. */
export function searchedIn(native: NativeField | null): string | null {
  if (native === null || native.type === '_id') return null;
  return native.text ?? (native.type === 'keyword' ? native.exact : null);
}

/** Conditions of elements are asked of the field that they stand in, which a leaf alone does not tell. */
function inside(where: Predicate, elements: Location): boolean {
  if (where.kind === 'and' || where.kind === 'or') return where.of.every((each) => inside(each, elements));
  return predicateFidelity(where, elements) === 'exact';
}

/** Scripts read doc values, which nested fields and documents' ids do not offer. */
function isScripted(operand: Operand, elements: Location | null): boolean {
  const native = nativeOf(operand, elements);
  return native !== null && native.sorted && native.type !== '_id' && isOrdered(operand.type);
}

export function canOutput(operand: Operand): boolean {
  const { leaf } = operand;
  if (leaf.kind === 'score') return operand.steps.length === 0;
  if (leaf.kind === 'highlights') return operand.steps.length === 0 && isSearched(leaf.operand);
  return operand.leaf.kind === 'related' || nativeOf(operand, null) !== null;
}

export function canOrder({ operand }: OrderTerm): boolean {
  if (operand.leaf.kind === 'score') return operand.steps.length === 0;
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

import { GatewayError } from '../../src/errors.js';
import { compareFloats, compareValues } from '../../src/ir/compare.js';
import type { Operand } from '../../src/ir/operand.js';
import { valueHolds } from '../../src/ir/holds.js';
import type { Predicate } from '../../src/ir/predicate.js';
import { isInside, metresBetween } from '../../src/ir/geo.js';
import type { GeoPoint } from '../../src/ir/types.js';
import { valueOf } from '../../src/ir/value.js';
import { reached } from './walk.js';
import { operandValue, related, structMember, type Rec, type World } from './world.js';

/** How a predicate over groups reads its operands. */
export type ReadOperand = (operand: Operand) => unknown;

export function holds(p: Predicate, rec: Rec, world: World): boolean {
  return holdsOf(p, (operand) => operandValue(operand, rec, world), world, rec);
}

/** Two-valued: a leaf over null is false, negated or not. */
export function holdsOf(p: Predicate, read: ReadOperand, world: World, rec: Rec | null): boolean {
  switch (p.kind) {
    case 'and':
      return p.of.every((each) => holdsOf(each, read, world, rec));
    case 'or':
      return p.of.some((each) => holdsOf(each, read, world, rec));
    case 'compare':
    case 'compareOperands':
    case 'isNull':
    case 'in':
    case 'float':
    case 'text':
      return valueHolds(p, read, world.args);
    case 'related': {
      const rows = related(p.step, rec!, world);
      const found =
        p.quantifier === 'some'
          ? rows.some((row) => holds(p.where, row, world))
          : rows.every((row) => holds(p.where, row, world));
      return found !== p.negated;
    }
    case 'list': {
      const list = read(p.operand);
      return list !== null && listHolds(p, list as readonly unknown[], world) !== p.negated;
    }
    case 'elements': {
      const list = read(p.operand) as readonly unknown[] | null;
      if (list === null) return false;
      const holdsOfElement = (element: unknown): boolean =>
        holdsOf(p.where, (operand) => insideOf(element, operand), world, null);
      const found = p.quantifier === 'some' ? list.some(holdsOfElement) : list.every(holdsOfElement);
      return found !== p.negated;
    }
    case 'reach':
      return (
        reached(p.walk, rec!, world).some(
          (far) => far.entity === p.end.entity && holds(p.end.policy, far, world) && holds(p.where, far, world),
        ) !== p.negated
      );
    case 'geo': {
      const point = read(p.operand) as GeoPoint | null;
      if (point === null) return false;
      const value = valueOf(p.value, world.args);
      const found =
        p.test === 'near'
          ? metresBetween(point, value as GeoPoint) <= (valueOf(p.metres!, world.args) as number)
          : isInside(point, value as readonly GeoPoint[]);
      return found !== p.negated;
    }
    case 'match':
    case 'nearest':
      throw new GatewayError('UNSUPPORTED', `memory cannot answer ${p.kind}`, { hint: 'ask a store that has it' });
  }
}

/** What stands at the end of a way into an element. */
function insideOf(element: unknown, { leaf }: Operand): unknown {
  if (leaf.kind !== 'element') throw new Error('conditions of elements speak of elements only');
  return structMember(element, leaf.nested);
}

function listHolds(p: Extract<Predicate, { kind: 'list' }>, list: readonly unknown[], world: World): boolean {
  const { type } = p.operand;
  const element = type.kind === 'list' ? type.of : type;
  const wanted = valueOf(p.value, world.args);
  const has = (value: unknown): boolean =>
    list.some(
      (each) =>
        each !== null &&
        (element.kind === 'float'
          ? compareFloats(each as number, value as number) === 0
          : compareValues(element, each, value) === 0),
    );
  switch (p.test) {
    case 'has':
      return has(wanted);
    case 'hasAny':
      return (wanted as readonly unknown[]).some(has);
    case 'hasAll':
      return (wanted as readonly unknown[]).every(has);
    case 'isEmpty':
      return (list.length === 0) === wanted;
  }
}

import type { Leaf, Operand, Step } from '../../src/ir/operand.js';
import { isTrue } from '../../src/ir/predicate.js';
import { nativeWay, typeAt, type DataType } from '../../src/ir/types.js';
import { cannot, cond, type Expression } from './expression.js';
import { measureOf } from './measure.js';
import { inObject, member, nativeOf } from './native.js';
import { reachesOut } from './predicate.js';
import { ofStep, single } from './relation.js';
import { scopeOf, type Rows, type Scope } from './rows.js';
import { memberOf, typed } from './typed.js';

/** The value of an operand: null, never missing, where there is none of its type. */
export function expression(operand: Operand, scope: Scope): Expression {
  const { leaf, steps, type } = operand;
  switch (leaf.kind) {
    case 'groupKey':
      return `$k${leaf.index}`;
    case 'groupMeasure':
      return `$m${leaf.index}`;
    case 'element':
      if (scope.kind !== 'element') throw new Error('an element out of its list');
      return typed(type, within(scope.at, nativeWay(scope.of, leaf.nested), type));
    case 'field': {
      const rows = rowsOf(scope);
      return fieldOf(leaf, type, farOf(steps, rows));
    }
    case 'related': {
      const rows = rowsOf(scope);
      const at = farOf(steps, rows);
      const value = related(leaf, at, rows);
      return steps.length === 0 ? value : cond({ $eq: [{ $ifNull: [at, null] }, null] }, null, value);
    }
    case 'score':
      return rowsOf(scope).score;
    default:
      throw cannot(`read ${leaf.kind}`, 'ask for a field');
  }
}

/** The same as a column: what is of another type is left to whoever reads it, but for ids, which may be text. */
export function column(operand: Operand, scope: Scope): Expression {
  const { leaf, steps, type } = operand;
  if (leaf.kind !== 'field' || type.kind === 'id' || leaf.field.type.kind === 'json') return expression(operand, scope);
  if (type.kind === 'list' && leaf.nested.length > 0) return expression(operand, scope);
  const rows = rowsOf(scope);
  const { field, nested } = leaf;
  const value = nativeWay(field.type, nested).reduce(member, member(farOf(steps, rows), nativeOf(field).name));
  return operand.nullable ? { $ifNull: [value, null] } : value;
}

function rowsOf(scope: Scope): Rows {
  if (scope.kind !== 'rows') throw new Error('a field out of its row');
  return scope.rows;
}

/** The document behind to-one steps. */
function farOf(steps: readonly Step[], rows: Rows): Expression {
  return steps.reduce<Expression>((near, step) => joined(near, step, rows), rows.root);
}

/** What stands at the end of a way. A path would look into arrays on the way and answer with an array. */
function within(at: Expression, way: readonly string[], type: DataType): Expression {
  const mayBeArray = type.kind === 'list' || type.kind === 'json';
  return way.reduce((of, name) => (mayBeArray ? inObject(of, name) : member(of, name)), at);
}

function fieldOf(leaf: Extract<Leaf, { kind: 'field' }>, type: DataType, at: Expression): Expression {
  const { field, nested } = leaf;
  const { name, sure } = nativeOf(field);
  const whole = member(at, name);
  if (nested.length > 0) {
    if (typeAt(field.type, nested) === null) throw cannot(`look into ${field.name}`, 'read the whole field');
    const value = within(whole, nativeWay(field.type, nested), type);
    return field.type.kind === 'json' ? memberOf(type, value) : typed(type, value);
  }
  return sure && type.kind !== 'json' ? { $ifNull: [whole, null] } : typed(type, whole);
}

/** The document that a to-one step leads to, beside those of the rows. */
function joined(near: Expression, step: Step, rows: Rows): Expression {
  const known = rows.joins.find((each) => each.near === near && isSameStep(each.step, step));
  if (known) return known.at;
  const name = rows.names.next('j');
  rows.add(
    ofStep(step, near, rows.names, name, (far) => far.add({ $limit: 2 })),
    {
      $addFields: { [name]: single(name, step) },
    },
  );
  const at = `$${name}`;
  rows.joins.push({ near, step, at });
  return at;
}

function isSameStep(a: Step, b: Step): boolean {
  if (a.relation !== b.relation) return false;
  const same = (p: Step['to'] | null, q: Step['to'] | null): boolean =>
    p === null || q === null ? p === q : p.policy === q.policy || (isTrue(p.policy) && isTrue(q.policy));
  return same(a.to, b.to) && same(a.through, b.through);
}

/** A measure over the rows of a to-many step. */
function related(leaf: Extract<Leaf, { kind: 'related' }>, at: Expression, rows: Rows): Expression {
  const name = rows.names.next('j');
  rows.add(
    ofStep(leaf.step, at, rows.names, name, (far) => {
      if (hopsOfMeasure(leaf)) far.makeRoom();
      const { accumulators, value } = measureOf(leaf.measure, 'a', scopeOf(far));
      far.add({ $group: { _id: null, ...accumulators } }, { $project: { _id: 0, v: value } });
    }),
  );
  const none = leaf.measure.fn === 'COUNT' || leaf.measure.fn === 'COUNT_DISTINCT' ? 0 : null;
  return { $ifNull: [{ $arrayElemAt: [`$${name}.v`, 0] }, none] };
}

function hopsOfMeasure({ measure }: Extract<Leaf, { kind: 'related' }>): boolean {
  return (measure.operand !== null && hops(measure.operand)) || reachesOut(measure.where);
}

/** Whether what an operand reads stands beside the document. */
export function needsRoom(operand: Operand): boolean {
  return hops(operand) || operand.leaf.kind === 'score';
}

/** Whether an operand is read from other collections too. */
export function hops({ steps, leaf }: Operand): boolean {
  return steps.length > 0 || leaf.kind === 'related';
}

import { conjuncts, type Predicate } from '../../src/ir/predicate.js';
import { typeName, type DataType } from '../../src/ir/types.js';
import { compares, sideOf, sideOfValue } from './compare.js';
import { all, any, cannot, constant, isPresent, Slot, unless, type Expression, type Stage } from './expression.js';
import { expression, hops } from './operand.js';
import { place } from './geo.js';
import { indexed } from './indexed.js';
import { ofStep } from './relation.js';
import { scopeOf, type Rows, type Scope } from './rows.js';
import { elsewhere, refusal } from './search.js';
import { pattern } from './text.js';
import { encode, encodeList } from './values.js';

/** What else the first match says: a query that must stand there, and expressions. */
interface More {
  readonly first?: Stage | null;
  readonly also?: readonly Expression[];
}

/** Keeps the rows of which all of these are true: first what the documents themselves tell, then what others must. */
export function narrow(rows: Rows, of: readonly Predicate[], { first = null, also = [] }: More = {}): void {
  const parts = of.flatMap(conjuncts);
  const near = parts.filter((p) => !reachesOut(p));
  const { query: asked, rest } = rows.isWhole ? indexed(near) : { query: [], rest: near };
  const query = first === null ? asked : [first, ...asked];
  const e = all([...also, ...rest.map((p) => predicate(p, scopeOf(rows)))]);
  if (query.length > 0 || e !== true) {
    const both = { ...(query.length === 1 ? query[0] : query.length > 1 ? { $and: query } : {}) };
    rows.add({ $match: e === true ? both : { ...both, $expr: e } });
  }
  for (const p of parts.filter(reachesOut)) {
    rows.makeRoom();
    const e = predicate(p, scopeOf(rows));
    rows.add({ $match: { $expr: e } });
  }
}

/** Whether other collections are asked. */
export function reachesOut(p: Predicate): boolean {
  switch (p.kind) {
    case 'and':
    case 'or':
      return p.of.some(reachesOut);
    case 'related':
      return true;
    case 'compareOperands':
      return hops(p.left) || hops(p.right);
    default:
      return 'operand' in p && hops(p.operand);
  }
}

/** A predicate as an expression that is true or false, never null. */
export function predicate(p: Predicate, scope: Scope): Expression {
  switch (p.kind) {
    case 'and':
      return all(p.of.map((each) => predicate(each, scope)));
    case 'or':
      return any(p.of.map((each) => predicate(each, scope)));
    case 'compare':
      return compares(sideOf(p.operand.type, expression(p.operand, scope)), p.op, sideOfValue(p.value, p.op));
    case 'compareOperands': {
      const [left, right] = [p.left, p.right].map((each) => sideOf(each.type, expression(each, scope)));
      return all([isPresent(left!.value), isPresent(right!.value), compares(left!, p.op, right!)]);
    }
    case 'isNull':
      return unless(p.negated, { $eq: [expression(p.operand, scope), null] });
    case 'in': {
      const value = expression(p.operand, scope);
      const { type } = p.operand;
      const among: Expression = { $in: [value, constant(new Slot(p.value, encodeList(type), `[${typeName(type)}]`))] };
      return p.negated ? all([isPresent(value), unless(true, among)]) : among;
    }
    case 'float': {
      const value = expression(p.operand, scope);
      if (p.test === 'isNaN') {
        const isNaN: Expression = { $eq: [value, NaN] };
        return p.negated ? all([isPresent(value), unless(true, isNaN)]) : isNaN;
      }
      const among: Expression = { $in: [value, [NaN, Infinity, -Infinity]] };
      return all([isPresent(value), unless(!p.negated, among)]);
    }
    case 'text': {
      const value = expression(p.operand, scope);
      const regex = constant(new Slot(p.value, (given) => pattern(p.test)(given as string), 'string'));
      const matches: Expression = { $regexMatch: { input: value, regex } };
      return p.negated ? all([isPresent(value), unless(true, matches)]) : matches;
    }
    case 'list':
      return listTest(p, expression(p.operand, scope));
    case 'elements': {
      const of = elementType(p.operand.type);
      if (of.kind !== 'struct') throw cannot('ask elements that are no objects', 'use has or hasAny');
      const list = expression(p.operand, scope);
      const depth = scope.kind === 'element' ? scope.depth + 1 : 1;
      const inside = predicate(p.where, { kind: 'element', at: `$$e${depth}`, of, depth });
      const each: Expression = { $map: { input: { $ifNull: [list, []] }, as: `e${depth}`, in: inside } };
      const found: Expression = p.quantifier === 'some' ? { $anyElementTrue: [each] } : { $allElementsTrue: [each] };
      return all([isPresent(list), unless(p.negated, found)]);
    }
    case 'related':
      return related(p, scope);
    case 'match':
    case 'nearest':
      throw refusal(p) ?? elsewhere(p, ['where']);
    case 'geo':
      return place(p, expression(p.operand, scope));
    case 'reach':
      throw cannot('follow relations of any depth', 'nest the relation');
  }
}

function elementType(type: DataType): DataType {
  return type.kind === 'list' ? type.of : type;
}

function listTest(p: Extract<Predicate, { kind: 'list' }>, list: Expression): Expression {
  const type = elementType(p.operand.type);
  const safe: Expression = { $ifNull: [list, []] };
  const has = (value: Expression): Expression => ({ $in: [value, safe] });
  const wanted = (many: boolean): Expression =>
    constant(new Slot(p.value, many ? encodeList(type) : encode(type), typeName(type)));
  const each = (): Expression => ({ $map: { input: wanted(true), as: 'w', in: has('$$w') } });
  const test = (): Expression => {
    switch (p.test) {
      case 'has':
        return has(wanted(false));
      case 'hasAny':
        return { $anyElementTrue: [each()] };
      case 'hasAll':
        return { $allElementsTrue: [each()] };
      case 'isEmpty':
        return { $eq: [{ $eq: [list, []] }, constant(new Slot(p.value, (given) => given, 'bool'))] };
    }
  };
  return all([isPresent(list), unless(p.negated, test())]);
}

/** Whether a related row is there for which `where` is true, or one for which it is not. */
function related(p: Extract<Predicate, { kind: 'related' }>, scope: Scope): Expression {
  if (scope.kind !== 'rows') throw new Error('a relation out of its row');
  const { rows } = scope;
  const name = rows.names.next('j');
  rows.add(
    ofStep(p.step, rows.root, rows.names, name, (far) => {
      if (p.quantifier === 'some') narrow(far, [p.where]);
      else {
        if (reachesOut(p.where)) far.makeRoom();
        const e = unless(true, predicate(p.where, scopeOf(far)));
        far.add({ $match: { $expr: e } });
      }
      far.add({ $limit: 1 }, { $project: { _id: 0, n: { $literal: 1 } } });
    }),
  );
  return unless((p.quantifier === 'some') === p.negated, { $gt: [{ $size: `$${name}` }, 0] });
}

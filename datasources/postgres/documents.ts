import type { Predicate } from '../../src/ir/predicate.js';
import { nativeWay, type DataType } from '../../src/ir/types.js';
import { COMMA, identifier, join, keyword, sql, type Fragment } from '../sql/fragment.js';
import { expression } from '../sql/operand.js';
import { predicate } from '../sql/predicate.js';
import type { Scope } from '../sql/scope.js';
import { typed } from './json-member.js';
import type { NativeDocument } from './native.js';

/**
 * Rows of documents as a table of their members, which the server sees through: what is not asked for is not read, and an
 * index of a member's expression serves.
 */
export function documentsIn(schema: string, table: string, { column, beside, members }: NativeDocument): Fragment {
  const document = identifier('d', column);
  const columns = [
    ...beside.map((name) => identifier('d', name)),
    ...members.map((each) => sql`${typed(each.type, member(document, each.member))} as ${identifier(each.column)}`),
  ];
  return sql`(select ${join(columns, COMMA)} from ${identifier(schema, table)} as ${identifier('d')})`;
}

/** What stands at the end of a way. */
export function into(value: Fragment, type: DataType, nested: readonly string[]): Fragment {
  return nativeWay(type, nested).reduce(member, value);
}

/** Here alone a name that documents have becomes text of a statement, with nothing in it that could end it. */
function member(of: Fragment, name: string): Fragment {
  return sql`(${of} -> E'${keyword(name.replaceAll('\\', '\\\\').replaceAll("'", "''"))}')`;
}

/** Whether elements of a list of objects are as a condition on them says; a null list answers nothing. */
export function elements(p: Extract<Predicate, { kind: 'elements' }>, scope: Scope): Fragment | null {
  const { type } = p.operand;
  if (type.kind !== 'list' || type.of.kind !== 'struct') return null;
  const list = expression(p.operand, scope);
  const { draft, entity } = scope;
  const element: Scope = { draft, entity, alias: draft.alias(), joins: null, element: type.of };
  const inner = predicate(p.where, element);
  const kept = p.quantifier === 'some' ? inner : sql`(${inner}) is not true`;
  const exists = sql`exists (select 1 from jsonb_array_elements(${list}) as ${identifier(element.alias)} (value) where ${kept})`;
  return (p.quantifier === 'every') === p.negated ? exists : sql`(${list} is not null and not ${exists})`;
}

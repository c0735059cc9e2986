import { ownField } from '../../src/ir/operand.js';
import type { Keyset, OrderTerm, Select } from '../../src/ir/select.js';
import { bounded } from '../sql/compile.js';
import type { Body } from '../sql/dialect.js';
import { AND, COMMA, identifier, join, sql, type Fragment } from '../sql/fragment.js';
import { canBeNull, isLoose } from '../sql/operand.js';
import { keysetCondition, keysetConditions, liesBeyond, orderByValues, positionOf, termValue } from '../sql/order.js';
import { scalar } from '../sql/parameter.js';
import type { Scope } from '../sql/scope.js';
import { columnOf, nativeOf } from './native.js';

/** A part of a page in the order of its first term: the rows with a value there, or those without. */
interface Range {
  readonly where: Fragment;
}

/** Whether nulls stand where an index of the store has them. */
export function isDefault({ direction, nulls }: OrderTerm): boolean {
  return nulls === (direction === 'asc' ? 'last' : 'first');
}

/** A page read in parts, where that is cheaper than whole. */
export function ranged(select: Select, body: Body, scope: Scope): Fragment | null {
  const ranges = rangesOf(select, scope);
  if (!ranges) return null;
  const columns = body.columns.length > 0 ? body.columns : [sql`null`];
  return pageOfRanges(select, ranges, { ...body, columns }, scope);
}

/**
 * The parts of a page whose first term can be null, in its order, where an index can be read in the order of that term
 * but not with its nulls where they are wanted, or not from a position on. null: one plain statement says it as well.
 */
function rangesOf(select: Select, scope: Scope): readonly Range[] | null {
  const [first, ...rest] = select.orderBy;
  const { limit, offset, keyset } = select;
  if (!first || !limit || offset || !isIndexed(first, select) || !canBeNull(first.operand)) return null;
  if (keyset.length === 0 && isDefault(first)) return null;
  const column = termValue(first, scope);
  const [present, absent] = [sql`${column} is not null`, sql`${column} is null`];
  const [from, ...more] = keyset;
  const also = keysetConditions(more, select.orderBy, scope);
  const range = (...of: readonly (Fragment | null)[]): Range => ({
    where: join(
      of.filter((each) => each !== null),
      AND,
    ),
  });
  let [values, nulls]: [readonly Range[], readonly Range[]] = [[range(present)], [range(absent)]];
  if (from) {
    const position = positionOf(first, from.values[0]!, scope);
    const tail: Keyset = { ...from, values: from.values.slice(1) };
    const stays = liesBeyond(first, from.side);
    // Of these, the ones that the position rules out are ended by its value alone: the store does not begin them.
    values = [range(keysetCondition(from, select.orderBy, scope, true), also)];
    nulls = [range(absent, sql`${position} is null`, keysetCondition(tail, rest, scope), also)];
    if (stays) nulls = [...nulls, range(absent, sql`${position} is not null`, also)];
    else values = [...values, range(present, sql`${position} is null`, also)];
  }
  return first.nulls === 'last' ? [...values, ...nulls] : [...nulls, ...values];
}

function isIndexed({ operand, collate }: OrderTerm, { from }: Select): boolean {
  const field = ownField(operand);
  if (!field || isLoose(operand)) return false;
  const { column, opaque, binary, wrapped } = columnOf(field);
  const plain = collate === 'STORE' || operand.type.kind !== 'text' || binary;
  return plain && !opaque && wrapped === null && nativeOf(from.entity).leads.includes(column);
}

/**
 * One sub-select a range, each read in the order of an index, and each begun only when those before it did not fill the
 * page: a limit of none does not begin what it limits.
 */
function pageOfRanges(select: Select, ranges: readonly Range[], body: Body, scope: Scope): Fragment {
  const limit = scalar(select.limit!, scope.draft.dialect);
  const values = select.orderBy.map((term) => termValue(term, scope));
  const order = orderByValues(
    select.orderBy.map((term, i) => ({ term, value: values[i]!, nulls: i > 0 && canBeNull(term.operand) })),
    scope,
  );
  const names = [...body.columns.map((_, i) => `c${i}`), ...values.map((_, i) => `o${i}`)];
  const columns = [...body.columns, ...values].map((value, i) => sql`${value} as ${identifier(names[i]!)}`);
  const parts = ranges.map(() => scope.draft.alias());
  const texts = ranges.map(({ where }, i) => {
    const all = [...body.where.filter((each) => each !== null), where];
    const rows = sql`select ${join(columns, COMMA)} from ${body.from()} where ${join(all, AND)}${order}`;
    const part = sql`${bounded(rows, select, body, scope.draft)} limit ${limit}`;
    if (i === 0) return sql`${identifier(parts[i]!)} as (${part})`;
    const before = parts.slice(0, i).map((name) => sql` - (select count(*) from ${identifier(name)})`);
    return sql`${identifier(parts[i]!)} as (select * from (${part}) as ${identifier('part')} limit ${limit}${join(before, sql``)})`;
  });
  const all = join(
    parts.map((name) => sql`select * from ${identifier(name)}`),
    sql` union all `,
  );
  const outer = orderByValues(
    select.orderBy.map((term, i) => ({ term, value: identifier(`o${i}`), nulls: canBeNull(term.operand) })),
    scope,
  );
  const shown = join(
    body.columns.map((_, i) => identifier(`c${i}`)),
    COMMA,
  );
  return sql`with ${join(texts, COMMA)} select ${shown} from (${all}) as ${identifier(scope.draft.alias())}${outer}`;
}

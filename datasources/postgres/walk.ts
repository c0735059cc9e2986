import { fieldOf, type Entity, type Field } from '../../src/ir/entity.js';
import type { Step, Walk } from '../../src/ir/operand.js';
import { AND, COMMA, identifier, join, keyword, sql, type Fragment } from '../sql/fragment.js';
import { columnOf } from '../sql/native.js';
import { reachFrom, type NearOf } from '../sql/relation.js';
import { conditions, newScope, tableOf, type Draft, type Scope } from '../sql/scope.js';
import { wayPoint } from './way-point.js';
import { GatewayError } from '../../src/errors.js';

/**
 * A walk as common tables, one a hop: breadth first, of each row the first time that it is met. A recursive query could
 * not leave out what earlier hops have met, and would take every way that there is.
 */
export interface Walking {
  readonly tables: readonly Fragment[];
  /** All that was reached, start left out: columns as `Columns` has them, `d` and, when ways are asked for, `way`. */
  readonly reached: Fragment;
}

/** The columns of the tables of a walk: those of where it started, and for each entity its key, null for rows of others. */
export class Columns {
  readonly entities: readonly Entity[];

  constructor(
    { hops }: Walk,
    others: readonly Entity[],
    readonly starts: readonly string[],
    readonly hasWay: boolean,
  ) {
    this.entities = [...new Set([...others, ...hops.flatMap(({ relation }) => [relation.from, relation.to])])];
  }

  keyOf(entity: Entity): readonly { readonly name: string; readonly field: Field }[] {
    const at = this.entities.indexOf(entity);
    return keyFields(entity).map((field, i) => ({ name: `k${at}_${i}`, field }));
  }

  get keys(): readonly { readonly name: string; readonly field: Field }[] {
    return this.entities.flatMap((entity) => this.keyOf(entity));
  }
}

function keyFields(entity: Entity): readonly Field[] {
  if (!entity.key) {
    throw new GatewayError('UNSUPPORTED', `postgres cannot walk over ${entity.entity}: it has no key`, {
      hint: "name one as the entity's `key` in the config",
    });
  }
  return entity.key.map((name) => fieldOf(entity, name));
}

/** The key of a row as the columns of a walk's table: nulls under those of other entities. */
export function keyColumns(columns: Columns, entity: Entity, alias: string): Fragment {
  return join(
    columns.entities.flatMap((each) =>
      columns.keyOf(each).map(({ name, field }) => {
        const { column, type } = columnOf(field);
        const value = each === entity ? identifier(alias, column) : sql`null::${keyword(type)}`;
        return sql`${value} as ${identifier(name)}`;
      }),
    ),
    COMMA,
  );
}

/** `first` makes the table of the rows that the walk starts at. */
export function walking(walk: Walk, columns: Columns, first: Fragment, draft: Draft): Walking {
  const names = Array.from({ length: walk.depth + 1 }, () => draft.alias());
  const tables = names.map((name, hop) => {
    const rows = hop === 0 ? first : hopOf(walk, columns, names.slice(0, hop), draft);
    return sql`${identifier(name)} as (${rows})`;
  });
  const all = names.slice(1).map((name, i) => sql`select *, ${keyword(String(i + 1))} as d from ${identifier(name)}`);
  return { tables, reached: join(all, UNION) };
}

const UNION = sql` union all `;

/** What one more hop meets that none of the `before` has, once for each start. */
function hopOf({ hops }: Walk, columns: Columns, before: readonly string[], draft: Draft): Fragment {
  const branches = hops.map((hop) => branchOf(hop, columns, before, draft));
  const identity = [...columns.starts, ...columns.keys.map(({ name }) => name)].map((name) => identifier(name));
  const found = identifier(draft.alias());
  return sql`select distinct on (${join(identity, COMMA)}) * from (${join(branches, UNION)}) as ${found}`;
}

function branchOf(hop: Step, columns: Columns, before: readonly string[], draft: Draft): Fragment {
  const { from: entity, to } = hop.relation;
  const last = draft.alias();
  const { near, join: table } = nearOf(hop, columns, last, draft);
  const far = reachFrom(hop, near, draft);
  const keyOf = (of: Entity): readonly { readonly name: string; readonly field: Field }[] => columns.keyOf(of);
  const farKey = keyOf(to).map(({ name, field }) => ({
    name,
    value: identifier(far.scope.alias, columnOf(field).column),
  }));
  const seen = draft.alias();
  const met = [
    ...columns.starts.map((name) => sql`${identifier(seen, name)} = ${identifier(last, name)}`),
    ...farKey.map(({ name, value }) => sql`${identifier(seen, name)} = ${value}`),
  ];
  const earlier = join(
    before.map((name) => sql`select * from ${identifier(name)}`),
    UNION,
  );
  const way = columns.hasWay
    ? sql`, ${identifier(last, 'way')} || ${wayPoint(
        to,
        keyOf(to).map(({ field }) => field),
        far.scope,
      )} as way`
    : sql``;
  const starts = columns.starts.map((name) => sql`${identifier(last, name)}, `);
  const where = conditions([
    sql`${identifier(last, keyOf(entity)[0]!.name)} is not null`,
    far.where,
    sql`not exists (select 1 from (${earlier}) as ${identifier(seen)} where ${join(met, AND)})`,
  ]);
  return sql`select ${join(starts, sql``)}${keyColumns(columns, to, far.scope.alias)}${way} \
from ${identifier(before.at(-1)!)} as ${identifier(last)}${table} cross join ${far.from()} where ${where}`;
}

/** The nearer side of a hop: the key that the walk's table has where that is enough, else the row itself. */
function nearOf({ relation }: Step, columns: Columns, last: string, draft: Draft): { near: NearOf; join: Fragment } {
  const key = columns.keyOf(relation.from);
  const known = relation.on.map(({ from }) => key.find(({ field }) => field === from));
  if (known.every((each) => each !== undefined)) {
    return { near: (_, i) => ({ value: identifier(last, known[i]!.name), isField: true }), join: sql`` };
  }
  const row = newScope(relation.from, draft, false);
  const on = key.map(
    ({ name, field }) => sql`${identifier(row.alias, columnOf(field).column)} = ${identifier(last, name)}`,
  );
  return {
    near: ({ from }) => ({ value: identifier(row.alias, columnOf(from).column), isField: true }),
    join: sql` join ${tableOf(row)} on ${join(on, AND)}`,
  };
}

/** That a row is one that the walk reached. */
export function isReached(columns: Columns, reached: string, { entity, alias }: Scope): Fragment {
  return join(
    columns
      .keyOf(entity)
      .map(({ name, field }) => sql`${identifier(alias, columnOf(field).column)} = ${identifier(reached, name)}`),
    AND,
  );
}

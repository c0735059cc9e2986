import type { Dialect, LevelDialect } from '../sql/dialect.js';
import { identifier, sql } from '../sql/fragment.js';
import { conditionsOf } from './conditions.js';
import { fieldsOf } from './fields.js';
import { keyTable } from './lists.js';
import { measuresOf } from './measure.js';
import type { Server } from './native.js';
import { bare, PARAMETERS, placeholder } from './parameters.js';
import { quoteName } from './quote.js';
import { BYTES, bytewiseBy } from './text.js';
import { TIMES } from './times.js';

export const DIALECTS: Readonly<Record<Server, Dialect>> = { mariadb: dialectOf('mariadb'), mysql: dialectOf('mysql') };

function dialectOf(server: Server): Dialect {
  const bytewise = bytewiseBy(BYTES[server]);
  return {
    engine: 'mysql',
    quote: quoteName,
    placeholder,
    numbered: false,
    parameters: PARAMETERS,
    fields: fieldsOf(bytewise),
    conditions: conditionsOf(BYTES[server], bytewise),
    measures: measuresOf(bytewise),
    times: TIMES,
    levels: levelsOf(BYTES[server]),
  };
}

function levelsOf(bytes: string): LevelDialect {
  return {
    // Nulls are below all values here, and there is no word for another place.
    order: ({ direction, nulls }, value, canBeNull) => {
      const term = direction === 'desc' ? sql`${value} desc` : value;
      if (!canBeNull || nulls === (direction === 'asc' ? 'first' : 'last')) return term;
      return nulls === 'last' ? sql`${value} is null, ${term}` : sql`${value} is not null, ${term}`;
    },
    page: (limit, offset) => {
      if (offset) return sql` limit ${limit ? bare(limit) : sql`18446744073709551615`} offset ${bare(offset)}`;
      return limit ? sql` limit ${bare(limit)}` : sql``;
    },
    special: () => null,
    unnest: (lists, alias) => keyTable(lists, alias, bytes),
    // There is no LIMIT in what stands behind IN, but in what is around it.
    limited: (select, alias) => sql`select * from (${select}) as ${identifier(alias)}`,
    perParent: 'window',
  };
}

import type { Dialect } from '../sql/dialect.js';
import { COMMA, identifier, join, sql } from '../sql/fragment.js';
import { standardOrder } from '../sql/order.js';
import { CONDITIONS } from './conditions.js';
import { FIELDS } from './fields.js';
import { MEASURES } from './measure.js';
import { PARAMETERS } from './parameters.js';
import { quoteName } from './quote.js';
import { TIMES } from './times.js';

export const DUCKDB_DIALECT: Dialect = {
  engine: 'duckdb',
  quote: quoteName,
  placeholder: (index, native) => `$${index}::${native}`,
  numbered: true,
  parameters: PARAMETERS,
  fields: FIELDS,
  conditions: CONDITIONS,
  measures: MEASURES,
  times: TIMES,
  levels: {
    // Nulls are last in both directions unless it is said otherwise.
    order: (term, value, nulls) => standardOrder(term, value, nulls && term.nulls === 'first'),
    page: (limit, offset) => {
      const most = limit ? sql` limit ${limit}` : sql``;
      return offset ? sql`${most} offset ${offset}` : most;
    },
    special: () => null,
    unnest: (lists, alias) =>
      sql`(select ${join(
        lists.map((each, i) => sql`unnest(${each}) as ${identifier(`c${i}`)}`),
        COMMA,
      )}) as ${identifier(alias)}`,
    limited: (select) => select,
    // Limits inside of what is correlated must be constants.
    perParent: 'window',
  },
};

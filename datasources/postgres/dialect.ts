import type { Dialect } from '../sql/dialect.js';
import { COMMA, identifier, join, sql, type Fragment } from '../sql/fragment.js';
import { standardOrder } from '../sql/order.js';
import { BEYOND } from './beyond.js';
import { CONDITIONS } from './conditions.js';
import { copied, FIELDS } from './fields.js';
import { MEASURES } from './measure.js';
import { PARAMETERS } from './parameters.js';
import { isDefault, ranged } from './ranges.js';
import { TIMES } from './times.js';

export const POSTGRES_DIALECT: Dialect = {
  engine: 'postgres',
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
  placeholder: (index, native) => `$${index}::${native}`,
  numbered: true,
  parameters: PARAMETERS,
  fields: FIELDS,
  conditions: CONDITIONS,
  measures: MEASURES,
  times: TIMES,
  levels: {
    order: (term, value, nulls) => standardOrder(term, value, nulls && !isDefault(term)),
    page: (limit, offset) => {
      const most = limit ? sql` limit ${limit}` : sql``;
      return offset ? sql`${most} offset ${offset}` : most;
    },
    special: ranged,
    unnest: (lists, alias) => sql`unnest(${join(lists, COMMA)}) as ${identifier(alias)} (${names(lists.length)})`,
    limited: (select) => select,
    perParent: 'lateral',
  },
  beyond: BEYOND,
};

function names(count: number): Fragment {
  return join(
    Array.from({ length: count }, (_, i) => identifier(`c${i}`)),
    COMMA,
  );
}

/** The same for COPY in its binary format. */
export const COPY_DIALECT: Dialect = {
  ...POSTGRES_DIALECT,
  fields: { ...FIELDS, output: copied },
  levels: { ...POSTGRES_DIALECT.levels, special: () => null },
};

import type { Select } from '../../src/ir/select.js';
import { valueOf, type Args, type Value } from '../../src/ir/value.js';
import type { Dialect } from '../sql/dialect.js';
import { identifier, keyword, sql } from '../sql/fragment.js';

/**
 * The plan of a prepared statement is made for any values: PostgreSQL then takes a limit for a tenth of all rows
 * (`preprocess_limit` in its planner) and walks through a table to find fifty of them. A page is therefore taken of rows
 * that have a bound in the text. It is one of these, so that few texts say all pages.
 */
const BOUNDS = [2, 20, 200, 2_000, 20_000] as const;

export type Bound = (typeof BOUNDS)[number];

/** The select of a statement that can be bounded: the outermost rows. What is below others is limited per parent. */
export function boundable(select: Select): Select | null {
  const { within, groups } = select;
  if (within) return within.parents.kind === 'select' ? boundable(within.parents.select) : null;
  return groups === null ? select : null;
}

/** The least bound that a page stays within; null when it is longer than all of them, or has no end. */
export function boundOf({ limit, offset }: Select, args: Args): Bound | null {
  const most = numberOf(limit, args) + (offset ? numberOf(offset, args) : 0);
  return BOUNDS.find((bound) => most <= bound) ?? null;
}

function numberOf(value: Value | null, args: Args): number {
  const given = value && valueOf(value, args);
  return given === null || given === undefined ? Number.POSITIVE_INFINITY : Number(given);
}

/** A dialect whose pages are bounded. */
export function withBound(dialect: Dialect, bound: Bound): Dialect {
  return {
    ...dialect,
    levels: {
      ...dialect.levels,
      bounded: (rows, draft) => {
        const name = identifier(draft.alias());
        // Not a sub-select: the fraction that the page itself is taken for would reach into it.
        return sql`with ${name} as materialized (${rows} limit ${keyword(String(bound))}) select * from ${name}`;
      },
    },
  };
}

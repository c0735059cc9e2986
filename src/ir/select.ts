import type { Operand, Place, Step, Walk } from './operand.js';
import { TRUE, type Collation, type Predicate } from './predicate.js';
import type { DataType } from './types.js';
import type { Value } from './value.js';

export type MeasureFn =
  | 'COUNT'
  | 'COUNT_DISTINCT'
  | 'SUM'
  | 'AVG'
  | 'MIN'
  | 'MAX'
  | 'STDDEV'
  | 'STDDEV_POP'
  | 'VARIANCE'
  | 'VARIANCE_POP'
  | 'QUANTILE';

/**
 * One number (or extreme) over rows. COUNT without an operand counts rows, with one its non-nulls; the others leave
 * nulls out. `where` narrows this measure alone. `type` is the type of the answer: see `measureType`.
 */
export interface Measure {
  readonly fn: MeasureFn;
  readonly operand: Operand | null;
  /** Of QUANTILE: a float within [0, 1]. */
  readonly q: Value | null;
  readonly where: Predicate;
  /** Of MIN and MAX of text. */
  readonly collate: Collation;
  readonly approximate: boolean;
  readonly type: DataType;
  /** Of a SUM of counts that were taken in parts: 0 of nothing, as a count is. Asked of compute alone. */
  readonly ofCounts?: true;
}

export interface OrderTerm {
  readonly operand: Operand;
  readonly direction: 'asc' | 'desc';
  readonly nulls: 'first' | 'last';
  /** Of text; else STORE. */
  readonly collate: Collation;
  /** Nobody asked for it: it makes the order total, in whatever way. */
  readonly tie?: true;
}

export type TimeBucket = 'SECOND' | 'MINUTE' | 'HOUR' | 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';
export type DatePart =
  'YEAR' | 'QUARTER' | 'MONTH' | 'WEEK' | 'DAY' | 'DAY_OF_WEEK' | 'DAY_OF_YEAR' | 'HOUR' | 'MINUTE' | 'SECOND';

/** How a key is made of its operand: as it is, the start of a bucket of time, a part of a date, the start of a bin. */
export type Grouping =
  | { readonly kind: 'value' }
  /** `zone` (IANA) for instants; null for zoneless types. Weeks are ISO, starting on Monday. */
  | { readonly kind: 'bucket'; readonly bucket: TimeBucket; readonly zone: string | null }
  /** An int. DAY_OF_WEEK is ISO: Monday 1 to Sunday 7; WEEK is the ISO week. */
  | { readonly kind: 'part'; readonly part: DatePart; readonly zone: string | null }
  /** floor((x − origin) / width) · width + origin, a float. */
  | { readonly kind: 'width'; readonly width: number; readonly origin: number };

export interface GroupKey {
  readonly operand: Operand;
  readonly grouping: Grouping;
  /** The type of the key, after grouping. */
  readonly type: DataType;
}

/**
 * One row a combination of keys (null is a key like others); with no keys, exactly one row. `having` and `output` of a
 * grouped select, and its order, speak of keys and measures by index (`groupKey`, `groupMeasure`).
 */
export interface Groups {
  readonly keys: readonly GroupKey[];
  readonly measures: readonly Measure[];
  readonly having: Predicate;
}

/** The rows after (or before) a position in the order of the select: a value a term, nulls included. */
export interface Keyset {
  readonly side: 'after' | 'before';
  /** Whether rows that stand at the position itself count too. */
  readonly inclusive: boolean;
  readonly values: readonly Value[];
}

/**
 * The rows belong to parents: those related by `step`, whose relation goes from the parents to this select's entity.
 * Each row of the answer then begins with the parent's join values (`parentKey(step)`), in the order of the relation's
 * pairs; limit and offset count per parent.
 */
export interface Within {
  readonly step: Step;
  readonly parents: Parents;
  /**
   * With a walk the rows are those of this select's place that it reaches from the parents. The pairs of `step` then join
   * a parent with itself (by its key), and its places are not looked at: those of the hops are.
   */
  readonly walk?: Walk;
}

/** A row on a way: its entity, and its key's exact text (of a compound key a JSON list of texts). */
export const WAY_POINT: DataType = {
  kind: 'struct',
  fields: [
    { name: 'entity', type: { kind: 'text' }, nullable: false },
    { name: 'key', type: { kind: 'text' }, nullable: false },
  ],
};

export type Parents =
  /** The parents are the rows of `select`, which is read in the same snapshot. Its output is not looked at. */
  | { readonly kind: 'select'; readonly select: Select }
  /** The parents' distinct join values: slot `slot` holds an array of tuples (arrays, one value a pair, none null). */
  | { readonly kind: 'keys'; readonly slot: number };

/** One level of the question. Closed and immutable: what is not here cannot be asked of a store. */
export interface Select {
  readonly from: Place;
  readonly where: Predicate;
  /** The columns of the answer, in order. */
  readonly output: readonly Operand[];
  readonly groups: Groups | null;
  readonly orderBy: readonly OrderTerm[];
  /** ints; per parent when `within` is given. */
  readonly limit: Value | null;
  readonly offset: Value | null;
  /** All of them hold: one position is where a page begins, a second one where it may not go on. */
  readonly keyset: readonly Keyset[];
  readonly within: Within | null;
}

/** A select over a place that asks for nothing but what is said. */
export function selectFrom(from: Place, asked: Partial<Omit<Select, 'from'>> = {}): Select {
  const nothing = { output: [], groups: null, orderBy: [], limit: null, offset: null, keyset: [], within: null };
  return { from, where: TRUE, ...nothing, ...asked };
}

/** The type of a measure's answer: sums of integers are exact, averages are floats but of decimals decimal. */
export function measureType(fn: MeasureFn, of: DataType | null): DataType {
  switch (fn) {
    case 'COUNT':
    case 'COUNT_DISTINCT':
      return { kind: 'int', bits: 64 };
    case 'SUM':
      if (of?.kind === 'int')
        return of.bits === 64 ? { kind: 'decimal', precision: null, scale: 0 } : { kind: 'int', bits: 64 };
      if (of?.kind === 'decimal') return { kind: 'decimal', precision: null, scale: of.scale };
      return { kind: 'float', bits: 64 };
    case 'AVG':
      return of?.kind === 'decimal'
        ? { kind: 'decimal', precision: null, scale: of.scale === null ? null : of.scale + 6 }
        : { kind: 'float', bits: 64 };
    case 'MIN':
    case 'MAX':
      return of ?? { kind: 'int', bits: 64 };
    default:
      return { kind: 'float', bits: 64 };
  }
}

/** The type of a group key after grouping. */
export function groupingType(of: DataType, grouping: Grouping): DataType {
  switch (grouping.kind) {
    case 'value':
    case 'bucket':
      return of;
    case 'part':
      return { kind: 'int', bits: 32 };
    case 'width':
      return { kind: 'float', bits: 64 };
  }
}

/** The columns of a select's answer: the parents' join values when there are parents, then the output. */
export function columnTypes(select: Select): readonly DataType[] {
  const key = select.within ? select.within.step.relation.on.map((pair) => pair.from.type) : [];
  return [...key, ...select.output.map((o) => o.type)];
}

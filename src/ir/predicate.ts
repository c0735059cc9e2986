import type { Operand, Place, Step, Walk } from './operand.js';
import type { Value } from './value.js';

export type Comparison = 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte';
export type TextTest = 'like' | 'ilike' | 'startsWith' | 'endsWith' | 'contains' | 'regex';
export type ListTest = 'has' | 'hasAny' | 'hasAll' | 'isEmpty';

/** STORE is the store's own order of text, BINARY the order of its UTF-8 bytes. */
export type Collation = 'STORE' | 'BINARY';

/**
 * What must be true of a row for it to be kept. Two-valued: every leaf is true or it is not, a leaf over null never is,
 * whether `negated` or not. Negation is a function (`not`), never a node. README.md beside this file has the rules.
 */
export type Predicate =
  | { readonly kind: 'and'; readonly of: readonly Predicate[] }
  | { readonly kind: 'or'; readonly of: readonly Predicate[] }
  | ComparePredicate
  /** `value` is a list (`many`). Not true of null, negated or not. An empty list: false, negated true of non-null. */
  | { readonly kind: 'in'; readonly operand: Operand; readonly value: Value; readonly negated: boolean }
  | { readonly kind: 'isNull'; readonly operand: Operand; readonly negated: boolean }
  /** Of floats; null is neither. */
  | {
      readonly kind: 'float';
      readonly operand: Operand;
      readonly test: 'isNaN' | 'isFinite';
      readonly negated: boolean;
    }
  /** Two operands of one row; not true when either is null. */
  | {
      readonly kind: 'compareOperands';
      readonly left: Operand;
      readonly op: Comparison;
      readonly right: Operand;
      readonly collate: Collation;
    }
  /** `like` escapes with `\`; `ilike` folds by simple Unicode case folding; `regex` is RE2's subset, unanchored. */
  | {
      readonly kind: 'text';
      readonly operand: Operand;
      readonly test: TextTest;
      readonly value: Value;
      readonly negated: boolean;
    }
  /** Of lists of scalars. `has` takes one value, `hasAny` and `hasAll` a list, `isEmpty` a bool. A null list answers nothing. */
  | {
      readonly kind: 'list';
      readonly operand: Operand;
      readonly test: ListTest;
      readonly value: Value;
      readonly negated: boolean;
    }
  /**
   * Of lists of structs: operands inside `where` are of the element (`element`), at any depth, and of nothing else. A null
   * list answers nothing; a null element is one whose fields are all null.
   */
  | {
      readonly kind: 'elements';
      readonly operand: Operand;
      readonly quantifier: Quantifier;
      readonly where: Predicate;
      readonly negated: boolean;
    }
  | RelatedPredicate
  /** Full-text match by the store's analyser. */
  | {
      readonly kind: 'match';
      readonly operands: readonly Operand[];
      /** What a hit in each operand counts, beside the others: 1 is plain. */
      readonly boosts: readonly number[];
      readonly text: Value;
      readonly mode: 'ANY' | 'ALL' | 'PHRASE';
      readonly fuzzy: boolean;
      readonly negated: boolean;
    }
  /** `near` takes a point and metres, `within` a polygon as a list of points. */
  | {
      readonly kind: 'geo';
      readonly operand: Operand;
      readonly test: 'within' | 'near';
      readonly value: Value;
      readonly metres: Value | null;
      readonly negated: boolean;
    }
  /** A row of `end` for which `where` is true is reached by the walk; hops and end are places of their own. */
  | {
      readonly kind: 'reach';
      readonly walk: Walk;
      readonly end: Place;
      readonly where: Predicate;
      readonly negated: boolean;
    }
  /** The row is among the `k` nearest of its entity to `vector`, of those that `among` keeps. */
  | {
      readonly kind: 'nearest';
      readonly operand: Operand;
      readonly vector: Value;
      readonly k: Value;
      readonly among: Place;
      readonly negated: boolean;
    };

export interface ComparePredicate {
  readonly kind: 'compare';
  readonly operand: Operand;
  readonly op: Comparison;
  readonly value: Value;
  /** Of text under lt, lte, gt, gte; else STORE. */
  readonly collate: Collation;
}

/** `some`: a related row exists for which `where` is true. `every`: none exists for which `where` is not true. */
export type Quantifier = 'some' | 'every';

export interface RelatedPredicate {
  readonly kind: 'related';
  readonly step: Step;
  readonly quantifier: Quantifier;
  readonly where: Predicate;
  readonly negated: boolean;
}

/** What the store's own indexes of words or vectors find: a select's rows are scored by it. */
export type Search = Extract<Predicate, { readonly kind: 'match' | 'nearest' }>;

export function isSearch(p: Predicate): p is Search {
  return p.kind === 'match' || p.kind === 'nearest';
}

export type PredicateKind = Predicate['kind'];

export const TRUE: Predicate = { kind: 'and', of: [] };
export const FALSE: Predicate = { kind: 'or', of: [] };

export function isTrue(p: Predicate): boolean {
  return p.kind === 'and' && p.of.length === 0;
}

/** Whether two places of one entity have the same policy: it is made once for a caller. */
export function samePolicy(a: Predicate, b: Predicate): boolean {
  return a === b || (isTrue(a) && isTrue(b));
}

export function isFalse(p: Predicate): boolean {
  return p.kind === 'or' && p.of.length === 0;
}

/** A flat conjunction: nested ands are opened, a false conjunct is the whole answer, one conjunct stands alone. */
export function and(...of: readonly Predicate[]): Predicate {
  const flat = of.flatMap((p) => (p.kind === 'and' ? p.of : [p]));
  if (flat.some(isFalse)) return FALSE;
  return flat.length === 1 ? flat[0]! : { kind: 'and', of: flat };
}

export function or(...of: readonly Predicate[]): Predicate {
  const flat = of.flatMap((p) => (p.kind === 'or' ? p.of : [p]));
  if (flat.some(isTrue)) return TRUE;
  return flat.length === 1 ? flat[0]! : { kind: 'or', of: flat };
}

/** The conjuncts of a predicate. */
export function conjuncts(p: Predicate): readonly Predicate[] {
  return p.kind === 'and' ? p.of : [p];
}

export const OPPOSITE: Readonly<Record<Comparison, Comparison>> = {
  eq: 'ne',
  ne: 'eq',
  lt: 'gte',
  gte: 'lt',
  gt: 'lte',
  lte: 'gt',
};

/**
 * The predicate that is true of the rows where `p` is neither true nor undecided by a null: negation goes to the leaves,
 * and a relation is a leaf whose inside is left alone.
 */
export function not(p: Predicate): Predicate {
  switch (p.kind) {
    case 'and':
      return or(...p.of.map(not));
    case 'or':
      return and(...p.of.map(not));
    case 'compare':
    case 'compareOperands':
      return { ...p, op: OPPOSITE[p.op] };
    default:
      return { ...p, negated: !p.negated };
  }
}

/** Whether something is true of all that a leaf compares; a leaf without operands of its own has nothing against it. */
export function everyOperand(leaf: Predicate, fits: (operand: Operand) => boolean): boolean {
  if (leaf.kind === 'compareOperands') return fits(leaf.left) && fits(leaf.right);
  return !('operand' in leaf) || fits(leaf.operand);
}

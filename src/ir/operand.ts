import type { Entity, Field, Relation } from './entity.js';
import type { Measure } from './select.js';
import type { Predicate } from './predicate.js';
import type { DataType } from './types.js';

/**
 * A place where a question names an entity, with its policy slot: the rows that the caller may see there. Only `bind`
 * fills `policy`; a row that it hides does not exist at this place.
 */
export interface Place {
  readonly entity: Entity;
  readonly policy: Predicate;
}

/** One relation followed; `through` is the junction of a many-to-many, a place of its own. */
export interface Step {
  readonly relation: Relation;
  readonly to: Place;
  readonly through: Place | null;
}

/**
 * Ways over relations: at each row any of the `hops` that begin at its entity, at most `depth` of them (from 1). A row is
 * reached once however many ways lead to it, and the row that one started from is not reached.
 */
export interface Walk {
  readonly hops: readonly Step[];
  readonly depth: number;
}

/**
 * A value of a row: to-one `steps` first (a missing or hidden row on the way makes it null), then what is read there.
 * `type` is the type of the whole, `nullable` whether it can be null here.
 */
export interface Operand {
  readonly steps: readonly Step[];
  readonly leaf: Leaf;
  readonly type: DataType;
  readonly nullable: boolean;
}

export type Leaf =
  /** A field, and the way into its struct or json. */
  | { readonly kind: 'field'; readonly field: Field; readonly nested: readonly string[] }
  /** A measure over the rows on the far side of a to-many relation. */
  | { readonly kind: 'related'; readonly step: Step; readonly measure: Measure }
  /** Key or measure `index` of the groups; in `having`, order and output of a grouped select only. */
  | { readonly kind: 'groupKey'; readonly index: number }
  | { readonly kind: 'groupMeasure'; readonly index: number }
  /** Inside an `elements` predicate: the element that is looked at, or what stands in it at the end of a way. */
  | { readonly kind: 'element'; readonly nested: readonly string[] }
  /** Edges at the row: how many ways of one hop lead away from it. An int; never null. */
  | { readonly kind: 'degree'; readonly hops: readonly Step[] }
  /** Of rows that a walk reached (`Within.walk`): the number of hops of a shortest way. An int from 1. */
  | { readonly kind: 'distance' }
  /** Of rows that a walk reached: the rows of one shortest way, both ends included, as a list of `WAY_POINT`. */
  | { readonly kind: 'path' }
  /** Pieces of a text around what the select's text match found in it, at most `fragments`: a list of text. */
  | { readonly kind: 'highlights'; readonly operand: Operand; readonly fragments: number }
  /** The relevance of the select's text match, or the similarity of its `nearest`: a float, null without either. */
  | { readonly kind: 'score' };

/** An operand that is a field of the place itself. */
export function own(field: Field): Operand {
  return { steps: [], leaf: { kind: 'field', field, nested: [] }, type: field.type, nullable: field.nullable };
}

/** The field when the operand is a plain field of the row itself, else null. */
export function ownField(operand: Operand): Field | null {
  const { steps, leaf } = operand;
  return steps.length === 0 && leaf.kind === 'field' && leaf.nested.length === 0 ? leaf.field : null;
}

export function place(entity: Entity, policy: Predicate = { kind: 'and', of: [] }): Place {
  return { entity, policy };
}

/** A step over a relation of `relation.from`; the policies are those of its far side and its junction. */
export function step(relation: Relation, to?: Predicate, through?: Predicate): Step {
  return {
    relation,
    to: place(relation.to, to),
    through: relation.through && place(relation.through.entity, through),
  };
}

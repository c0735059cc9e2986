import type { Entity, JoinPair, Relation } from '../ir/entity.js';
import type { Select } from '../ir/select.js';
import type { DataType } from '../ir/types.js';
import type { BatchForm } from '../store/batch.js';
import type { Predicate } from '../ir/predicate.js';
import type { BoundLevel } from './bind.js';
import type { BoundPage } from './bind-page.js';

/**
 * A plan is a value: what each store is asked, in which round trips, and what is left to us. It holds slots, never a
 * caller's values, so it is kept and executed again with other arguments.
 */
export interface LevelPlan {
  readonly path: string;
  readonly kind: BoundLevel['kind'];
  readonly source: string;
  /** The whole level; its output is what the level was asked for and then the join values that `children` need. */
  readonly select: Select;
  /** What the first measures of the select's groups are called in the answer; the others are not shown. */
  readonly measures: readonly (string | null)[];
  /** How many of the output's columns the level was asked for. */
  readonly asked: number;
  /** How many columns of the answer are the parent's join values, in front. */
  readonly keyColumns: number;
  /** root: no parents; select: named by a sub-select, in the same round trip; keys: after the parents were read. */
  readonly parents: 'root' | 'select' | 'keys';
  /** For `keys`: the slot that takes the parents' keys. */
  readonly keySlot: number | null;
  /** The slot whose keys its select takes: its own, or that of the level by which its parents are named in the end. */
  readonly keysFrom: number | null;
  /** As the store's text, unless compute answers it. */
  readonly form: BatchForm;
  /** Whether its rows belong to those parents whose join values have the same text; else values are compared. */
  readonly joinsAsText: boolean;
  /** Of a page of a connection; `columns` count from the first of the answer. */
  readonly page: BoundPage | null;
  /** More rows than this (per parent) are BUDGET_EXCEEDED. */
  readonly most: number | null;
  /** null: the store answers the whole level. Else the scans from which compute answers it. */
  readonly residual: Residual | null;
  /** Filters through relations to other sources: their keys are read before the level is. */
  readonly semiJoins: readonly SemiJoin[];
  readonly children: readonly ChildPlan[];
}

export interface ChildPlan {
  readonly plan: LevelPlan;
  /** Columns of the parent's answer that hold its join values. */
  readonly parentColumns: readonly number[];
  /** Those are the near values of its pairs. */
  readonly relation: Relation;
  /** The types in which the child takes keys. */
  readonly keyTypes: readonly DataType[];
}

/**
 * A filter through a relation to another source became one by a list of join values: those of the far rows that pass.
 * They are read from the far side; or, when there are too many, the near side's go there first to narrow it. More than
 * `most` of them are BUDGET_EXCEEDED.
 */
export interface SemiJoin {
  readonly relation: Relation;
  /** Take the values, in the type of the near field; several where the near store takes so many a list. */
  readonly slots: readonly number[];
  readonly far: KeyRead;
  /** The near rows' join values, as far as other filters leave them, and the far rows' among those. */
  readonly near: { readonly keys: KeyRead; readonly slots: readonly number[]; readonly far: KeyRead };
  readonly most: number;
}

/** One column: distinct join values of one side. */
export interface KeyRead {
  readonly source: string;
  readonly select: Select;
  readonly residual: Residual | null;
  readonly semiJoins: readonly SemiJoin[];
}

export interface Residual {
  /** The level's select as it is asked of the scans. */
  readonly select: Select;
  readonly scans: readonly Scan[];
  /** Conjuncts that the store narrows by, and those that are checked or done by us: for `explain`. */
  readonly pushed: readonly Predicate[];
  readonly left: readonly Predicate[];
  /** Other parts of the level that are left to us: order, limit, groups … */
  readonly parts: readonly string[];
}

export interface Scan {
  /** Of groups that were made of a far side's rows: one of their own. */
  readonly entity: Entity;
  readonly columns: readonly string[];
  readonly select: Select;
  /** The same, narrowed by join values that are known by then; null when none are. */
  readonly keyed: KeyedScan | null;
}

export interface KeyedScan {
  readonly select: Select;
  readonly pair: JoinPair;
  /** The values are those of the parents' keys, or of the rows that were scanned of the level's own entity. */
  readonly of: 'PARENTS' | 'ROWS';
  readonly slots: readonly number[];
  /** More values than this are not sent: everything is scanned. */
  readonly most: number;
}

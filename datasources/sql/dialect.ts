import type { Entity, Field, JoinPair } from '../../src/ir/entity.js';
import type { Leaf, Operand, Step } from '../../src/ir/operand.js';
import type { Predicate, TextTest } from '../../src/ir/predicate.js';
import type { DatePart, Measure, OrderTerm, Select, TimeBucket, Within } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import type { Encode, Fragment, Spelling } from './fragment.js';
import type { Near } from './relation.js';
import type { Draft, Scope } from './scope.js';

/**
 * What a statement is for. `answer`: the columns of the select. `tuples`: fields of its rows, called c0, c1 …, to join
 * other rows by; null, repeated and in any order.
 */
export type Purpose = 'answer' | 'tuples';

/** What SQL databases spell differently: what is the same in all of them stands in the files beside this one. */
export interface Dialect extends Spelling {
  /** The engine's name, as errors begin with it. */
  readonly engine: string;
  readonly parameters: ParameterDialect;
  readonly fields: FieldDialect;
  readonly conditions: ConditionDialect;
  readonly measures: MeasureDialect;
  readonly times: TimeDialect;
  readonly levels: LevelDialect;
  readonly beyond?: BeyondDialect;
}

/** What only some stores answer. null: this one does not, and the question is refused. */
export interface BeyondDialect {
  condition(p: Predicate, scope: Scope): Fragment | null;
  leaf(leaf: Leaf, scope: Scope): Fragment | null;
  /** A level whose rows a walk from the parents reaches. */
  walked(select: Select, within: Within, draft: Draft, purpose: Purpose): Fragment | null;
}

export interface ParameterDialect {
  /** The native type of a value that no field of the store has a say in. */
  type(type: DataType): string;
  /** The native type of a list of such. */
  listOf(native: string): string;
  /**
   * Where lists for whole numbers are of their field's own type: which values such a type can hold, null when that is all of
   * them. Without it they are of the widest.
   */
  holds?(native: string): ((value: unknown) => boolean) | null;
  encode(type: DataType, native: string): Encode;
  encodeList(type: DataType, native: string): Encode;
}

export interface FieldDialect {
  /** The rows of an entity, as they stand in FROM before their alias. */
  table(entity: Entity): Fragment;
  /** The value of a field by its column: where operators do not take the column as it is, a cast of it. */
  read(field: Field, column: Fragment): Fragment;
  /** A field of a type that we do not know as something that can be compared. */
  opaque(field: Field, value: Fragment): Fragment;
  /** Text in the order and equality of its bytes. */
  bytewise(text: Fragment): Fragment;
  /** A value as it is ordered and compared by `<` and `>`, where the store's own order of the type is another one. */
  ordered(operand: Operand, value: Fragment): Fragment;
  /** What stands at the end of a way into a field, as a value of `type`; null where it is not there or of another type. */
  member(leaf: Extract<Leaf, { kind: 'field' }>, type: DataType, whole: Fragment, scope: Scope): Fragment;
  /** What stands at the end of a way into the element that is looked at, whose alias is the scope's, as a value of `type`. */
  element(nested: readonly string[], scope: Scope, type: DataType): Fragment;
  /** An operand as a column of the answer. */
  output(operand: Operand, value: Fragment, purpose: Purpose): Fragment;
  /** `near` = the far column of a pair, by bytes where the store's own equality is looser. */
  pairEqual(pair: JoinPair, near: Near, far: Fragment): Fragment;
  /** Whether both fields have the same notion of which texts are equal. */
  sameCollation(near: Field, far: Field): boolean;
  /** Whether a step to one row can be a join: `before` is the step that led to where it starts. */
  joins(step: Step, before: Step | null): boolean;
}

/** How a test of text is asked: `encode` makes the pattern, which is a parameter of type text. */
export interface TextDialect {
  readonly encode: Encode;
  readonly holds: (text: Fragment, pattern: Fragment) => Fragment;
}

export interface ConditionDialect {
  /** Whether a value is among those of a list, or none of those: null where the value is, unless the list is empty. */
  among(value: Fragment, list: Fragment, negated: boolean, ofElement: boolean): Fragment;
  /** Of a field of a type that we do not know. */
  opaqueIsNull(value: Fragment, negated: boolean): Fragment;
  isNaN(value: Fragment): Fragment;
  isFinite(value: Fragment): Fragment;
  /** Two texts of a row. */
  compareTexts(
    p: Extract<Predicate, { kind: 'compareOperands' }>,
    left: Fragment,
    operator: Fragment,
    right: Fragment,
  ): Fragment;
  readonly text: Readonly<Record<TextTest, TextDialect>>;
  list(p: Extract<Predicate, { kind: 'list' }>, list: Fragment, scope: Scope): Fragment;
  /** Whether elements of a list are as a condition on them says. */
  elements(p: Extract<Predicate, { kind: 'elements' }>, scope: Scope): Fragment;
  /** Equality in which nulls are equal. */
  same(left: Fragment, right: Fragment): Fragment;
  /** Whether rows of values compare column by column, `(a, b) > (c, d)`, in the order of ORDER BY. */
  readonly comparesRows: boolean;
}

/** A measure of values. `filter` stands behind each aggregate. */
export interface Measured {
  readonly measure: Measure;
  readonly operand: Operand;
  readonly value: Fragment;
  readonly filter: Fragment;
}

export interface MeasureDialect {
  /** What is aggregated where a condition holds alone; null stands for rows, which are counted. */
  only(value: Fragment | null, where: Fragment): Pick<Measured, 'value' | 'filter'>;
  /** All but the counts, which are spelled alike everywhere. */
  of(measured: Measured, scope: Scope): Fragment;
}

/** `kind` is that of the value. A zone is a parameter of type text, and null for zoneless kinds. */
export interface TimeDialect {
  bucket(kind: DataType['kind'], value: Fragment, bucket: TimeBucket, zone: Fragment | null): Fragment;
  part(kind: DataType['kind'], value: Fragment, part: DatePart, zone: Fragment | null): Fragment;
  /** The start of a bin: a float. */
  bin(value: Fragment, width: Fragment, origin: Fragment): Fragment;
}

/** What a level is written with: its columns, and the text between SELECT … and WHERE. */
export interface Body {
  readonly columns: readonly Fragment[];
  readonly from: () => Fragment;
  readonly where: readonly (Fragment | null)[];
  /** It is read once for each parent. */
  readonly perParent: boolean;
}

export interface LevelDialect {
  /** A term of ORDER BY; `nulls` says whether there can be some. */
  order(term: OrderTerm, value: Fragment, nulls: boolean): Fragment;
  /** LIMIT and OFFSET with the space before them. */
  page(limit: Fragment | null, offset: Fragment | null): Fragment;
  /** Ordered rows of which a page is to be taken, told how long it can be; null where the store needs no word of it. */
  bounded?(rows: Fragment, draft: Draft): Fragment;
  /** A whole level in a form that only this store needs; null where the plain statement is as good. */
  special(select: Select, body: Body, scope: Scope): Fragment | null;
  /** Lists of one length as a table with its alias, a column each, whose names are `c0`, `c1` …. */
  unnest(lists: readonly Fragment[], alias: string): Fragment;
  /** A select of tuples that has a limit as it may stand behind IN; `alias` is free to be used. */
  limited(select: Fragment, alias: string): Fragment;
  /** What is counted per parent: by a lateral for each, or by numbering the rows of all. */
  readonly perParent: 'lateral' | 'window';
}

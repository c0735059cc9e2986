import type { DataType } from '../../src/ir/types.js';
import type { Step } from '../../src/ir/operand.js';
import type { Expression, Stage } from './expression.js';

/** Names that no two parts of a pipeline share: variables and fields beside the document. */
export class Names {
  private count = 0;
  next(letter: string): string {
    this.count += 1;
    return `${letter}${this.count}`;
  }
}

/** A to-one step from the document at `near`, taken once however many expressions go that way. */
interface Joined {
  readonly near: Expression;
  readonly step: Step;
  readonly at: string;
}

/**
 * A pipeline in the making, whose documents are rows of an entity. At first the documents are the collection's own; once
 * something must stand beside them (`makeRoom`) they are in `r`.
 */
export class Rows {
  readonly stages: Stage[] = [];
  readonly joins: Joined[] = [];
  /** What the store calls the score of the search that found the rows; null where there was none. */
  scoredBy: 'textScore' | 'vectorSearchScore' | null = null;
  private where: '$$ROOT' | '$r' = '$$ROOT';

  constructor(readonly names: Names) {}

  /** Where the document of the entity stands. */
  get root(): Expression {
    return this.where;
  }

  /** Whether the documents are still all those of the collection, so that an index may choose among them. */
  get isWhole(): boolean {
    return this.stages.length === 0;
  }

  add(...stages: readonly Stage[]): void {
    this.stages.push(...stages);
  }

  makeRoom(): void {
    if (this.where === '$r') return;
    const score: Stage = this.scoredBy === null ? {} : { s: { $meta: this.scoredBy } };
    this.add({ $project: { _id: 0, r: '$$ROOT', ...score } });
    this.where = '$r';
  }

  /** How well the row was found; it stands beside the document. */
  get score(): Expression {
    if (this.scoredBy === null) return null;
    if (this.where === '$$ROOT') throw new Error('a score without room for it');
    return '$s';
  }
}

/** Where an expression stands: the rows that it speaks of, or an element of a list, or the groups around them. */
export type Scope =
  | { readonly kind: 'rows'; readonly rows: Rows; readonly at: Expression }
  | { readonly kind: 'element'; readonly at: Expression; readonly of: DataType; readonly depth: number }
  | { readonly kind: 'groups' };

export function scopeOf(rows: Rows): Scope {
  return { kind: 'rows', rows, at: rows.root };
}

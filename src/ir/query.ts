import { badInput } from '../errors.js';
import type { EntityRef } from './entity.js';
import type { Grouping, MeasureFn } from './select.js';
import type { DataType } from './types.js';

/**
 * A value of a question that is not known until it is executed (the leaf of a variable). The front end that made it
 * knows how to read it out of the variables; `bind` turns it into a parameter of the right type.
 */
export class Hole {
  constructor(
    /** Where it is, for messages: `$where.delay.gt`. */
    readonly path: string,
    readonly read: (variables: Readonly<Record<string, unknown>>) => unknown,
  ) {}

  /** The two values of a list of two; another length is BAD_INPUT when it is read. */
  pair(field: string): [Hole, Hole] {
    const at = (index: 0 | 1): Hole =>
      new Hole(`${this.path}[${index}]`, (variables) => {
        const list = this.read(variables);
        if (!Array.isArray(list) || list.length !== 2) throw badInput(field, 'two values, [low, high]', list);
        return list[index] as unknown;
      });
    return [at(0), at(1)];
  }
}

/**
 * The grammar of arguments, the same in GraphQL and in JSON (`records`): objects, lists and leaves, where a leaf is a
 * plain JSON value or a Hole. `bind` gives it names, types and meaning; nobody else looks inside.
 */
export type Input = unknown;

/** The same with its Holes filled. */
export function fill(input: Input, variables: Readonly<Record<string, unknown>>): unknown {
  if (input instanceof Hole) return input.read(variables);
  if (Array.isArray(input)) return input.map((each) => fill(each, variables));
  if (typeof input !== 'object' || input === null) return input;
  return Object.fromEntries(Object.entries(input).map(([name, each]) => [name, fill(each, variables)]));
}

/** A path by names: to-one relations, a field, and the way into a struct. */
export interface PathRef {
  readonly steps: readonly string[];
  readonly field: string;
  readonly nested: readonly string[];
}

/** What a level is asked for: values by path, and what rows have that is no field of theirs. */
export type OutputRef =
  | PathRef
  | { readonly own: 'score' | 'distance' | 'path' }
  | { readonly own: 'degree'; readonly edges: EdgesRef }
  | { readonly own: 'highlights'; readonly field: Input; readonly fragments: Input };

/** Which edges of a graph are followed: without types all, without a direction those that lead away. */
export interface EdgesRef {
  readonly types: Input;
  readonly direction: Input;
}

export interface MeasureRef {
  /** What it is called in the answer; absent where it is not shown. */
  readonly name?: string;
  readonly fn: MeasureFn;
  /** Joined by `__` when nested. */
  readonly field: string | null;
  readonly where: Input;
  readonly q: Input;
  readonly approximate: boolean;
  readonly collate: Input;
}

/** A key of groups by name: what it is called in the answer, and how it is made of a field. */
export interface GroupKeyRef {
  readonly name: string;
  readonly path: PathRef;
  readonly grouping: Grouping;
  /** After grouping. */
  readonly type: DataType;
}

/** Which rows of an order a page shows: Relay's arguments of connections. */
export interface Paging {
  readonly first: Input;
  readonly after: Input;
  readonly last: Input;
  readonly before: Input;
}

/** One level of the question by names, with the levels nested in it. Both front ends lower to this. */
export interface QueryLevel {
  /** Where the rows come from: an entity at the root, a relation of the parent level's entity below. */
  readonly from:
    | { readonly kind: 'entity'; readonly ref: EntityRef }
    | { readonly kind: 'relation'; readonly name: string }
    /**
     * The rows through which a relation of the parent level's entity goes, each with the row that it leads to as its
     * `linked` child: `where` and `orderBy` are of those, output and other children of the links.
     */
    | { readonly kind: 'links'; readonly name: string }
    | { readonly kind: 'linked' }
    /** What is reached over edges from the parent level's rows. */
    | { readonly kind: 'walk'; readonly end: string; readonly edges: EdgesRef; readonly depth: Input };
  readonly shape:
    | { readonly kind: 'rows'; readonly output: readonly OutputRef[] }
    /** At most one row, by its key or over a to-one relation. */
    | { readonly kind: 'row'; readonly output: readonly OutputRef[]; readonly key: Input }
    | { readonly kind: 'aggregate'; readonly measures: readonly MeasureRef[] }
    /** A page by `paging`: one row more than it shows, and each with its place in the order where `cursors` are wanted. */
    | { readonly kind: 'page'; readonly output: readonly OutputRef[]; readonly cursors: boolean }
    /** Whether there is a row at `paging`'s position or on its other side: one row or none. */
    | { readonly kind: 'beyond'; readonly side: 'after' | 'before' }
    /** Rows of keys and then measures. */
    | {
        readonly kind: 'groups';
        readonly keys: readonly GroupKeyRef[];
        readonly measures: readonly MeasureRef[];
        readonly having: Input;
      };
  readonly where: Input;
  readonly orderBy: Input;
  readonly collate: Input;
  readonly first: Input;
  readonly offset: Input;
  /** Of `page` and `beyond`. */
  readonly paging?: Paging;
  readonly children: readonly QueryLevel[];
  /** The path in the answer, for messages: `aviation.flight`. */
  readonly path: string;
}

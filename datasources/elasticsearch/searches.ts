import type { Hit } from './values.js';

/** The searches that a plan is carried out by; client.ts makes them of the driver, for one operation. */
export interface Searches {
  /** `compressed`: its answer says much again and again, as buckets do, and is worth the store's time to shorten it. */
  search(index: string, body: SearchBody, compressed?: boolean): Promise<SearchAnswer>;
  /** Several of one index in one call. */
  together(index: string, bodies: readonly SearchBody[]): Promise<readonly SearchAnswer[]>;
  openPit(index: string): Promise<string>;
  closePit(id: string): Promise<void>;
}

export type SearchBody = Readonly<Record<string, unknown>>;

export interface SearchAnswer {
  readonly hits: { readonly hits: readonly Hit[]; readonly total?: { readonly value: number } };
  readonly pit_id?: string;
  readonly aggregations?: {
    readonly counted?: CompositeAnswer;
    /** What was asked of each combination, where all documents are one. */
    readonly measured?: unknown;
    readonly low?: { readonly value: unknown };
    readonly high?: { readonly value: unknown };
  };
}

export interface CompositeAnswer {
  readonly buckets: readonly {
    readonly key: Readonly<Record<string, unknown>>;
    readonly doc_count: number;
    readonly measured?: unknown;
  }[];
  readonly after_key?: Readonly<Record<string, unknown>>;
}

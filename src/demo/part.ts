import type { DemoPart } from '../config/index.js';

/** A source of the demo, as it is loaded into each kind of store that can hold it. */
export interface Part {
  readonly name: DemoPart;
  /** What is loaded, as it is told. */
  readonly told: string;
  readonly tables: Tables;
  readonly documents?: Documents;
  readonly graph?: Graph;
  readonly index?: Index;
}

/** In a PostgreSQL. */
export interface Tables {
  /** The table by which it is seen to be there. */
  readonly present: string;
  /** Makes the tables in the schema `trainyard_loading`, which no one reads. */
  readonly create: string;
  readonly rows: readonly { readonly table: string; readonly read: Read }[];
  /** Foreign keys, which take less time once the rows are there, indexes, comments; last, the tables go to where they are read. */
  readonly finish: string;
}

/** In a MongoDB, as a collection. */
export interface Documents {
  readonly collection: string;
  /** Fields that are looked for. */
  readonly indexed: readonly string[];
  readonly read: () => AsyncIterable<Readonly<Record<string, unknown>>>;
}

/** In a Neo4j. */
export interface Graph {
  /** A statement that gives something when it is there. */
  readonly present: string;
  readonly constraint: string;
  /** Statements that take rows as `$rows`, all run in one transaction. */
  readonly rows: readonly { readonly create: string; readonly read: Read }[];
}

/** In an Elasticsearch, as an index behind an alias. */
export interface Index {
  readonly alias: string;
  readonly mappings: Readonly<Record<string, object>>;
  /** Documents by their `id`. */
  readonly read: () => AsyncIterable<Readonly<Record<string, unknown>>>;
}

/** Rows, as lists of cells in the order of the columns. */
type Read = () => AsyncIterable<readonly Cell[]>;

export type Cell = string | number | null;

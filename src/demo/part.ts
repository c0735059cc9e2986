/** What one source of the demo is made of. */
export interface Part {
  /** The table by which it is seen to be there. */
  readonly present: string;
  /** What is loaded, as it is told. */
  readonly told: string;
  /** Makes the tables in the schema `loading`, which no one reads. */
  readonly tables: string;
  readonly rows: readonly Rows[];
  /** Foreign keys, which take less time once the rows are there, indexes, comments; last, the tables go to where they are read. */
  readonly finish: string;
}

export interface Rows {
  readonly table: string;
  readonly read: () => AsyncIterable<readonly Cell[]>;
}

export type Cell = string | number | null;

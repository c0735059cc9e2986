/** What is asked of the information schema: a text, and the names of its columns. `?` is the database. */
export interface Question<Name extends string> {
  readonly text: string;
  readonly columns: readonly Name[];
}

export type RowOf<Q> = Q extends Question<infer Name> ? Readonly<Record<Name, string | null>> : never;

function question<const Name extends string>(columns: Readonly<Record<Name, string>>, rest: string): Question<Name> {
  const names = Object.keys(columns) as Name[];
  return { text: `select ${names.map((name) => columns[name]).join(', ')} ${rest}`, columns: names };
}

export const VERSION = question({ version: 'version()', database: 'database()' }, '');

export const TABLES = question(
  { table: 'table_name', kind: 'table_type', comment: 'table_comment', rows: 'table_rows' },
  `from information_schema.tables where table_schema = ? and table_type in ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED') order by table_name`,
);

export const COLUMNS = question(
  {
    table: 'table_name',
    column: 'column_name',
    type: 'data_type',
    formatted: 'column_type',
    nullable: 'is_nullable',
    charset: 'character_set_name',
    collation: 'collation_name',
    precision: 'numeric_precision',
    scale: 'numeric_scale',
    comment: 'column_comment',
    generated: 'generation_expression',
  },
  'from information_schema.columns where table_schema = ? order by table_name, ordinal_position',
);

/** Unique indexes by whole columns: those by a part of one say nothing of the whole. */
export const UNIQUES = question(
  { table: 'table_name', index: 'index_name', column: 'column_name', part: 'sub_part' },
  'from information_schema.statistics where table_schema = ? and non_unique = 0 order by table_name, index_name, seq_in_index',
);

export const REFERENCES = question(
  {
    table: 'table_name',
    name: 'constraint_name',
    column: 'column_name',
    toDatabase: 'referenced_table_schema',
    toTable: 'referenced_table_name',
    toColumn: 'referenced_column_name',
  },
  'from information_schema.key_column_usage where table_schema = ? and referenced_table_name is not null order by table_name, constraint_name, ordinal_position',
);

/** MariaDB's json is a text that is checked. */
export const CHECKS = question(
  { table: 'table_name', clause: 'check_clause' },
  'from information_schema.check_constraints where constraint_schema = ?',
);

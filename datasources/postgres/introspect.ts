import type { Postgres, TextRow } from '../../src/postgres/types.js';
import type { DataType } from '../../src/ir/types.js';
import type { EntityShape, FieldShape, Problem, SourceShape } from '../../src/store/shape.js';
import * as queries from './introspect-queries.js';
import { keysOf, namesOf, referenceOf, setsOf } from './introspect-keys.js';
import type {
  ColumnRow,
  LeadRow,
  ReferenceRow,
  RelationRow,
  SchemaRow,
  TypeRow,
  UniqueRow,
} from './introspect-queries.js';
import { typeFinder, type TypeFinder } from './introspect-types.js';
import type { NativeEntity, NativeField } from './native.js';
import { encodeList } from './values.js';

const KINDS: Readonly<Record<string, EntityShape['kind']>> = {
  r: 'TABLE',
  p: 'PARTITIONED_TABLE',
  v: 'VIEW',
  m: 'MATERIALIZED_VIEW',
  f: 'FOREIGN_TABLE',
};

/** Whatever the role may read in these schemas, in one snapshot. Tables of the default schema keep their names. */
export async function introspect(
  postgres: Postgres,
  schemas: readonly string[],
  signal: AbortSignal,
  /** Schemas that need not be told as not read. */
  unwanted: readonly string[] = [],
): Promise<SourceShape> {
  const list = encodeList({ kind: 'text' })(schemas);
  const { relations, columns, types, uniques, references, leads, schemas: known } = queries;
  const asked = [relations, columns, types, uniques, references, leads, known];
  const results = await postgres.page(
    asked.map(({ text }) => ({ text, values: [list] })),
    { signal },
  );
  const rowsOf = <T>(i: number): T[] => results[i]!.rows.map((row) => named<T>(asked[i]!.columns, row));
  const [home] = schemas;
  const nameOf = (schema: string, name: string): string => (schema === home ? name : `${schema}_${name}`);
  return shapeOf(
    rowsOf<RelationRow>(0),
    groupBy(rowsOf<ColumnRow>(1)),
    typeFinder(rowsOf<TypeRow>(2), nameOf),
    groupBy(rowsOf<UniqueRow>(3)),
    groupBy(rowsOf<ReferenceRow>(4)),
    groupBy(rowsOf<LeadRow>(5)),
    nameOf,
    rowsOf<SchemaRow>(6)
      .filter(({ schema, asked }) => asked === 't' || !unwanted.includes(schema))
      .map(schemaProblem),
  );
}

function named<T>(columns: readonly string[], row: TextRow): T {
  return Object.fromEntries(columns.map((name, i) => [name, row[i]])) as T;
}

function groupBy<T extends { readonly relation: string }>(rows: readonly T[]): (oid: string) => readonly T[] {
  const groups = Map.groupBy(rows, (row) => row.relation);
  return (oid) => groups.get(oid) ?? [];
}

function shapeOf(
  relations: readonly RelationRow[],
  columnsOf: (oid: string) => readonly ColumnRow[],
  types: TypeFinder,
  uniquesOf: (oid: string) => readonly UniqueRow[],
  referencesOf: (oid: string) => readonly ReferenceRow[],
  leadsOf: (oid: string) => readonly LeadRow[],
  nameOf: (schema: string, name: string) => string,
  known: readonly Problem[],
): SourceShape {
  const ids = new Map(relations.map((r) => [r.oid, `${r.schema}.${r.table}`]));
  const problems: Problem[] = [...known];
  const entities = relations.flatMap((relation): EntityShape[] => {
    const { oid, schema, table } = relation;
    const id = ids.get(oid)!;
    const fields = columnsOf(oid).map((column) => fieldOf(column, relation, types));
    if (fields.length === 0) {
      problems.push({ subject: id, message: 'left out: it has no column that the role of this source may read' });
      return [];
    }
    const found = setsOf(relation, uniquesOf(oid));
    if (found.problem) problems.push({ subject: id, message: found.problem });
    const links = referencesOf(oid).map((row) => referenceOf(row, ids, fields, (to) => uniquesOf(to).map(namesOf)));
    problems.push(...links.flatMap(({ problem }) => (problem ? [{ subject: id, message: problem }] : [])));
    return [
      {
        name: nameOf(schema, table),
        id,
        kind: KINDS[relation.kind]!,
        description: entityNotes(relation),
        fields,
        ...keysOf(found.sets, fields),
        references: links.flatMap(({ reference }) => (reference ? [reference] : [])),
        // Below zero where nothing was counted yet; a view is never counted.
        estimatedRows: relation.kind === 'v' || Number(relation.rows) < 0 ? null : Number(relation.rows),
        native: {
          schema,
          table,
          unique: found.sets.map((set) => set.names),
          leads: leadsOf(oid).map(({ name }) => name),
        } satisfies NativeEntity,
      },
    ];
  });
  return { entities, problems };
}

function fieldOf(column: ColumnRow, relation: RelationRow, types: TypeFinder): FieldShape {
  const { type, cast, loose, opaque, wrapped, domain } = types.find(
    column.type,
    Number(column.modifier),
    Number(column.dimensions),
  );
  // Views say nothing of nulls, and what a foreign table says nobody checks.
  const nullable = column.notNull !== 't' || ['v', 'm', 'f'].includes(relation.kind);
  const infinite = column.infinite === 't' && CAN_BE_INFINITE.has(type.kind);
  const notes = [
    column.comment,
    domain === null ? null : `Domain ${domain} of the store.`,
    column.generated === 't' ? 'Generated by the store.' : null,
    infinite ? 'May be infinite, which is shown as null.' : null,
    opaque ? `The store's type ${column.formatted}, shown as its text.` : null,
    !opaque && domain === null && saysMore(type, column) ? `The store's type ${column.formatted}.` : null,
  ].filter((note) => note !== null);
  const native: NativeField = {
    column: column.name,
    type: cast,
    nullable,
    loose: loose || column.deterministic !== 't',
    binary: column.binary === 't',
    collation: column.collationName === null ? null : [column.collationSchema!, column.collationName],
    opaque,
    wrapped,
  };
  return {
    name: column.name,
    type,
    nullable: nullable || infinite,
    description: notes.length > 0 ? notes.join('\n\n') : null,
    native,
  };
}

const CAN_BE_INFINITE: ReadonlySet<DataType['kind']> = new Set(['date', 'localdatetime', 'instant', 'duration']);

/** A length, a precision of time, a scale below zero: what our types do not say. */
function saysMore(type: DataType, { modifier, formatted }: ColumnRow): boolean {
  if (type.kind === 'list') return saysMore(type.of, { modifier, formatted } as ColumnRow);
  return Number(modifier) >= 0 && (type.kind !== 'decimal' || formatted.includes('-'));
}

function schemaProblem({ schema, tables, asked }: SchemaRow): Problem {
  const message =
    asked === 't'
      ? 'not read: there is no such schema, or the role of this source may not use it'
      : `not read: add it to the source's \`schemas\` to have its tables and views (${tables})`;
  return { subject: `schema ${schema}`, message };
}

const KIND_NOTES: Readonly<Record<string, string>> = {
  v: 'A view of the store.',
  m: 'A materialised view of the store.',
  f: 'A foreign table of the store.',
};

function entityNotes({ comment, kind, inherited }: RelationRow): string | null {
  const heirs = inherited === 't' ? 'Has the rows of the tables that inherit from it.' : null;
  const notes = [comment, KIND_NOTES[kind] ?? null, heirs].filter((note) => note !== null);
  return notes.length > 0 ? notes.join('\n\n') : null;
}

import type { Postgres, TextRow } from '../../src/postgres/types.js';
import type { EntityShape, FieldShape, Problem, ReferenceShape, SourceShape } from '../../src/store/shape.js';
import * as queries from './introspect-queries.js';
import type { ColumnRow, LeadRow, ReferenceRow, RelationRow, TypeRow, UniqueRow } from './introspect-queries.js';
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
): Promise<SourceShape> {
  const list = encodeList({ kind: 'text' })(schemas);
  const { relations, columns, types, uniques, references, leads } = queries;
  const asked = [relations, columns, types, uniques, references, leads];
  const results = await postgres.page(
    asked.map(({ text }) => ({ text, values: [list] })),
    { signal },
  );
  const rowsOf = <T>(i: number): T[] => results[i]!.rows.map((row) => named<T>(asked[i]!.columns, row));
  const home = schemas.includes('public') ? 'public' : schemas[0];
  const nameOf = (schema: string, name: string): string => (schema === home ? name : `${schema}_${name}`);
  return shapeOf(
    rowsOf<RelationRow>(0),
    groupBy(rowsOf<ColumnRow>(1)),
    typeFinder(rowsOf<TypeRow>(2), nameOf),
    groupBy(rowsOf<UniqueRow>(3)),
    groupBy(rowsOf<ReferenceRow>(4)),
    groupBy(rowsOf<LeadRow>(5)),
    nameOf,
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
): SourceShape {
  const ids = new Map(relations.map((r) => [r.oid, `${r.schema}.${r.table}`]));
  const problems: Problem[] = [];
  const entities = relations.flatMap((relation): EntityShape[] => {
    const { oid, schema, table } = relation;
    const id = ids.get(oid)!;
    const fields = columnsOf(oid).map((column) => fieldOf(column, relation, types));
    if (fields.length === 0) {
      problems.push({ subject: id, message: 'left out: it has no column that the role of this source may read' });
      return [];
    }
    const present = new Set(fields.map((f) => f.name));
    const readable = (names: readonly string[]): boolean => names.every((name) => present.has(name));
    const sets = uniquesOf(oid).map((u) => ({ primary: u.primary === 't', names: JSON.parse(u.names) as string[] }));
    return [
      {
        name: nameOf(schema, table),
        id,
        kind: KINDS[relation.kind]!,
        description: relation.comment,
        fields,
        key: sets.find((set) => set.primary && readable(set.names))?.names ?? null,
        unique: sets.filter((set) => !set.primary && readable(set.names)).map((set) => set.names),
        references: referencesOf(oid).flatMap((row) => referenceOf(row, ids, readable)),
        // Below zero where nothing was counted yet; a view is never counted.
        estimatedRows: relation.kind === 'v' || Number(relation.rows) < 0 ? null : Number(relation.rows),
        native: {
          schema,
          table,
          unique: sets.map((set) => set.names),
          leads: leadsOf(oid).map(({ name }) => name),
        } satisfies NativeEntity,
      },
    ];
  });
  return { entities, problems };
}

function referenceOf(
  row: ReferenceRow,
  ids: ReadonlyMap<string, string>,
  readable: (names: readonly string[]) => boolean,
): ReferenceShape[] {
  const to = ids.get(row.to);
  const fields = JSON.parse(row.names) as string[];
  if (to === undefined || !readable(fields)) return [];
  return [
    { name: row.name, fields, to, toFields: JSON.parse(row.toNames) as string[], enforced: row.enforced === 't' },
  ];
}

function fieldOf(column: ColumnRow, relation: RelationRow, types: TypeFinder): FieldShape {
  const { type, cast, loose, opaque, domain } = types.find(
    column.type,
    Number(column.modifier),
    Number(column.dimensions),
  );
  // Views say nothing of nulls, and what a foreign table says nobody checks.
  const nullable = column.notNull !== 't' || ['v', 'm', 'f'].includes(relation.kind);
  const notes = [
    column.comment,
    domain === null ? null : `Domain ${domain} of the store.`,
    column.generated === 't' ? 'Generated by the store.' : null,
    opaque ? `The store's type ${column.formatted}, shown as its text.` : null,
  ].filter((note) => note !== null);
  const native: NativeField = {
    column: column.name,
    type: cast,
    nullable,
    loose: loose || column.deterministic !== 't',
    binary: column.binary === 't',
    collation: column.collationName === null ? null : [column.collationSchema!, column.collationName],
    opaque,
  };
  return { name: column.name, type, nullable, description: notes.length > 0 ? notes.join('\n\n') : null, native };
}

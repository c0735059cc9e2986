import type { DataType } from '../../src/ir/types.js';
import { INT32, TEXT } from '../../src/ir/types.js';
import type { EntityShape, FieldShape, ReferenceShape, SourceShape } from '../../src/store/shape.js';

export function field(name: string, type: DataType = INT32): FieldShape {
  return { name, type, nullable: false, description: null, native: { column: name } };
}

/** A table of whole numbers, or of texts where a name ends in `*`; the first column is its key unless `more` says otherwise. */
export function table(name: string, columns: readonly string[], more: Partial<EntityShape> = {}): EntityShape {
  const fields = columns.map((c) => (c.endsWith('*') ? field(c.slice(0, -1), TEXT) : field(c)));
  return {
    name,
    id: `public.${name}`,
    kind: 'TABLE',
    description: null,
    fields,
    key: fields.length > 0 ? [fields[0]!.name] : null,
    unique: [],
    references: [],
    estimatedRows: 10,
    native: null,
    ...more,
  };
}

export function shapeOf(...entities: readonly EntityShape[]): SourceShape {
  return { entities, problems: [] };
}

/** A foreign key to the first column of a table, unless other columns are named. */
export function refers(
  to: string,
  fields: readonly string[],
  toFields: readonly string[] = ['id'],
  name = `${fields.join('_')}_fkey`,
): ReferenceShape {
  return { name, fields, to: `public.${to}`, toFields, enforced: true };
}

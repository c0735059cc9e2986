import type { DataType } from '../../src/ir/types.js';
import type { EntityShape } from '../../src/store/shape.js';

/** The nodes, or the edges, of a graph as introspection would tell of them. */
export function labelShape(
  name: string,
  key: string,
  fields: Record<string, DataType>,
  more: Partial<EntityShape> = {},
): EntityShape {
  return {
    name,
    id: name,
    kind: 'LABEL',
    description: null,
    fields: Object.entries(fields).map(([field, type]) => ({
      name: field,
      type,
      nullable: field !== key,
      description: null,
      native: null,
    })),
    key: [key],
    unique: [],
    references: [],
    estimatedRows: null,
    native: null,
    ...more,
  };
}

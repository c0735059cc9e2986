import { buildEntities, type SourceModel, type SourceNaming } from '../../../src/sources/model.js';
import { legalName } from '../../../src/sources/names.js';
import type { SourceShape } from '../../../src/store/shape.js';

/** One set of entities for an engine and for memory: each finds its own facts in `native`. */
export function sharedModel(shape: SourceShape, naming: SourceNaming = {}): SourceModel {
  const entities = shape.entities.map((e) => ({
    ...e,
    native: { ...(e.native as object), id: e.id, columns: e.fields.map((f) => legalName(f.name)) },
  }));
  return buildEntities('fixture', { ...shape, entities }, naming);
}

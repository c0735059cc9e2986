import type { Entity, Field } from '../../src/ir/entity.js';

/** What introspection leaves on entities and fields for the compiler: plain data. */
export type NativeEntity =
  | {
      readonly kind: 'node';
      readonly label: string;
      /** Sets of properties that a constraint of the store keeps unique. */
      readonly unique: readonly (readonly string[])[];
    }
  /** The relationships of a type between nodes of two labels. */
  | { readonly kind: 'edge'; readonly type: string; readonly start: string; readonly end: string };

export type NativeEdge = Extract<NativeEntity, { kind: 'edge' }>;

/** As functions of the store are called. */
export type Similarity = 'cosine' | 'euclidean';

export type NativeField =
  /** `whole`: some of the values are whole numbers in a field of floats. */
  | {
      readonly kind: 'property';
      readonly property: string;
      readonly whole: boolean;
      /** Names of the full-text indexes that have it. */
      readonly fulltext?: readonly string[];
      readonly vector?: { readonly index: string; readonly similarity: Similarity };
    }
  /** elementId of the node or relationship itself, of the node that a relationship starts at, or ends at. */
  | { readonly kind: 'id' }
  | { readonly kind: 'from' }
  | { readonly kind: 'to' };

export function nativeOf(entity: Entity): NativeEntity {
  return entity.native as NativeEntity;
}

export function edgeOf(entity: Entity): NativeEdge | null {
  const native = nativeOf(entity);
  return native.kind === 'edge' ? native : null;
}

export function fieldOf(field: Field): NativeField {
  return field.native as NativeField;
}

/** Whether the store promises at most one node for each combination of these fields' values. */
export function isUniqueIn(entity: Entity, fields: readonly Field[]): boolean {
  const natives = fields.map(fieldOf);
  if (natives.some((native) => native.kind === 'id')) return true;
  const native = nativeOf(entity);
  const properties = natives.map((each) => (each.kind === 'property' ? each.property : ''));
  return native.kind === 'node' && native.unique.some((set) => set.every((property) => properties.includes(property)));
}

import { GatewayError } from '../../src/errors.js';
import type { Entity } from '../../src/ir/entity.js';
import type { Operand } from '../../src/ir/operand.js';
import type { Grouping } from '../../src/ir/select.js';
import type { Similarity } from './similarity.js';
import { nativeWay, typeAt, type DataType } from '../../src/ir/types.js';

/** What introspection leaves on entities and fields for the compiler: plain data. */
export interface NativeEntity {
  /** The index, alias or data stream. */
  readonly index: string;
}

export interface NativeField {
  /** Where the value is read. */
  readonly path: string;
  /** The type of the mapping (`_id` for the document's own). */
  readonly type: string;
  /** What is compared, ordered and grouped: the path itself, or its keyword; null where nothing stands for the value. */
  readonly exact: string | null;
  /** The analysed text, where there is one. */
  readonly text: string | null;
  /** Whether doc values of `exact` are there: without them nothing is ordered, grouped or compared with each other. */
  readonly sorted: boolean;
  /** Whether the store knows which documents have a value. */
  readonly exists: boolean;
  /** A normalizer: what is equal in the store need not be. */
  readonly loose: boolean;
  /** Some values are longer than the index keeps (`ignore_above`), so no filter finds them. */
  readonly cut: boolean;
  readonly ignoreAbove: number | null;
  /** Of vectors. */
  readonly similarity?: Similarity | null;
  /** Of objects and lists of objects. */
  readonly members: Readonly<Record<string, NativeField>>;
}

/** The document's own identifier, by the name of a runtime field: the store cannot order by `_id` itself. */
export const ID_PATH = 'trainyard_document_id';

export function indexOf(entity: Entity): string {
  return (entity.native as NativeEntity).index;
}

/** Where an operand stands in a document, and what it is there. */
export interface Location {
  readonly native: NativeField;
  readonly type: DataType;
  /** What is made of the value where it is a key of groups: what is read there is the key, of another type perhaps. */
  readonly grouping?: Grouping;
}

/** What the search itself says of a document: how well it answers the text match, and where that stands in it. */
export const SCORE: NativeField = special('_score');

export function highlightOf(path: string, fragments: number): NativeField {
  return { ...special('_highlight'), path, ignoreAbove: fragments };
}

function special(type: string): NativeField {
  return {
    ...{ path: type, type, exact: null, text: null, sorted: false, exists: false },
    ...{ loose: false, cut: false, ignoreAbove: null, members: {} },
  };
}

/** The place of a field of the row itself, or of an element of `elements`; null where there is none. */
export function placeOf({ leaf, type }: Operand, elements: Location | null): Location | null {
  const start =
    leaf.kind === 'field'
      ? { native: leaf.field.native as NativeField, type: leaf.field.type }
      : leaf.kind === 'element'
        ? elements
        : null;
  if (start === null || !('nested' in leaf)) return null;
  if (leaf.nested.length > 0 && typeAt(start.type, leaf.nested) === null) return null;
  const native = nativeWay(start.type, leaf.nested).reduce<NativeField | undefined>(
    (at, name) => (at && Object.hasOwn(at.members, name) ? at.members[name] : undefined),
    start.native,
  );
  return native ? { native, type } : null;
}

/** The same where there must be one. */
export function locate(operand: Operand, elements: Location | null): Location {
  const found = placeOf(operand, elements);
  if (found) return found;
  const { leaf } = operand;
  throw new GatewayError(
    'UNSUPPORTED',
    `elasticsearch cannot read ${leaf.kind === 'field' ? `a way into ${leaf.field.name}` : leaf.kind} here`,
    { hint: 'read the whole field' },
  );
}

/** The location of what stands in a list of objects. */
export function elementsOf({ native, type }: Location): Location {
  return { native, type: type.kind === 'list' ? type.of : type };
}

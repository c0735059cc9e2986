import { GatewayError } from '../../src/errors.js';
import type { Entity } from '../../src/ir/entity.js';
import type { Operand } from '../../src/ir/operand.js';
import type { DataType } from '../../src/ir/types.js';

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
}

/** The place of a field of the row itself; of an element when `elements` says where those stand. */
export function locate({ leaf, type }: Operand, elements: NativeField | null): Location {
  if (leaf.kind === 'field') return { native: memberOf(leaf.field.native as NativeField, leaf.nested), type };
  if (leaf.kind === 'element' && elements) return { native: memberOf(elements, leaf.nested), type };
  throw new GatewayError('UNSUPPORTED', `elasticsearch cannot read ${leaf.kind} here`, { hint: 'ask for a field' });
}

function memberOf(field: NativeField, way: readonly string[]): NativeField {
  return way.reduce((at, name) => {
    const member = Object.hasOwn(at.members, name) ? at.members[name] : undefined;
    if (!member) {
      throw new GatewayError('UNSUPPORTED', `elasticsearch cannot look into ${at.path}`, {
        hint: 'read the whole field',
      });
    }
    return member;
  }, field);
}

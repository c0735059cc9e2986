import {
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { OperationAnswer } from '../dataplane/service.js';
import { Packed } from './packed.js';

/** Shorter answers are made again: keeping them gains nothing. */
const FROM = 2_048;

/**
 * Whole answers to operations that ask the schema and nothing else. A schema of hundreds of tables makes tens of
 * megabytes of them, in seconds; tools ask for it each time they start. They live as long as the schema does.
 */
export class IntrospectionAnswers {
  private readonly kept: LRUCache<string, Packed> | null;
  private readonly making = new Map<string, Promise<Packed | null>>();
  private readonly keys = new WeakMap<OperationDefinitionNode, string | null>();

  constructor(bytes: number) {
    const sizeCalculation = (packed: Packed, key: string): number => packed.bytes + 2 * key.length;
    this.kept = bytes > 0 ? new LRUCache({ maxSize: bytes, sizeCalculation }) : null;
  }

  /** The kept answer, or what `execute` gives, which is kept where it may be. */
  async answer(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    execute: () => Promise<OperationAnswer>,
  ): Promise<OperationAnswer | Packed> {
    const { kept, making } = this;
    const key = kept && this.keyOf(document, operation);
    if (!key) return execute();
    const known = kept.get(key) ?? (await making.get(key));
    if (known) return known;
    const answer = execute();
    const packing = answer
      .then(pack)
      .then((packed) => {
        if (packed) kept.set(key, packed);
        return packed;
      })
      .finally(() => making.delete(key));
    making.set(key, packing);
    return (await packing) ?? answer;
  }

  private keyOf(document: DocumentNode, operation: OperationDefinitionNode): string | null {
    const known = this.keys.get(operation);
    if (known !== undefined) return known;
    const text = document.loc?.source.body;
    const key = text !== undefined && asksSchemaAlone(document, operation) ? `${nameOf(operation)} ${text}` : null;
    this.keys.set(operation, key);
    return key;
  }
}

/** The whole text of an answer; null for one that is not worth keeping, or holds more than data. */
async function pack({ data, errors, extensions }: OperationAnswer): Promise<Packed | null> {
  if (errors.length > 0 || Object.keys(extensions).length > 0 || Buffer.byteLength(data) < FROM) return null;
  return Packed.of(Buffer.concat([Buffer.from('{"data":'), asBytes(data), Buffer.from('}')]));
}

const nameOf = ({ name }: OperationDefinitionNode): string => name?.value ?? '';
const asBytes = (text: string | Buffer): Buffer => (typeof text === 'string' ? Buffer.from(text) : text);

/** Whether the answer depends on the document and the schema alone: an operation without variables ignores what is sent as such. */
function asksSchemaAlone(document: DocumentNode, operation: OperationDefinitionNode): boolean {
  if (operation.operation !== OperationTypeNode.QUERY || (operation.variableDefinitions ?? []).length > 0) return false;
  const roots = rootNames(document, operation.selectionSet, new Set());
  return roots.every((name) => name.startsWith('__')) && roots.some((name) => name !== '__typename');
}

function rootNames(document: DocumentNode, set: SelectionSetNode, seen: Set<string>): string[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection.name.value];
    if (selection.kind === Kind.INLINE_FRAGMENT) return rootNames(document, selection.selectionSet, seen);
    const { value } = selection.name;
    if (seen.has(value)) return [];
    seen.add(value);
    const fragment = document.definitions.find((d) => d.kind === Kind.FRAGMENT_DEFINITION && d.name.value === value);
    return fragment?.kind === Kind.FRAGMENT_DEFINITION ? rootNames(document, fragment.selectionSet, seen) : [];
  });
}

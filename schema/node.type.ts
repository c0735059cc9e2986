import { Field, ID, InterfaceType } from 'type-graphql';

@InterfaceType({
  description: 'A thing that has an id of its own.',
  resolveType: (value: { kindOfNode?: string }) => value.kindOfNode,
})
export abstract class Node {
  @Field(() => ID, { description: 'Opaque; `node(id:)` finds the thing again.' })
  id!: string;
}

/** An id says what it names and how it is called, in a form that no caller should read. */
export function toId(kind: string, name: string): string {
  return Buffer.from(`${kind}:${name}`).toString('base64url');
}

/** null for what is no id of ours. */
export function fromId(id: string): { readonly kind: string; readonly name: string } | null {
  const text = Buffer.from(id, 'base64url').toString();
  const at = text.indexOf(':');
  const found = at < 0 ? null : { kind: text.slice(0, at), name: text.slice(at + 1) };
  return found && toId(found.kind, found.name) === id ? found : null;
}

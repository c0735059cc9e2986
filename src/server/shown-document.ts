import { Kind, print, visit, type ASTVisitor, type DocumentNode, type OperationDefinitionNode } from 'graphql';

/** Characters of a document that others than its caller get to see. */
const MOST = 2_000;

const HIDDEN = { kind: Kind.ENUM, value: '?' } as const;
const hide = (): typeof HIDDEN => HIDDEN;

/** Whatever can be a value goes, words of enums too: a store's enum is data. Many in a list become one. */
const hiding: ASTVisitor = {
  IntValue: hide,
  FloatValue: hide,
  StringValue: hide,
  BooleanValue: hide,
  NullValue: hide,
  EnumValue: hide,
  ListValue: {
    leave: (node) => (node.values.every((each) => each === HIDDEN) ? { ...node, values: [HIDDEN] } : undefined),
  },
};

const known = new WeakMap<OperationDefinitionNode, string>();

/** An operation and its fragments on one line, without comments, `?` in the place of each literal, cut where it is long. */
export function shownDocument(document: DocumentNode, operation: OperationDefinitionNode): string {
  const made = known.get(operation);
  if (made !== undefined) return made;
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const text = [operation, ...fragments]
    .map((each) => print(visit(each, hiding)))
    .join(' ')
    .replace(/\s+/g, ' ');
  const shown = text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text;
  known.set(operation, shown);
  return shown;
}

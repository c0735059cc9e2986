import {
  GraphQLError,
  Kind,
  type ASTVisitor,
  type FieldNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { planeOf } from '../dataplane/plane.js';

export interface DocumentLimits {
  readonly depth: number;
  readonly aliases: number;
  /** Root fields, those below a source included. */
  readonly rootFields: number;
}

/** Brackets may nest this deep before a document is parsed: a parser that recurses must not be made to overflow. */
const MAX_BRACKETS = 200;

export function tooNested(document: string): boolean {
  let depth = 0;
  for (let i = 0; i < document.length; i += 1) {
    const c = document.charCodeAt(i);
    if (c === 123 || c === 91 || c === 40) {
      depth += 1;
      if (depth > MAX_BRACKETS) return true;
    } else if (c === 125 || c === 93 || c === 41) depth -= 1;
  }
  return false;
}

/** Depth, aliases and root fields, counted with fragments opened; introspection is exempt. */
export function limitRules(limits: DocumentLimits): ValidationRule[] {
  return [
    (context: ValidationContext): ASTVisitor => {
      const size = measurer(context);
      return {
        OperationDefinition(operation) {
          const { depth, aliases } = size(operation.selectionSet);
          const complain = (what: string, allowed: number, got: number): void => {
            if (got <= allowed) return;
            const message = `The operation has ${got} ${what}; ${allowed} are allowed.`;
            context.reportError(new GraphQLError(message, { nodes: operation }));
          };
          complain('levels of fields', limits.depth, depth);
          complain('aliases', limits.aliases, aliases);
          complain('root fields', limits.rootFields, rootFields(operation.selectionSet, context));
        },
      };
    },
  ];
}

interface Size {
  readonly depth: number;
  readonly aliases: number;
}

const NOTHING: Size = { depth: 0, aliases: 0 };

/** Each fragment is measured once: its spreads may double at every step. One in a cycle counts as nothing; a rule of GraphQL reports it. */
function measurer(context: ValidationContext): (set: SelectionSetNode) => Size {
  const fragments = new Map<string, Size>();
  const fragment = (name: string): Size => {
    const known = fragments.get(name);
    if (known) return known;
    fragments.set(name, NOTHING);
    const node = context.getFragment(name);
    const size = node ? measure(node.selectionSet) : NOTHING;
    fragments.set(name, size);
    return size;
  };
  const fieldSize = (field: FieldNode): Size => {
    if (field.name.value.startsWith('__')) return NOTHING;
    const inner = field.selectionSet ? measure(field.selectionSet) : NOTHING;
    return { depth: inner.depth + 1, aliases: inner.aliases + (field.alias ? 1 : 0) };
  };
  const measure = (set: SelectionSetNode): Size => {
    const sizes = set.selections.map((selection) => {
      if (selection.kind === Kind.FIELD) return fieldSize(selection);
      return selection.kind === Kind.INLINE_FRAGMENT ? measure(selection.selectionSet) : fragment(selection.name.value);
    });
    return {
      depth: sizes.reduce((most, { depth }) => Math.max(most, depth), 0),
      aliases: sizes.reduce((sum, { aliases }) => sum + aliases, 0),
    };
  };
  return measure;
}

function rootFields(roots: SelectionSetNode, context: ValidationContext): number {
  const queries = context.getSchema().getQueryType()?.getFields() ?? {};
  const isSource = ({ name }: FieldNode): boolean => {
    const field = queries[name.value];
    return field !== undefined && planeOf(field)?.kind === 'source';
  };
  const fields = leaves(roots, context, new Set());
  return (
    fields.length +
    fields.flatMap((f) => (f.selectionSet && isSource(f) ? leaves(f.selectionSet, context, new Set()) : [])).length
  );
}

/** The fields of a selection set with its fragments opened, each once. */
function leaves(set: SelectionSetNode, context: ValidationContext, seen: Set<string>): FieldNode[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return leaves(selection.selectionSet, context, seen);
    const { value } = selection.name;
    if (seen.has(value)) return [];
    seen.add(value);
    const fragment = context.getFragment(value);
    return fragment ? leaves(fragment.selectionSet, context, seen) : [];
  });
}

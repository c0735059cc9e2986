import {
  Kind,
  getNamedType,
  valueFromAST,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLInputType,
  type GraphQLObjectType,
  type SelectionSetNode,
  type DirectiveNode,
  type ValueNode,
  type GraphQLField,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { Input } from '../ir/query.js';

/** What lowering needs of one request: fragments, and variables as arguments take them. */
export interface Request {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Variables with Holes for leaves; absent ones are not in it. */
  readonly inputs: ReadonlyMap<string, Input>;
}

/** The fields of a selection set by response name, in order: fragments opened, @skip and @include decided. */
export function collectFields(
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  request: Request,
  into = new Map<string, FieldNode[]>(),
  seen = new Set<string>(),
): Map<string, FieldNode[]> {
  for (const set of sets) {
    for (const selection of set.selections) {
      if (!isIncluded(selection.directives ?? [], request)) continue;
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value;
        const same = into.get(name);
        if (same) same.push(selection);
        else into.set(name, [selection]);
        continue;
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (!applies(selection.typeCondition?.name.value, type)) continue;
        collectFields(type, [selection.selectionSet], request, into, seen);
        continue;
      }
      const name = selection.name.value;
      if (seen.has(name)) continue;
      seen.add(name);
      const fragment = request.fragments.get(name);
      if (fragment && applies(fragment.typeCondition.name.value, type)) {
        collectFields(type, [fragment.selectionSet], request, into, seen);
      }
    }
  }
  return into;
}

function applies(condition: string | undefined, type: GraphQLObjectType): boolean {
  return condition === undefined || condition === type.name || type.getInterfaces().some((i) => i.name === condition);
}

function isIncluded(directives: readonly DirectiveNode[], request: Request): boolean {
  return directives.every((directive) => {
    const name = directive.name.value;
    if (name !== 'skip' && name !== 'include') return true;
    const node = directive.arguments?.find((a) => a.name.value === 'if')?.value;
    const value =
      node?.kind === Kind.VARIABLE ? request.inputs.get(node.name.value) : node?.kind === Kind.BOOLEAN && node.value;
    return name === 'skip' ? value !== true : value === true;
  });
}

/** The arguments of a field: literals as their scalars read them, variables with their Holes, defaults filled in. */
export function argumentsOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  request: Request,
): Record<string, Input> {
  const given = new Map(node.arguments?.map((a) => [a.name.value, a.value]));
  const args: Record<string, Input> = {};
  for (const { name, type, defaultValue } of field.args) {
    const value = given.has(name) ? inputOf(given.get(name)!, type, request) : undefined;
    if (value !== undefined) args[name] = value;
    else if (defaultValue !== undefined) args[name] = defaultValue;
  }
  return args;
}

/** undefined stands for an absent variable. */
function inputOf(node: ValueNode, type: GraphQLInputType, request: Request): Input {
  if (node.kind === Kind.VARIABLE) return request.inputs.get(node.name.value);
  const bare = isNonNullType(type) ? type.ofType : type;
  if (node.kind === Kind.NULL) return null;
  if (isListType(bare)) {
    if (node.kind !== Kind.LIST) return [inputOf(node, bare.ofType, request)];
    return node.values.map((each) => inputOf(each, bare.ofType, request) ?? null);
  }
  if (isInputObjectType(bare) && node.kind === Kind.OBJECT) {
    const fields = bare.getFields();
    const entries = node.fields.map(
      (f) => [f.name.value, inputOf(f.value, fields[f.name.value]!.type, request)] as const,
    );
    return Object.fromEntries(entries.filter(([, v]) => v !== undefined));
  }
  // Other scalars that are written as lists are one value.
  const parts = node.kind === Kind.OBJECT || node.kind === Kind.LIST;
  if (parts && getNamedType(bare).name === 'JSON') return jsonOf(node, bare, request);
  return valueFromAST(node, bare);
}

/** A JSON literal, in which variables may stand anywhere. */
function jsonOf(node: ValueNode, type: GraphQLInputType, request: Request): Input {
  if (node.kind === Kind.VARIABLE) return request.inputs.get(node.name.value) ?? null;
  if (node.kind === Kind.LIST) return node.values.map((each) => jsonOf(each, type, request));
  if (node.kind === Kind.OBJECT)
    return Object.fromEntries(node.fields.map((f) => [f.name.value, jsonOf(f.value, type, request)]));
  return valueFromAST(node, type);
}

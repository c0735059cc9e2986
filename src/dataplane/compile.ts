import {
  getNamedType,
  isLeafType,
  Kind,
  typeFromAST,
  visit,
  type DocumentNode,
  type FieldNode,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Caller } from '../auth/caller.js';
import type { Input } from '../ir/query.js';
import { bind } from '../planner/bind.js';
import type { PlanContext } from '../planner/context.js';
import { planLevels } from '../planner/levels.js';
import type { Cursors } from '../planner/cursors.js';
import type { LevelPlan } from '../planner/plan.js';
import type { Entities, PageLimits, PolicyOf, Scope } from '../planner/scope.js';
import { Slots } from '../planner/slots.js';
import { argumentsOf, collectFields, type Request } from './collect.js';
import { introspectionField, type Introspection } from './introspect.js';
import { lowerRoot } from './lower.js';
import { planeOf } from './plane.js';
import { lowerRecords } from './records.js';
import { selectionSets } from './selected.js';
import type { ConnectionTemplate, Template } from './template.js';
import { expandVariable } from './variables.js';

/** What compiling needs to know of the gateway. */
export interface CompileContext {
  readonly schema: GraphQLSchema;
  readonly entities: Entities;
  readonly policyOf: PolicyOf;
  readonly limits: PageLimits;
  readonly rowBudget: number;
  readonly keyBudget: number;
  readonly capabilitiesOf: PlanContext['capabilitiesOf'];
  readonly cursors: Cursors;
}

/** An operation as a plan: its root fields in order, and the slots that each execution fills. */
export interface CompiledOperation {
  readonly roots: readonly RootField[];
  readonly plans: readonly LevelPlan[];
  readonly slots: Slots;
  /** The control plane's part of the operation, for graphql-js; null when there is none. */
  readonly control: DocumentNode | null;
}

export type RootField =
  | { readonly kind: 'control'; readonly key: string }
  | { readonly kind: 'introspection'; readonly key: string; readonly of: Introspection }
  | ConnectionField
  | { readonly kind: 'source'; readonly key: string; readonly fields: readonly SourceField[] };

/** A connection whose levels are the plans from `plan` on. */
export interface ConnectionField {
  readonly kind: 'connection';
  readonly key: string;
  readonly plan: number;
  readonly template: ConnectionTemplate;
}

export type SourceField =
  | ConnectionField
  | { readonly kind: 'typename'; readonly key: string; readonly name: string }
  | {
      readonly kind: 'rows';
      readonly key: string;
      readonly plan: number;
      readonly template: Template;
      readonly many: boolean;
    };

/** Variables as arguments take them, and the key of their shape. */
export interface ExpandedVariables {
  readonly inputs: ReadonlyMap<string, Input>;
  readonly key: string;
}

export function expandVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  literal: ReadonlySet<string>,
): ExpandedVariables {
  const definitions = operation.variableDefinitions ?? [];
  if (definitions.length === 0) return NO_VARIABLES;
  const inputs = new Map<string, Input>();
  const key: string[] = [];
  for (const definition of definitions) {
    const name = definition.variable.name.value;
    key.push('$', name, '=');
    if (!(name in variables)) {
      key.push('-');
      continue;
    }
    const type = typeFromAST(schema, definition.type as never) as GraphQLInputType;
    const whole = literal.has(name) && isLeafType(getNamedType(type));
    inputs.set(name, expandVariable(variables[name], type, name, whole, key));
  }
  return { inputs, key: key.join('') };
}

const NO_VARIABLES: ExpandedVariables = { inputs: new Map(), key: '' };

/** Arguments, and names inside inputs, whose values say what is asked: a variable that is one of them belongs to the plan. */
const NAMING: ReadonlySet<string> = new Set([
  ...['source', 'entity', 'types', 'direction', 'depth', 'fragments', 'boosts'],
  ...['field', 'measure', 'left', 'right', 'as', 'key', 'zone', 'width', 'origin'],
]);

/** Variables that name something, or decide what is selected: their values belong to the plan. */
export function namingVariables(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  visit(document, {
    Argument: ({ name, value }) => {
      // Of `records` an order is JSON, in which nothing tells names from values.
      const naming = NAMING.has(name.value) || name.value === 'orderBy';
      if (naming && value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
    ObjectField: ({ name, value }) => {
      if (NAMING.has(name.value) && value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return names;
}

export function compileOperation(
  context: CompileContext,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  inputs: ReadonlyMap<string, Input>,
  caller: Caller,
): CompiledOperation {
  const fragments = new Map(
    document.definitions.flatMap((d) => (d.kind === Kind.FRAGMENT_DEFINITION ? [[d.name.value, d] as const] : [])),
  );
  const request: Request = { fragments, inputs };
  const type = context.schema.getRootType(operation.operation)!;
  const slots = new Slots();
  const scope: Scope = {
    entities: context.entities,
    caller,
    policyOf: context.policyOf,
    limits: context.limits,
    slots,
    cursors: context.cursors,
  };
  const plans: LevelPlan[] = [];
  const { capabilitiesOf, rowBudget, keyBudget } = context;
  const planContext: PlanContext = { capabilitiesOf, slots, rowBudget, keyBudget };
  const controlNodes: FieldNode[] = [];
  const roots: RootField[] = [];
  for (const [key, nodes] of collectFields(type, [operation.selectionSet], request)) {
    const node = nodes[0]!;
    const definition = type.getFields()[node.name.value];
    const plane = definition ? planeOf(definition) : null;
    if (plane?.kind === 'source') {
      const inner = getNamedType(definition!.type) as GraphQLObjectType;
      roots.push({ kind: 'source', key, fields: compileSource(inner, nodes, key, request, scope, planContext, plans) });
    } else if (plane?.kind === 'records') {
      const args = argumentsOf(definition!, node, request);
      const lowered = lowerRecords(
        args,
        getNamedType(definition!.type) as GraphQLObjectType,
        nodes,
        key,
        request,
        context.entities,
      );
      const plan = plans.length;
      plans.push(...lowered.queries.map((query) => planLevels(bind(query, scope), planContext)));
      roots.push({ kind: 'connection', key, plan, template: lowered.template });
    } else if (introspectionField(node.name.value)) {
      roots.push({ kind: 'introspection', key, of: { nodes, request } });
    } else {
      controlNodes.push(...nodes);
      roots.push({ kind: 'control', key });
    }
  }
  return {
    roots,
    plans,
    slots,
    control: controlNodes.length > 0 ? controlDocument(document, operation, controlNodes) : null,
  };
}

function compileSource(
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  path: string,
  request: Request,
  scope: Scope,
  planContext: PlanContext,
  plans: LevelPlan[],
): SourceField[] {
  return [...collectFields(type, selectionSets(nodes), request)].map(([key, same]): SourceField => {
    if (same[0]!.name.value === '__typename') return { kind: 'typename', key, name: type.name };
    const { queries, shown } = lowerRoot(type, same, `${path}.${key}`, request);
    const plan = plans.length;
    plans.push(...queries.map((query) => planLevels(bind(query, scope), planContext)));
    return { key, plan, ...shown };
  });
}

function controlDocument(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  nodes: readonly FieldNode[],
): DocumentNode {
  const own: OperationDefinitionNode = {
    ...operation,
    selectionSet: { kind: Kind.SELECTION_SET, selections: [...nodes] },
  };
  return {
    kind: Kind.DOCUMENT,
    definitions: [own, ...document.definitions.filter((d) => d.kind === Kind.FRAGMENT_DEFINITION)],
  };
}

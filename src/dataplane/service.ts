import {
  execute,
  getVariableValues,
  GraphQLError,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../auth/caller.js';
import { GatewayError } from '../errors.js';
import { execution } from '../executor/context.js';
import { executePage, type PageResult } from '../executor/execute.js';
import type { Uses } from '../executor/uses.js';
import { checkNesting } from '../planner/nesting.js';
import type { Compute } from '../compute/answer.js';
import type { Store } from '../store/store.js';
import type { Progress } from './progress.js';
import {
  compileOperation,
  expandVariables,
  namingVariables,
  type CompileContext,
  type CompiledOperation,
  type RootField,
  type SourceField,
} from './compile.js';
import { estimatesIn } from './estimates.js';
import { writeIntrospection } from './introspect.js';
import { locateErrors } from './locate.js';
import { JsonText, type Json } from './json-text.js';
import { writeConnection, writeRoot, type Writing } from './write.js';

/** One validated operation. */
export interface OperationRequest {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | null;
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  /** What control-plane resolvers get as context. */
  readonly controlContext: unknown;
  /** Filled while the operation goes on. */
  readonly progress?: Progress;
}

/** `data` is the JSON of the whole `data`: text, or its bytes when it is long. */
export interface OperationAnswer {
  readonly data: Json;
  readonly errors: readonly GraphQLError[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

export interface PlaneContext extends Omit<CompileContext, 'capabilitiesOf'> {
  readonly storeOf: (source: string) => Store;
  readonly planCacheBytes: number;
  /** What answers for the stores what they cannot. */
  readonly compute: Compute;
}

/** Executes operations over one schema: plans are kept by document, name, rights and shape of the variables. */
export class Plane {
  readonly schema: GraphQLSchema;
  private readonly compileContext: CompileContext;
  private readonly plans: LRUCache<string, CompiledOperation>;
  private readonly documents = new WeakMap<
    DocumentNode,
    { readonly id: number; readonly naming: ReadonlySet<string>; readonly bytes: number }
  >();
  private lastId = 0;

  constructor(private readonly context: PlaneContext) {
    this.schema = context.schema;
    this.compileContext = { ...context, capabilitiesOf: (source) => context.storeOf(source).capabilities };
    this.plans = new LRUCache({ maxSize: context.planCacheBytes });
  }

  async execute(request: OperationRequest): Promise<OperationAnswer> {
    const { operation } = request;
    try {
      checkNesting(request.variables, 'variables');
    } catch (error) {
      return { data: 'null', errors: [asGraphQLError(error, null)], extensions: {} };
    }
    const coerced = getVariableValues(this.schema, operation.variableDefinitions ?? [], request.variables, {
      maxErrors: 20,
    });
    if (coerced.errors) return { data: 'null', errors: coerced.errors.map(asBadInput), extensions: {} };
    const variables = coerced.coerced;
    let compiled: CompiledOperation;
    let args: unknown[];
    try {
      compiled = this.compile(request, variables);
      args = compiled.slots.fill(variables);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return { data: 'null', errors: [asGraphQLError(error, null)], extensions: {} };
    }
    const { storeOf, rowBudget, compute } = this.context;
    const { progress, signal } = request;
    progress?.begin(compiled.plans, storeOf);
    const uses: Uses = progress?.uses ?? new Map<string, never>();
    const [page, control] = await Promise.all([
      executePage(compiled.plans, execution({ storeOf, args, signal, rowBudget, compute, uses })),
      compiled.control === null
        ? null
        : execute({
            schema: this.schema,
            document: compiled.control,
            operationName: operation.name?.value,
            variableValues: request.variables,
            contextValue: request.controlContext,
          }),
    ]);
    return this.answer(compiled, page, control, variables);
  }

  /** The plan of an operation, from the cache or made now; throws BAD_INPUT and its like. */
  compile(
    request: Pick<OperationRequest, 'document' | 'operation' | 'caller'>,
    variables: Readonly<Record<string, unknown>>,
  ): CompiledOperation {
    const { document, operation, caller } = request;
    const known = this.document(document);
    const { inputs, key: shape } = expandVariables(this.schema, operation, variables, known.naming);
    const key = `${known.id}|${operation.name?.value ?? ''}|${caller.permissions}|${shape}`;
    const cached = this.plans.get(key);
    if (cached) return cached;
    const compiled = compileOperation(this.compileContext, document, operation, inputs, caller);
    // An estimate: what a plan holds grows with its document.
    this.plans.set(key, compiled, { size: 4_096 + 20 * (known.bytes + key.length) });
    return compiled;
  }

  private document(document: DocumentNode): { id: number; naming: ReadonlySet<string>; bytes: number } {
    const known = this.documents.get(document);
    if (known) return known;
    this.lastId += 1;
    const made = {
      id: this.lastId,
      naming: namingVariables(document),
      bytes: document.loc?.source.body.length ?? 2_048,
    };
    this.documents.set(document, made);
    return made;
  }

  private answer(
    compiled: CompiledOperation,
    page: PageResult,
    control: Awaited<ReturnType<typeof execute>> | null,
    variables: Readonly<Record<string, unknown>>,
  ): OperationAnswer {
    const { args } = page;
    const writing: Writing = { storeOf: this.context.storeOf, args, variables, failed: false, nonFinite: new Map() };
    const data = new JsonText();
    if (control !== null && control.data === null) data.write('null');
    else writeRoots(compiled.roots, page, control?.data ?? null, this.schema, writing, data);
    const errors = [
      ...(writing.failed ? locateErrors(compiled.roots, page, this.context.storeOf) : []).map(({ path, error }) =>
        asGraphQLError(error, path),
      ),
      ...(control?.errors ?? []),
    ];
    const estimates = estimatesIn(page.levels);
    const trainyard = {
      ...(page.uses.length > 0
        ? { sources: page.uses.map(({ ms: _, ...use }) => ({ ...use, readAt: use.readAt.toISOString() })) }
        : {}),
      ...(estimates.length > 0 ? { estimates } : {}),
      ...(page.moves.length > 0 ? { relations: page.moves } : {}),
      ...(writing.nonFinite.size > 0 ? { nonFinite: Object.fromEntries(writing.nonFinite) } : {}),
    };
    return { data: data.finish(), errors, extensions: Object.keys(trainyard).length > 0 ? { trainyard } : {} };
  }
}

function writeRoots(
  roots: readonly RootField[],
  page: PageResult,
  control: Readonly<Record<string, unknown>> | null,
  schema: GraphQLSchema,
  writing: Writing,
  out: JsonText,
): void {
  out.write('{');
  for (const [i, root] of roots.entries()) {
    out.write(`${i === 0 ? '' : ','}${JSON.stringify(root.key)}:`);
    switch (root.kind) {
      case 'control':
        out.write(JSON.stringify(control?.[root.key] ?? null));
        break;
      case 'introspection':
        writeIntrospection(schema, root.of, writing.variables, out);
        break;
      case 'connection':
        writeConnection(page.levels.slice(root.plan), root.template, writing, out);
        break;
      case 'source':
        writeSource(root.fields, page, writing, out);
    }
  }
  out.write('}');
}

function writeSource(fields: readonly SourceField[], page: PageResult, writing: Writing, out: JsonText): void {
  out.write('{');
  for (const [i, field] of fields.entries()) {
    out.write(`${i === 0 ? '' : ','}${JSON.stringify(field.key)}:`);
    if (field.kind === 'typename') out.write(JSON.stringify(field.name));
    else if (field.kind === 'connection') writeConnection(page.levels.slice(field.plan), field.template, writing, out);
    else writeRoot(page.levels[field.plan]!, field.template, field.many, writing, out);
  }
  out.write('}');
}

function asGraphQLError(error: unknown, path: readonly (string | number)[] | null): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const original = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(original.message, {
    path,
    originalError: original,
    ...(error instanceof GatewayError ? { extensions: { ...error.extensions } } : {}),
  });
}

/** graphql-js says what is wrong with a variable; the code is ours. */
function asBadInput(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    extensions: { code: 'BAD_INPUT', retryable: false },
  });
}

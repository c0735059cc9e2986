import { getOperationAST, getVariableValues, parse, validate } from 'graphql';
import type { Caller } from '../auth/caller.js';
import { GatewayError } from '../errors.js';
import { viewPlans, type PlanView, type StoreOf } from '../planner/view.js';
import type { Plane } from './service.js';

export interface Explained {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
  readonly caller: Caller;
  readonly signal: AbortSignal;
}

/** The plan that executing the operation would use. */
export async function explainOperation(plane: Plane, storeOf: StoreOf, request: Explained): Promise<PlanView> {
  const document = parsed(request.query);
  const [invalid] = validate(plane.schema, document);
  if (invalid) throw new GatewayError('GRAPHQL_VALIDATION_FAILED', invalid.message);
  const operation = getOperationAST(document, request.operationName);
  if (!operation)
    throw new GatewayError('BAD_INPUT', 'operationName: expected the name of one of the operations of the query');
  const coerced = getVariableValues(plane.schema, operation.variableDefinitions ?? [], request.variables);
  if (coerced.errors) throw new GatewayError('BAD_INPUT', coerced.errors.map(({ message }) => message).join('; '));
  const { plans } = plane.compile({ document, operation, caller: request.caller }, coerced.coerced);
  return viewPlans(plans, storeOf, request.signal);
}

function parsed(query: string): ReturnType<typeof parse> {
  try {
    return parse(query);
  } catch (error) {
    throw new GatewayError('GRAPHQL_PARSE_FAILED', error instanceof Error ? error.message : String(error));
  }
}

import DataLoader from 'dataloader';
import type { Caller } from '../src/auth/caller.js';
import type { PlanView } from '../src/planner/view.js';
import type { HealthView, SourceView } from '../src/sources/view.js';

/** What control-plane resolvers ask of the gateway. */
export interface ControlPlane {
  sources(): readonly SourceView[];
  /** The health of each, in the order of the names. */
  health(names: readonly string[]): Promise<readonly HealthView[]>;
  /** Reads the source's shape again; NOT_FOUND when there is none. */
  reloadSource(name: string): Promise<SourceView>;
  explain(request: ExplainRequest): Promise<PlanView>;
}

export interface ExplainRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
  readonly caller: Caller;
  readonly signal: AbortSignal;
}

export type OperationKind = 'QUERY' | 'MUTATION' | 'SUBSCRIPTION';

/** An operation at work, as those who watch may see it: no value of its caller in it. */
export interface OperationView {
  readonly id: string;
  readonly operationName: string | null;
  readonly kind: OperationKind;
  readonly startedAt: Date;
  readonly elapsedMs: number;
  readonly caller: string;
  readonly sources: readonly { readonly name: string; readonly calls: number; readonly rows: number }[];
  readonly document: string;
  readonly isCancelled: boolean;
}

/** The operations at work that a caller may see. */
export interface Operations {
  list(caller: Caller): readonly OperationView[];
  /** NOT_FOUND when none has this id, or none any more. */
  cancel(id: string, caller: Caller): OperationView;
}

export interface ControlContext {
  /** Of the server that the request came to. */
  readonly operations: Operations;
  readonly yard: ControlPlane;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  readonly loaders: Loaders;
}

/** Of one request: each store is asked once however often its source is named. */
export interface Loaders {
  readonly health: DataLoader<string, HealthView>;
}

export function makeLoaders(yard: ControlPlane): Loaders {
  return { health: new DataLoader((names) => yard.health(names)) };
}

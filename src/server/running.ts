import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { OperationKind, Operations, OperationView } from '../../resolvers/context.js';
import type { Caller } from '../auth/caller.js';
import { Progress } from '../dataplane/progress.js';
import { GatewayError } from '../errors.js';
import { shownDocument } from './shown-document.js';

/** One operation at work. */
export interface Running {
  readonly id: string;
  readonly caller: Caller;
  readonly abort: AbortController;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly startedAt: Date;
  /** Of the clock that only goes forward. */
  readonly started: number;
  readonly progress: Progress;
}

const NAME_CHARACTERS = 200;

/** What this gateway is doing. Adding and taking away is all that an operation pays for it. */
export class RunningOperations implements Operations {
  private readonly all = new Set<Running>();

  begin(what: Pick<Running, 'id' | 'caller' | 'abort' | 'document' | 'operation'>): Running {
    const { id, caller, abort, document, operation } = what;
    const clocks = { startedAt: new Date(), started: performance.now() };
    const running: Running = { id, caller, abort, document, operation, ...clocks, progress: new Progress() };
    this.all.add(running);
    return running;
  }

  end(running: Running): void {
    this.all.delete(running);
  }

  list(caller: Caller): readonly OperationView[] {
    return this.openTo(caller).map(view);
  }

  /** A client may have sent one id twice: then both end. */
  cancel(id: string, caller: Caller): OperationView {
    const meant = this.openTo(caller).filter((running) => running.id === id);
    const [first] = meant;
    if (!first) throw new GatewayError('NOT_FOUND', `there is no running operation ${JSON.stringify(id)}`);
    for (const { abort } of meant) abort.abort(new GatewayError('CANCELLED', 'the operation was cancelled'));
    return view(first);
  }

  /** Callers have no names yet, so everybody sees all of them. */
  private openTo(_caller: Caller): readonly Running[] {
    return [...this.all];
  }
}

export function nameOf({ operation }: Pick<Running, 'operation'>): string | null {
  return operation.name?.value.slice(0, NAME_CHARACTERS) ?? null;
}

export function kindOf({ operation }: Pick<Running, 'operation'>): OperationKind {
  return operation.operation.toUpperCase() as OperationKind;
}

function view(running: Running): OperationView {
  const { id, caller, abort, document, operation, startedAt, started, progress } = running;
  return {
    id,
    operationName: nameOf(running),
    kind: kindOf(running),
    startedAt,
    elapsedMs: Math.round(performance.now() - started),
    caller: caller.id,
    sources: progress.sources().map(({ name, calls, rows }) => ({ name, calls, rows })),
    document: shownDocument(document, operation),
    isCancelled: abort.signal.aborted,
  };
}

import type { Fetcher, FetcherParams } from '@graphiql/toolkit';
import { getOperationAST, parse } from 'graphql';

const ENDPOINT = '/graphql';

export interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string }[];
}

/** Asks the gateway that served this page. Every well-formed answer is given back, one with errors too. */
export async function ask(
  params: FetcherParams,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Answer> {
  const response = await fetch(ENDPOINT, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(params),
    signal,
  });
  const text = await response.text();
  try {
    return JSON.parse(text) as Answer;
  } catch {
    throw new Error(`the gateway answered ${response.status} with something that is no JSON: ${text.slice(0, 200)}`);
  }
}

/**
 * The name as far as the text has an operation of that name: right after another tab was chosen, GraphiQL still gives the
 * name of the operation before.
 */
export function nameIn(query: string, operationName: string | null | undefined): string | null {
  if (operationName === null || operationName === undefined) return null;
  try {
    return getOperationAST(parse(query), operationName) ? operationName : null;
  } catch {
    return null;
  }
}

type Observable = Extract<ReturnType<Fetcher>, { subscribe: unknown }>;

/** The same for GraphiQL: as an observable, since its stop button only ends what can be unsubscribed from. */
export const fetcher: Fetcher = (given, options) => {
  const params = { ...given, operationName: nameIn(given.query, given.operationName) };
  const subscribe = (observer: { next(a: Answer): void; error(e: unknown): void; complete(): void }) => {
    const abort = new AbortController();
    ask(params, (options?.headers ?? {}) as Record<string, string>, abort.signal).then(
      (answer) => {
        observer.next(answer);
        observer.complete();
      },
      (error: unknown) => {
        if (!abort.signal.aborted) observer.error(error);
      },
    );
    return { unsubscribe: () => abort.abort() };
  };
  // GraphiQL calls it with an observer alone, of the ways that the type knows.
  return { subscribe } as unknown as Observable;
};

import type { Fetcher, FetcherParams } from '@graphiql/toolkit';

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

type Observable = Extract<ReturnType<Fetcher>, { subscribe: unknown }>;

/** The same for GraphiQL: as an observable, since its stop button only ends what can be unsubscribed from. */
export const fetcher: Fetcher = (params, options) => {
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

import { useEffect, useState } from 'react';
import { explain, type Asked, type PlanNode } from './plan.js';

export type PlanState =
  | { readonly kind: 'nothing' | 'asking' }
  | { readonly kind: 'plan'; readonly nodes: readonly PlanNode[] }
  | { readonly kind: 'error'; readonly message: string };

/** How long the text must rest before its plan is asked for. */
const REST_MS = 400;

/** The plan of what is asked, asked for again whenever that changes. */
export function usePlan({ query, variables, operationName }: Asked): PlanState {
  const [state, setState] = useState<PlanState>({ kind: 'asking' });
  useEffect(() => {
    if (withoutComments(query) === '') {
      setState({ kind: 'nothing' });
      return undefined;
    }
    const abort = new AbortController();
    const rest = setTimeout(() => {
      explain({ query, variables, operationName }, abort.signal).then(
        (nodes) => setState({ kind: 'plan', nodes }),
        (error: unknown) => {
          if (!abort.signal.aborted) setState({ kind: 'error', message: wordsOf(error) });
        },
      );
    }, REST_MS);
    return () => {
      clearTimeout(rest);
      abort.abort();
    };
  }, [query, variables, operationName]);
  return state;
}

function withoutComments(query: string): string {
  return query.replaceAll(/#.*/g, '').trim();
}

function wordsOf(error: unknown): string {
  if (error instanceof SyntaxError) return `The variables are no JSON: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

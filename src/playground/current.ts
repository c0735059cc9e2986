import { useGraphiQL } from '@graphiql/react';
import { useMemo } from 'react';
import { nameIn } from './gateway.js';
import type { Asked } from './plan.js';

/** What stands in the editors of the present tab. */
export function useAsked(): Asked {
  const { query, variables, operationName } = useGraphiQL((state) => {
    const tab = state.tabs[state.activeTabIndex];
    return { query: tab?.query ?? '', variables: tab?.variables ?? '', operationName: state.operationName };
  });
  return { query, variables, operationName: nameIn(query, operationName) };
}

export interface SourceUse {
  readonly name: string;
  readonly readAt: string;
  readonly rows: number;
  readonly bytes?: number;
  readonly calls: number;
}

/** What the last answer in the present tab tells of its cost: `extensions.trainyard`. */
export function useFigures(): (Readonly<Record<string, unknown>> & { readonly sources?: readonly SourceUse[] }) | null {
  const response = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.response ?? null);
  return useMemo(() => {
    if (response === null || response === '') return null;
    try {
      const { extensions } = JSON.parse(response) as { extensions?: { trainyard?: Record<string, unknown> } };
      return extensions?.trainyard ?? null;
    } catch {
      return null;
    }
  }, [response]);
}

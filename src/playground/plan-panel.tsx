import type { GraphiQLPlugin } from '@graphiql/react';
import type { ReactNode } from 'react';
import { useAsked, useFigures } from './current.js';
import { Figures } from './figures.js';
import { PlanTree } from './plan-tree.js';
import { usePlan } from './use-plan.js';

function PlanPanel(): ReactNode {
  const state = usePlan(useAsked());
  const figures = useFigures();
  return (
    <section className="yard-panel" aria-label="Plan">
      <h2>Plan</h2>
      <p className="yard-hint">What each store is asked for this operation. Nothing is read to show it.</p>
      <Figures figures={figures} />
      {state.kind === 'error' && (
        <p className="yard-error" role="alert">
          {state.message}
        </p>
      )}
      {state.kind === 'asking' && <p className="yard-hint">Asking …</p>}
      {state.kind === 'nothing' && <p className="yard-hint">There is no operation in the editor.</p>}
      {state.kind === 'plan' && state.nodes.length === 0 && (
        <p className="yard-hint">It reads no store: the gateway answers it by itself.</p>
      )}
      {state.kind === 'plan' && state.nodes.length > 0 && <PlanTree nodes={state.nodes} />}
    </section>
  );
}

function PlanIcon(): ReactNode {
  return (
    <svg height="1em" width="1em" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5">
      <title>plan icon</title>
      <rect x="3" y="3" width="8" height="5" rx="1" />
      <rect x="13" y="10" width="8" height="5" rx="1" />
      <rect x="13" y="17" width="8" height="5" rx="1" />
      <path d="M6 8v11.5h7M6 12.5h7" />
    </svg>
  );
}

export const PLAN_PLUGIN: GraphiQLPlugin = { title: 'Plan', icon: PlanIcon, content: PlanPanel };

import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from '@graphiql/react';
import type { ReactNode } from 'react';
import type { Example } from './examples.js';

/** The examples by title, to open again what was closed or changed. */
export function examplesPlugin(examples: readonly Example[]): GraphiQLPlugin {
  function ExamplesPanel(): ReactNode {
    const open = useOpen();
    return (
      <section className="yard-panel" aria-label="Examples">
        <h2>Examples</h2>
        <p className="yard-hint">Each opens in a tab of its own.</p>
        <ul className="yard-examples">
          {examples.map((example) => (
            <li key={example.name}>
              <button type="button" onClick={() => open(example)}>
                {example.title}
              </button>
              {example.explanation !== '' && <p>{withCode(example.explanation)}</p>}
            </li>
          ))}
        </ul>
        <p className="yard-licences">
          <a href={licences()}>Licences of what this page is made of</a>
        </p>
      </section>
    );
  }
  return { title: 'Examples', icon: ExamplesIcon, content: ExamplesPanel };
}

/** Text whose parts between back-quotes are code. */
function withCode(text: string): ReactNode[] {
  return text.split('`').map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : part));
}

function useOpen(): (example: Example) => void {
  const actions = useGraphiQLActions();
  const { queryEditor, variableEditor } = useGraphiQL((state) => ({
    queryEditor: state.queryEditor,
    variableEditor: state.variableEditor,
  }));
  return ({ query, variables }) => {
    actions.addTab();
    queryEditor?.setValue(query);
    variableEditor?.setValue(variablesText(variables) ?? '');
  };
}

/** The page names the file. */
function licences(): string {
  return document.querySelector<HTMLLinkElement>('link[rel=license]')?.href ?? '/';
}

/** As the editor of variables shows them. */
export function variablesText(variables: unknown): string | null {
  return variables === null ? null : JSON.stringify(variables, null, 2);
}

function ExamplesIcon(): ReactNode {
  return (
    <svg height="1em" width="1em" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5">
      <title>examples icon</title>
      <path d="M4 6h2M4 12h2M4 18h2M9 6h11M9 12h11M9 18h11" strokeLinecap="round" />
    </svg>
  );
}

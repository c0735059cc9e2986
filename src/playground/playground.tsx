import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import type { ReactNode } from 'react';
import type { Example } from './examples.js';
import { EditorSetup } from './editor-setup.js';
import { examplesPlugin, variablesText } from './examples-panel.js';
import { fetcher } from './gateway.js';
import { PLAN_PLUGIN } from './plan-panel.js';
import { storageFor } from './storage.js';

interface PlaygroundProps {
  readonly examples: readonly Example[];
  readonly sources: readonly string[];
}

export function Playground({ examples, sources }: PlaygroundProps): ReactNode {
  const storage = storageFor(sources);
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultTabs={examples.map(({ query, variables }) => ({ query, variables: variablesText(variables) }))}
      plugins={[PLAN_PLUGIN, examplesPlugin(examples), HISTORY_PLUGIN]}
      defaultEditorToolsVisibility="variables"
      customScalarSchemas={{ JSON: {} }}
      {...linked()}
      {...(storage ? { storage } : {})}
    >
      <GraphiQL.Logo>
        <a className="yard-logo" href="/">
          Trainyard
        </a>
      </GraphiQL.Logo>
      <EditorSetup />
    </GraphiQL>
  );
}

/** What a link to the playground asks to be shown: `?query=…&variables=…`. It is shown, not run. */
function linked(): { initialQuery?: string; initialVariables?: string } {
  const given = new URLSearchParams(location.search);
  const query = given.get('query');
  return query === null ? {} : { initialQuery: query, initialVariables: given.get('variables') ?? '' };
}

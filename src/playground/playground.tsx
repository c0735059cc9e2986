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
  const link = linked();
  const ofExamples = examples.map(({ query, variables }) => ({ query, variables: variablesText(variables) }));
  return (
    <GraphiQL
      fetcher={fetcher}
      // Where tabs are kept, GraphiQL adds the link to them; where none are, it shows the first of these.
      defaultTabs={link ? [link, ...ofExamples] : ofExamples}
      plugins={[PLAN_PLUGIN, examplesPlugin(examples), HISTORY_PLUGIN]}
      defaultEditorToolsVisibility="variables"
      customScalarSchemas={{ JSON: {} }}
      {...(link ? { initialQuery: link.query, initialVariables: link.variables } : {})}
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
function linked(): { query: string; variables: string } | null {
  const given = new URLSearchParams(location.search);
  const query = given.get('query');
  return query === null ? null : { query, variables: given.get('variables') ?? '' };
}

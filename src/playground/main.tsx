import './workers.js';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import '@graphiql/react/font/roboto.css';
import '@graphiql/react/font/fira-code.css';
import 'graphiql/graphiql.css';
import './playground.css';
import { buildClientSchema, getIntrospectionQuery, type GraphQLSchema, type IntrospectionQuery } from 'graphql';
import { createRoot } from 'react-dom/client';
import { examplesFor, type SourceOutline } from './examples.js';
import { ask } from './gateway.js';
import { Playground } from './playground.js';

const root = createRoot(document.getElementById('playground')!);

/** The schema and the sources are read first: they say which examples the tabs begin with. */
async function start(): Promise<void> {
  const { signal } = new AbortController();
  const read = async (query: string): Promise<unknown> => {
    const { data, errors } = await ask({ query }, {}, signal);
    if (data === undefined || data === null) throw new Error(errors?.[0]?.message ?? 'the gateway gave no answer');
    return data;
  };
  const [introspection, { sources }] = (await Promise.all([
    read(getIntrospectionQuery()),
    read('{ sources { name entities { name key fields { name } } } }'),
  ])) as [IntrospectionQuery, { sources: readonly SourceOutline[] | null }];
  const schema: GraphQLSchema = buildClientSchema(introspection);
  const outlines = sources ?? [];
  root.render(
    <Playground examples={examplesFor(EXAMPLES, schema, outlines)} sources={outlines.map(({ name }) => name)} />,
  );
}

start().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  root.render(
    <p className="yard-failed" role="alert">
      The playground cannot read the schema: {message}
    </p>,
  );
});

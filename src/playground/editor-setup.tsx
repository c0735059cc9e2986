import { useGraphiQL } from '@graphiql/react';
import { useEffect, useRef, type ReactNode } from 'react';

/** Shows nothing: it sets what GraphiQL leaves as it is when its editors are there. */
export function EditorSetup(): ReactNode {
  const { queryEditor, variableEditor, tab } = useGraphiQL((state) => ({
    queryEditor: state.queryEditor,
    variableEditor: state.variableEditor,
    tab: state.tabs[state.activeTabIndex],
  }));
  const isFilled = useRef(false);
  // Lines of an operation, its comments above all, are to be read without scrolling sideways.
  useEffect(() => queryEditor?.updateOptions({ wordWrap: 'on' }), [queryEditor]);
  // The editors do not always show what is in the tab that they begin with.
  useEffect(() => {
    if (!queryEditor || !variableEditor || isFilled.current) return;
    isFilled.current = true;
    if (queryEditor.getValue() === '' && tab?.query) queryEditor.setValue(tab.query);
    if (variableEditor.getValue() === '' && tab?.variables) variableEditor.setValue(tab.variables);
  }, [queryEditor, variableEditor, tab]);
  return null;
}

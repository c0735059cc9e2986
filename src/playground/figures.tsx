import type { ReactNode } from 'react';
import type { useFigures } from './current.js';

/** Rows and calls of each source in the last answer, and whatever else it tells about itself. */
export function Figures({ figures }: { readonly figures: ReturnType<typeof useFigures> }): ReactNode {
  if (figures === null) return <p className="yard-hint">Once it has run, its rows and calls stand here.</p>;
  const { sources = [], ...others } = figures;
  return (
    <>
      <table className="yard-figures">
        <caption>Last answer</caption>
        <thead>
          <tr>
            <th>source</th>
            <th>rows</th>
            <th>calls</th>
            <th>read at</th>
          </tr>
        </thead>
        <tbody>
          {sources.map(({ name, rows, calls, readAt }) => (
            <tr key={name}>
              <td>{name}</td>
              <td>{rows.toLocaleString('en')}</td>
              <td>{calls.toLocaleString('en')}</td>
              <td>
                <time dateTime={readAt}>{new Date(readAt).toLocaleTimeString('en-GB')}</time>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {Object.entries(others).map(([name, value]) => (
        <p key={name} className="yard-other">
          <span>{name}</span> <code>{JSON.stringify(value)}</code>
        </p>
      ))}
    </>
  );
}

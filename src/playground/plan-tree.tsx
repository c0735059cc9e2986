import type { ReactNode } from 'react';
import type { NativeQuery, PlanNode } from './plan.js';
import { sqlLines } from './sql-lines.js';

export function PlanTree({ nodes }: { readonly nodes: readonly PlanNode[] }): ReactNode {
  return (
    <ul className="yard-plan">
      {nodes.map((node) => (
        <li key={node.path}>
          <Read node={node} />
          {node.children.length > 0 && <PlanTree nodes={node.children} />}
        </li>
      ))}
    </ul>
  );
}

/** One read of a source. */
function Read({ node }: { readonly node: PlanNode }): ReactNode {
  const { source, entity, path, native, pushed, residual, estimatedRows, semiJoins } = node;
  return (
    <article className="yard-read" data-path={path}>
      <header>
        <span className="yard-entity">
          <span className="yard-source">{source}</span>
          {` ${entity}`}
        </span>
        {estimatedRows !== null && <span className="yard-estimate">≈ {rows(estimatedRows)}</span>}
      </header>
      <p className="yard-path">{path}</p>
      <Natives queries={native} />
      {semiJoins.map(({ relation, most, far, near }) => (
        <section key={relation} className="yard-semi-join">
          <p>
            {relation}: at most {most.toLocaleString('en')} join values
          </p>
          {[far, near].map(({ source: from, native: queries, estimatedKeys }) => (
            <div key={from}>
              <p>
                <span className="yard-source">{from}</span>
                {estimatedKeys !== null && ` ≈ ${estimatedKeys.toLocaleString('en')} values`}
              </p>
              <Natives queries={queries} />
            </div>
          ))}
        </section>
      ))}
      <Words label="Done by the store" words={pushed} className="yard-pushed" />
      <Words label="Left to the gateway" words={residual} className="yard-residual" />
    </article>
  );
}

function Natives({ queries }: { readonly queries: readonly NativeQuery[] }): ReactNode {
  return queries.map(({ language, text, parameters }, i) => (
    <details key={i} className="yard-native" open>
      <summary>{language}</summary>
      <pre>
        <code>{language === 'sql' ? sqlLines(text) : text}</code>
      </pre>
      {parameters.length > 0 && (
        <p className="yard-parameters">
          {parameters.map((type, at) => (
            <code key={at}>
              ${at + 1} {type}
            </code>
          ))}
        </p>
      )}
    </details>
  ));
}

function Words({
  label,
  words,
  className,
}: {
  readonly label: string;
  readonly words: readonly string[];
  readonly className: string;
}): ReactNode {
  if (words.length === 0) return null;
  return (
    <p className={`yard-words ${className}`}>
      <span>{label}</span>
      {words.map((word, i) => (
        <b key={i}>{word}</b>
      ))}
    </p>
  );
}

function rows(n: number): string {
  return `${n.toLocaleString('en')} ${n === 1 ? 'row' : 'rows'}`;
}
